import type { OutputPort } from "@meshwork/contract";
import { portReference } from "@meshwork/contract";
import type { Promised } from "./checks/promises.ts";
import { loseCheck, promisesOf } from "./checks/promises.ts";
import type { EmitContext } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";
import { reportUncarried } from "./tree/carried.ts";
import { generatedLine } from "./tree/names.ts";
import { doubleQuoted, doubledText } from "./ddl/quoting.ts";
import type { YamlValue } from "./yaml-text.ts";
import { yamlText } from "./yaml-text.ts";

type Body = Record<string, YamlValue>;

/**
 * Checks in SodaCL (Soda Core 3): `checks.yml`, for each port what its columns promise and its checks. Warnings warn.
 * A name that is no plain word is quoted as in ANSI SQL.
 */
export const sodaChecks = defineFormat({
  name: "soda-checks",
  summary: "SodaCL checks of all ports, for Soda Core 3 (checks.yml)",
  emit(contract, context) {
    reportUncarried(contract, context, {
      columns: ["not-null", "primary-key", "unique", "references", "length", "bounds", "pattern", "enum"],
      nested: [],
      ports: ["checks"],
      product: [],
    });
    const tables = contract.ports.map((port): [string, YamlValue] => [
      `checks for ${context.place(port).name}`,
      [schemaCheck(port), ...promisesOf(port).flatMap((promised) => check(port, promised, context))],
    ]);
    return [{ path: "checks.yml", text: `# ${generatedLine(contract)}\n${yamlText(Object.fromEntries(tables))}` }];
  },
});

const schemaCheck = (port: OutputPort): YamlValue => ({
  schema: { fail: { "when required column missing": port.columns.map((column) => column.name) } },
});

/** As it stands in a metric and in SQL. */
const columnName = (name: string): string => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : doubleQuoted(name));

