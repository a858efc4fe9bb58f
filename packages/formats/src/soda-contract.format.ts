import type { Contract, OutputPort } from "@meshwork/contract";
import { duckdb } from "@meshwork/sql";
import type { Promised } from "./checks/promises.ts";
import { loseCheck, promisesOf } from "./checks/promises.ts";
import type { EmitContext } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";
import { reportUncarried } from "./tree/carried.ts";
import { generatedLine, portFileNames } from "./tree/names.ts";
import type { YamlValue } from "./yaml-text.ts";
import { yamlText } from "./yaml-text.ts";

/**
 * A data contract of Soda 4 for each output port: `<port>.soda.yml`. The data source is called `mesh`; types are left
 * to the data source, because a name of one is an error in another.
 */
export const sodaContract = defineFormat({
  name: "soda-contract",
  summary: "a Soda 4 data contract for each port (<port>.soda.yml)",
  emit(contract, context) {
    reportUncarried(contract, context, {
      columns: [
        "not-null",
        "primary-key",
        "unique",
        "references",
        "length",
        "bounds",
        "pattern",
        "enum",
        "description",
      ],
      nested: [],
      ports: ["checks", "description"],
      product: ["description"],
    });
    const files = portFileNames(contract.ports);
    return contract.ports.map((port, i) => ({
      path: `${files[i]!}.soda.yml`,
      text: `# ${generatedLine(contract)}\n${yamlText(document(contract, port, context))}`,
    }));
  },
});

function document(contract: Contract, port: OutputPort, context: EmitContext): YamlValue {
  const { schema, name } = context.place(port);
  const columns = new Map<string, YamlValue[]>();
  const checks: YamlValue[] = [{ schema: {} }];
  const qualifiers = new Map<string, number>();
  for (const promised of promisesOf(port)) {
    const found = checkOf(port, promised, context);
    if (found === undefined) continue;
    const [kind, body] = found;
    // Two checks of one kind on one column are told apart by a qualifier.
    const key = `${promised.column ?? ""} ${kind}`;
    const nth = (qualifiers.get(key) ?? 0) + 1;
    qualifiers.set(key, nth);
    const one = { [kind]: { ...(nth === 1 ? {} : { qualifier: String(nth) }), ...body } };
    if (promised.column === undefined || tableKinds.has(kind)) checks.push(one);
    else columns.set(promised.column, [...(columns.get(promised.column) ?? []), one]);
  }
  const about = port.description ?? (port.default ? contract.description : undefined);
  return {
    dataset: ["mesh", ...(schema === undefined ? [] : [schema]), name].join("/"),
    ...(about === undefined ? {} : { description: about }),
    columns: port.columns.map((column) => ({
      name: column.name,
      ...(column.description === undefined ? {} : { description: column.description }),
      ...(columns.has(column.name) ? { checks: columns.get(column.name)! } : {}),
    })),
    checks,
  };
}

const tableKinds = new Set(["row_count", "freshness", "failed_rows", "metric"]);
type Body = Record<string, YamlValue>;

