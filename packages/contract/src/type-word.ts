import { didYouMean } from "@meshwork/diagnostics";
import type { LogicalType } from "@meshwork/sql";

/** What a type word needs from its surroundings: a column's other keys. */
export interface TypeContext {
  readonly precision?: number | undefined;
  readonly scale?: number | undefined;
  /** A `timezone` constraint: timestamps are then zoned. */
  readonly timezone?: string | undefined;
}

type Container = "array" | "map" | "struct" | "embedding" | "media";

export type TypeWord =
  /** `container` is set where the word leaves its parts to the keys `items`, `values` or `fields`. */
  | { readonly type: LogicalType; readonly container?: Container | undefined }
  | { readonly problem: "unknown-type"; readonly suggestion: string }
  | { readonly problem: "bad-type"; readonly reason: string };

const integer = (bits: 8 | 16 | 32 | 64 | 128, signed = true): LogicalType => ({ kind: "integer", bits, signed });

/** Words without arguments, by the type they mean. The first of each line is the one that we write. */
const SIMPLE: readonly (readonly [LogicalType, string])[] = [
  [integer(8), "tinyint int8 byte"],
  [integer(16), "short smallint int16"],
  [integer(32), "integer int int32 mediumint"],
  [integer(64), "long bigint int64"],
  [integer(128), "hugeint int128"],
  [integer(8, false), "utinyint uint8"],
  [integer(16, false), "usmallint uint16"],
  [integer(32, false), "uinteger uint uint32"],
  [integer(64, false), "ubigint uint64 ulong"],
  [integer(128, false), "uhugeint uint128"],
  [{ kind: "float", bits: 32 }, "float real float32 float4"],
  [{ kind: "float", bits: 64 }, "double float64 float8 double_precision"],
  [{ kind: "boolean" }, "boolean bool"],
  [{ kind: "date" }, "date"],
  [{ kind: "uuid" }, "uuid guid"],
  [{ kind: "json" }, "json jsonb variant"],
  [{ kind: "interval" }, "interval duration"],
  // What other standards leave open: any value, stored as the engine likes.
  [{ kind: "opaque", engine: "any", name: "any" }, "any"],
];

const simple = new Map(SIMPLE.flatMap(([type, words]) => words.split(" ").map((word) => [word, type] as const)));
const STRINGS = new Set([
  "string",
  "text",
  "varchar",
  "char",
  "character",
  "nvarchar",
  "nchar",
  "clob",
  "character_varying",
]);
const BINARIES = new Set(["binary", "bytes", "varbinary", "blob", "bytea"]);
const DECIMALS = new Set(["decimal", "numeric", "number", "dec"]);
const ZONED = new Set(["timestamp_tz", "timestamptz", "timestamp_with_time_zone", "timestamp_ltz"]);
const PLAIN_TIMESTAMPS = new Set(["timestamp_ntz", "timestamp_without_time_zone"]);
const TIMESTAMPS = new Set(["timestamp", "datetime", ...ZONED, ...PLAIN_TIMESTAMPS]);
const TIMES = new Map([
  ["time", false],
  ["time_tz", true],
  ["timetz", true],
  ["time_with_time_zone", true],
  ["time_without_time_zone", false],
]);
const CONTAINERS = new Map<string, Container>([
  ["array", "array"],
  ["list", "array"],
  ["map", "map"],
  ["struct", "struct"],
  ["record", "struct"],
  ["object", "struct"],
  ["row", "struct"],
  ["embedding", "embedding"],
  ["vector", "embedding"],
  // A reference to an object: text, described by the key of that name.
  ["media", "media"],
]);

const WORDS: readonly string[] = [
  ...simple.keys(),
  ...STRINGS,
  ...BINARIES,
  ...DECIMALS,
  ...TIMESTAMPS,
  ...TIMES.keys(),
  ...CONTAINERS.keys(),
];

const STRING: LogicalType = { kind: "string" };
const MAX_NESTING = 16;

