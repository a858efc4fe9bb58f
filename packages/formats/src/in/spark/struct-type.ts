import type { Path } from "@meshwork/diagnostics";
import type { NamedPart, Part, PartShape } from "../columns.ts";
import { decimal, deepest, defined, float, int, timestamp } from "../columns.ts";
import type { ReadContext } from "../define-import.ts";
import type { JsonDocument } from "../json/json-document.ts";
import { items, mapping, texts } from "../json/json-document.ts";
import { embeddingOf } from "../avro.import.ts";

/** Where a StructType stands, and who is told of it. */
export interface StructPlace {
  readonly document: JsonDocument;
  readonly path: Path;
  readonly port: string;
  readonly context: ReadContext;
}

const plain: Readonly<Record<string, PartShape>> = {
  boolean: { kind: "boolean" },
  byte: int(8),
  tinyint: int(8),
  short: int(16),
  smallint: int(16),
  integer: int(32),
  int: int(32),
  long: int(64),
  bigint: int(64),
  float: float(32),
  double: float(64),
  string: { kind: "string" },
  binary: { kind: "binary" },
  date: { kind: "date" },
  timestamp: timestamp(6, true),
  timestamp_ltz: timestamp(6, true),
  timestamp_ntz: timestamp(6, false),
  variant: { kind: "json" },
  void: { kind: "string" },
};

/** The fields of Spark's StructType as JSON (`StructType.json`), which Delta keeps its schemas in, too. */
export function structFields(value: unknown, place: StructPlace, above = "", depth = 0): NamedPart[] {
  return items(mapping(value)?.["fields"]).flatMap((each, i): NamedPart[] => {
    const field = mapping(each);
    const name = field?.["name"];
    if (field === undefined || typeof name !== "string") return [];
    const path = [...place.path, "fields", i];
    const column = above === "" ? name : `${above}.${name}`;
    const metadata = mapping(field["metadata"]);
    const embedding = embeddingOf(metadata?.["embedding"]);
    const shape = shapeOf(field["type"], { ...place, path: [...path, "type"] }, column, depth);
    return [
      defined({
        name,
        shape: embedding === undefined || shape.kind !== "array" ? shape : { ...shape, length: embedding.dimensions },
        nullable: field["nullable"] !== false,
        description: texts(metadata?.["comment"]),
        embedding,
      }),
    ];
  });
}

function shapeOf(type: unknown, place: StructPlace, column: string, depth: number): PartShape {
  const span = () => place.document.spanOf(place.path);
  if (depth > deepest) {
    place.context.report("too-deep", { what: `"${column}"`, limit: deepest }, { span });
    return { kind: "json" };
  }
  const inner = (value: unknown, step: string, nullable: boolean): Part => ({
    shape: shapeOf(value, { ...place, path: [...place.path, step] }, column, depth + 1),
    nullable,
  });
  const nested = mapping(type);
  switch (nested?.["type"]) {
    case "struct":
      return { kind: "struct", fields: structFields(nested, place, column, depth + 1) };
    case "array":
      return { kind: "array", element: inner(nested["elementType"], "elementType", nested["containsNull"] !== false) };
    case "map": {
      const key = inner(nested["keyType"], "keyType", false).shape;
      const scalar = key.kind !== "array" && key.kind !== "map" && key.kind !== "struct";
      if (!scalar)
        place.context.lose({
          feature: "map-key",
          message: "Keys of a map are scalars in a contract.",
          port: place.port,
          column,
          span,
        });
      return {
        kind: "map",
        key: scalar ? key : { kind: "string" },
        value: inner(nested["valueType"], "valueType", nested["valueContainsNull"] !== false),
      };
    }
    case "udt":
      return shapeOf(nested["sqlType"], { ...place, path: [...place.path, "sqlType"] }, column, depth + 1);
    default:
      return wordShape(String(nested?.["type"] ?? type), place, column);
  }
}

function wordShape(word: string, place: StructPlace, column: string): PartShape {
  if (Object.hasOwn(plain, word)) return plain[word]!;
  const digits = /^decimal(?:\((\d{1,3}),\s*(\d{1,3})\))?$/.exec(word);
  if (digits !== null) return decimal(Number(digits[1] ?? 10), Number(digits[2] ?? 0));
  const limited = /^(?:var)?char\((\d{1,9})\)$/.exec(word);
  if (limited !== null) return { kind: "string", maxLength: Number(limited[1]) };
  if (word.startsWith("interval")) return { kind: "interval" };
  const span = () => place.document.spanOf(place.path);
  place.context.report("unknown-type", { type: word.slice(0, 60), column, taken: "text" }, { span });
  place.context.lose({
    feature: "type",
    message: `Spark's type ${word.slice(0, 60)} has no word in a contract.`,
    port: place.port,
    column,
    span,
  });
  return { kind: "string" };
}
