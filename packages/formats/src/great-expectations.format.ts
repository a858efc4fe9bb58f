import type { OutputPort } from "@meshwork/contract";
import { assertions } from "@meshwork/contract";
import type { Promised } from "./checks/promises.ts";
import { loseCheck, promisesOf } from "./checks/promises.ts";
import type { EmitContext } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";
import { reportUncarried } from "./tree/carried.ts";
import { jsonText, portFileNames } from "./tree/names.ts";

type Kwargs = Record<string, unknown>;
interface Expectation {
  readonly type: string;
  readonly kwargs: Kwargs;
}

/**
 * A suite of Great Expectations 1.x for each output port: `<port>.gx.json`, what columns promise and the port's
 * checks. Errors are critical. A query of our own becomes rows that are not expected, with `{batch}` for the port.
 */
export const greatExpectations = defineFormat({
  name: "great-expectations",
  summary: "a Great Expectations 1.x suite for each port (<port>.gx.json)",
  emit(contract, context) {
    reportUncarried(contract, context, {
      // Promises report their own losses.
      columns: ["not-null", "unique", "references", "length", "bounds", "pattern", "enum", "description"],
      nested: [],
      ports: ["description", "checks"],
      product: ["description"],
    });
    const files = portFileNames(contract.ports);
    return contract.ports.map((port, i) => ({
      path: `${files[i]!}.gx.json`,
      text: jsonText({
        name: context.relation(port),
        expectations: [...exist(port), ...promisesOf(port).flatMap((promised) => expectation(port, promised, context))],
        meta: { product: contract.id, version: contract.version },
        ...(port.description === undefined ? {} : { notes: port.description }),
      }),
    }));
  },
});

/** Only where a column's own expectations would otherwise not notice that it is gone. */
const exist = (port: OutputPort): unknown[] =>
  port.columns.map((column) => ({
    type: "expect_column_to_exist",
    kwargs: { column: column.name },
    meta: column.description === undefined ? {} : { description: column.description },
    severity: "critical",
  }));

function expectation(port: OutputPort, promised: Promised, context: EmitContext): unknown[] {
  const { check, threshold, severity } = promised;
  const lose = (message: string): unknown[] => {
    loseCheck(port, promised, context, message);
    return [];
  };
  const found = written(promised);
  if (found === undefined) return lose(`Great Expectations has no expectation for ${promised.assertion}.`);
  if (check?.where !== undefined)
    return lose("The condition on its rows has no form that every execution engine reads.");
  const byRow = assertions.get(check?.assertion ?? promised.assertion)?.byRow === true;
  return [
    {
      type: found.type,
      kwargs: {
        ...found.kwargs,
        ...(threshold !== undefined && byRow && found.type !== query ? { mostly: threshold } : {}),
      },
      meta:
        check === undefined
          ? {}
          : { check: check.name, ...(check.dimension === undefined ? {} : { dimension: check.dimension }) },
      severity: severity === "warning" ? "warning" : "critical",
    },
  ];
}

const query = "unexpected_rows_expectation";

/** Our words as Great Expectations': one place each, arguments by the names there. */
function written({ assertion, arguments: args, column, check }: Promised): Expectation | undefined {
  const of = column === undefined ? {} : { column };
  const columns = args["columns"];
  switch (assertion) {
    case "not_null":
      return { type: "expect_column_values_to_not_be_null", kwargs: of };
    case "primary_key":
    case "unique":
      if (Array.isArray(columns) && columns.length > 1)
        return { type: "expect_compound_columns_to_be_unique", kwargs: { column_list: columns } };
      return {
        type: "expect_column_values_to_be_unique",
        kwargs: { column: Array.isArray(columns) ? (columns as unknown[])[0] : column },
      };
    case "accepted_values":
      return { type: "expect_column_values_to_be_in_set", kwargs: { ...of, value_set: args["values"] } };
    case "rejected_values":
      return { type: "expect_column_values_to_not_be_in_set", kwargs: { ...of, value_set: args["values"] } };
    case "range":
      return { type: "expect_column_values_to_be_between", kwargs: { ...of, ...between(args) } };
    case "pattern":
      return { type: "expect_column_values_to_match_regex", kwargs: { ...of, regex: args["regex"] } };
    case "length":
      return args["equals"] === undefined
        ? { type: "expect_column_value_lengths_to_be_between", kwargs: { ...of, ...between(args) } }
        : { type: "expect_column_value_lengths_to_equal", kwargs: { ...of, value: args["equals"] } };
    case "row_count":
      return args["equals"] === undefined
        ? { type: "expect_table_row_count_to_be_between", kwargs: between(args) }
        : { type: "expect_table_row_count_to_equal", kwargs: { value: args["equals"] } };
    case "sql": {
      const rows = check?.sql === undefined ? undefined : unexpected(check.sql, args);
      return rows === undefined ? undefined : { type: query, kwargs: { unexpected_rows_query: rows } };
    }
    default:
      return assertion.startsWith("expect_")
        ? { type: assertion, kwargs: { ...of, ...native(assertion, args) } }
        : undefined;
  }
}

/** A single value of a check stands for the assertion's one argument. */
function native(assertion: string, args: Kwargs): Kwargs {
  const single = assertions.get(assertion)?.single;
  const { value, mostly: _, ...rest } = args;
  if (value === undefined) return rest;
  return single === undefined || single === "value" ? { ...rest, value } : { ...rest, [single]: value };
}

function between(args: Kwargs): Kwargs {
  const low = args["exclusive_min"] ?? args["min"];
  const high = args["exclusive_max"] ?? args["max"];
  return {
    ...(low === undefined ? {} : { min_value: numeric(low) }),
    ...(high === undefined ? {} : { max_value: numeric(high) }),
    ...(args["exclusive_min"] === undefined ? {} : { strict_min: true }),
    ...(args["exclusive_max"] === undefined ? {} : { strict_max: true }),
  };
}

// Bounds of contracts may be text of numbers; the library compares by type.
const numeric = (bound: unknown): unknown =>
  typeof bound === "string" && /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(bound) ? Number(bound) : bound;

const operators: Readonly<Record<string, string>> = {
  must_be: "=",
  must_not_be: "<>",
  must_be_greater_than: ">",
  must_be_greater_or_equal_to: ">=",
  must_be_less_than: "<",
  must_be_less_or_equal_to: "<=",
};

/** The measured value as a row where it is not what it must be. Only numbers are compared. */
function unexpected(sql: string, args: Kwargs): string | undefined {
  const conditions = Object.entries(args).map(([name, bound]) => {
    if (name === "must_be_between" || name === "must_not_be_between") {
      if (!Array.isArray(bound) || bound.length !== 2 || !bound.every((each) => typeof each === "number"))
        return undefined;
      return `measured ${name === "must_be_between" ? "" : "NOT "}BETWEEN ${String(bound[0])} AND ${String(bound[1])}`;
    }
    return Object.hasOwn(operators, name) && typeof bound === "number"
      ? `measured ${operators[name]!} ${bound}`
      : undefined;
  });
  if (conditions.length === 0 || conditions.some((condition) => condition === undefined)) return undefined;
  const inner = sql.trim().replace(/;\s*$/, "").replaceAll("{port}", "{batch}");
  // The last line of a query may be a comment: the bracket stands on its own.
  return `SELECT * FROM (\n${inner}\n) AS result(measured) WHERE NOT (${conditions.join(" AND ")})`;
}