/**
 * What a type word of a contract means: `string`, `varchar(36)`, `long`, `decimal(10,2)`, `timestamp with time zone`,
 * `array<string>`, `string[]`, `map<string, integer>`, `struct<sku: string, quantity: integer>`.
 * A decimal without digits is `decimal(38, 9)`; times have microseconds; a bare `timestamp` has no zone unless the
 * column names one.
 */
export function typeOf(word: string, context: TypeContext = {}, depth = 0): TypeWord {
  const alone =
    depth === 0 &&
    context.precision === undefined &&
    context.scale === undefined &&
    context.timezone === undefined &&
    word.length <= 40;
  if (!alone) return worked(word, context, depth);
  // A mesh has few words and many columns.
  let known = words.get(word);
  if (known === undefined) {
    known = worked(word, context, depth);
    if (words.size < 1000) words.set(word, known);
  }
  return known;
}

const words = new Map<string, TypeWord>();

function worked(word: string, context: TypeContext, depth: number): TypeWord {
  const text = word.trim();
  if (text.length > 500 || depth > MAX_NESTING) return bad("it is nested too deeply");
  if (text.endsWith("[]")) return arrayOf(text.slice(0, -2), context, depth);
  const match = /^([A-Za-z][A-Za-z0-9_ ]*?)\s*(?:\(([^()]*)\)\s*([A-Za-z ]*)|<([\s\S]*)>)?$/.exec(text);
  if (match === null) return unknown(text);
  const name = `${match[1]!} ${match[3] ?? ""}`.trim().toLowerCase().replaceAll(/\s+/g, "_");
  if (match[4] !== undefined) return generic(name, match[4], context, depth);
  const args = match[2] === undefined ? [] : match[2].split(",").map((part) => part.trim());
  const digits = args.map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : Number.NaN));
  if (digits.some((digit) => Number.isNaN(digit))) return bad("its arguments have to be whole numbers");
  return plain(name, digits, context, text);
}

function plain(name: string, digits: readonly number[], context: TypeContext, text: string): TypeWord {
  const [first, second] = digits;
  const known = simple.get(name);
  if (known !== undefined) {
    // `int(11)`: a display width, which says nothing about the values.
    if (digits.length > 0 && known.kind !== "integer") return bad(`"${name}" takes no arguments`);
    return { type: known };
  }
  if (STRINGS.has(name) || BINARIES.has(name)) {
    if (digits.length > 1) return bad("it takes one length");
    const kind = STRINGS.has(name) ? "string" : "binary";
    return { type: first === undefined ? { kind } : { kind, maxLength: first } };
  }
  if (DECIMALS.has(name)) return decimal(digits, context);
  if (TIMESTAMPS.has(name) || TIMES.has(name)) {
    if (digits.length > 1 || (first ?? 0) > 12) return bad("it takes the digits of a second's fraction, 0 to 12");
    const precision = first ?? context.precision ?? 6;
    if (TIMES.has(name)) return { type: { kind: "time", precision, zoned: TIMES.get(name)! } };
    const zoned = ZONED.has(name) || (!PLAIN_TIMESTAMPS.has(name) && context.timezone !== undefined);
    return { type: { kind: "timestamp", precision, zoned } };
  }
  const container = CONTAINERS.get(name);
  if (container === undefined) return unknown(text);
  if (container === "embedding" && digits.length === 1 && first! > 0) {
    return { type: vector({ kind: "float", bits: 32 }, first), container };
  }
  if (digits.length > 0 || second !== undefined) return bad(`"${name}" takes no arguments in brackets`);
  return { type: emptyContainer(container), container };
}

function decimal(digits: readonly number[], context: TypeContext): TypeWord {
  if (digits.length > 2) return bad("a decimal takes its digits and those after the point: decimal(10,2)");
  const precision = digits[0] ?? context.precision ?? 38;
  const given = digits.length > 0 || context.precision !== undefined;
  const scale = digits[1] ?? context.scale ?? (given ? 0 : 9);
  if (precision < 1) return bad("a decimal has at least one digit");
  if (scale > precision) return bad(`${scale} digits after the point do not fit into ${precision} digits`);
  return { type: { kind: "decimal", precision, scale } };
}

