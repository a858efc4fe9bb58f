import { raw } from "@meshwork/sql";
import { argument, boundsArgument, describeBounds, isScalar } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { toCount, within } from "../judge.ts";

export const rowCountCheck = defineCheck({
  code: "row-count",
  assertions: ["row_count", "expect_table_row_count_to_be_between", "expect_table_row_count_to_equal"],
  plan(call) {
    const exact = argument(call, "value");
    const bounds =
      boundsArgument(call) ??
      (isScalar(exact) ? { min: exact, max: exact, strictMin: false, strictMax: false } : undefined);
    if (bounds === undefined) return refused("it names no number of rows");
    return {
      form: "measure",
      columns: [],
      expected: `${describeBounds(bounds)} rows`,
      expressions: [raw("count(*)")],
      judge([rows]) {
        const actual = toCount(rows);
        return { ok: within(actual, bounds), actual };
      },
    };
  },
  message: (f) => `Port ${f.port} has ${f.actual} rows; promised: ${f.expected}.`,
  help: "look for missing input or a filter that lets too much or too little through",
});
