import type { Cell, Session } from "@meshwork/engine";
import type { Column, Fragment } from "@meshwork/sql";
import { id, join, literal, raw, sql, statement } from "@meshwork/sql";

/** What the data say of one column, measured over every row. */
export interface ColumnProfile {
  readonly name: string;
  readonly rows: number;
  readonly nulls: number;
  /** Exact where it was counted; undefined where so many are surely not all different. */
  readonly distinct?: number | undefined;
  /** As text that a contract's bound can be: numbers with all digits, dates and times in ISO form. */
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  /** Characters of the shortest and longest text. */
  readonly shortest?: number | undefined;
  readonly longest?: number | undefined;
  /** Each value with its rows, most frequent first; only of columns with few. */
  readonly values?: readonly (readonly [value: string, rows: number])[] | undefined;
  /** Rows whose text looks like something well known, by its name. */
  readonly looks?: Readonly<Record<string, number>> | undefined;
}

/** Texts that are known by their form; RE2, matched whole. */
export const wellKnown: Readonly<Record<string, { readonly words: string; readonly pattern: string }>> = {
  uuid: { words: "a UUID", pattern: "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$" },
  email: { words: "an e-mail address", pattern: "^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$" },
  uri: { words: "an address of the web", pattern: "^https?://[^\\s]+$" },
  ipv4: { words: "an IP address", pattern: "^(?:[0-9]{1,3}\\.){3}[0-9]{1,3}$" },
  phone: { words: "a phone number", pattern: "^\\+[0-9][0-9 ()./-]{6,18}$" },
  iban: { words: "an account number", pattern: "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$" },
  country: { words: "a country's two letters", pattern: "^[A-Z]{2}$" },
  date: { words: "a date", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
};

/** More values than this are no list that somebody keeps. */
const mostValues = 20;

const ordered = new Set(["integer", "decimal", "float", "date", "timestamp"]);
const countable = new Set(["integer", "decimal", "date", "timestamp", "string", "uuid", "boolean"]);

/** Measures a relation: one pass over all columns, one more over those that may be keys or lists of values. */
export async function profile(
  session: Session,
  from: Fragment,
  columns: readonly Column[],
  signal?: AbortSignal,
): Promise<ColumnProfile[]> {
  const ask = async (fragment: Fragment): Promise<Cell[][]> => {
    const result = await session.query(statement(fragment, session.dialect), { signal });
    return (await result.rows()) as Cell[][];
  };
  const flat = columns.filter((column) => !["array", "map", "struct", "json", "opaque"].includes(column.type.kind));
  const firsts = flat.flatMap((column) => first(column));
  const [row = []] = await ask(
    sql`SELECT count(*)${join(
      firsts.map((each) => sql`, ${each}`),
      "",
    )} FROM ${from} AS t`,
  );
  const rows = Number(row[0] ?? 0);
  const measured = flat.map((column, i) => {
    const [filled, near, min, max, shortest, longest] = row.slice(1 + i * 6, 7 + i * 6);
    return {
      column,
      nulls: rows - Number(filled),
      near: Number(near ?? 0),
      filled: Number(filled),
      min,
      max,
      shortest,
      longest,
    };
  });
  const seconds: Fragment[] = [];
  const take = (fragment: Fragment): number => seconds.push(fragment) - 1;
  const plans = measured.map(({ column, near, filled }) => {
    // The estimate is off by a few parts in a hundred: what may be all different is counted.
    const distinct =
      countable.has(column.type.kind) && near >= filled * 0.8
        ? take(sql`count(DISTINCT ${id(column.name)})`)
        : undefined;
    const looks =
      column.type.kind === "string" && filled > 0
        ? Object.entries(wellKnown).map(
            ([name, { pattern }]) =>
              [
                name,
                take(sql`count(*) FILTER (WHERE regexp_matches(${id(column.name)}, ${literal(pattern)}))`),
              ] as const,
          )
        : undefined;
    return { distinct, looks };
  });
  const [counts = []] =
    rows === 0 || seconds.length === 0 ? [[]] : await ask(sql`SELECT ${join(seconds)} FROM ${from} AS t`);
  const found: ColumnProfile[] = [];
  for (const [i, { column, nulls, near, filled, min, max, shortest, longest }] of measured.entries()) {
    const plan = plans[i]!;
    const few = rows > 0 && filled > 0 && near <= mostValues * 1.5 && ["string", "integer"].includes(column.type.kind);
    const values = few
      ? await ask(
          sql`SELECT CAST(${id(column.name)} AS VARCHAR), count(*) FROM ${from} AS t WHERE ${id(column.name)} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${raw(String(mostValues + 1))}`,
        )
      : undefined;
    found.push({
      name: column.name,
      rows,
      nulls,
      distinct: plan.distinct === undefined ? undefined : Number(counts[plan.distinct]),
      min: textOf(min),
      max: textOf(max),
      shortest: numberOf(shortest),
      longest: numberOf(longest),
      values:
        values === undefined || values.length > mostValues
          ? undefined
          : values.map(([value, n]) => [String(value), Number(n)] as const),
      looks:
        plan.looks === undefined
          ? undefined
          : Object.fromEntries(plan.looks.map(([name, at]) => [name, Number(counts[at])])),
    });
  }
  return found;
}

/** Six measures of a column, NULL where one has no meaning. */
function first({ name, type }: Column): Fragment[] {
  const column = id(name);
  const none = raw("NULL");
  const text = type.kind === "string";
  const bound = (aggregate: string): Fragment => {
    if (!ordered.has(type.kind)) return none;
    if (type.kind === "float")
      return sql`CAST(${raw(aggregate)}(${column}) FILTER (WHERE isfinite(${column})) AS VARCHAR)`;
    if (type.kind === "timestamp")
      return sql`strftime(${raw(aggregate)}(${type.zoned ? sql`${column} AT TIME ZONE 'UTC'` : column}), ${raw(type.zoned ? "'%Y-%m-%dT%H:%M:%SZ'" : "'%Y-%m-%dT%H:%M:%S'")})`;
    return sql`CAST(${raw(aggregate)}(${column}) AS VARCHAR)`;
  };
  return [
    sql`count(${column})`,
    countable.has(type.kind) ? sql`approx_count_distinct(${column})` : none,
    bound("min"),
    bound("max"),
    text ? sql`min(length(${column}))` : none,
    text ? sql`max(length(${column}))` : none,
  ];
}

const textOf = (cell: Cell | undefined): string | undefined =>
  cell === null || cell === undefined ? undefined : String(cell as string | number | bigint);
const numberOf = (cell: Cell | undefined): number | undefined =>
  cell === null || cell === undefined ? undefined : Number(cell);
