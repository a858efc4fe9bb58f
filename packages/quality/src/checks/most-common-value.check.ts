import { id, sql } from "@meshwork/sql";
import { describeSet, flagArgument, listArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { compareCells } from "../judge.ts";
import { cellText } from "../wording.ts";

export const mostCommonValueCheck = defineCheck({
  code: "most-common-value",
  assertions: ["expect_column_most_common_value_to_be_in_set"],
  plan(call) {
    const values = listArgument(call, "value_set", "value");
    if (call.column === undefined) return refused("it names no column");
    if (values === undefined) return refused("it names no values");
    const column = id(call.column);
    return {
      form: "statement",
      columns: [call.column],
      reveals: true,
      expected: describeSet(values),
      statement: (source) =>
        sql`SELECT v FROM (SELECT ${column} AS v, rank() OVER (ORDER BY count(*) DESC) AS place FROM ${source} AS s WHERE ${column} IS NOT NULL GROUP BY ${column}) AS g WHERE place = 1 ORDER BY 1 LIMIT 100`,
      judge(rows) {
        const modes = rows.map((row) => row[0] ?? null);
        const inside = modes.filter((mode) => mode !== null && values.some((value) => compareCells(mode, value) === 0));
        // Of several that are equally common all count as one answer only with ties_okay.
        const ok = flagArgument(call, "ties_okay") ? inside.length > 0 : modes.length === 1 && inside.length === 1;
        return { ok, actual: modes.length === 0 ? null : modes.map(cellText).join(", ") };
      },
      show: [],
    };
  },
  message: (f) => `The most common "${f.column}" of port ${f.port} is ${f.actual}; promised: ${f.expected}.`,
});
