import type { SeedTable } from "../model.ts";
import { beside, swapSteps } from "./materialize.ts";
import type { Step, Steps, Target } from "./materialize.ts";

const rowsAtOnce = 1_000;

/** A table with a seed's rows: every value is a quoted text that the engine casts to the column's type. */
export function seedSteps(target: Target, seed: SeedTable, empty = false): Steps {
  const { dialect, relation } = target;
  const fresh = dialect.relation(beside(relation, "new"));
  const types = seed.columns.map((c) => seed.declaredTypes.get(c.name) ?? dialect.type(c.type));
  const columns = seed.columns.map((c, i) => `${dialect.identifier(c.name)} ${types[i]}`).join(", ");
  const names = seed.columns.map((c) => dialect.identifier(c.name)).join(", ");
  const cell = (value: string | null, i: number): string => {
    if (value === null) return "null";
    const text = dialect.literal(value);
    return seed.columns[i]!.type.kind === "string" && !seed.declaredTypes.has(seed.columns[i]!.name)
      ? text
      : `cast(${text} as ${types[i]})`;
  };
  const inserts: Step[] = [];
  for (let at = 0; at < (empty ? 0 : seed.rows.length); at += rowsAtOnce) {
    const rows = seed.rows.slice(at, at + rowsAtOnce).map((row) => `(${row.map(cell).join(", ")})`);
    inserts.push({ sql: `insert into ${fresh} (${names}) values\n${rows.join(",\n")}` });
  }
  const create = `create table ${fresh} (${columns})`;
  return { build: [{ sql: `drop table if exists ${fresh}` }, { sql: create }, ...inserts], ...swapSteps(target) };
}
