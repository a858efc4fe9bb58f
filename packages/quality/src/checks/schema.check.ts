import { describeType } from "@meshwork/sql";
import { flagArgument } from "../arguments.ts";
import { defineCheck } from "../check-kind.ts";
import { findColumn, fitsType } from "../fits-type.ts";

/**
 * The promised columns are there, with types whose values all fit the promised ones. With a column it looks at that
 * one; with `exact` there is nothing besides.
 */
export const schemaCheck = defineCheck({
  code: "schema",
  assertions: ["schema"],
  plan(call, scope) {
    const exact = flagArgument(call, "exact") || call.arguments["value"] === true;
    const wanted = scope.port.columns.filter((c) => call.column === undefined || c.name === call.column);
    const expected =
      call.column === undefined
        ? "the promised columns"
        : `column "${call.column}" as ${describeType(scope.typeOf(call.column))}`;
    return {
      form: "columns",
      columns: [],
      expected,
      judge({ columns }) {
        const wrong: string[] = [];
        for (const column of wanted) {
          const actual = findColumn(columns, column.name);
          if (actual === undefined) wrong.push(`no column "${column.name}"`);
          else if (!fitsType(actual.type, column.type)) wrong.push(`"${column.name}" as ${describeType(actual.type)}`);
        }
        if (exact)
          for (const column of columns)
            if (findColumn(scope.port.columns, column.name) === undefined)
              wrong.push(`column "${column.name}", which is not promised`);
        return { ok: wrong.length === 0, actual: wrong.length === 0 ? "as promised" : wrong.join("; ") };
      },
    };
  },
  message: (f) => `Port ${f.port} has ${f.actual}; promised: ${f.expected}.`,
  help: "select the column with the promised name and type in the model, or change the contract",
});
