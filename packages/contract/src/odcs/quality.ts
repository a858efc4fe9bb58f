import type { Path } from "@meshwork/diagnostics";
import { assertions } from "../assertions.ts";
import { named, readCheck as readOwnCheck } from "../datamesh/read-check.ts";
import type { Unnamed } from "../datamesh/read-check.ts";
import type { CheckFile } from "../datamesh/data-product.schema.ts";
import { withoutUndefined } from "../datamesh/read-values.ts";
import { checkFile } from "../datamesh/write-data-product.ts";
import type { ContractCheck } from "../model.ts";
import type { Item, Reader } from "../yaml/reader.ts";
import type { YamlMap } from "../yaml/yaml-node.ts";
import {
  OWN_PROPERTY,
  ODCS_KEY,
  extended,
  filled,
  isMap,
  itemAt,
  keptOf,
  mapOf,
  same,
  textOf,
  textsOf,
} from "./raw.ts";
import type { OdcsVersion, Raw } from "./raw.ts";

/** The standard's operators and the modifiers of our `sql` checks. */
const OPERATORS: readonly (readonly [string, string])[] = [
  ["mustBe", "must_be"],
  ["mustNotBe", "must_not_be"],
  ["mustBeGreaterThan", "must_be_greater_than"],
  ["mustBeGreaterOrEqualTo", "must_be_greater_or_equal_to"],
  ["mustBeLessThan", "must_be_less_than"],
  ["mustBeLessOrEqualTo", "must_be_less_or_equal_to"],
  ["mustBeBetween", "must_be_between"],
  ["mustNotBeBetween", "must_not_be_between"],
];

/** Names of the rules that 3.0 and earlier tools used for today's metrics. */
const OLD_RULES: Readonly<Record<string, string>> = {
  nullCheck: "nullValues",
  nullValues: "nullValues",
  missingValues: "missingValues",
  invalidValues: "invalidValues",
  validValues: "invalidValues",
  duplicateCount: "duplicateValues",
  duplicateValues: "duplicateValues",
  uniqueCheck: "duplicateValues",
  rowCount: "rowCount",
};

type Measure = Pick<ContractCheck, "assertion" | "arguments"> &
  Partial<Pick<ContractCheck, "sql" | "threshold">> & { readonly column?: string | undefined };

/** Why a rule is kept but not run. */
interface Unread {
  readonly reason: string;
}

const isUnread = (read: Measure | Unread): read is Unread => "reason" in read;

const quoted = (name: string): string =>
  name
    .split(".")
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join(".");
const literal = (value: unknown): string =>
  typeof value === "number" || typeof value === "boolean" ? String(value) : `'${String(value).replaceAll("'", "''")}'`;

function operatorOf(raw: Raw): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [theirs, ours] of OPERATORS) if (raw[theirs] !== undefined) found[ours] = raw[theirs];
  return found;
}

/** What a rule of the standard measures: one of our assertions where it is the same, else a query with its operator. */
function measureOf(raw: Raw, column: string | undefined): Measure | Unread {
  const type = textOf(raw, "type") ?? (textOf(raw, "query") === undefined ? "library" : "sql");
  if (type === "text") return { reason: "it is prose" };
  if (type === "custom") return customMeasure(raw, column);
  if (type === "sql") {
    const query = textOf(raw, "query");
    if (query === undefined) return { reason: "it has no query" };
    return { assertion: "sql", arguments: operatorOf(raw), sql: withPlaceholders(query, column), column };
  }
  const rule = textOf(raw, "metric") ?? textOf(raw, "rule") ?? "";
  const metric = Object.hasOwn(OLD_RULES, rule) ? OLD_RULES[rule]! : rule;
  const given = operatorOf(raw);
  if (Object.keys(given).length === 0) return { reason: `"${rule}" has nothing to compare with` };
  return libraryMeasure(metric, raw, column, given);
}

