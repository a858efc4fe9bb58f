import type { LogicalType } from "@meshwork/sql";

export type TypeStep = "same" | "widened" | "narrowed" | "changed";

/**
 * What became of a type, seen from the outside: fields of structs, elements and values are compared on their own,
 * and so are lengths of text.
 * Widened means that every former value fits and keeps its form (int → long, float → double, more digits).
 */
export function compareTypes(a: LogicalType, b: LogicalType): TypeStep {
  if (a.kind === "integer" && b.kind === "integer") return ranges(integerRange(a), integerRange(b));
  if (a.kind === "float" && b.kind === "float") return step(b.bits - a.bits);
  if (a.kind === "decimal" && b.kind === "decimal") {
    return both(step(b.precision - b.scale - (a.precision - a.scale)), step(b.scale - a.scale));
  }
  if ((a.kind === "time" || a.kind === "timestamp") && a.kind === b.kind) {
    return a.zoned === b.zoned ? step(b.precision - a.precision) : "changed";
  }
  if (a.kind === "array" && b.kind === "array") {
    return a.length === b.length ? "same" : "changed";
  }
  if (a.kind === "map" && b.kind === "map") {
    return compareTypes(a.key, b.key) === "same" ? "same" : "changed";
  }
  if (a.kind === "opaque" && b.kind === "opaque")
    return a.engine === b.engine && a.name === b.name ? "same" : "changed";
  return a.kind === b.kind ? "same" : "changed";
}

const step = (by: number): TypeStep => (by === 0 ? "same" : by > 0 ? "widened" : "narrowed");

function both(a: TypeStep, b: TypeStep): TypeStep {
  if (a === b || b === "same") return a;
  return a === "same" ? b : "changed";
}

type IntegerType = { readonly bits: number; readonly signed: boolean };

function integerRange(t: IntegerType): [bigint, bigint] {
  const size = 1n << BigInt(t.signed ? t.bits - 1 : t.bits);
  return [t.signed ? -size : 0n, size - 1n];
}

function ranges([lowA, highA]: [bigint, bigint], [lowB, highB]: [bigint, bigint]): TypeStep {
  if (lowA === lowB && highA === highB) return "same";
  if (lowB <= lowA && highB >= highA) return "widened";
  return lowB >= lowA && highB <= highA ? "narrowed" : "changed";
}

/** A type as people write it: `decimal(10, 2)`, `array<string>`. */
export function typeText(type: LogicalType): string {
  switch (type.kind) {
    case "integer":
      return `${type.signed ? "" : "unsigned "}${type.bits}-bit integer`;
    case "decimal":
      return `decimal(${type.precision}, ${type.scale})`;
    case "float":
      return type.bits === 32 ? "float" : "double";
    case "time":
    case "timestamp":
      return `${type.kind}(${type.precision})${type.zoned ? " with time zone" : ""}`;
    case "array":
      return `array<${typeText(type.element.type)}>${type.length === undefined ? "" : ` of ${type.length}`}`;
    case "map":
      return `map<${typeText(type.key)}, ${typeText(type.value.type)}>`;
    case "opaque":
      return type.name;
    default:
      return type.kind;
  }
}
