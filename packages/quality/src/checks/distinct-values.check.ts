import { id, raw, sql } from "@meshwork/sql";
import { describeSet, listArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { inSet, notNull } from "../fragments.ts";
import { toCount } from "../judge.ts";

/** The set of values that occur, NULL left out: within the given set, equal to it, or containing it. */
export const distinctValuesCheck = defineCheck({
  code: "distinct-values",
  assertions: ["be_in_set", "equal_set", "contain_set"].map((name) => `expect_column_distinct_values_to_${name}`),
  plan(call, scope) {
    const values = listArgument(call, "value_set", "value");
    if (call.column === undefined) return refused("it names no column");
    if (values === undefined) return refused("it names no values");
    const relation = call.assertion.replace("expect_column_distinct_values_to_", "");
    const column = id(call.column);
    const inside = inSet(column, values, scope.typeOf(call.column));
    const wanted = new Set(values.map(String)).size;
    return {
      form: "measure",
      columns: [call.column],
      expected: `${relation === "be_in_set" ? "only" : relation === "equal_set" ? "all and only" : "at least"} ${describeSet(values).replace("one of ", "")}`,
      expressions: [
        sql`count(DISTINCT ${column}) FILTER (WHERE ${notNull(column)} AND ${inside})`,
        sql`count(DISTINCT ${column}) FILTER (WHERE ${notNull(column)} AND NOT (${inside}))`,
        raw("count(*)"),
      ],
      judge([known, foreign]) {
        const strangers = toCount(foreign);
        const missing = wanted - toCount(known);
        const ok =
          relation === "be_in_set"
            ? strangers === 0
            : relation === "equal_set"
              ? strangers === 0 && missing === 0
              : missing === 0;
        return { ok, actual: `${strangers} other values, ${Math.max(0, missing)} missing` };
      },
    };
  },
  message: (f) => `Column "${f.column}" of port ${f.port} has ${f.actual}; promised: ${f.expected}.`,
});