function libraryMeasure(metric: string, raw: Raw, column: string | undefined, given: Raw): Measure | Unread {
  const args = mapOf(raw, "arguments") ?? {};
  const share = allowedShare(raw);
  const percent = textOf(raw, "unit") === "percent";
  if (metric === "rowCount") return rowCount(given);
  if (metric === "duplicateValues") {
    const columns = textsOf(args, "properties");
    if (share === 0 && columns.length > 0) return { assertion: "unique", arguments: { columns } };
    if (share === 0 && column !== undefined) return { assertion: "unique", arguments: {}, column };
    const names = columns.length > 0 ? columns : column === undefined ? [] : [column];
    if (names.length === 0) return { reason: "it names no properties" };
    return counted(duplicates(names, percent), given, column);
  }
  if (column === undefined) return { reason: `"${metric}" looks at a property and stands at none` };
  if (metric === "nullValues") {
    if (share !== undefined) return { assertion: "not_null", arguments: {}, ...threshold(share), column };
    return counted(failing(`${quoted(column)} IS NULL`, percent), given, column);
  }
  if (metric === "missingValues") {
    const missing = args["missingValues"];
    const values = Array.isArray(missing) ? (missing as unknown[]) : [];
    const words = values.filter((value) => value !== null && !isMap(value) && !Array.isArray(value)).map(literal);
    const name = quoted(column);
    const among = words.length === 0 ? "" : ` OR CAST(${name} AS VARCHAR) IN (${words.map(textLiteral).join(", ")})`;
    return counted(failing(`${name} IS NULL${among}`, percent), given, column);
  }
  if (metric === "invalidValues") return invalidValues(raw, args, column, given, share, percent);
  return { reason: `no metric is called "${metric}"` };
}

const textLiteral = (word: string): string => (word.startsWith("'") ? word : `'${word}'`);

function invalidValues(
  raw: Raw,
  args: Raw,
  column: string,
  given: Raw,
  share: number | undefined,
  percent: boolean,
): Measure | Unread {
  const valid = args["validValues"] ?? raw["validValues"];
  const pattern = textOf(args, "pattern") ?? textOf(raw, "pattern");
  const values = Array.isArray(valid) ? (valid as unknown[]) : undefined;
  if (values !== undefined && pattern !== undefined)
    return { reason: "it asks for a list of values and a pattern at once" };
  if (values !== undefined && share !== undefined) {
    return { assertion: "accepted_values", arguments: { values }, ...threshold(share), column };
  }
  if (values !== undefined) {
    const words = values.filter((value) => value !== null && typeof value !== "object").map(literal);
    if (words.length === 0) return { reason: "its list of values is empty" };
    const name = quoted(column);
    return counted(failing(`${name} IS NOT NULL AND ${name} NOT IN (${words.join(", ")})`, percent), given, column);
  }
  if (pattern === undefined) return { reason: "it says neither which values are valid nor a pattern" };
  if (share === undefined)
    return { reason: "a number of rows that may miss a pattern is not counted; write unit: percent" };
  return { assertion: "pattern", arguments: { regex: pattern }, ...threshold(share), column };
}

/** The share of rows that may fail, where the operator says just that. */
function allowedShare(raw: Raw): number | undefined {
  const operators = OPERATORS.filter(([key]) => raw[key] !== undefined).map(([key]) => key);
  const [key] = operators;
  if (operators.length !== 1 || key === undefined) return undefined;
  const value = raw[key];
  if (typeof value !== "number") return undefined;
  if (value === 0 && (key === "mustBe" || key === "mustBeLessOrEqualTo")) return 0;
  if (value === 1 && key === "mustBeLessThan" && textOf(raw, "unit") !== "percent") return 0;
  const percent = textOf(raw, "unit") === "percent" && key === "mustBeLessOrEqualTo";
  return percent && value > 0 && value < 100 ? value / 100 : undefined;
}

const threshold = (share: number): { threshold?: number } =>
  share === 0 ? {} : { threshold: Number((1 - share).toFixed(12)) };

const counted = (sql: string, given: Raw, column: string | undefined): Measure => ({
  assertion: "sql",
  arguments: given,
  sql,
  column,
});

/** Rows that meet a condition, or their percentage; an empty table has none. */
function failing(condition: string, percent: boolean): string {
  const count = `coalesce(sum(CASE WHEN ${condition} THEN 1 ELSE 0 END), 0)`;
  return `SELECT ${percent ? `100.0 * ${count} / greatest(count(*), 1)` : count} FROM {port}`;
}

/** Values that occur more than once, each counted once, as the standard's reference tool counts them; NULLs are none. */
function duplicates(columns: readonly string[], percent: boolean): string {
  const names = columns.map(quoted);
  const present = names.map((name) => `${name} IS NOT NULL`).join(" AND ");
  const groups = `SELECT ${names.join(", ")} FROM {port} WHERE ${present} GROUP BY ${names.join(", ")} HAVING count(*) > 1`;
  const count = `(SELECT count(*) FROM (${groups}) AS d)`;
  return percent ? `SELECT 100.0 * ${count} / greatest(count(*), 1) FROM {port}` : `SELECT ${count}`;
}

