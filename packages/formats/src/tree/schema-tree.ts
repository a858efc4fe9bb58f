import type { Constraints, ContractColumn, Embedding, OutputPort } from "@meshwork/contract";
import type { Path } from "@meshwork/diagnostics";
import type { Field, LogicalType } from "@meshwork/sql";
import type { EmitContext } from "../define-format.ts";

type Nested = "array" | "map" | "struct";
// Some members of the union share a shape between kinds; none of those is a nested one.
export type Scalar = Exclude<LogicalType, { readonly kind: Nested }>;

/** A column, a field, an element, a key or a value, each with what the contract says of it. */
export interface SchemaNode {
  readonly name: string;
  /** Dotted; an element stands under the name of its column. */
  readonly path: string;
  readonly nullable: boolean;
  readonly constraints: Constraints;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly embedding?: Embedding | undefined;
  /** What the author wrote of it; absent where only a type word names it. */
  readonly column?: ContractColumn | undefined;
  readonly at: Path;
  readonly shape: Shape;
}

export type Shape =
  | Scalar
  | { readonly kind: "array"; readonly element: SchemaNode; readonly length?: number | undefined }
  | { readonly kind: "map"; readonly key: SchemaNode; readonly value: SchemaNode }
  | { readonly kind: "struct"; readonly fields: readonly SchemaNode[] };

/** Formats recurse into their own types: what lies deeper than this is written as JSON. */
const deepest = 40;

/** The columns of a port as trees, so that a format meets one shape wherever an author described it. */
export const treesOf = (columns: readonly ContractColumn[]): SchemaNode[] =>
  columns.map((column) => treeOf(column, column.name, 0));

function treeOf(column: ContractColumn, path: string, depth: number): SchemaNode {
  return {
    name: column.name,
    path,
    nullable: column.nullable,
    constraints: column.constraints,
    title: column.title,
    description: column.description,
    embedding: column.embedding,
    column,
    at: column.at,
    shape: limited(shapeOf(column.type, column, path, column.at, depth), column.constraints.maxLength),
  };
}

/** A text's greatest length, whether its type or a constraint names it. */
const limited = (shape: Shape, maxLength: number | undefined): Shape =>
  shape.kind !== "string" || maxLength === undefined
    ? shape
    : { ...shape, maxLength: Math.min(maxLength, shape.maxLength ?? maxLength) };

function fieldTree(field: Field, path: string, at: Path, depth: number): SchemaNode {
  const { name, nullable, description } = field;
  return { name, path, nullable, constraints: {}, description, at, shape: shapeOf(field.type, {}, path, at, depth) };
}

type Inner = Pick<ContractColumn, "fields" | "element">;

function shapeOf(type: LogicalType, inner: Inner, path: string, at: Path, depth: number): Shape {
  if (depth >= deepest && (type.kind === "array" || type.kind === "map" || type.kind === "struct"))
    return { kind: "json" };
  switch (type.kind) {
    case "array": {
      const element = partTree(type.element, inner, path, at, depth);
      return type.length === undefined ? { kind: "array", element } : { kind: "array", element, length: type.length };
    }
    case "map":
      return {
        kind: "map",
        key: fieldTree({ name: "key", type: type.key, nullable: false }, path, at, depth + 1),
        value: partTree(type.value, inner, path, at, depth),
      };
    case "struct":
      return {
        kind: "struct",
        fields:
          inner.fields?.map((field) => treeOf(field, `${path}.${field.name}`, depth + 1)) ??
          type.fields.map((field) => fieldTree(field, `${path}.${field.name}`, at, depth + 1)),
      };
    default:
      return type;
  }
}

/** An element described by its own keys, by its struct's fields, or by the type alone. */
function partTree(field: Field, inner: Inner, path: string, at: Path, depth: number): SchemaNode {
  if (inner.element !== undefined) return treeOf(inner.element, path, depth + 1);
  const plain = fieldTree(field, path, at, depth + 1);
  if (inner.fields === undefined || field.type.kind !== "struct") return plain;
  return { ...plain, shape: shapeOf(field.type, { fields: inner.fields }, path, at, depth + 1) };
}

/** A node and everything inside it, outer ones first. The numbers of an embedding are part of what it is. */
export function* nodesOf(node: SchemaNode): Generator<SchemaNode> {
  yield node;
  const { shape } = node;
  if (shape.kind === "array" && node.embedding === undefined) yield* nodesOf(shape.element);
  if (shape.kind === "map") yield* nodesOf(shape.value);
  if (shape.kind === "struct") for (const field of shape.fields) yield* nodesOf(field);
}

/** Tells of something that a node has and the format cannot say. */
export type Lose = (node: SchemaNode, feature: string, message: string) => void;

export const loserOf =
  (port: OutputPort, context: EmitContext): Lose =>
  (node, feature, message) =>
    context.report({ feature, message, port: port.name, column: node.path, path: node.at });
