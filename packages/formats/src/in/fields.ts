import type { ContractColumn } from "@meshwork/contract";
import type { Field } from "@meshwork/sql";
import type { NamedPart, Part, PartShape } from "./columns.ts";
import { defined, toColumn } from "./columns.ts";

/** Told of a type that a contract has no word for: the column, dotted, and the engine's word. */
export type UnknownType = (column: string, type: string) => void;

/** The columns of a relation as an engine tells them. */
export const columnsOfFields = (fields: readonly Field[], unknown: UnknownType): ContractColumn[] =>
  fields.map((field) => toColumn(partOf(field, field.name, unknown)));

/** A relation's field as a part of a contract; what only its engine knows is text. */
export function partOf(field: Field, path: string, unknown: UnknownType): NamedPart {
  const { name, nullable, description } = field;
  return defined({ name, nullable, description, shape: shapeOf(field, path, unknown) });
}

function shapeOf({ type }: Field, path: string, unknown: UnknownType): PartShape {
  const inner = (of: Field): Part => partOf(of, path, unknown);
  switch (type.kind) {
    case "array":
      return defined({ kind: "array" as const, element: inner(type.element), length: type.length });
    case "map":
      return { kind: "map", key: type.key, value: inner(type.value) };
    case "struct":
      return { kind: "struct", fields: type.fields.map((each) => partOf(each, `${path}.${each.name}`, unknown)) };
    case "opaque":
      unknown(path, type.name);
      return { kind: "string" };
    default:
      return type;
  }
}
