import { id, literal, sql } from "@meshwork/sql";
import { textArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { asText, notNull } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

/** SQL's LIKE: `%` is any text, `_` one character. */
export const likePatternCheck = defineCheck({
  code: "like-pattern",
  assertions: ["expect_column_values_to_match_like_pattern", "expect_column_values_to_not_match_like_pattern"],
  plan(call, scope) {
    const pattern = textArgument(call, "like_pattern", "value");
    if (call.column === undefined) return refused("it names no column");
    if (pattern === undefined) return refused("it names no pattern");
    const wanted = call.assertion === "expect_column_values_to_match_like_pattern";
    const subject = id(call.column);
    const found = sql`${asText(subject, scope.typeOf(call.column))} LIKE ${literal(pattern)}`;
    return {
      form: "rows",
      columns: [call.column],
      expected: `${wanted ? "like" : "unlike"} ${pattern}`,
      considered: notNull(subject),
      failing: wanted ? sql`NOT (${found})` : found,
      show: [call.column],
    };
  },
  message: (f) => `${rowsOf(f)} have values of "${f.column}" that are not ${f.expected}; ${allowance(f)}.`,
});
