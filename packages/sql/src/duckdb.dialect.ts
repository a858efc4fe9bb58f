import { anonymous, defineDialect, quoteString } from "./define-dialect.ts";
import type { LogicalType } from "./logical-type.ts";

const integers: ReadonlyMap<string, LogicalType> = new Map(
  (
    [
      ["tinyint", 8, true],
      ["int1", 8, true],
      ["smallint", 16, true],
      ["int2", 16, true],
      ["short", 16, true],
      ["integer", 32, true],
      ["int", 32, true],
      ["int4", 32, true],
      ["signed", 32, true],
      ["bigint", 64, true],
      ["int8", 64, true],
      ["long", 64, true],
      ["hugeint", 128, true],
      ["utinyint", 8, false],
      ["usmallint", 16, false],
      ["uinteger", 32, false],
      ["ubigint", 64, false],
      ["uhugeint", 128, false],
    ] as const
  ).map(([word, bits, signed]) => [word, { kind: "integer", bits, signed }]),
);

const others: ReadonlyMap<string, LogicalType> = new Map<string, LogicalType>([
  ["boolean", { kind: "boolean" }],
  ["bool", { kind: "boolean" }],
  ["logical", { kind: "boolean" }],
  ["float", { kind: "float", bits: 32 }],
  ["real", { kind: "float", bits: 32 }],
  ["float4", { kind: "float", bits: 32 }],
  ["double", { kind: "float", bits: 64 }],
  ["double precision", { kind: "float", bits: 64 }],
  ["float8", { kind: "float", bits: 64 }],
  ["varchar", { kind: "string" }],
  ["char", { kind: "string" }],
  ["bpchar", { kind: "string" }],
  ["text", { kind: "string" }],
  ["string", { kind: "string" }],
  ["blob", { kind: "binary" }],
  ["bytea", { kind: "binary" }],
  ["binary", { kind: "binary" }],
  ["varbinary", { kind: "binary" }],
  ["date", { kind: "date" }],
  ["uuid", { kind: "uuid" }],
  ["json", { kind: "json" }],
  ["interval", { kind: "interval" }],
  ["time", { kind: "time", precision: 6, zoned: false }],
  ["time_ns", { kind: "time", precision: 9, zoned: false }],
  ["timetz", { kind: "time", precision: 6, zoned: true }],
  ["time with time zone", { kind: "time", precision: 6, zoned: true }],
  ["timestamp", { kind: "timestamp", precision: 6, zoned: false }],
  ["datetime", { kind: "timestamp", precision: 6, zoned: false }],
  ["timestamp_us", { kind: "timestamp", precision: 6, zoned: false }],
  ["timestamp_s", { kind: "timestamp", precision: 0, zoned: false }],
  ["timestamp_ms", { kind: "timestamp", precision: 3, zoned: false }],
  ["timestamp_ns", { kind: "timestamp", precision: 9, zoned: false }],
  ["timestamptz", { kind: "timestamp", precision: 6, zoned: true }],
  ["timestamp with time zone", { kind: "timestamp", precision: 6, zoned: true }],
]);

const integerNames = {
  signed: { 8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT", 128: "HUGEINT" },
  unsigned: { 8: "UTINYINT", 16: "USMALLINT", 32: "UINTEGER", 64: "UBIGINT", 128: "UHUGEINT" },
} as const;

/**
 * DuckDB 1.5. Lost: the lengths of strings and binaries, precisions other than 0, 3, 6, 9 (the next finer is
 * taken) and those of zoned times and timestamps (always 6), what nested fields say of NULL.
 */
export const duckdb = defineDialect({
  name: "duckdb",
  fixedArrays: true,
  matches: (subject, pattern) => `regexp_matches(${subject}, ${pattern})`,
  length: (subject) => `length(${subject})`,
  literals: {
    // The parser ends a statement at NUL, so the character is added by a function.
    string: (text) =>
      text.includes("\0") ? `(${text.split("\0").map(quoteString).join(" || chr(0) || ")})` : quoteString(text),
    bytes: (hex) => `unhex('${hex}')`,
    instant: (text) => `TIMESTAMPTZ '${text}+00'`,
    special: (text) => `'${text}'::DOUBLE`,
  },
  types: (print, identifier) => ({
    boolean: () => "BOOLEAN",
    date: () => "DATE",
    uuid: () => "UUID",
    json: () => "JSON",
    interval: () => "INTERVAL",
    integer: (t) => integerNames[t.signed ? "signed" : "unsigned"][t.bits],
    decimal: (t) => `DECIMAL(${t.precision},${t.scale})`,
    float: (t) => (t.bits === 64 ? "DOUBLE" : "FLOAT"),
    string: () => "VARCHAR",
    binary: () => "BLOB",
    time: (t) => (t.zoned ? "TIMETZ" : t.precision > 6 ? "TIME_NS" : "TIME"),
    timestamp: (t) => {
      if (t.zoned) return "TIMESTAMPTZ";
      if (t.precision > 6) return "TIMESTAMP_NS";
      if (t.precision > 3) return "TIMESTAMP";
      return t.precision > 0 ? "TIMESTAMP_MS" : "TIMESTAMP_S";
    },
    array: (t) => `${print(t.element.type)}[${t.length ?? ""}]`,
    map: (t) => `MAP(${print(t.key)}, ${print(t.value.type)})`,
    struct: (t) => `STRUCT(${t.fields.map((f) => `${identifier(f.name)} ${print(f.type)}`).join(", ")})`,
  }),
  meaning(node, inner) {
    const { words, numbers } = node;
    if (words === "decimal" || words === "numeric" || words === "dec")
      return { kind: "decimal", precision: numbers[0] ?? 18, scale: numbers[1] ?? (numbers.length === 0 ? 3 : 0) };
    if (words === "struct" || words === "row")
      return node.fields.length === 0
        ? undefined
        : { kind: "struct", fields: node.fields.map((f) => anonymous(inner(f.type), f.name)) };
    if (words === "map" && node.types.length === 2)
      return { kind: "map", key: inner(node.types[0]!), value: anonymous(inner(node.types[1]!), "value") };
    if (node.types.length > 0 || node.fields.length > 0) return undefined;
    return integers.get(words) ?? others.get(words);
  },
});
