import { typeOf } from "@meshwork/contract";
import { describeType, type Dialect, type LogicalType } from "@meshwork/sql";
import { listArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { findColumn, fitsType } from "../fits-type.ts";

/** pandas' and numpy's words, which Great Expectations' users write. */
const python: ReadonlyMap<string, string> = new Map([
  ["str", "string"],
  ["object", "string"],
  ["int", "long"],
  ["float", "double"],
  ["bool", "boolean"],
  ["datetime64", "timestamp"],
  ["datetime64[ns]", "timestamp"],
]);

function named(word: string, dialect: Dialect): LogicalType | undefined {
  const found = typeOf(python.get(word) ?? word.toLowerCase(), {});
  if ("type" in found) return found.type;
  const own = dialect.parseType(word);
  return own.kind === "opaque" ? undefined : own;
}

/** The column's type as the engine tells it: one for all rows. */
export const valueTypeCheck = defineCheck({
  code: "value-type",
  assertions: ["expect_column_values_to_be_of_type", "expect_column_values_to_be_in_type_list"],
  plan(call) {
    const { column } = call;
    const words = listArgument(call, "type_", "type_list", "value")?.map(String);
    if (column === undefined) return refused("it names no column");
    if (words === undefined || words.length === 0) return refused("it names no type");
    return {
      form: "columns",
      columns: [column],
      expected: words.join(" or "),
      judge({ columns, dialect }) {
        const actual = findColumn(columns, column)!;
        const ok = words.some((word) => {
          const type = named(word, dialect);
          return type !== undefined && fitsType(actual.type, type);
        });
        return { ok, actual: describeType(actual.type) };
      },
    };
  },
  message: (f) => `Column "${f.column}" of port ${f.port} is ${f.actual}; promised: ${f.expected}.`,
});
