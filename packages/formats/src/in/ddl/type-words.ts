import type { PartShape } from "../columns.ts";
import { decimal, float, int, text, timestamp } from "../columns.ts";
import type { Database } from "./database.ts";

/** Words that mean the same wherever they are known. */
const words: ReadonlyMap<string, PartShape> = new Map(
  (
    [
      ["boolean bool logical", { kind: "boolean" }],
      ["tinyint int1 byte byteint", int(8)],
      ["smallint int2 short int16", int(16)],
      ["integer int int4 int32 mediumint signed", int(32)],
      ["bigint int8 long int64", int(64)],
      ["hugeint int128", int(128)],
      ["utinyint uint8", int(8, false)],
      ["usmallint uint16", int(16, false)],
      ["uinteger uint32", int(32, false)],
      ["ubigint uint64", int(64, false)],
      ["uhugeint uint128", int(128, false)],
      ["real float4 float32", float(32)],
      ["double|double precision|float8|float64", float(64)],
      ["uuid uniqueidentifier", { kind: "uuid" }],
      ["json jsonb variant super", { kind: "json" }],
      ["date", { kind: "date" }],
      ["blob bytea bytes binary varbinary varbyte tinyblob mediumblob longblob raw image", { kind: "binary" }],
      ["year", int(16)],
    ] as const
  ).flatMap(([names, shape]) =>
    (names.includes("|") ? names.split("|") : names.split(" ")).map((name) => [name, shape] as const),
  ),
);

const strings = new Set(
  "varchar char text string nvarchar nchar ntext character bpchar clob nclob longtext mediumtext tinytext citext varchar2 nvarchar2 sysname name"
    .split(" ")
    .concat([
      "character varying",
      "char varying",
      "national character varying",
      "national character",
      "character large object",
    ]),
);
const decimals = new Set(["decimal", "numeric", "number", "dec", "fixed", "bigdecimal"]);
const serials: ReadonlyMap<string, 16 | 32 | 64> = new Map([
  ["serial", 32],
  ["serial4", 32],
  ["bigserial", 64],
  ["serial8", 64],
  ["smallserial", 16],
  ["serial2", 16],
]);

/** Columns that number themselves hold a value in every row. */
export const isSerial = (word: string): boolean => serials.has(word);

/** What a type without parts means in a database; undefined where the model has no word for it. */
export function scalarOf(word: string, numbers: readonly number[], database: Database): PartShape | undefined {
  const own = database.types(word, numbers);
  if (own !== undefined) return own;
  const unsigned = / unsigned(?: zerofill)?$/.exec(word);
  if (unsigned !== null) {
    const base = scalarOf(word.slice(0, unsigned.index), numbers, database);
    return base?.kind === "integer" ? { ...base, signed: false } : base;
  }
  if (strings.has(word)) return limited("string", numbers[0]);
  if (decimals.has(word)) {
    const [precision, scale] = numbers.length === 0 ? database.decimal : [numbers[0]!, numbers[1] ?? 0];
    return precision >= 1 && scale <= precision && scale >= 0 && precision <= 1000
      ? decimal(precision, scale)
      : undefined;
  }
  if (word === "float" && numbers.length > 0) return float(numbers[0]! <= 24 ? 32 : 64);
  const serial = serials.get(word);
  if (serial !== undefined) return int(serial);
  if (word.startsWith("interval")) return { kind: "interval" };
  const known = words.get(word);
  if (known?.kind === "binary") return limited("binary", numbers[0]);
  return known ?? timeOf(word, numbers, database);
}

function limited(kind: "string" | "binary", length: number | undefined): PartShape {
  return length === undefined || length < 1 || !Number.isSafeInteger(length) ? { kind } : { kind, maxLength: length };
}

function timeOf(word: string, numbers: readonly number[], database: Database): PartShape | undefined {
  const precision = Math.min(numbers[0] ?? database.seconds, 12);
  switch (word) {
    case "time":
    case "time without time zone":
      return { kind: "time", precision, zoned: false };
    case "timetz":
    case "time with time zone":
      return { kind: "time", precision, zoned: true };
    case "timestamp":
      return timestamp(precision, database.zonedTimestamp === true);
    case "datetime":
    case "timestamp_ntz":
    case "timestampntz":
    case "timestamp without time zone":
      return timestamp(precision, false);
    case "timestamptz":
    case "timestamp_tz":
    case "timestamp_ltz":
    case "timestampltz":
    case "timestamp with time zone":
    case "timestamp with local time zone":
      return timestamp(precision, true);
    default:
      return undefined;
  }
}

/** A text that says nothing of its values. */
export const anyText: PartShape = text;