/** A list of numbers of fixed length, as embeddings are stored. */
export function vector(element: LogicalType, length: number | undefined): LogicalType {
  const field = { name: "element", type: element, nullable: false };
  return length === undefined ? { kind: "array", element: field } : { kind: "array", element: field, length };
}

function emptyContainer(container: Container): LogicalType {
  if (container === "media") return STRING;
  if (container === "struct") return { kind: "struct", fields: [] };
  if (container === "map") return { kind: "map", key: STRING, value: { name: "value", type: STRING, nullable: true } };
  if (container === "embedding") return vector({ kind: "float", bits: 32 }, undefined);
  return { kind: "array", element: { name: "element", type: STRING, nullable: true } };
}

function generic(name: string, inside: string, context: TypeContext, depth: number): TypeWord {
  const container = CONTAINERS.get(name);
  const parts = splitTop(inside);
  if (container === "array" && parts.length === 1) return arrayOf(parts[0]!, context, depth);
  if (container === "map" && parts.length === 2) {
    const key = typeOf(parts[0]!, {}, depth + 1);
    const value = typeOf(parts[1]!, context, depth + 1);
    if ("problem" in key) return key;
    if ("problem" in value) return value;
    return { type: { kind: "map", key: key.type, value: { name: "value", type: value.type, nullable: true } } };
  }
  if (container === "struct") return structOf(parts, context, depth);
  return container === undefined ? unknown(name) : bad(`"${name}" does not take ${parts.length} types`);
}

function arrayOf(word: string, context: TypeContext, depth: number): TypeWord {
  const element = typeOf(word, context, depth + 1);
  if ("problem" in element) return element;
  return { type: { kind: "array", element: { name: "element", type: element.type, nullable: true } } };
}

function structOf(parts: readonly string[], context: TypeContext, depth: number): TypeWord {
  const fields = [];
  for (const part of parts) {
    const match = /^\s*("[^"]+"|[^\s:"]+)\s*[:\s]\s*(\S[\s\S]*)$/.exec(part);
    if (match === null) return bad("a struct's parts are written name: type");
    const inner = typeOf(match[2]!, context, depth + 1);
    if ("problem" in inner) return inner;
    fields.push({ name: match[1]!.replaceAll('"', ""), type: inner.type, nullable: true });
  }
  return { type: { kind: "struct", fields } };
}

/** Splits at the commas that stand in no bracket. */
function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === "<" || char === "(") depth++;
    else if (char === ">" || char === ")") depth--;
    else if (char === "," && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

const bad = (reason: string): TypeWord => ({ problem: "bad-type", reason });
const unknown = (text: string): TypeWord => ({
  problem: "unknown-type",
  suggestion: didYouMean(text.replace(/[(<].*$/s, ""), WORDS),
});

const WIDTHS: Readonly<Record<string, string>> = {
  "8": "tinyint",
  "16": "short",
  "32": "integer",
  "64": "long",
  "128": "hugeint",
};

/** The word that we write for a type; types with parts of their own give `array`, `map` and `struct`. */
export function typeWordOf(type: LogicalType): string {
  switch (type.kind) {
    case "integer": {
      const signed = WIDTHS[String(type.bits)]!;
      return type.signed ? signed : `u${signed === "long" ? "bigint" : signed === "short" ? "smallint" : signed}`;
    }
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "float":
      return type.bits === 32 ? "float" : "double";
    case "string":
      return type.maxLength === undefined ? "string" : `varchar(${type.maxLength})`;
    case "binary":
      return type.maxLength === undefined ? "binary" : `binary(${type.maxLength})`;
    case "time":
    case "timestamp": {
      const word = type.zoned ? `${type.kind}_tz` : type.kind;
      return type.precision === 6 ? word : `${word}(${type.precision})`;
    }
    case "opaque":
      return type.name;
    default:
      return type.kind;
  }
}
