import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { CheckResult } from "@meshwork/quality";
import type { RecordedChecks } from "../build-record.ts";
import { runPortChecks } from "../check-port.ts";
import { runsOnDbt } from "../dbt-runner/dbt-target.ts";
import { EmbeddedTarget } from "../embedded-target.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { portResolver } from "../port-resolver.ts";
import { productSqlArea } from "../rules/area.ts";

export interface CheckOptions extends OperationOptions {
  /** Failing rows to show for each check; five where absent. */
  readonly rows?: number | undefined;
  /** Absolute: a folder that stands for the base of references to objects, whose bytes are then compared. */
  readonly media?: string | undefined;
}

export interface CheckedLine extends CheckResult {
  readonly product: string;
  readonly port: string;
}

/** The contract's checks on the current snapshots of the ports. Needs no lock: snapshots never change. */
export const check = (options: CheckOptions): Promise<OperationResult<readonly CheckedLine[]>> =>
  answering([], async () => {
    const mesh = new LoadedMesh(options);
    if (runsOnDbt(mesh.target) && options.media !== undefined)
      throw new Refusal(
        `Target ${mesh.target.name} runs its checks in dbt, which reads no objects.\nExport the references and run mesh check --contract FILE --data FILE --media FOLDER.`,
      );
    if (runsOnDbt(mesh.target)) return (await import("../dbt-runner/build-on-dbt.ts")).checkOnDbt(mesh, options);
    const target = await EmbeddedTarget.open(mesh);
    const found: Diagnostic[] = [];
    const results: CheckedLine[] = [];
    const reader = await target.openReader();
    try {
      for (const [done, product] of mesh.chosen.entries()) {
        if (options.signal?.aborted) break;
        options.onProgress?.({ kind: "phase", text: `checking ${product.name}`, done, total: mesh.chosen.length });
        found.push(...product.read.diagnostics.filter((d) => d.severity === "error"));
        const recorded: RecordedChecks[] = [];
        const resolve = await portResolver(mesh, target, product, reader.session);
        for (const port of product.contract?.ports ?? []) {
          const snapshot = await target.snapshot(product, port);
          if (!snapshot) {
            const span = () => product.read.source.spanOf(port.at);
            found.push(
              productSqlArea.create(
                "unreachable-upstream",
                { upstream: product.name, target: mesh.target.name },
                { product: product.name, path: port.at, span },
              ),
            );
            continue;
          }
          const relation = target.relation(product, port);
          await target.attach(reader.session, [{ relation, files: snapshot.files }]);
          const outcome = await runPortChecks({
            session: reader.session,
            product,
            port,
            relation,
            now: mesh.now,
            rows: options.rows ?? 5,
            root: mesh.workspace.root,
            resolve,
            media: options.media,
            signal: options.signal,
          });
          // Checks that an interruption ended say nothing about the data, and must not be recorded as if they did.
          if (options.signal?.aborted) break;
          found.push(...outcome.diagnostics);
          results.push(...outcome.results.map((r) => ({ ...r, product: product.name, port: port.name })));
          recorded.push({
            port: port.name,
            snapshot: snapshot.id,
            checkedAt: mesh.now.toISOString(),
            results: outcome.results,
          });
        }
        const ledger = target.ledger(product);
        const record = await ledger.read();
        if (record && recorded.length > 0 && !options.signal?.aborted)
          await ledger.write({ ...record, checks: recorded });
      }
    } finally {
      await reader.close();
    }
    const diagnostics = mesh.settle(found);
    return { exitCode: exitOf(diagnostics, results), diagnostics, summary: countsOf(results), results };
  });

/** A check that could not run is worse than one that failed: the answer is not whole. */
export const exitOf = (diagnostics: readonly Diagnostic[], results: readonly CheckResult[]): 0 | 1 | 3 =>
  results.some((r) => r.status === "error" && r.severity === "error") ? 3 : hasErrors(diagnostics) ? 1 : 0;

export const countsOf = (results: readonly CheckResult[]): Record<string, number> => ({
  checks: results.length,
  ...Object.fromEntries(
    (["passed", "failed", "warning", "error", "skipped"] as const).map((s) => [
      s,
      results.filter((r) => r.status === s).length,
    ]),
  ),
});
