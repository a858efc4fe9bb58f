import { defineObject, PyDict, PyFloat, PythonError, PyTuple, toPython } from "@meshwork/jinja";
import type { HostObject, Value } from "@meshwork/jinja";
import type { Cell } from "@meshwork/engine";
import type { Column, LogicalType } from "@meshwork/sql";
import { datetimeValue } from "./datetime-value.ts";
import type { Answer } from "./session-answers.ts";

type Rows = Exclude<Answer, { readonly error: string }>;

/** The value of a cell in a template, with the type that Python's driver would give it. */
function cellValue(cell: Cell, type: LogicalType): Value {
  if (cell === null || typeof cell === "boolean") return cell;
  switch (type.kind) {
    case "integer":
      return typeof cell === "bigint" && cell <= 9007199254740991n && cell >= -9007199254740991n
        ? Number(cell)
        : (cell as Value);
    case "float":
    case "decimal":
      return new PyFloat(Number(cell));
    case "date":
    case "timestamp": {
      const ms = cell instanceof Date ? cell.getTime() : instant(String(cell));
      return Number.isNaN(ms) ? String(cell) : datetimeValue(ms, type.kind === "date" ? "date" : "datetime");
    }
    default:
      return typeof cell === "string" ? cell : toPython(cell instanceof Uint8Array ? [...cell] : cell);
  }
}

const instant = (text: string): number => {
  const iso = text.trim().replace(" ", "T");
  return Date.parse(
    /(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(iso.slice(10))
      ? iso.replace(/([+-]\d\d)$/, "$1:00")
      : iso.length <= 10
        ? `${iso}T00:00:00Z`
        : `${iso}Z`,
  );
};

/** A sequence that is read by position or by name, as agate's rows and columns are. */
function named(typeName: string, names: readonly string[], values: readonly Value[]): HostObject {
  const byName = (name: string): Value | undefined => {
    const at = names.indexOf(name);
    return at < 0 ? undefined : values[at];
  };
  return defineObject(typeName, {
    methods: {
      values: () => [...values],
      keys: () => [...names],
      items: () => names.map((name, i) => new PyTuple([name, values[i]!])),
      get: ([name, fallback]) => (typeof name === "string" ? byName(name) : undefined) ?? fallback ?? null,
      dict: () => new PyDict(names.map((name, i) => [name, values[i]!] as const)),
    },
    item: (key) => {
      if (typeof key === "string") return byName(key);
      if (typeof key !== "number") return undefined;
      const found = values.at(key);
      if (found === undefined) throw new PythonError("IndexError", `there are ${values.length}, not ${key + 1}`);
      return found;
    },
    attribute: byName,
    attributeNames: () => names,
    iterate: () => values,
    length: () => values.length,
    equals: () => false,
  });
}

/** Rows as tuples: the `data` of `load_result`. */
export const resultData = (answer: Rows): Value[] =>
  answer.rows.map((row) => new PyTuple(row.map((cell, i) => cellValue(cell, answer.columns[i]!.type))));

/** What `run_query` gives: the part of agate's `Table` that projects use. */
export function resultTable(answer: Rows): HostObject {
  const names = answer.columns.map((c: Column) => c.name);
  const cells = answer.rows.map((row) => row.map((cell, i) => cellValue(cell, answer.columns[i]!.type)));
  const rows = cells.map((row) => named("Row", names, row));
  const columns = names.map((name, i) => {
    const values = cells.map((row) => row[i]!);
    return defineObject("Column", {
      attributes: { name },
      methods: { values: () => [...values], values_distinct: () => [...new Set(values)] },
      item: (key) => (typeof key === "number" ? values.at(key) : undefined),
      iterate: () => values,
      length: () => values.length,
    });
  });
  return defineObject("Table", {
    attributes: {
      column_names: () => new PyTuple([...names]),
      rows: named("Rows", [], rows),
      columns: named("Columns", names, columns),
    },
    methods: { print_table: () => "", rename: () => resultTable(answer) },
    iterate: () => rows,
    length: () => rows.length,
    truth: () => true,
  });
}