function checkOf(port: OutputPort, promised: Promised, context: EmitContext): [string, Body] | undefined {
  const { assertion, arguments: args, column, threshold, severity, check } = promised;
  const lose = (message: string): undefined => loseCheck(port, promised, context, message) as undefined;
  const about: Body = {
    ...(check === undefined ? {} : { name: check.name }),
    ...(check?.where === undefined ? {} : { filter: check.where }),
  };
  if (check?.where !== undefined && (assertion === "sql" || assertion === "range"))
    return lose("A query or an expression takes no condition on its rows in Soda.");
  const level: Body = severity === "warning" ? { level: "warn" } : {};
  const share: Body =
    threshold === undefined
      ? severity === "warning"
        ? { threshold: { ...level, must_be: 0 } }
        : {}
      : {
          threshold: {
            ...level,
            metric: "percent",
            must_be_less_than_or_equal: Number(((1 - threshold) * 100).toFixed(6)),
          },
        };
  switch (assertion) {
    case "not_null":
      return ["missing", { ...about, ...share }];
    case "primary_key":
    case "unique": {
      const columns = args["columns"];
      return ["duplicate", { ...about, ...(Array.isArray(columns) ? { columns: columns as string[] } : {}), ...share }];
    }
    case "accepted_values":
    case "rejected_values": {
      const values = args["values"] as readonly unknown[];
      if (!values.every((v) => typeof v === "string") && !values.every((v) => typeof v === "number"))
        return lose("Soda takes values that are all text or all numbers.");
      return [
        "invalid",
        {
          ...about,
          [assertion === "accepted_values" ? "valid_values" : "invalid_values"]: values as string[],
          ...share,
        },
      ];
    }
    case "pattern":
      return ["invalid", { ...about, valid_format: { name: "pattern", regex: String(args["regex"]) }, ...share }];
    case "length":
      return [
        "invalid",
        {
          ...about,
          ...renamed(args, { min: "valid_min_length", max: "valid_max_length", equals: "valid_length" }),
          ...share,
        },
      ];
    case "range": {
      const numbers = renamed(args, { min: "valid_min", max: "valid_max" });
      if (Object.keys(numbers).length === Object.keys(args).length)
        return ["invalid", { ...about, ...numbers, ...share }];
      if (threshold !== undefined) return lose("A share of rows cannot be asked of an expression in Soda.");
      const subject = duckdb.identifier(column!);
      const broken = Object.entries(args).map(([side, bound]) => `${subject} ${violated[side]!} ${literal(bound)}`);
      return ["failed_rows", { ...about, qualifier: `${column!} range`, expression: broken.join(" OR "), ...share }];
    }
    case "row_count": {
      const limits = renamed(args, {
        min: "must_be_greater_than_or_equal",
        max: "must_be_less_than_or_equal",
        equals: "must_be",
      });
      const both = args["min"] !== undefined && args["max"] !== undefined;
      return [
        "row_count",
        {
          ...about,
          threshold: {
            ...level,
            ...(both
              ? { must_be_between: renamed(args, { min: "greater_than_or_equal", max: "less_than_or_equal" }) }
              : limits),
          },
        },
      ];
    }
    case "freshness": {
      const age = typeof args["max_age"] === "string" ? /^(\d+)\s*([mhd])/.exec(args["max_age"]) : null;
      const by = (args["column"] as string | undefined) ?? column;
      if (age === null || by === undefined) return lose("Soda wants a column and an age in days, hours or minutes.");
      return [
        "freshness",
        {
          ...about,
          column: by,
          threshold: {
            ...level,
            unit: { m: "minute", h: "hour", d: "day" }[age[2]!]!,
            must_be_less_than_or_equal: Number(age[1]),
          },
        },
      ];
    }
    case "sql": {
      const limit = Object.entries(args);
      const [name, bound] = limit[0] ?? [];
      const word = name === undefined ? undefined : limits[name];
      if (check?.sql === undefined || limit.length !== 1 || word === undefined || typeof bound !== "number")
        return lose("What the value must be has no form in Soda.");
      return [
        "metric",
        {
          ...about,
          qualifier: check.name,
          query: check.sql.replaceAll("{port}", context.relation(port)),
          threshold: { ...level, [word]: bound },
        },
      ];
    }
    case "schema":
      return undefined;
    default:
      return lose(`Soda has no check for ${assertion}.`);
  }
}

const violated: Readonly<Record<string, string>> = { min: "<", max: ">", exclusive_min: "<=", exclusive_max: ">=" };

const limits: Readonly<Record<string, string>> = {
  must_be: "must_be",
  must_not_be: "must_not_be",
  must_be_greater_than: "must_be_greater_than",
  must_be_greater_or_equal_to: "must_be_greater_than_or_equal",
  must_be_less_than: "must_be_less_than",
  must_be_less_or_equal_to: "must_be_less_than_or_equal",
};

const numberOf = (value: unknown): number | undefined => {
  const number =
    typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
};
const literal = (value: unknown): string => duckdb.literal(numberOf(value) ?? String(value).replaceAll("\0", "\uFFFD"));

function renamed(args: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>>): Body {
  const found: Body = {};
  for (const [from, to] of Object.entries(names)) {
    const number = numberOf(args[from]);
    if (number !== undefined) found[to] = number;
  }
  return found;
}
