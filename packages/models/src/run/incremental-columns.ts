import type { Diagnostic } from "@meshwork/diagnostics";
import { describeType } from "@meshwork/sql";
import type { Column } from "@meshwork/sql";
import type { ProjectNode } from "../model.ts";
import { sqlCodes } from "../sql.codes.ts";
import { beside } from "./materialize.ts";
import type { Step, Target } from "./materialize.ts";
import { columnsOf } from "./perform-steps.ts";
import type { Work } from "./perform-steps.ts";
import { addColumns } from "./snapshot-steps.ts";

export interface Joined {
  /** Columns to be written, in order. */
  readonly columns: readonly string[];
  /** Brings the table's columns in line first. */
  readonly steps: readonly Step[];
}

/** The columns that the old table and the new rows share, or how they differ where that must not be. */
export async function joinColumns(
  work: Work,
  target: Target,
  node: ProjectNode,
): Promise<Joined | { readonly changed: Diagnostic }> {
  const old = await columnsOf(work, target.relation);
  const rows = await columnsOf(work, beside(target.relation, "new"));
  const known = new Map(old.map((c) => [c.name.toLowerCase(), c]));
  const given = new Set(rows.map((c) => c.name.toLowerCase()));
  const more = rows.filter((c) => !known.has(c.name.toLowerCase()));
  const less = old.filter((c) => !given.has(c.name.toLowerCase()));
  const { onSchemaChange } = node.config;
  if (onSchemaChange === "append_new_columns" || onSchemaChange === "sync_all_columns") {
    const name = target.dialect.relation(target.relation);
    const steps = addColumns(target.dialect, name, more);
    if (onSchemaChange === "sync_all_columns") {
      const q = (c: Column): string => target.dialect.identifier(c.name);
      steps.push(...less.map((c) => ({ sql: `alter table ${name} drop column ${q(c)}` })));
      for (const c of rows) {
        const before = known.get(c.name.toLowerCase());
        if (before !== undefined && describeType(before.type) !== describeType(c.type))
          steps.push(...retyped(target, name, c));
      }
    }
    // A column that the rows no longer have stays, and is NULL in what is added.
    return { columns: rows.map((c) => c.name), steps };
  }
  const added = more.map((c) => `"${c.name}"`);
  const removed = less.map((c) => `"${c.name}"`);
  const changed = rows.flatMap((c) => {
    const before = known.get(c.name.toLowerCase());
    const differs = before !== undefined && describeType(before.type) !== describeType(c.type);
    return differs ? [`"${c.name}" (${describeType(before.type)}, now ${describeType(c.type)})`] : [];
  });
  // `ignore` leaves new columns out; a column that is gone has no value to insert.
  const wrong = onSchemaChange === "fail" ? added.length + removed.length + changed.length > 0 : removed.length > 0;
  if (wrong) {
    const params = { model: node.name, added, removed, changed };
    return { changed: sqlCodes.create("schema-changed", params, { span: node.place, product: node.product }) };
  }
  return { columns: old.map((c) => c.name), steps: [] };
}

/** A column of another type, made beside, filled and put in the place of the old one: it comes to stand last, as in dbt. */
function retyped({ dialect }: Target, table: string, column: Column): Step[] {
  const own = dialect.identifier(column.name);
  const fresh = dialect.identifier(`${column.name}__dbt_alter`);
  return [
    { sql: `alter table ${table} add column ${fresh} ${dialect.type(column.type)}` },
    { sql: `update ${table} set ${fresh} = ${own}` },
    { sql: `alter table ${table} drop column ${own}` },
    { sql: `alter table ${table} rename column ${fresh} to ${own}` },
  ];
}
