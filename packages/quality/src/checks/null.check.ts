import { id, sql } from "@meshwork/sql";
import { defineCheck, refused } from "../check-kind.ts";
import { allowance, rowsOf } from "../wording.ts";

export const nullCheck = defineCheck({
  code: "null",
  assertions: ["expect_column_values_to_be_null"],
  plan({ column }) {
    if (column === undefined) return refused("it names no column");
    return {
      form: "rows",
      columns: [column],
      expected: "no value in any row",
      failing: sql`${id(column)} IS NOT NULL`,
      show: [column],
    };
  },
  message: (f) => `${rowsOf(f)} have a value of "${f.column}"; ${allowance(f)}.`,
  help: "leave the column empty in the model, or drop the check",
});
