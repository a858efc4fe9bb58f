import { id, join, literal, raw, sql } from "@meshwork/sql";
import { argument, listArgument, textArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { all, any, notNull } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

export const multicolumnSumCheck = defineCheck({
  code: "multicolumn-sum",
  assertions: ["expect_multicolumn_sum_to_equal"],
  plan(call) {
    const columns = listArgument(call, "column_list")?.map(String) ?? [];
    const total = argument(call, "sum_total");
    if (columns.length === 0) return refused("it names no columns");
    if (typeof total !== "number" && typeof total !== "bigint") return refused("sum_total is a number");
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
    return {
      form: "rows",
      columns,
      expected: `a sum of ${total}`,
      considered,
      failing: sql`((${join(
        columns.map((c) => id(c)),
        " + ",
      )} = ${literal(total)}) IS NOT TRUE)`,
      show: columns,
    };
  },
  message: (f) => `${rowsOf(f)} have no ${f.expected.slice(2)} over "${f.column}"; ${allowance(f)}.`,
});
