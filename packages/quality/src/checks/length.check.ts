import { id, literal } from "@meshwork/sql";
import { argument, boundsArgument, describeBounds, isScalar } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { asText, lengthOf, notNull, outside } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

/** Characters, not bytes. */
export const lengthCheck = defineCheck({
  code: "length",
  assertions: ["length", "expect_column_value_lengths_to_be_between", "expect_column_value_lengths_to_equal"],
  plan(call, scope) {
    if (call.column === undefined) return refused("it names no column");
    const exact = argument(call, "value");
    const bounds =
      boundsArgument(call) ??
      (isScalar(exact) ? { min: exact, max: exact, strictMin: false, strictMax: false } : undefined);
    if (bounds === undefined) return refused("it names no length");
    const whole = (value: unknown): boolean => value === undefined || Number.isFinite(Number(value));
    if (!whole(bounds.min) || !whole(bounds.max)) return refused("a length is a number");
    const subject = id(call.column);
    return {
      form: "rows",
      columns: [call.column],
      expected: `${describeBounds(bounds)} characters`,
      considered: notNull(subject),
      failing: outside(lengthOf(asText(subject, scope.typeOf(call.column))), bounds, (value) => literal(Number(value))),
      show: [call.column],
    };
  },
  message: (f) => `${rowsOf(f)} have values of "${f.column}" that are not ${f.expected} long; ${allowance(f)}.`,
  help: "trim or pad in the model, or correct the length in the contract",
});
