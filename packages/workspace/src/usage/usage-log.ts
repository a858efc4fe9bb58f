/** What a log says of one statement, whatever engine wrote it. */
export interface LoggedStatement {
  /** ISO 8601 in UTC; absent where the log does not say. */
  readonly at?: string | undefined;
  /** How often it ran. */
  readonly count: number;
  readonly user?: string | undefined;
  readonly role?: string | undefined;
  /** The program that sent it. */
  readonly tool?: string | undefined;
  /** Relations by the parts of their names, outermost first; columns where the log has them. */
  readonly reads: readonly { readonly relation: readonly string[]; readonly columns?: readonly string[] | undefined }[];
  readonly writes: readonly (readonly string[])[];
  /** The statement's text, where the log has it. */
  readonly sql?: string | undefined;
}

/** A row of an export: keys in lower case. */
export type LogRow = Readonly<Record<string, unknown>>;

/** An engine's log of statements: its file, a line in the registry. */
export interface LogFormat {
  readonly name: string;
  /** What is exported: `ACCOUNT_USAGE.ACCESS_HISTORY`. */
  readonly source: string;
  /** One of these keys has to be in the rows of such a log. */
  readonly keys: readonly string[];
  /** `undefined` for rows that tell of no statement. */
  readonly read: (row: LogRow) => LoggedStatement | undefined;
}

/** A value of a row as text, where it is a name or a number. */
export function textIn(row: LogRow, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = row[key];
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "number" || typeof value === "bigint") return String(value);
  }
  return undefined;
}

/** Lists and records, which exports to CSV write as JSON in a cell. */
export function structureIn(row: LogRow, ...keys: readonly string[]): unknown {
  for (const key of keys) {
    const value = row[key];
    if (typeof value === "object" && value !== null) return value;
    if (typeof value !== "string" || !/^\s*[[{]/.test(value)) continue;
    try {
      return JSON.parse(value);
    } catch {
      continue;
    }
  }
  return undefined;
}

export const listOf = (value: unknown): readonly LogRow[] =>
  Array.isArray(value) ? value.filter((item): item is LogRow => typeof item === "object" && item !== null) : [];

export const recordOf = (value: unknown): LogRow =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as LogRow) : {};

/** A point in time as logs write it: ISO, with a blank or a zone's name, or seconds (or milliseconds) since 1970. */
export function instantOf(value: unknown): string | undefined {
  if (typeof value === "number" || (typeof value === "string" && /^\d+(?:\.\d+)?(?:E\d+)?$/i.test(value))) {
    const number = Number(value);
    return isoOf(number > 1e14 ? number / 1000 : number > 1e11 ? number : number * 1000);
  }
  if (typeof value !== "string") return undefined;
  const found = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d+)?\s*(UTC|Z|[+-]\d{2}(?::?\d{2})?)?$/.exec(
    value.trim(),
  );
  if (!found) return /^\d{4}-\d{2}-\d{2}$/.test(value) ? isoOf(Date.parse(value)) : undefined;
  const [, day, time, fraction = "", zone = "Z"] = found;
  const offset =
    zone === "UTC" || zone === "Z" ? "Z" : zone.length === 3 ? `${zone}:00` : zone.replace(/^(.{3}):?/, "$1:");
  return isoOf(Date.parse(`${day}T${time}${fraction.slice(0, 4)}${offset}`));
}

const isoOf = (ms: number): string | undefined =>
  Number.isFinite(ms) && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString().replace(".000Z", "Z") : undefined;
