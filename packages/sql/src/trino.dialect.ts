import { anonymous, defineDialect, quoteString } from "./define-dialect.ts";
import type { LogicalType } from "./logical-type.ts";

const words: ReadonlyMap<string, LogicalType> = new Map<string, LogicalType>([
  ["boolean", { kind: "boolean" }],
  ["tinyint", { kind: "integer", bits: 8, signed: true }],
  ["smallint", { kind: "integer", bits: 16, signed: true }],
  ["integer", { kind: "integer", bits: 32, signed: true }],
  ["int", { kind: "integer", bits: 32, signed: true }],
  ["bigint", { kind: "integer", bits: 64, signed: true }],
  ["real", { kind: "float", bits: 32 }],
  ["double", { kind: "float", bits: 64 }],
  ["varbinary", { kind: "binary" }],
  ["date", { kind: "date" }],
  ["uuid", { kind: "uuid" }],
  ["json", { kind: "json" }],
]);
const times: ReadonlyMap<string, { kind: "time" | "timestamp"; zoned: boolean }> = new Map([
  ["time", { kind: "time", zoned: false }],
  ["time with time zone", { kind: "time", zoned: true }],
  ["timestamp", { kind: "timestamp", zoned: false }],
  ["timestamp with time zone", { kind: "timestamp", zoned: true }],
]);

/**
 * Trino. Lost: unsigned integers (the next signed type that holds the values, decimal from 64 bits on;
 * 128 bits become decimal(38,0), its largest), decimals above 38 digits, lengths of arrays and binaries,
 * intervals (varchar: no connector stores them).
 */
export const trino = defineDialect({
  name: "trino",
  fixedArrays: false,
  length: (subject) => `length(${subject})`,
  literals: {
    string: (text) =>
      text.includes("\0")
        ? `U&${quoteString(text.replaceAll("\\", "\\\\").replaceAll("\0", "\\0000"))}`
        : quoteString(text),
    bytes: (hex) => `X'${hex}'`,
    instant: (text) => `TIMESTAMP '${text} UTC'`,
    special: (text) => (text === "NaN" ? "nan()" : text === "Infinity" ? "infinity()" : "-infinity()"),
  },
  types: (print, identifier) => ({
    boolean: () => "boolean",
    date: () => "date",
    uuid: () => "uuid",
    json: () => "json",
    interval: () => "varchar",
    integer: (t) => {
      const bits = t.signed ? t.bits : t.bits * 2;
      if (bits <= 8) return "tinyint";
      if (bits <= 16) return "smallint";
      if (bits <= 32) return "integer";
      return bits <= 64 ? "bigint" : t.bits === 64 ? "decimal(20,0)" : "decimal(38,0)";
    },
    decimal: (t) => `decimal(${Math.min(38, t.precision)},${Math.min(38, t.scale)})`,
    float: (t) => (t.bits === 64 ? "double" : "real"),
    string: (t) => (t.maxLength === undefined ? "varchar" : `varchar(${t.maxLength})`),
    binary: () => "varbinary",
    time: (t) => `time(${t.precision})${t.zoned ? " with time zone" : ""}`,
    timestamp: (t) => `timestamp(${t.precision})${t.zoned ? " with time zone" : ""}`,
    array: (t) => `array(${print(t.element.type)})`,
    map: (t) => `map(${print(t.key)}, ${print(t.value.type)})`,
    struct: (t) => `row(${t.fields.map((f) => `${identifier(f.name)} ${print(f.type)}`).join(", ")})`,
  }),
  meaning(node, inner) {
    const time = times.get(node.words);
    if (time !== undefined) return { kind: time.kind, precision: node.numbers[0] ?? 3, zoned: time.zoned };
    if (node.words === "row")
      return node.fields.length === 0
        ? undefined
        : { kind: "struct", fields: node.fields.map((f) => anonymous(inner(f.type), f.name)) };
    if (node.words === "array" && node.types.length === 1)
      return { kind: "array", element: anonymous(inner(node.types[0]!)) };
    if (node.words === "map" && node.types.length === 2)
      return { kind: "map", key: inner(node.types[0]!), value: anonymous(inner(node.types[1]!), "value") };
    if (node.types.length > 0 || node.fields.length > 0) return undefined;
    if (node.words === "decimal")
      return { kind: "decimal", precision: node.numbers[0] ?? 38, scale: node.numbers[1] ?? 0 };
    if (node.words === "varchar" || node.words === "char") {
      const length = node.numbers[0] ?? (node.words === "char" ? 1 : undefined);
      return length === undefined ? { kind: "string" } : { kind: "string", maxLength: length };
    }
    return words.get(node.words);
  },
});
