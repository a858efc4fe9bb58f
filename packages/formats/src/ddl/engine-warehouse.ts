import type { Column, Dialect, LogicalType } from "@meshwork/sql";
import type { Lose, SchemaNode, Shape } from "../tree/schema-tree.ts";
import { nodesOf } from "../tree/schema-tree.ts";
import type { Warehouse } from "./warehouse.ts";

/** The parts of a warehouse that a dialect of an engine knows already. */
export function ofDialect(
  dialect: Dialect,
  exact: (shape: Shape) => string | undefined,
): Pick<Warehouse, "name" | "identifier" | "text" | "type" | "createSchema"> {
  return {
    name: dialect.name,
    identifier: dialect.identifier,
    // A comment takes a literal and no expression, which is what a text with NUL is in DuckDB.
    text: (value) => dialect.literal(value.replaceAll("\0", "\uFFFD")),
    type(node, lose) {
      for (const inner of nodesOf(node)) loseType(inner, exact(inner.shape), lose);
      return dialect.type(logicalType(node.shape, dialect.name));
    },
    createSchema: ({ database, schema }) =>
      schema === undefined
        ? undefined
        : `CREATE SCHEMA IF NOT EXISTS ${dialect.relation(database === undefined ? { name: schema } : { schema: database, name: schema })}`,
  };
}

function loseType(node: SchemaNode, message: string | undefined, lose: Lose): void {
  if (message !== undefined) lose(node, "type", message);
}

function logicalType(shape: Shape, engine: string): LogicalType {
  const column = (node: SchemaNode): Column => ({
    name: node.name,
    type: logicalType(node.shape, engine),
    nullable: node.nullable,
  });
  switch (shape.kind) {
    case "array":
      return shape.length === undefined
        ? { kind: "array", element: column(shape.element) }
        : { kind: "array", element: column(shape.element), length: shape.length };
    case "map":
      return { kind: "map", key: logicalType(shape.key.shape, engine), value: column(shape.value) };
    case "struct":
      return { kind: "struct", fields: shape.fields.map(column) };
    case "opaque":
      return shape.engine === engine ? shape : { kind: "string" };
    default:
      return shape;
  }
}
