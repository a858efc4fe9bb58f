import { id, sql } from "@meshwork/sql";
import { textArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { toCount } from "../judge.ts";

export const rowCountEqualCheck = defineCheck({
  code: "row-count-equal",
  assertions: ["expect_table_row_count_to_equal_other_table"],
  plan(call) {
    const other = textArgument(call, "other_table_name", "value");
    if (other === undefined) return refused("it names no other table");
    return {
      form: "statement",
      columns: [],
      expected: `as many rows as ${other}`,
      statement: (source) =>
        sql`SELECT (SELECT count(*) FROM ${source} AS s), (SELECT count(*) FROM ${id(...other.split("."))} AS o)`,
      judge([row]) {
        const own = toCount(row?.[0]);
        const theirs = toCount(row?.[1]);
        return { ok: own === theirs, actual: `${own} against ${theirs}` };
      },
      show: [],
    };
  },
  message: (f) => `Port ${f.port} must have ${f.expected}: ${f.actual}.`,
});
