import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { FreshnessResult } from "@meshwork/models";
import { checkFreshness, freshnessArtifact } from "@meshwork/models";
import type { DbtOptions } from "../dbt/dbt-options.ts";
import { artifactOptions, writeTarget } from "../dbt/dbt-place.ts";
import { openPlaces } from "../dbt/open-places.ts";
import type { OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";

export interface FreshnessOptions extends DbtOptions {
  /** Where the result goes in place of `target/sources.json`, relative to the target folder. */
  readonly output?: string | undefined;
}

export interface Freshness {
  readonly id: string;
  readonly status: FreshnessResult["status"];
  /** When the newest data was loaded, ISO 8601. */
  readonly maxLoadedAt?: string | undefined;
  readonly ageSeconds?: number | undefined;
  readonly ms: number;
}

/** dbt's `source freshness`: how old the data of each source with limits is; `target/sources.json` holds it. */
export const sourceFreshness = (options: FreshnessOptions): Promise<OperationResult<readonly Freshness[]>> =>
  answering([], async () => {
    const opened = await openPlaces({ ...options, resourceTypes: ["source"] });
    const found: Diagnostic[] = [];
    const results: Freshness[] = [];
    for (const place of opened.places) {
      found.push(...place.project.diagnostics.filter((d) => d.severity === "error"), ...place.selected.diagnostics);
      const sources = place.selected.sources.filter(
        (s) => s.freshness?.warnAfter !== undefined || s.freshness?.errorAfter !== undefined,
      );
      const started = performance.now();
      const checked: FreshnessResult[] = [];
      const connection = sources.length === 0 ? undefined : await place.connect(options.signal);
      try {
        for (const source of sources) {
          const clock = { now: () => new Date(), signal: options.signal };
          const result = await checkFreshness(place.project, connection!.session, source, clock);
          checked.push(result);
          found.push(...result.diagnostics);
          results.push({
            id: source.id,
            status: result.status,
            maxLoadedAt: result.maxLoadedAt?.toISOString(),
            ageSeconds: result.ageSeconds === undefined ? undefined : Math.round(result.ageSeconds),
            ms: result.completedAt.getTime() - result.startedAt.getTime(),
          });
        }
      } finally {
        await connection?.close();
      }
      const elapsedMs = performance.now() - started;
      const artifact = freshnessArtifact(checked, { ...artifactOptions(opened), elapsedMs });
      writeTarget(place, options.output ?? "sources.json", artifact);
    }
    const diagnostics = opened.settle(found);
    const count = (...s: Freshness["status"][]) => results.filter((r) => s.includes(r.status)).length;
    return {
      exitCode: hasErrors(diagnostics) ? 1 : 0,
      diagnostics,
      summary: {
        resources: results.length,
        passed: count("pass"),
        warned: count("warn"),
        failed: count("error", "runtime error"),
      },
      results,
    };
  });
