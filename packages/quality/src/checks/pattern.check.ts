import { id, sql } from "@meshwork/sql";
import { listArgument, textArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { all, any, asText, matches, notNull } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

/** A match anywhere in the value, as Great Expectations has it: anchor with ^ and $ to mean all of it. */
export const patternCheck = defineCheck({
  code: "pattern",
  assertions: ["pattern", "expect_column_values_to_match_regex", "expect_column_values_to_match_regex_list"],
  plan(call, scope) {
    if (call.column === undefined) return refused("it names no column");
    const single = textArgument(call, "regex", "value");
    const patterns = listArgument(call, "regex_list")?.map(String) ?? (single === undefined ? undefined : [single]);
    if (patterns === undefined || patterns.length === 0) return refused("it names no regular expression");
    const every = call.arguments["match_on"] === "all";
    const subject = id(call.column);
    const text = asText(subject, scope.typeOf(call.column));
    const found = patterns.map((pattern) => matches(text, pattern));
    return {
      form: "rows",
      columns: [call.column],
      expected: `a match of ${patterns.join(every ? " and " : " or ")}`,
      considered: notNull(subject),
      failing: sql`NOT (${every ? all(found) : any(found)})`,
      show: [call.column],
    };
  },
  message: (f) => `${rowsOf(f)} have values of "${f.column}" without ${f.expected}; ${allowance(f)}.`,
  help: "correct the values in the model, or the pattern in the contract",
});
