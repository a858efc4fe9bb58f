import { argument, boundsArgument, describeBounds, isScalar } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { within } from "../judge.ts";

export const columnCountCheck = defineCheck({
  code: "column-count",
  assertions: ["expect_table_column_count_to_equal", "expect_table_column_count_to_be_between"],
  plan(call) {
    const exact = argument(call, "value");
    const bounds =
      boundsArgument(call) ??
      (isScalar(exact) ? { min: exact, max: exact, strictMin: false, strictMax: false } : undefined);
    if (bounds === undefined) return refused("it names no number of columns");
    return {
      form: "columns",
      columns: [],
      expected: `${describeBounds(bounds)} columns`,
      judge: ({ columns }) => ({ ok: within(columns.length, bounds), actual: columns.length }),
    };
  },
  message: (f) => `Port ${f.port} has ${f.actual} columns; promised: ${f.expected}.`,
});
