import { id } from "@meshwork/sql";
import { listArgument, textArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { any, asText, matches, notNull } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

export const rejectedPatternCheck = defineCheck({
  code: "rejected-pattern",
  assertions: ["expect_column_values_to_not_match_regex", "expect_column_values_to_not_match_regex_list"],
  plan(call, scope) {
    if (call.column === undefined) return refused("it names no column");
    const single = textArgument(call, "regex", "value");
    const patterns = listArgument(call, "regex_list")?.map(String) ?? (single === undefined ? undefined : [single]);
    if (patterns === undefined || patterns.length === 0) return refused("it names no regular expression");
    const subject = id(call.column);
    const text = asText(subject, scope.typeOf(call.column));
    return {
      form: "rows",
      columns: [call.column],
      expected: `no match of ${patterns.join(" or ")}`,
      considered: notNull(subject),
      failing: any(patterns.map((pattern) => matches(text, pattern))),
      show: [call.column],
    };
  },
  message: (f) => `${rowsOf(f)} have values of "${f.column}" that must have ${f.expected}; ${allowance(f)}.`,
  help: "remove the pattern's matches in the model",
});
