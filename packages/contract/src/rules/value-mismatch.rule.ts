import type { LogicalType } from "@meshwork/sql";
import { tablesOf, withNested } from "../columns.ts";
import { defineRule } from "../define-rule.ts";
import type { Report } from "../define-rule.ts";
import type { ContractColumn } from "../model.ts";
import { shown } from "../names.ts";

interface Params {
  readonly value: string;
  readonly kind: "enum" | "example";
  readonly column: string;
  readonly reason: string;
}

export const valueMismatch = defineRule<Params>({
  code: "value-mismatch",
  severity: "warning",
  message: (p) =>
    `The ${p.kind === "enum" ? "enum value" : "example"} "${p.value}" is no value of the column "${p.column}": ${p.reason}.`,
  help: "correct the value, or what the column says of itself",
  check({ contract }, report) {
    for (const { columns } of tablesOf(contract))
      for (const { column } of withNested(columns)) ofColumn(column, report);
  },
});

function ofColumn(column: ContractColumn, report: Report<Params>): void {
  const { constraints, examples = [] } = column;
  const seen = new Set<string>();
  const look = (kind: Params["kind"], value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value === "object") return;
    const text = String(value);
    const twice = kind === "enum" && seen.has(text);
    const reason = twice ? "it stands in the list twice" : misfit(column, value, kind);
    seen.add(text);
    if (reason !== undefined) report({ value: shown(text), kind, column: shown(column.name), reason }, path);
  };
  (constraints.enum ?? []).forEach((value, i) => look("enum", value, [...column.at, "constraints", "enum", i]));
  seen.clear();
  examples.forEach((value, i) => look("example", value, [...column.at, "examples", i]));
}

/** Why a value cannot stand in a column; nothing where it can, or where that is not for certain. */
function misfit(column: ContractColumn, value: unknown, kind: Params["kind"]): string | undefined {
  const { constraints: c, type } = column;
  const text = String(value);
  const wanted = wantedBy(type, value);
  if (wanted !== undefined) return `it is ${wanted}`;
  const length = [...text].length;
  if (type.kind === "string") {
    if (c.maxLength !== undefined && length > c.maxLength) return `it is longer than ${c.maxLength}`;
    if (c.minLength !== undefined && length < c.minLength) return `it is shorter than ${c.minLength}`;
    if (c.pattern !== undefined && fails(c.pattern, text)) return `it does not match ${shown(c.pattern)}`;
  }
  if (typeof value === "number") {
    if (typeof c.min === "number" && value < c.min) return `it is less than ${c.min}`;
    if (typeof c.max === "number" && value > c.max) return `it is more than ${c.max}`;
    if (typeof c.exclusiveMin === "number" && value <= c.exclusiveMin) return `it is not more than ${c.exclusiveMin}`;
    if (typeof c.exclusiveMax === "number" && value >= c.exclusiveMax) return `it is not less than ${c.exclusiveMax}`;
  }
  if (kind === "example" && c.enum !== undefined && !c.enum.some((each) => String(each) === text))
    return "its enum does not list it";
  return undefined;
}

/** What the type takes, where the value is not that. A text column takes whatever YAML made of an unquoted word. */
function wantedBy(type: LogicalType, value: unknown): string | undefined {
  const text = String(value);
  switch (type.kind) {
    case "integer":
      return /^[-+]?\d+$/.test(text) || Number.isInteger(value) ? undefined : "no whole number";
    case "decimal":
    case "float":
      return text.trim() !== "" && !Number.isNaN(Number(text)) ? undefined : "no number";
    case "boolean":
      return /^(?:true|false)$/i.test(text) ? undefined : "neither true nor false";
    case "date":
      return /^\d{4}-\d{2}-\d{2}$/.test(text) ? undefined : "no date";
    case "timestamp":
      return /^\d{4}-\d{2}-\d{2}/.test(text) ? undefined : "no point in time";
    default:
      return undefined;
  }
}

/** Expressions that repeat a group are left alone: some of them take longer than a lifetime. */
function fails(pattern: string, text: string): boolean {
  if (/\)[*+?{]/.test(pattern) || text.length > 1000) return false;
  try {
    const insensitive = pattern.startsWith("(?i)");
    return !new RegExp(insensitive ? pattern.slice(4) : pattern, insensitive ? "iu" : "u").test(text);
  } catch {
    return false;
  }
}
