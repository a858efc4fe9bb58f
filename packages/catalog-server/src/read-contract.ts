import type { Answer, Problem, ProductRecord, Publication, PublishReceipt } from "@meshwork/catalog-api";
import { readContract } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { promiseHash } from "./promises.ts";
import { recordOf } from "./record-of.ts";
import { storable } from "./storable.ts";

export interface ReadPublication {
  readonly record: ProductRecord;
  readonly promiseHash: string;
  /** The text as it is stored. */
  readonly contractText: string;
  readonly warnings: PublishReceipt["warnings"];
}

/** What may stand in a name that becomes a path and a relation. */
const plain = /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,199}$/u;
const shownDiagnostics = 50;

/** Reads a contract by its content, YAML or JSON, and refuses (422) one that has errors. */
export function readPublication(publication: Publication): Answer<ReadPublication> {
  const { contract: text, file = "data-product-contract.yaml", domain, product } = publication;
  const { value, diagnostics } = readContract({ file, text }, { domain, product });
  const errors = diagnostics.filter((d) => d.severity === "error");
  if (value === undefined || errors.length > 0)
    return refused(
      errors.length === 1 ? "The contract has an error." : `The contract has ${errors.length} errors.`,
      diagnostics,
    );
  const record = storable(recordOf(value));
  for (const name of [record.domain, record.product, ...record.ports.map((port) => port.name)])
    if (!plain.test(name)) return refused(`"${name.slice(0, 60)}" cannot be a name in the catalog.`, diagnostics);
  return {
    ok: true,
    value: {
      record,
      promiseHash: promiseHash(value),
      contractText: storable(text),
      warnings: diagnostics.filter((d) => d.severity === "warning").map(({ code, message }) => ({ code, message })),
    },
  };
}

function refused(message: string, diagnostics: readonly Diagnostic[]): Answer<never> {
  const problem: Problem = {
    code: "publish/refused",
    message,
    help: "mesh lint shows the same findings with their places",
    diagnostics: diagnostics.slice(0, shownDiagnostics).map(({ code, severity, message, span }) => ({
      code,
      severity,
      message,
      ...(span === undefined ? {} : { line: span.line, column: span.column }),
    })),
  };
  return { ok: false, status: 422, problem };
}
