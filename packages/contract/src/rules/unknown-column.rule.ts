import { nearest } from "@meshwork/diagnostics";
import type { Path } from "@meshwork/diagnostics";
import { assertions } from "../assertions.ts";
import { withNested } from "../columns.ts";
import { defineRule } from "../define-rule.ts";
import type { Report } from "../define-rule.ts";
import type { ContractCheck, ContractColumn, OutputPort } from "../model.ts";
import { shown } from "../names.ts";

interface Params {
  readonly port: string;
  readonly column: string;
}

export const unknownColumn = defineRule<Params>({
  code: "unknown-column",
  severity: "error",
  message: (p) => `Port "${p.port}" has no column "${p.column}".`,
  help: "name a column of the port, or add the column to its schema",
  check({ contract }, report) {
    for (const port of contract.ports) {
      const look = lookup(port, report);
      for (const check of port.checks) for (const [name, path] of namedBy(check)) look(name, path);
      for (const column of port.columns) {
        const replacement = column.deprecated?.replacedBy;
        if (replacement !== undefined) look(replacement, [...column.at, "deprecated", "replaced_by"]);
      }
    }
    const [port] = contract.ports;
    if (port?.default !== true) return;
    const look = lookup(port, report);
    if (contract.retention?.by !== undefined) look(contract.retention.by, ["spec", "retention", "by"]);
    contract.storage?.partitionBy.forEach((text, i) => {
      const column = partitionColumn(text);
      if (column !== undefined) look(column, ["spec", "storage", "partition_by", i], text);
    });
  },
});

/** A column or a transform of one, as Iceberg names them: `day(event_ts)`, `bucket(16, order_id)`. */
export function partitionColumn(text: string): string | undefined {
  const call = /^\s*\w+\s*\((.*)\)\s*$/.exec(text);
  const inside = (call === null ? text : call[1]!).split(",").map((part) => part.trim());
  return inside.find((part) => part !== "" && !/^\d+$/.test(part));
}

/** The columns that a check names, with their places. */
function* namedBy(check: ContractCheck): Generator<[string, Path]> {
  // Whether the column exists is what this one asks.
  if (check.assertion === "expect_column_to_exist") return;
  if (check.column !== undefined) yield [check.column, [...check.at, "column"]];
  const shape = assertions.get(check.assertion);
  if (shape === undefined) return;
  for (const [key, value] of Object.entries(check.arguments)) {
    const single = key === "value" && !Object.hasOwn(shape.arguments, key);
    const kind = shape.arguments[single ? (shape.single ?? key) : key]?.kind;
    if (kind !== "column" && kind !== "names") continue;
    const path = single ? [...check.at, "value"] : [...check.at, "value", key];
    if (typeof value === "string") yield [value, path];
    if (Array.isArray(value)) {
      for (const [i, name] of value.entries()) if (typeof name === "string") yield [name, [...path, i]];
    }
  }
}

function lookup(port: OutputPort, report: Report<Params>): (name: string, path: Path, whole?: string) => void {
  let known: Map<string, ContractColumn> | undefined;
  return (name, path, whole) => {
    known ??= new Map([...withNested(port.columns)].map(({ column, path }) => [path, column]));
    if (known.has(name) || port.columns.length === 0) return;
    const candidates = nearest(name, known.keys());
    const [near] = candidates;
    const params = { port: port.name, column: shown(name) };
    if (near === undefined) {
      report(params, path);
      return;
    }
    const text = whole === undefined ? near : whole.replace(name, () => near);
    report(params, path, {
      help: `did you mean ${candidates.map((each) => `"${each}"`).join(" or ")}?`,
      related: [{ message: "declared here", path: [...known.get(near)!.at, "name"] }],
      replace: { title: `replace it with "${near}"`, text: quoted(text), safe: candidates.length === 1 },
    });
  };
}

/** A name as YAML takes it back. */
const quoted = (text: string): string => (/^[A-Za-z_][A-Za-z0-9_.]*$/.test(text) ? text : JSON.stringify(text));
