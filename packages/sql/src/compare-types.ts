import type { Field, LogicalType } from "./logical-type.ts";

/**
 * Whether two types are one. Descriptions never count; what nested fields say of NULL counts only with
 * `nullability`, because most engines cannot tell it.
 */
export function sameType(a: LogicalType, b: LogicalType, options: { readonly nullability?: boolean } = {}): boolean {
  const field = (x: Field, y: Field): boolean =>
    (!options.nullability || x.nullable === y.nullable) && sameType(x.type, y.type, options);
  switch (a.kind) {
    case "integer":
      return b.kind === "integer" && a.bits === b.bits && a.signed === b.signed;
    case "decimal":
      return b.kind === "decimal" && a.precision === b.precision && a.scale === b.scale;
    case "float":
      return b.kind === "float" && a.bits === b.bits;
    case "string":
    case "binary":
      return b.kind === a.kind && a.maxLength === b.maxLength;
    case "time":
    case "timestamp":
      return b.kind === a.kind && a.precision === b.precision && a.zoned === b.zoned;
    case "array":
      return b.kind === "array" && a.length === b.length && field(a.element, b.element);
    case "map":
      return b.kind === "map" && sameType(a.key, b.key, options) && field(a.value, b.value);
    case "struct":
      return (
        b.kind === "struct" &&
        a.fields.length === b.fields.length &&
        a.fields.every((f, i) => f.name === b.fields[i]!.name && field(f, b.fields[i]!))
      );
    case "opaque":
      return b.kind === "opaque" && a.engine === b.engine && a.name.toLowerCase() === b.name.toLowerCase();
    default:
      return a.kind === b.kind;
  }
}

/** Digits before the point that an integer type may need. */
const digits = { 8: 3, 16: 5, 32: 10, 64: 19, 128: 39 } as const;

const atLeast = (to: number | undefined, from: number | undefined): boolean =>
  to === undefined || (from !== undefined && from <= to);

/** Whether every value of `from` is also a value of `to`, exactly: a reader of `to` can go on reading. */
export function widens(from: LogicalType, to: LogicalType): boolean {
  if (sameType(from, to)) return true;
  switch (from.kind) {
    case "integer":
      if (to.kind === "integer")
        return from.signed === to.signed ? from.bits <= to.bits : to.signed && from.bits < to.bits;
      if (to.kind === "decimal") {
        // The largest unsigned 64-bit integer has a digit more than the largest signed one.
        const needed = digits[from.bits] + (from.bits === 64 && !from.signed ? 1 : 0);
        return to.precision - to.scale >= needed;
      }
      // A float holds integers of 24 and 53 bits exactly.
      return to.kind === "float" && from.bits <= (to.bits === 64 ? 32 : 16);
    case "decimal":
      return to.kind === "decimal" && to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale;
    case "float":
      return to.kind === "float" && from.bits <= to.bits;
    case "string":
    case "binary":
      return to.kind === from.kind && atLeast(to.maxLength, from.maxLength);
    case "time":
    case "timestamp":
      return to.kind === from.kind && to.zoned === from.zoned && from.precision <= to.precision;
    case "array":
      return (
        to.kind === "array" &&
        (to.length === undefined || to.length === from.length) &&
        widensField(from.element, to.element)
      );
    case "map":
      return to.kind === "map" && widens(from.key, to.key) && widensField(from.value, to.value);
    case "struct":
      return (
        to.kind === "struct" &&
        from.fields.length === to.fields.length &&
        from.fields.every((f, i) => f.name === to.fields[i]!.name && widensField(f, to.fields[i]!))
      );
    default:
      return false;
  }
}

const widensField = (from: Field, to: Field): boolean => (to.nullable || !from.nullable) && widens(from.type, to.type);

const integers = {
  8: "8-bit integer",
  16: "16-bit integer",
  32: "integer",
  64: "long",
  128: "128-bit integer",
} as const;

/** The type in words for messages: `long`, `decimal(10,2)`, `timestamp with time zone`, `array of string`. */
export function describeType(type: LogicalType): string {
  switch (type.kind) {
    case "integer":
      return (type.signed ? "" : "unsigned ") + integers[type.bits];
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "float":
      return type.bits === 64 ? "double" : "float";
    case "string":
    case "binary":
      return type.maxLength === undefined ? type.kind : `${type.kind}(${type.maxLength})`;
    case "time":
    case "timestamp":
      return `${type.kind}${type.precision === 6 ? "" : `(${type.precision})`}${type.zoned ? " with time zone" : ""}`;
    case "array":
      return `${type.length === undefined ? "array" : `array[${type.length}]`} of ${describeType(type.element.type)}`;
    case "map":
      return `map of ${describeType(type.key)} to ${describeType(type.value.type)}`;
    case "struct":
      return `struct {${type.fields.map((f) => `${f.name}: ${describeType(f.type)}`).join(", ")}}`;
    case "opaque":
      return type.name;
    default:
      return type.kind;
  }
}
