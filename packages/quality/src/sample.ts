import type { ContractColumn, OutputPort } from "@meshwork/contract";
import type { Cell } from "@meshwork/engine";
import type { Column } from "@meshwork/sql";
import type { Check } from "./compile-checks.ts";
import { findColumn } from "./fits-type.ts";

/** What stands in place of a value that not everybody may see. */
export const mask = "•••";

const secret = (column: ContractColumn): boolean =>
  column.pii ||
  column.classification === "confidential" ||
  column.classification === "restricted" ||
  (column.fields ?? []).some(secret) ||
  (column.element !== undefined && secret(column.element));

/** The promised column that a shown one is part of: `lines` of `lines[].sku`. */
const top = (port: OutputPort, name: string): ContractColumn | undefined =>
  findColumn(port.columns, name) ?? findColumn(port.columns, name.split(/[.[]/)[0]!);

/** Whether a port has anything that not everybody may see. */
export const isGuarded = (port: OutputPort): boolean => port.columns.some(secret);

/** Whether what a check has measured tells a value of a guarded column. */
export function tellsSecret(check: Check, actual: unknown): boolean {
  const { plan } = check;
  if (!("reveals" in plan) || plan.reveals !== true || actual === null || actual === undefined) return false;
  // A query may read any column; its numbers are taken for counts, its texts for values.
  if (check.code === "sql")
    return isGuarded(check.port) && typeof actual === "string" && !/^-?[\d.]+( rows)?$/.test(actual);
  return plan.columns.some((name) => {
    const column = top(check.port, name);
    return column !== undefined && secret(column);
  });
}

/**
 * Which shown columns are masked: those above `internal`, personal ones, and, in a port that has any such, all that
 * the contract does not know (a query may show a secret under a name of its own).
 */
export function maskedColumns(check: Check, names: readonly string[]): ReadonlySet<string> {
  const guarded = isGuarded(check.port);
  return new Set(
    names.filter((name) => {
      const column = top(check.port, name);
      return column === undefined ? guarded : secret(column);
    }),
  );
}

/** NULL is shown as it is: that a value is missing tells nothing of it, and is often what is wrong. */
export const maskRow = (row: readonly Cell[], names: readonly string[], masked: ReadonlySet<string>): Cell[] =>
  row.map((cell, i) => (cell !== null && masked.has(names[i]!) ? mask : cell));

const mostColumns = 6;

/** The key, then what the check is about, then what else fits; only what is there. */
export function shownColumns(check: Check, about: readonly string[], columns: readonly Column[]): string[] {
  if (check.code === "sql") return [];
  const keys = check.nested
    ? []
    : check.port.columns.filter((c) => c.constraints.primaryKey === true).map((c) => c.name);
  const plain = columns.filter(
    (c) => c.type.kind !== "array" && c.type.kind !== "map" && c.type.kind !== "struct" && c.type.kind !== "binary",
  );
  const rest = check.nested ? [] : plain.map((c) => c.name);
  const wanted = [...keys, ...about, ...rest]
    .map((name) => findColumn(columns, name)?.name)
    .filter((name) => name !== undefined);
  return [...new Set(wanted)].slice(0, Math.max(mostColumns, keys.length + about.length));
}
