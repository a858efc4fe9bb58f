import { defineDialect, quoteAnsi, quoteString } from "./define-dialect.ts";
import type { Dialect } from "./dialect.ts";
import type { LogicalType } from "./logical-type.ts";
import { replaceUnderViews } from "./replace-under-views.ts";

const words: ReadonlyMap<string, LogicalType> = new Map<string, LogicalType>([
  ["boolean", { kind: "boolean" }],
  ["bool", { kind: "boolean" }],
  ["smallint", { kind: "integer", bits: 16, signed: true }],
  ["int2", { kind: "integer", bits: 16, signed: true }],
  ["integer", { kind: "integer", bits: 32, signed: true }],
  ["int", { kind: "integer", bits: 32, signed: true }],
  ["int4", { kind: "integer", bits: 32, signed: true }],
  ["bigint", { kind: "integer", bits: 64, signed: true }],
  ["int8", { kind: "integer", bits: 64, signed: true }],
  ["real", { kind: "float", bits: 32 }],
  ["float4", { kind: "float", bits: 32 }],
  ["double precision", { kind: "float", bits: 64 }],
  ["float8", { kind: "float", bits: 64 }],
  ["text", { kind: "string" }],
  ["bytea", { kind: "binary" }],
  ["date", { kind: "date" }],
  ["uuid", { kind: "uuid" }],
  ["json", { kind: "json" }],
  ["jsonb", { kind: "json" }],
  ["interval", { kind: "interval" }],
]);
const times: ReadonlyMap<string, { kind: "time" | "timestamp"; zoned: boolean }> = new Map([
  ["time", { kind: "time", zoned: false }],
  ["time without time zone", { kind: "time", zoned: false }],
  ["time with time zone", { kind: "time", zoned: true }],
  ["timetz", { kind: "time", zoned: true }],
  ["timestamp", { kind: "timestamp", zoned: false }],
  ["timestamp without time zone", { kind: "timestamp", zoned: false }],
  ["timestamp with time zone", { kind: "timestamp", zoned: true }],
  ["timestamptz", { kind: "timestamp", zoned: true }],
]);

const precision = (n: number): string => (n >= 6 ? "" : `(${n})`);

const plain = defineDialect({
  name: "postgres",
  fixedArrays: false,
  // `?` is an operator of jsonb.
  placeholder: (position) => `$${position}`,
  // A connection is to one database, and a schema is named without it.
  schema: ({ schema = "" }) => quoteAnsi(schema),
  matches: (subject, pattern) => `(${subject} ~ ${pattern})`,
  literals: {
    string: (text) => quoteString(text.replaceAll("\0", "\uFFFD")),
    bytes: (hex) => `'\\x${hex}'::bytea`,
    instant: (text) => `TIMESTAMPTZ '${text}+00'`,
    special: (text) => `'${text}'::double precision`,
  },
  types: (print) => ({
    boolean: () => "boolean",
    date: () => "date",
    uuid: () => "uuid",
    json: () => "jsonb",
    interval: () => "interval",
    integer: (t) => {
      const bits = t.signed ? t.bits : t.bits * 2;
      if (bits <= 16) return "smallint";
      if (bits <= 32) return "integer";
      return bits <= 64 ? "bigint" : t.bits === 64 ? "numeric(20,0)" : "numeric(39,0)";
    },
    decimal: (t) => `numeric(${t.precision},${t.scale})`,
    float: (t) => (t.bits === 64 ? "double precision" : "real"),
    string: (t) => (t.maxLength === undefined ? "text" : `character varying(${t.maxLength})`),
    binary: () => "bytea",
    time: (t) => `time${precision(t.precision)}${t.zoned ? " with time zone" : ""}`,
    timestamp: (t) => `timestamp${precision(t.precision)}${t.zoned ? " with time zone" : ""}`,
    array: (t) => {
      const element = print(t.element.type);
      return element.endsWith("[]") ? element : `${element}[]`;
    },
    map: () => "jsonb",
    struct: () => "jsonb",
  }),
  meaning(node) {
    if (node.types.length > 0 || node.fields.length > 0) return undefined;
    const time = times.get(node.words);
    if (time !== undefined) return { kind: time.kind, precision: node.numbers[0] ?? 6, zoned: time.zoned };
    if (node.words === "numeric" || node.words === "decimal")
      // Without a precision the type holds up to 131,072 digits: no decimal of the model does.
      return node.numbers.length === 0
        ? undefined
        : { kind: "decimal", precision: node.numbers[0]!, scale: node.numbers[1] ?? 0 };
    if (node.words === "character varying" || node.words === "varchar")
      return node.numbers.length === 0 ? { kind: "string" } : { kind: "string", maxLength: node.numbers[0]! };
    if (node.words === "character" || node.words === "char" || node.words === "bpchar")
      return { kind: "string", maxLength: node.numbers[0] ?? 1 };
    return words.get(node.words);
  },
});

/**
 * PostgreSQL. Lost: signs and widths that it lacks (the next type that holds the values: 8 bits become 16,
 * unsigned 64 and all 128 bits become numeric), structs and maps (jsonb), lengths of arrays and binaries,
 * precisions above 6. A list of lists has the type of a list. NUL cannot be part of a text: it becomes U+FFFD.
 */
export const postgres: Dialect = {
  ...plain,
  replaceUnderViews: (replacement) => replaceUnderViews(replacement, plain),
};
