import type { Path } from "@meshwork/diagnostics";
import { canonicalCheck } from "../assertions.ts";
import { tablesOf, withNested } from "../columns.ts";
import { defineRule } from "../define-rule.ts";
import type { Report } from "../define-rule.ts";
import type { ContractColumn } from "../model.ts";
import { shown } from "../names.ts";

interface Params {
  readonly what: string;
  readonly reason: string;
}

export const contradictoryBounds = defineRule<Params>({
  code: "contradictory-bounds",
  severity: "error",
  message: (p) => `No value can satisfy ${p.what}: ${p.reason}.`,
  help: "change one of the two",
  check({ contract, source }, report) {
    for (const { columns } of tablesOf(contract))
      for (const { column } of withNested(columns)) ofColumn(column, report);
    for (const check of contract.ports.flatMap((port) => port.checks)) {
      const { arguments: given } = canonicalCheck(check.assertion, check.arguments);
      const reason = emptyRange(given["min"], given["max"], given["exclusive_min"], given["exclusive_max"]);
      if (reason === undefined) continue;
      const path = [...check.at, "value"];
      report(
        { what: `the check "${shown(check.name)}"`, reason },
        source.valueAt(path) === undefined ? check.at : path,
      );
    }
  },
});

function ofColumn(column: ContractColumn, report: Report<Params>): void {
  const at: Path = [...column.at, "constraints"];
  const what = `the column "${shown(column.name)}"`;
  const { constraints: c } = column;
  const range = emptyRange(c.min, c.max, c.exclusiveMin, c.exclusiveMax);
  if (range !== undefined) report({ what, reason: range }, at);
  if (c.minLength !== undefined && c.maxLength !== undefined && c.minLength > c.maxLength) {
    report({ what, reason: `min_length ${c.minLength} is more than max_length ${c.maxLength}` }, [...at, "min_length"]);
  }
  if (c.primaryKey === true && column.nullable) {
    report({ what, reason: "it is the primary key and may be null" }, [...at, "null"]);
  }
  if (c.enum?.length === 0) report({ what, reason: "its enum is empty" }, [...at, "enum"]);
}

/** Why no value lies between the bounds. Dates in one form compare as text. */
function emptyRange(min: unknown, max: unknown, above: unknown, below: unknown): string | undefined {
  const lows = [["min", min, false] as const, ["exclusive_min", above, true] as const];
  const highs = [["max", max, false] as const, ["exclusive_max", below, true] as const];
  for (const [low, from, open] of lows) {
    for (const [high, to, openEnd] of highs) {
      const order = compare(from, to);
      if (order === undefined || order < 0 || (order === 0 && !open && !openEnd)) continue;
      return `${low} ${shown(String(from))} is ${order === 0 ? "not less" : "more"} than ${high} ${shown(String(to))}`;
    }
  }
  return undefined;
}

function compare(a: unknown, b: unknown): number | undefined {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== "string" || typeof b !== "string") return undefined;
  if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b)) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  const [x, y] = [Date.parse(a), Date.parse(b)];
  return /^\d{4}-/.test(a) && /^\d{4}-/.test(b) && !Number.isNaN(x) && !Number.isNaN(y) ? x - y : undefined;
}
