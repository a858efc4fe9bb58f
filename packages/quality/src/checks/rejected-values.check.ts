import { id } from "@meshwork/sql";
import { describeSet, listArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { inSet, notNull } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

export const rejectedValuesCheck = defineCheck({
  code: "rejected-values",
  assertions: ["rejected_values", "expect_column_values_to_not_be_in_set"],
  plan(call, scope) {
    const values = listArgument(call, "values", "value_set", "value");
    if (call.column === undefined) return refused("it names no column");
    if (values === undefined) return refused("it names no values");
    const subject = id(call.column);
    return {
      form: "rows",
      columns: [call.column],
      expected: `not ${describeSet(values)}`,
      considered: notNull(subject),
      failing: inSet(subject, values, scope.typeOf(call.column)),
      show: [call.column],
    };
  },
  message: (f) => `${rowsOf(f)} have forbidden values of "${f.column}" (promised: ${f.expected}); ${allowance(f)}.`,
  help: "filter or map the value in the model",
});
