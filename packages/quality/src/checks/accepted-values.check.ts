import { id, sql } from "@meshwork/sql";
import { describeSet, listArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { inSet, notNull } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

export const acceptedValuesCheck = defineCheck({
  code: "accepted-values",
  assertions: ["accepted_values", "expect_column_values_to_be_in_set"],
  plan(call, scope) {
    const values = listArgument(call, "values", "value_set", "value");
    if (call.column === undefined) return refused("it names no column");
    if (values === undefined) return refused("it names no values");
    const subject = id(call.column);
    return {
      form: "rows",
      columns: [call.column],
      expected: describeSet(values),
      considered: notNull(subject),
      failing: sql`NOT (${inSet(subject, values, scope.typeOf(call.column))})`,
      show: [call.column],
    };
  },
  message: (f) => `${rowsOf(f)} have values of "${f.column}" that are not ${f.expected}; ${allowance(f)}.`,
  help: "map the value in the model, or add it to the contract",
});
