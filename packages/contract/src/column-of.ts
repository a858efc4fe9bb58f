import type { Field } from "@meshwork/sql";
import type { ContractColumn } from "./model.ts";
import { typeWordOf } from "./type-word.ts";

/** A contract's column for a field of a relation, as generators and imports need it; nested types with their parts. */
export function columnOf(field: Field): ContractColumn {
  const { name, type, nullable, description } = field;
  const column: ContractColumn = {
    name,
    type,
    typeName: typeWordOf(type),
    nullable,
    ...(description === undefined ? {} : { description }),
    tags: [],
    constraints: {},
    pii: false,
    extensions: {},
    at: [],
  };
  switch (type.kind) {
    case "struct":
      return { ...column, fields: type.fields.map(columnOf) };
    case "array":
    case "map": {
      const element = columnOf(type.kind === "array" ? type.element : type.value);
      return { ...column, element, ...(element.fields === undefined ? {} : { fields: element.fields }) };
    }
    case "string":
    case "binary":
      return type.maxLength === undefined ? column : { ...column, constraints: { maxLength: type.maxLength } };
    default:
      return column;
  }
}
