import { id, sql } from "@meshwork/sql";
import { defineCheck, refused } from "../check-kind.ts";
import { allowance, rowsOf } from "../wording.ts";

/** Over all rows: Great Expectations' `mostly` counts NULL in here, unlike everywhere else. */
export const notNullCheck = defineCheck({
  code: "not-null",
  assertions: ["not_null", "expect_column_values_to_not_be_null"],
  plan({ column }) {
    if (column === undefined) return refused("it names no column");
    return {
      form: "rows",
      columns: [column],
      expected: "a value in every row",
      failing: sql`${id(column)} IS NULL`,
      show: [column],
    };
  },
  message: (f) => `${rowsOf(f)} have no "${f.column}"; ${allowance(f)}.`,
  help: "fill the column in the model, or let it be nullable in the contract",
});
