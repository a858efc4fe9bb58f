import { argument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { findColumn } from "../fits-type.ts";

export const columnExistsCheck = defineCheck({
  code: "column-exists",
  assertions: ["expect_column_to_exist"],
  plan(call) {
    const { column } = call;
    const place = argument(call, "column_index", "value");
    if (column === undefined) return refused("it names no column");
    return {
      form: "columns",
      columns: [],
      expected: typeof place === "number" ? `column "${column}" at place ${place}` : `column "${column}"`,
      judge({ columns }) {
        const at = columns.findIndex((c) => c === findColumn(columns, column));
        // Places count from 0, as Great Expectations has them.
        return {
          ok: at !== -1 && (typeof place !== "number" || at === place),
          actual: at === -1 ? "no such column" : `it at place ${at}`,
        };
      },
    };
  },
  message: (f) => `Port ${f.port} has ${f.actual}; promised: ${f.expected}.`,
});
