import { id, join, raw, sql, type Fragment } from "@meshwork/sql";
import { listArgument } from "../arguments.ts";
import { defineCheck, refused, type CheckCall, type Source, type StatementPlan } from "../check-kind.ts";
import { all, any, notNull } from "../fragments.ts";
import { enough, toCount } from "../judge.ts";
import { allowance, rowsOf } from "../wording.ts";

/** Which rows take part, by how many of the key's columns are NULL (Great Expectations' `ignore_row_if`). */
const ignoring: Readonly<Record<string, (columns: readonly string[]) => Fragment>> = {
  any_value_is_missing: (columns) => all(columns.map((c) => notNull(id(c)))),
  all_values_are_missing: (columns) => any(columns.map((c) => notNull(id(c)))),
  never: () => raw("TRUE"),
};

/** Every row of a group that occurs more than once fails, the first one too (as in Great Expectations). */
export function uniquePlan(
  call: CheckCall,
  columns: readonly string[],
  ignore: string,
  threshold: number,
): StatementPlan {
  const keys = join(columns.map((c) => id(c)));
  const taken = ignoring[ignore]!(columns);
  return {
    form: "statement",
    columns,
    expected: "no two rows alike",
    statement: (source) =>
      sql`SELECT sum(n), sum(CASE WHEN n > 1 THEN n ELSE 0 END) FROM (SELECT count(*) AS n FROM ${source} AS s WHERE ${taken} GROUP BY ${keys}) AS g`,
    judge(rows) {
      const total = toCount(rows[0]?.[0]);
      const failing = toCount(rows[0]?.[1]);
      return { ok: enough(failing, total, threshold), actual: failing, failing, total };
    },
    sample: (source, shownColumns) => repeated(source, shownColumns, columns, taken),
    show: columns,
  };
}

const repeated = (source: Source, shownColumns: Fragment, columns: readonly string[], taken: Fragment): Fragment =>
  sql`SELECT ${shownColumns} FROM (SELECT *, count(*) OVER (PARTITION BY ${join(columns.map((c) => id(c)))}) AS mesh_n FROM ${source} AS s WHERE ${taken}) AS g WHERE mesh_n > 1`;

export const uniqueCheck = defineCheck({
  code: "unique",
  assertions: ["unique", "expect_column_values_to_be_unique", "expect_compound_columns_to_be_unique"],
  plan(call) {
    const listed = listArgument(call, "columns", "column_list", "value")?.map(String);
    const columns = listed ?? (call.column === undefined ? [] : [call.column]);
    if (columns.length === 0) return refused("it names no column");
    const given = call.arguments["ignore_row_if"];
    const ignore =
      typeof given === "string"
        ? given
        : call.assertion === "expect_compound_columns_to_be_unique"
          ? "all_values_are_missing"
          : "any_value_is_missing";
    if (!Object.hasOwn(ignoring, ignore)) return refused(`"${ignore}" is no way to ignore rows`);
    return uniquePlan(call, columns, ignore, call.threshold ?? 1);
  },
  message: (f) => `${rowsOf(f)} share their "${f.column}" with another row; ${allowance(f)}.`,
  help: "remove the duplicates in the model: group by the key, or keep one row with row_number()",
});
