import { id, raw, sql } from "@meshwork/sql";
import { flagArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { enough, toCount } from "../judge.ts";
import { allowance, rowsOf } from "../wording.ts";

/** In the order in which the rows were written. NULL is left out before neighbours are compared. */
export const orderedValuesCheck = defineCheck({
  code: "ordered-values",
  assertions: ["expect_column_values_to_be_increasing", "expect_column_values_to_be_decreasing"],
  supported: (capabilities) =>
    capabilities.engine === "duckdb" ? undefined : `a table of ${capabilities.engine} has no order of its own`,
  plan(call) {
    if (call.column === undefined) return refused("it names no column");
    const strictly = flagArgument(call, "strictly") || call.arguments["value"] === true;
    const rising = call.assertion === "expect_column_values_to_be_increasing";
    const column = id(call.column);
    const wrong = raw(`${rising ? "<" : ">"}${strictly ? "=" : ""}`);
    return {
      form: "statement",
      columns: [call.column],
      expected: `${strictly ? "strictly " : ""}${rising ? "increasing" : "decreasing"} values`,
      statement: (source) =>
        sql`SELECT count(*), count(*) FILTER (WHERE v ${wrong} before) FROM (SELECT ${column} AS v, lag(${column}) OVER () AS before FROM ${source} AS s WHERE ${column} IS NOT NULL) AS o`,
      judge([row]) {
        const total = toCount(row?.[0]);
        const failing = toCount(row?.[1]);
        return { ok: enough(failing, total, call.threshold ?? 1), actual: failing, failing, total };
      },
      sample: (source, shown) =>
        sql`SELECT ${shown} FROM (SELECT *, lag(${column}) OVER () AS mesh_before FROM ${source} AS s WHERE ${column} IS NOT NULL) AS o WHERE ${column} ${wrong} mesh_before`,
      show: [call.column],
    };
  },
  message: (f) => `${rowsOf(f)} are out of order by "${f.column}" (promised: ${f.expected}); ${allowance(f)}.`,
});
