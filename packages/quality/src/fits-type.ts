import { widens, type Column, type LogicalType } from "@meshwork/sql";

/** By name, as written first; engines that fold names tell them in one case. */
export function findColumn<C extends { readonly name: string }>(columns: readonly C[], name: string): C | undefined {
  return columns.find((c) => c.name === name) ?? columns.find((c) => c.name.toLowerCase() === name.toLowerCase());
}

/** Words of one engine that hold plain text. */
const textual = /^ENUM\(/;

/**
 * Whether a column of the actual type can be read as the promised one. Every value has to fit by its type alone;
 * lengths of text and of lists and fractions of seconds are left to checks of values, because files do not keep them.
 */
export function fitsType(actual: LogicalType, wanted: LogicalType): boolean {
  if (wanted.kind === "string" || wanted.kind === "json") {
    if (actual.kind === "opaque") return textual.test(actual.name);
    return actual.kind === "string" || actual.kind === "json";
  }
  if (wanted.kind === "uuid" && actual.kind === "string") return true;
  if (wanted.kind === "binary") return actual.kind === "binary";
  if (wanted.kind === "time" || wanted.kind === "timestamp")
    return actual.kind === wanted.kind && actual.zoned === wanted.zoned;
  if (wanted.kind === "array") return actual.kind === "array" && fitsType(actual.element.type, wanted.element.type);
  if (wanted.kind === "map")
    return actual.kind === "map" && fitsType(actual.key, wanted.key) && fitsType(actual.value.type, wanted.value.type);
  if (wanted.kind === "struct") {
    if (actual.kind !== "struct") return false;
    const fields: readonly Column[] = actual.fields;
    return wanted.fields.every((field) => {
      const found = findColumn(fields, field.name);
      return found !== undefined && fitsType(found.type, field.type);
    });
  }
  return widens(actual, wanted);
}
