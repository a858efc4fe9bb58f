import { id, join, literal, raw, sql, type Dialect, type Fragment, type LogicalType } from "@meshwork/sql";
import type { Bounds, Scalar } from "./arguments.ts";
import type { Source } from "./check-kind.ts";

/** Fragments that need the dialect when they are printed. */
type Print = Fragment["print"];

/** Borrows the shape of a fragment, so that a dialect's own functions can be used within a template. */
export function dialectal(make: (dialect: Dialect) => Fragment): Fragment {
  const base = raw("");
  const print: Print = (dialect, params) => make(dialect).print(dialect, params);
  return { ...base, print };
}

const printed = (fragment: Fragment, dialect: Dialect): string => fragment.print(dialect, []);

export const matches = (subject: Fragment, pattern: string): Fragment =>
  dialectal((d) => raw(d.matches(printed(subject, d), d.literal(pattern))));

export const lengthOf = (subject: Fragment): Fragment => dialectal((d) => raw(d.length(printed(subject, d))));

export const castTo = (subject: Fragment, type: LogicalType): Fragment =>
  dialectal((d) => sql`CAST(${subject} AS ${raw(d.type(type))})`);

export const asText = (subject: Fragment, type: LogicalType): Fragment =>
  type.kind === "string" ? subject : castTo(subject, { kind: "string" });

const numeric = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;

const isNumber = (type: LogicalType): boolean =>
  type.kind === "integer" || type.kind === "decimal" || type.kind === "float";

/** A value out of a contract as a literal that compares with a column of this type. */
export function valueOf(value: Scalar, type: LogicalType): Fragment {
  if (type.kind === "boolean") {
    const text = String(value).toLowerCase();
    return text === "true" || text === "false" ? literal(text === "true") : castTo(literal(String(value)), type);
  }
  if (isNumber(type)) {
    if (typeof value === "string") return numeric.test(value.trim()) ? raw(value.trim()) : castTo(literal(value), type);
    return typeof value === "boolean" ? castTo(literal(value), type) : literal(value);
  }
  if (type.kind === "string") return literal(String(value));
  if (type.kind === "opaque" || type.kind === "array" || type.kind === "map" || type.kind === "struct")
    return literal(value);
  return castTo(literal(String(value)), type);
}

/** True where the subject lies outside the bounds. */
export function outside(subject: Fragment, bounds: Bounds, value: (v: Scalar) => Fragment): Fragment {
  const parts: Fragment[] = [];
  if (bounds.min !== undefined) parts.push(sql`${subject} ${raw(bounds.strictMin ? "<=" : "<")} ${value(bounds.min)}`);
  if (bounds.max !== undefined) parts.push(sql`${subject} ${raw(bounds.strictMax ? ">=" : ">")} ${value(bounds.max)}`);
  return sql`(${join(parts, " OR ")})`;
}

export const inSet = (subject: Fragment, values: readonly Scalar[], type: LogicalType): Fragment =>
  values.length === 0 ? raw("FALSE") : sql`${subject} IN (${join(values.map((v) => valueOf(v, type)))})`;

export const all = (conditions: readonly Fragment[]): Fragment =>
  conditions.length === 0
    ? raw("TRUE")
    : join(
        conditions.map((c) => sql`(${c})`),
        " AND ",
      );

export const any = (conditions: readonly Fragment[]): Fragment =>
  conditions.length === 0
    ? raw("FALSE")
    : join(
        conditions.map((c) => sql`(${c})`),
        " OR ",
      );

export const notNull = (subject: Fragment): Fragment => sql`${subject} IS NOT NULL`;

/** The elements of a list column, one a row, under the given name; missing ones left out. */
export const elementsOf = (source: Source, list: string, name: string): Source =>
  dialectal((d) =>
    d.name === "trino"
      ? sql`(SELECT ${id(name)} FROM ${source} AS s CROSS JOIN UNNEST(s.${id(list)}) AS u(${id(name)}) WHERE ${id(name)} IS NOT NULL)`
      : sql`(SELECT ${id(name)} FROM (SELECT unnest(s.${id(list)}) AS ${id(name)} FROM ${source} AS s) AS u WHERE ${id(name)} IS NOT NULL)`,
  );

/** A field of a struct column as a column of its own, for the rows that have the struct. */
export const fieldOf = (source: Source, struct: string, field: string, name: string): Source =>
  sql`(SELECT s.${id(struct)}.${id(field)} AS ${id(name)} FROM ${source} AS s WHERE s.${id(struct)} IS NOT NULL)`;

/** Fields of a struct column as columns, each under the name given for it, for the rows that have the struct. */
export const fieldsOf = (source: Source, struct: string, names: ReadonlyMap<string, string>): Source => {
  const shown = [...names].map(([field, name]) => sql`s.${id(struct)}.${id(field)} AS ${id(name)}`);
  return sql`(SELECT ${join(shown)} FROM ${source} AS s WHERE s.${id(struct)} IS NOT NULL)`;
};

/** Only rows that meet a condition out of the contract. On lines of its own: a comment in it ends there. */
export const filtered = (source: Source, where: string): Source =>
  sql`(SELECT * FROM ${source} AS s WHERE (${raw(`\n${where}\n`)}))`;