function check(port: OutputPort, promised: Promised, context: EmitContext): YamlValue[] {
  const { column, threshold, severity, check: own } = promised;
  const lose = (message: string): YamlValue[] => {
    loseCheck(port, promised, context, message);
    return [];
  };
  // SodaCL reads a metric's argument up to the bracket or comma, quoted or not.
  const named = [column, ...((promised.arguments["columns"] as string[] | undefined) ?? [])];
  if (named.some((name) => name !== undefined && /[()[\],"\n]/.test(name)))
    return lose("SodaCL reads no column of such a name.");
  const name = column === undefined ? undefined : columnName(column);
  const level = severity === "warning" ? "warn" : "fail";
  const about: Body = {
    ...(own === undefined ? {} : { name: own.name }),
    ...(own?.where === undefined ? {} : { filter: own.where }),
  };
  const counted = (metric: string, body: Body): YamlValue[] => [
    threshold === undefined
      ? { [`${metric}_count(${name!})`]: { ...body, ...about, [level]: "when > 0" } }
      : { [`${metric}_percent(${name!})`]: { ...body, ...about, [level]: `when > ${percent(threshold)}` } },
  ];
  const rows = (condition: string): YamlValue[] =>
    threshold === undefined
      ? [
          {
            "failed rows": {
              name: own?.name ?? `${column ?? port.name} ${promised.assertion}`,
              "fail condition": condition,
              ...(level === "warn" ? { warn: "when > 0" } : {}),
            },
          },
        ]
      : lose("A share of rows cannot be asked of a condition in SodaCL.");
  return written(promised, port, { name, level, about, counted, rows, lose, context });
}

const percent = (threshold: number): number => Number(((1 - threshold) * 100).toFixed(6));

interface Tools {
  readonly name: string | undefined;
  readonly level: string;
  readonly about: Body;
  counted(metric: string, body: Body): YamlValue[];
  rows(condition: string): YamlValue[];
  lose(message: string): YamlValue[];
  readonly context: EmitContext;
}

function written({ assertion, arguments: args, check: own }: Promised, port: OutputPort, tools: Tools): YamlValue[] {
  const { name, level, about, counted, rows, lose } = tools;
  switch (assertion) {
    case "not_null":
      return counted("missing", {});
    case "primary_key":
    case "unique": {
      const columns = (args["columns"] as string[] | undefined) ?? (name === undefined ? [] : [name]);
      const list = columns.map(columnName).join(", ");
      return [
        { [`duplicate_count(${args["columns"] === undefined ? name! : list})`]: { ...about, [level]: "when > 0" } },
      ];
    }
    case "accepted_values":
      return counted("invalid", { "valid values": scalars(args["values"]) });
    case "rejected_values":
      return counted("invalid", { "invalid values": scalars(args["values"]) });
    case "pattern":
      return counted("invalid", { "valid regex": String(args["regex"]) });
    case "length":
      return counted("invalid", lengths(args));
    case "range": {
      const bounds = Object.entries(args).map(([side, bound]) => [side, numberOf(bound)] as const);
      if (bounds.every(([side, bound]) => (side === "min" || side === "max") && bound !== undefined))
        return counted("invalid", Object.fromEntries(bounds.map(([side, bound]) => [`valid ${side}`, bound!])));
      return rows(
        Object.entries(args)
          .map(([side, bound]) => `${name!} ${violated[side]!} ${literal(bound)}`)
          .join(" or "),
      );
    }
    case "row_count":
      return [{ row_count: { ...about, [level]: `when ${outside(args)}` } }];
    case "freshness": {
      const age = typeof args["max_age"] === "string" ? /^(\d+)\s*([smhdw])/.exec(args["max_age"]) : null;
      const by = (args["column"] as string | undefined) ?? name;
      if (age === null || by === undefined) return lose("SodaCL wants a column and an age in days, hours or minutes.");
      const [count, unit] =
        age[2] === "w"
          ? [Number(age[1]) * 7, "d"]
          : age[2] === "s"
            ? [Math.max(1, Math.ceil(Number(age[1]) / 60)), "m"]
            : [Number(age[1]), age[2]!];
      return [{ [`freshness(${columnName(by)})`]: { ...about, [level]: `when > ${count}${unit}` } }];
    }
    case "references": {
      const to = portReference(String(args["to"]));
      if (to === undefined || name === undefined) return lose("It names no column of another product.");
      const segments = to.text.split(".");
      return lose(`The relation of ${segments.slice(0, -1).join(".")} depends on the version that is read.`);
    }
    case "schema":
      return [];
    case "sql": {
      if (own?.sql === undefined) return lose("It has no query.");
      const metric = own.name.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d)/, "_");
      const condition = outsideOf(args);
      if (condition === undefined) return lose("What the value must be has no form in SodaCL.");
      const relation = tools.context.relation(port);
      return [
        {
          [metric]: {
            ...about,
            [`${metric} query`]: own.sql.replaceAll("{port}", relation),
            [level]: `when ${condition}`,
          },
        },
      ];
    }
    default: {
      const statistic = /^expect_column_(min|max|mean|sum|stdev)_to_be_between$/.exec(assertion)?.[1];
      if (statistic === undefined || name === undefined) return lose(`SodaCL has no check for ${assertion}.`);
      const metric = { mean: "avg", stdev: "stddev" }[statistic] ?? statistic;
      const range = { min: args["min_value"], max: args["max_value"] };
      if (args["strict_min"] === true || args["strict_max"] === true)
        return lose("SodaCL's limits are inclusive here.");
      return [{ [`${metric}(${name})`]: { ...about, [level]: `when ${outside(range)}` } }];
    }
  }
}

const violated: Readonly<Record<string, string>> = { min: "<", max: ">", exclusive_min: "<=", exclusive_max: ">=" };

const numberOf = (value: unknown): number | undefined => {
  const number =
    typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
};
const literal = (value: unknown): string => String(numberOf(value) ?? doubledText(String(value)));

const scalars = (values: unknown): YamlValue =>
  (Array.isArray(values) ? (values as unknown[]) : []).map((value) =>
    typeof value === "number" || typeof value === "boolean" ? value : String(value),
  );

function lengths(args: Readonly<Record<string, unknown>>): Body {
  const found: Body = {};
  for (const [from, to] of [
    ["min", "valid min length"],
    ["max", "valid max length"],
    ["equals", "valid length"],
  ] as const) {
    const length = numberOf(args[from]);
    if (length !== undefined) found[to] = length;
  }
  return found;
}

/** When a number is outside of its limits, in SodaCL's words. */
function outside(args: Readonly<Record<string, unknown>>): string {
  const [equals, min, max] = [numberOf(args["equals"]), numberOf(args["min"]), numberOf(args["max"])];
  if (equals !== undefined) return `!= ${equals}`;
  if (min !== undefined && max !== undefined) return `not between ${min} and ${max}`;
  return min === undefined ? `> ${max ?? 0}` : `< ${min}`;
}

const failing: Readonly<Record<string, string>> = {
  must_be: "!=",
  must_not_be: "=",
  must_be_greater_than: "<=",
  must_be_greater_or_equal_to: "<",
  must_be_less_than: ">=",
  must_be_less_or_equal_to: ">",
};

function outsideOf(args: Readonly<Record<string, unknown>>): string | undefined {
  const [only, ...more] = Object.entries(args);
  if (only === undefined || more.length > 0) return undefined;
  const [name, bound] = only;
  if ((name === "must_be_between" || name === "must_not_be_between") && Array.isArray(bound)) {
    const [low, high] = bound.map(numberOf);
    if (low === undefined || high === undefined) return undefined;
    return `${name === "must_be_between" ? "not between" : "between"} ${low} and ${high}`;
  }
  const value = numberOf(bound);
  return Object.hasOwn(failing, name) && value !== undefined ? `${failing[name]!} ${value}` : undefined;
}
