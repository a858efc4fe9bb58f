import type { Diagnostic } from "@meshwork/diagnostics";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import { keepWhole, recallWhole } from "../lint/whole-result.ts";
import { ObservedFiles } from "../workspace-files.ts";

export interface LintOptions extends OperationOptions {
  /** Applies every fix that has one right answer, and reports what is left. */
  readonly fix?: boolean | undefined;
  /** False looks at everything anew, and keeps nothing in `.mesh/cache`. */
  readonly cache?: boolean | undefined;
}

/**
 * Everything that can be said without data: contracts one by one, the mesh as a whole, policies, SQL against contracts,
 * generated files. Findings about products that were not asked for are left out. What was found before is taken from
 * `.mesh/cache` where the files, folders and variables that it rests on are as they were, by content.
 */
export const lint = (options: LintOptions): Promise<OperationResult<null>> =>
  answering(null, async () => {
    const cache = options.cache !== false;
    const { root, target, vars, products } = options;
    const today = (options.now ?? new Date()).toISOString().slice(0, 10);
    const basis = { root, target, vars, today };
    const files = new ObservedFiles(root, options.env);
    if (cache && products === undefined) {
      const known = recallWhole(basis, files);
      const fixable = options.fix && known?.diagnostics.some((d) => d.fixes?.some((f) => f.safe));
      if (known && !fixable) return answer({ ...known, cached: known.products }, 0);
    }
    // What works out findings is loaded only where there is something to work out.
    const [{ runLint }, { LintMemory }] = await Promise.all([
      import("../lint/lint-run.ts"),
      import("../lint/lint-memory.ts"),
    ]);
    const memory = new LintMemory(files, { onDisk: cache });
    let { value: found, answers } = files.observing(() => runLint(options, files, memory));
    let fixed = 0;
    if (options.fix) {
      const { applyFixes } = await import("../apply-fixes.ts");
      fixed = applyFixes(root, found.diagnostics);
      if (fixed > 0) {
        files.forget();
        ({ value: found, answers } = files.observing(() => runLint(options, files, memory)));
      }
      // Generated files last: they say what the mended contract says.
      fixed += await rewriteStale(root, found.diagnostics);
      // A fix may uncover what it hid: what is reported is what holds afterwards.
      if (fixed > 0) {
        files.forget();
        ({ value: found, answers } = files.observing(() => runLint(options, files, memory)));
      }
    }
    if (cache && products === undefined && !files.torn && !files.blind)
      keepWhole(basis, answers, { diagnostics: found.diagnostics, products: found.products });
    return answer(fixed > 0 ? { ...found, cached: 0 } : found, fixed);
  });

/** Writes generated files anew where they are stale; how many findings that mends. */
async function rewriteStale(root: string, found: readonly Diagnostic[]): Promise<number> {
  const stale = found.filter((d) => d.code === "contract/lock-stale" && d.product !== undefined);
  if (stale.length === 0) return 0;
  const { sync } = await import("./sync.ts");
  const done = await sync({ root });
  return done.exitCode === 0 ? stale.length : 0;
}

function answer(
  { diagnostics, products, cached }: { diagnostics: readonly Diagnostic[]; products: number; cached: number },
  fixed: number,
): OperationResult<null> {
  const touched = new Set(diagnostics.flatMap((d) => (d.severity === "info" || !d.product ? [] : [d.product])));
  return {
    exitCode: diagnostics.some((d) => d.severity === "error") ? 1 : 0,
    diagnostics,
    summary: { products, withFindings: touched.size, fixed, cached },
    results: null,
  };
}
