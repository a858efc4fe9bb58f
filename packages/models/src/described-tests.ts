import { nearest } from "@meshwork/diagnostics";
import type { Diagnostic } from "@meshwork/diagnostics";
import type { Column } from "@meshwork/sql";
import type { ProjectNode, UnitTest } from "./model.ts";
import { sqlCodes } from "./sql.codes.ts";

/** Tests of one column that ask for nothing but that it is there. */
const ofOneColumn = new Set(["not_null", "unique", "accepted_values"]);

/** Whether a test reads one column of what it is attached to, and that column is there: its query binds. */
export function surelyBinds(test: ProjectNode, columns: readonly Column[] | undefined): boolean {
  const { kind, name, column } = test.test ?? {};
  if (kind !== "generic" || column === undefined || !ofOneColumn.has(name ?? "")) return false;
  if (test.config.where !== undefined) return false;
  return columns?.some((c) => c.name.toLowerCase() === column.toLowerCase()) === true;
}

/** Columns that the rows of a unit test name and that are not there. */
export function unitTestColumns(
  test: UnitTest,
  columnsOf: (id: string) => readonly Column[] | undefined,
): Diagnostic[] {
  const out: Diagnostic[] = [];
  const hold = (id: string, rows: UnitTest["expect"], of: string, span: Diagnostic["span"]) => {
    const columns = columnsOf(id);
    if (columns === undefined || rows.format === "sql") return;
    const known = new Set(columns.map((c) => c.name.toLowerCase()));
    const named = new Set(rows.rows.flatMap((row) => Object.keys(row)));
    for (const name of named) {
      if (known.has(name.toLowerCase())) continue;
      const near = nearest(
        name,
        columns.map((c) => c.name),
      );
      const mean = near.length === 0 ? "" : ` Did you mean ${near.map((n) => `"${n}"`).join(" or ")}?`;
      const reason = `The unit test "${test.name}" names a column "${name}" that ${of} does not have.${mean}`;
      out.push(sqlCodes.create("query-failed", { reason }, { span, product: test.product }));
    }
  };
  for (const input of test.given) hold(input.id, input.data, input.input, input.place);
  hold(test.model, test.expect, `"${test.modelName}"`, test.place);
  return out;
}
