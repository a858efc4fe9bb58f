import type { Diagnostic } from "@meshwork/diagnostics";
import type { OutputPort } from "@meshwork/contract";
import { snakeName } from "@meshwork/contract";
import type { Session } from "@meshwork/engine";
import type { CheckResult } from "@meshwork/quality";
import { checkDiagnostic, compileChecks, planChecks, runChecks } from "@meshwork/quality";
import type { Fragment, Relation } from "@meshwork/sql";
import { checkMedia } from "./check-media.ts";
import type { Product } from "./workspace.ts";
import { writeBelow } from "./write-below.ts";

export interface CheckPortOptions {
  readonly session: Session;
  readonly product: Pick<Product, "name" | "read" | "contract">;
  readonly port: OutputPort;
  readonly relation: Relation | Fragment;
  readonly now: Date;
  /** Failing rows to show. */
  readonly rows: number;
  /** Where a failing check's SQL is left for a person to run; nowhere when absent. */
  readonly root?: string | undefined;
  /** Where a `references` target can be read. */
  readonly resolve?:
    | ((reference: string) => { readonly relation: Relation; readonly column: string } | undefined)
    | undefined;
  /** Absolute: a folder that stands for the base of references to objects, whose bytes are then compared. */
  readonly media?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Compiles, plans and runs all checks of one port; each failure becomes a finding at its place in the contract. */
export async function runPortChecks(
  options: CheckPortOptions,
): Promise<{ results: readonly CheckResult[]; diagnostics: Diagnostic[] }> {
  const { session, product, port } = options;
  const checks = compileChecks(port, {
    relation: options.relation,
    retentionBy: product.contract?.retention?.by,
    resolve: options.resolve,
  });
  const found = await runChecks(session, planChecks(checks, session), {
    now: options.now,
    rows: options.rows,
    signal: options.signal,
  });
  const { media: folder } = options;
  const objects = folder === undefined ? [] : await checkMedia({ ...options, folder });
  const results = [...found, ...objects];
  const diagnostics = results.flatMap((result) => {
    let help: string | undefined;
    if (options.root !== undefined && result.sql !== undefined && result.status !== "passed") {
      const file = `.mesh/build/${product.name}/${snakeName(result.check) || "check"}.sql`;
      writeBelow(options.root, file, `-- ${product.name}, port ${port.name}: ${result.expected}\n${result.sql}\n`);
      help = `run it yourself: ${file}`;
    }
    return checkDiagnostic(result, port, product.read.source, { product: product.name, help }) ?? [];
  });
  return { results, diagnostics };
}
