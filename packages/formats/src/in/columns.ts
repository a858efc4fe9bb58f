import type { Constraints, ContractColumn, Deprecation, Embedding } from "@meshwork/contract";
import { typeWordOf } from "@meshwork/contract";
import type { Field, LogicalType } from "@meshwork/sql";

type Nested = "array" | "map" | "struct";
type Scalar = Exclude<LogicalType, { readonly kind: Nested }>;

/** A type as a source gives it, with what it says of the parts. */
export type PartShape =
  | Scalar
  | { readonly kind: "array"; readonly element: Part; readonly length?: number | undefined }
  | { readonly kind: "map"; readonly key: LogicalType; readonly value: Part }
  | { readonly kind: "struct"; readonly fields: readonly NamedPart[] };

/** A value inside another: an element, a map's value. */
export interface Part {
  readonly shape: PartShape;
  readonly nullable: boolean;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly examples?: readonly unknown[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly constraints?: Constraints | undefined;
  readonly embedding?: Embedding | undefined;
  readonly deprecated?: Deprecation | undefined;
  readonly pii?: boolean | undefined;
}

export interface NamedPart extends Part {
  readonly name: string;
}

/** Levels of nesting that are kept; what lies deeper is JSON. Contracts themselves nest no deeper than they are written. */
export const deepest = 40;

/** The column of a contract. A text's greatest length is a constraint; a list of numbers of fixed length is an embedding. */
export function toColumn(part: NamedPart): ContractColumn {
  const { shape } = part;
  const embedding = part.embedding ?? embeddingOf(shape);
  const inner = embedding === undefined ? innerOf(shape) : {};
  const type = embedding === undefined ? typeOfShape(shape) : vectorOf(shape, embedding);
  const length = shape.kind === "string" || shape.kind === "binary" ? shape.maxLength : undefined;
  const constraints = defined({ ...part.constraints, maxLength: part.constraints?.maxLength ?? length });
  return defined({
    name: part.name,
    type,
    typeName: embedding === undefined ? typeWordOf(type) : "embedding",
    nullable: part.nullable,
    title: part.title,
    description: part.description,
    examples: part.examples,
    tags: part.tags ?? [],
    constraints,
    pii: part.pii ?? false,
    embedding,
    deprecated: part.deprecated,
    ...inner,
    extensions: {},
    at: [],
  });
}

function innerOf(shape: PartShape): Pick<ContractColumn, "fields" | "element"> {
  if (shape.kind === "struct") return { fields: shape.fields.map(toColumn) };
  if (shape.kind !== "array" && shape.kind !== "map") return {};
  const part = shape.kind === "array" ? shape.element : shape.value;
  const element = toColumn({ ...part, name: shape.kind === "array" ? "element" : "value" });
  return element.fields === undefined ? { element } : { element, fields: element.fields };
}

/** What `schema` languages write as a list of so many numbers is how embeddings are stored. */
function embeddingOf(shape: PartShape): Embedding | undefined {
  if (shape.kind !== "array" || shape.length === undefined || shape.length < 1 || shape.length > 65_536)
    return undefined;
  const { shape: element } = shape.element;
  if (element.kind === "float")
    return { dimensions: shape.length, element: element.bits === 32 ? "float32" : "float64" };
  return undefined;
}

function vectorOf(shape: PartShape, embedding: Embedding): LogicalType {
  const element: LogicalType =
    embedding.element === "int8"
      ? { kind: "integer", bits: 8, signed: true }
      : { kind: "float", bits: embedding.element === "float64" ? 64 : 32 };
  void shape;
  return { kind: "array", element: { name: "element", type: element, nullable: false }, length: embedding.dimensions };
}

function typeOfShape(shape: PartShape): LogicalType {
  switch (shape.kind) {
    case "array":
      return { kind: "array", element: fieldOf({ ...shape.element, name: "element" }) };
    case "map":
      return { kind: "map", key: shape.key, value: fieldOf({ ...shape.value, name: "value" }) };
    case "struct":
      return { kind: "struct", fields: shape.fields.map(fieldOf) };
    // The length is a constraint of the column, where every dialect of contracts keeps it.
    case "string":
    case "binary":
      return { kind: shape.kind };
    default:
      return shape;
  }
}

const fieldOf = (part: NamedPart): Field =>
  defined({
    name: part.name,
    type: part.embedding === undefined ? typeOfShape(part.shape) : vectorOf(part.shape, part.embedding),
    nullable: part.nullable,
    description: part.description,
  });

/** Without the keys that say nothing. */
export const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;

export const int = (bits: 8 | 16 | 32 | 64 | 128, signed = true): Scalar => ({ kind: "integer", bits, signed });
export const float = (bits: 32 | 64): Scalar => ({ kind: "float", bits });
export const decimal = (precision: number, scale: number): Scalar => ({ kind: "decimal", precision, scale });
export const text: Scalar = { kind: "string" };
export const timestamp = (precision: number, zoned: boolean): Scalar => ({ kind: "timestamp", precision, zoned });