function rowCount(given: Raw): Measure {
  const [[key, value] = ["", undefined], ...more] = Object.entries(given);
  const whole = typeof value === "number" && Number.isInteger(value) ? value : undefined;
  const pair = Array.isArray(value) && value.every((each) => Number.isInteger(each)) ? (value as number[]) : undefined;
  const made = (args: Raw): Measure => ({ assertion: "row_count", arguments: args });
  if (more.length === 0) {
    if (key === "must_be_between" && pair?.length === 2) return made({ min: pair[0], max: pair[1] });
    if (whole !== undefined) {
      if (key === "must_be") return made({ equals: whole });
      if (key === "must_be_greater_than") return made({ min: whole + 1 });
      if (key === "must_be_greater_or_equal_to") return made({ min: whole });
      if (key === "must_be_less_than") return made({ max: whole - 1 });
      if (key === "must_be_less_or_equal_to") return made({ max: whole });
    }
  }
  return counted("SELECT count(*) FROM {port}", given, undefined);
}

/** `{object}`, `${model}`, `{table}` … are the port, `{property}`, `{column}` … the column. */
function withPlaceholders(query: string, column: string | undefined): string {
  const port = query.replaceAll(/\$?\{\s*(?:object|model|table|schema)\s*\}/gi, "{port}");
  if (column === undefined) return port;
  return port.replaceAll(/\$?\{\s*(?:property|column|field)\s*\}/gi, () => quoted(column));
}

function customMeasure(raw: Raw, standsAt: string | undefined): Measure | Unread {
  const engine = textOf(raw, "engine") ?? "";
  const implementation = mapOf(raw, "implementation");
  const known = /^(?:great_?expectations|gx)$/i.test(engine.replaceAll(/[\s-]/g, "_")) && implementation !== undefined;
  const word = known ? (textOf(implementation, "type") ?? textOf(implementation, "expectation_type") ?? "") : "";
  if (!assertions.has(word)) return { reason: engine === "" ? "it names no engine" : `it is written for ${engine}` };
  const { column, mostly, ...rest } = mapOf(implementation!, "kwargs") ?? {};
  const own = assertions.get(word)?.column === "needed" ? standsAt : undefined;
  const measured = { assertion: word, arguments: rest, column: typeof column === "string" ? column : own };
  return typeof mostly === "number" && mostly >= 0 && mostly <= 1 ? { ...measured, threshold: mostly } : measured;
}

export interface QualityReading {
  readonly reader: Reader | undefined;
  readonly document: YamlMap | undefined;
}

/** Reads one rule; a reason where it is none that is run. */
export function readRule(raw: Raw, path: Path, column: string | undefined, on: QualityReading): Unnamed | Unread {
  if (textOf(raw, "engine") === OWN_PROPERTY && isMap(raw["implementation"])) {
    if (on.reader === undefined || on.document === undefined) return { reason: "its place is not known" };
    const item = itemAt(on.reader, on.document, [...path, "implementation"]) as Item<CheckFile>;
    return readOwnCheck(item) ?? { reason: "it cannot be read" };
  }
  const measured = measureOf(raw, column);
  if (isUnread(measured)) return measured;
  const severity = textOf(raw, "severity")?.toLowerCase();
  const check: Unnamed = withoutUndefined({
    name: textOf(raw, "name"),
    severity:
      severity !== undefined && /^(?:warn|info|low|minor)/.test(severity) ? ("warning" as const) : ("error" as const),
    dimension: textOf(raw, "dimension"),
    description: textOf(raw, "description"),
    ...measured,
    at: path,
  });
  return check;
}

/** Reads the rules at a table or a property; gives those that are not run, as they are written. */
export function readRules(
  raw: Raw,
  path: Path,
  column: string | undefined,
  version: OdcsVersion,
  on: QualityReading,
  take: (check: Unnamed) => void,
): readonly unknown[] | undefined {
  const list = raw["quality"];
  if (!Array.isArray(list)) return undefined;
  const unread: unknown[] = [];
  for (const [i, rule] of list.entries()) {
    const at = [...path, "quality", i];
    const read = isMap(rule) ? readRule(rule, at, column, on) : { reason: "it is no map" };
    if ("reason" in read) {
      unread.push(rule);
      if (on.reader !== undefined && on.document !== undefined) {
        itemAt(on.reader, on.document, at).report("foreign-check", { what: read.reason });
      }
    } else if (isMap(rule) && textOf(rule, "engine") !== OWN_PROPERTY) {
      const again = written(read, version);
      take(same(again, rule) ? read : { ...read, extensions: extended(rule) });
    } else take(read);
  }
  return unread.length === 0 ? undefined : unread;
}

/** Names that are free; in the standard two rules may share one. */
export function namedChecks(checks: readonly Unnamed[]): readonly ContractCheck[] {
  const taken = new Set<string>();
  return named(
    checks.map((check) => {
      if (check.name === undefined || !taken.has(check.name)) {
        if (check.name !== undefined) taken.add(check.name);
        return check;
      }
      let name = check.name;
      for (let n = 2; taken.has(name); n++) name = `${check.name}.${n}`;
      taken.add(name);
      return { ...check, name };
    }),
  );
}

