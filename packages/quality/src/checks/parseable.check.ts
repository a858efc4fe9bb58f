import { id, literal, sql, type Fragment } from "@meshwork/sql";
import { textArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { asText, notNull } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

/** Text that means something: JSON, a date or timestamp (ISO 8601), or one in a given format. */
export const parseableCheck = defineCheck({
  code: "parseable",
  assertions: [
    "expect_column_values_to_be_json_parseable",
    "expect_column_values_to_be_dateutil_parseable",
    "expect_column_values_to_match_strftime_format",
  ],
  supported: (capabilities) =>
    capabilities.engine === "duckdb" ? undefined : `${capabilities.engine} cannot try to parse a text`,
  plan(call, scope) {
    if (call.column === undefined) return refused("it names no column");
    const subject = id(call.column);
    const text = asText(subject, scope.typeOf(call.column));
    let failing: Fragment;
    let expected: string;
    if (call.assertion === "expect_column_values_to_be_json_parseable") {
      failing = sql`NOT json_valid(${text})`;
      expected = "JSON";
    } else if (call.assertion === "expect_column_values_to_be_dateutil_parseable") {
      failing = sql`TRY_CAST(${text} AS TIMESTAMPTZ) IS NULL`;
      expected = "a date or timestamp";
    } else {
      const format = textArgument(call, "strftime_format", "value");
      if (format === undefined) return refused("it names no format");
      failing = sql`try_strptime(${text}, ${literal(format)}) IS NULL`;
      expected = `a time as ${format}`;
    }
    return {
      form: "rows",
      columns: [call.column],
      expected,
      considered: notNull(subject),
      failing,
      show: [call.column],
    };
  },
  message: (f) => `${rowsOf(f)} have values of "${f.column}" that are not ${f.expected}; ${allowance(f)}.`,
});
