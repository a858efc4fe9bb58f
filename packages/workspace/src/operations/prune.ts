import { relative, sep } from "node:path";
import { majorOf } from "@meshwork/contract";
import { EmbeddedTarget } from "../embedded-target.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";

export interface PruneOptions extends OperationOptions {
  /** Former snapshots to keep of each port, the newest first. */
  readonly keep: number;
  /** Only what was replaced longer ago: a reader may still hold what is younger. */
  readonly olderThanMs: number;
  /** Removes what is found; without it nothing is touched. */
  readonly remove: boolean;
}

export interface Prunable {
  /** Relative to the workspace. */
  readonly path: string;
  readonly what: "former snapshot" | "left by a killed build";
}

/** Finds, and on demand removes, snapshots that were replaced and staging that no build owns any more. */
export const prune = (options: PruneOptions): Promise<OperationResult<readonly Prunable[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    const target = await EmbeddedTarget.open(mesh);
    const { now } = mesh;
    const results: Prunable[] = [];
    const shown = (path: string) => relative(options.root, path).split(sep).join("/");
    const ports = new Set<string>();
    for (const p of mesh.chosen)
      for (const port of p.contract?.ports ?? [])
        ports.add(target.store(p, port, majorOf(p.contract!.version)).directory);
    const whole = options.products === undefined;
    for (const { domain, port, major } of await target.lake.ports()) {
      if (options.signal?.aborted) break;
      const store = target.lake.port(domain, port, major);
      if (!whole && !ports.has(store.directory)) continue;
      for (const path of await store.abandoned(now))
        results.push({ path: shown(path), what: "left by a killed build" });
      const { keep, olderThanMs, remove } = options;
      for (const id of await store.prune({ keep, olderThanMs, now, dryRun: !remove }))
        results.push({ path: `${shown(store.directory)}/snapshots/${id}`, what: "former snapshot" });
    }
    return {
      exitCode: 0,
      diagnostics: [],
      summary: { found: results.length, removed: options.remove ? results.length : 0 },
      results,
    };
  });