/** The rule in the standard's words; undefined where it has none for it. */
function written(check: Unnamed, version: OdcsVersion): Raw | undefined {
  const measure = writtenMeasure(check, version);
  if (measure === undefined) return undefined;
  return filled({
    name: check.name,
    ...measure,
    severity: check.severity === "error" ? undefined : check.severity,
    dimension: check.dimension,
    description: check.description,
  });
}

function writtenMeasure(check: Unnamed, version: OdcsVersion): Raw | undefined {
  const { arguments: given, threshold: share = 1 } = check;
  const metric = (name: string, rest: Raw = {}): Raw => ({ [version === "3.0.2" ? "rule" : "metric"]: name, ...rest });
  const none =
    share === 1 ? { mustBe: 0 } : { mustBeLessOrEqualTo: Number(((1 - share) * 100).toFixed(10)), unit: "percent" };
  switch (check.assertion) {
    case "not_null":
      return metric("nullValues", none);
    case "unique":
      if (share !== 1) return undefined;
      return metric("duplicateValues", {
        ...(Array.isArray(given["columns"]) ? { arguments: { properties: given["columns"] } } : {}),
        mustBe: 0,
      });
    case "accepted_values":
      return metric("invalidValues", { arguments: { validValues: given["values"] ?? given["value"] }, ...none });
    case "pattern":
      return metric("invalidValues", { arguments: { pattern: given["regex"] ?? given["value"] }, ...none });
    case "row_count": {
      const { min, max, equals } = given as { min?: unknown; max?: unknown; equals?: unknown };
      if (equals !== undefined) return metric("rowCount", { mustBe: equals });
      if (min !== undefined && max !== undefined) return metric("rowCount", { mustBeBetween: [min, max] });
      return metric("rowCount", min === undefined ? { mustBeLessOrEqualTo: max } : { mustBeGreaterOrEqualTo: min });
    }
    case "sql": {
      const operators = OPERATORS.filter(([, ours]) => given[ours] !== undefined);
      if (check.sql === undefined) return undefined;
      const query = check.sql.replaceAll("{port}", "{object}");
      return { type: "sql", query, ...Object.fromEntries(operators.map(([theirs, ours]) => [theirs, given[ours]])) };
    }
    default: {
      if (!check.assertion.startsWith("expect_")) return undefined;
      const kwargs = filled({ column: check.column, ...given, mostly: check.threshold });
      return { type: "custom", engine: "greatExpectations", implementation: { type: check.assertion, kwargs } };
    }
  }
}

export const DIMENSIONS: readonly string[] = [
  "accuracy",
  "completeness",
  "conformity",
  "consistency",
  "coverage",
  "timeliness",
  "uniqueness",
];

/**
 * A check as a rule of the standard: as it was read, while that still says the same; in the standard's words, where
 * reading them gives the check again; else in our own words as a custom rule.
 */
export function writeRule(check: ContractCheck, atColumn: string | undefined, version: OdcsVersion): Raw {
  const { name, at: _, extensions, ...meaning } = check;
  const implied = named([{ ...meaning, at: [] }])[0]!.name;
  const says = (raw: Raw): boolean => {
    const read = readRule(raw, [], atColumn, { reader: undefined, document: undefined });
    if ("reason" in read) return false;
    const { at: __, extensions: ___, name: theirs, ...rest } = read;
    // A name that reading makes up, or numbers because another rule has it, is not the author's.
    const named =
      theirs === name ||
      (theirs === undefined && isNumbered(name, implied)) ||
      (theirs !== undefined && isNumbered(name, theirs));
    return named && same(sorted(rest), sorted(meaning));
  };
  const kept = keptOf(extensions);
  const others = Object.keys(extensions ?? {}).some((key) => key !== ODCS_KEY);
  if (Object.keys(kept).length > 0 && !others && says(kept)) return kept;
  const fits = check.dimension === undefined || DIMENSIONS.includes(check.dimension);
  const plain = written({ ...meaning, at: [], ...(name === implied ? {} : { name }) }, version);
  if (plain !== undefined && fits && !others && says(plain)) return plain;
  return { type: "custom", engine: OWN_PROPERTY, implementation: checkFile(check) };
}

const isNumbered = (name: string, base: string): boolean =>
  name === base || (name.startsWith(`${base}.`) && /^\d+$/.test(name.slice(base.length + 1)));

const sorted = (value: Raw): Raw =>
  Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
