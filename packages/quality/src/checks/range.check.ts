import { id } from "@meshwork/sql";
import { boundsArgument, describeBounds } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { notNull, outside, valueOf } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

/** Bounds belong to the range unless they are strict. A date as the upper bound of a timestamp is its midnight. */
export const rangeCheck = defineCheck({
  code: "range",
  assertions: ["range", "expect_column_values_to_be_between"],
  plan(call, scope) {
    const bounds = boundsArgument(call);
    if (call.column === undefined) return refused("it names no column");
    if (bounds === undefined) return refused("it names neither min nor max");
    const subject = id(call.column);
    const type = scope.typeOf(call.column);
    return {
      form: "rows",
      columns: [call.column],
      expected: describeBounds(bounds),
      considered: notNull(subject),
      failing: outside(subject, bounds, (value) => valueOf(value, type)),
      show: [call.column],
    };
  },
  message: (f) => `${rowsOf(f)} have values of "${f.column}" that are not ${f.expected}; ${allowance(f)}.`,
  help: "correct the values in the model, or widen the range in the contract",
});
