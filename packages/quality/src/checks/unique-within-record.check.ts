import { id, raw, sql } from "@meshwork/sql";
import { listArgument, textArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { all, any, notNull } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

/** No two of the columns are equal within one row. */
export const uniqueWithinRecordCheck = defineCheck({
  code: "unique-within-record",
  assertions: ["expect_select_column_values_to_be_unique_within_record"],
  plan(call) {
    const columns = listArgument(call, "column_list", "value")?.map(String) ?? [];
    if (columns.length < 2) return refused("it needs two columns or more");
    const ignore = textArgument(call, "ignore_row_if") ?? "all_values_are_missing";
    const filled = columns.map((c) => notNull(id(c)));
    const considered =
      ignore === "any_value_is_missing"
        ? all(filled)
        : ignore === "all_values_are_missing"
          ? any(filled)
          : ignore === "never"
            ? raw("TRUE")
            : undefined;
    if (considered === undefined) return refused(`"${ignore}" is no way to ignore rows`);
    const equal = columns.flatMap((a, i) =>
      columns.slice(i + 1).map((b) => sql`${id(a)} IS NOT DISTINCT FROM ${id(b)}`),
    );
    return {
      form: "rows",
      columns,
      expected: "a different value in each of the columns",
      considered,
      failing: any(equal),
      show: columns,
    };
  },
  message: (f) => `${rowsOf(f)} repeat a value among "${f.column}"; ${allowance(f)}.`,
});
