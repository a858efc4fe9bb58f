import type { OutputPort } from "@meshwork/contract";
import type { EmitContext } from "./define-format.ts";
import { defineFormat } from "./define-format.ts";
import { reportUncarried } from "./tree/carried.ts";
import { jsonText, portFileNames } from "./tree/names.ts";
import type { Lose, SchemaNode } from "./tree/schema-tree.ts";
import { loserOf, treesOf } from "./tree/schema-tree.ts";

type Json = Record<string, unknown>;

/**
 * The Arrow schema of each output port in the JSON form of Arrow's integration tests: `<port>.arrow.json`. Embeddings
 * and other lists of one length are fixed-size lists; what an embedding is of, and what a reference leads to, stands in the field's metadata.
 */
export const arrow = defineFormat({
  name: "arrow",
  summary: "the Arrow schema of each port as JSON (<port>.arrow.json)",
  emit(contract, context) {
    reportUncarried(contract, context, {
      columns: ["not-null", "description", "timezone", "embedding", "media"],
      ports: [],
      product: [],
    });
    const files = portFileNames(contract.ports);
    return contract.ports.map((port, i) => ({
      path: `${files[i]!}.arrow.json`,
      text: jsonText({ schema: schemaOf(port, context) }),
    }));
  },
});

function schemaOf(port: OutputPort, context: EmitContext): Json {
  const lose = loserOf(port, context);
  return { fields: treesOf(port.columns).map((node) => fieldOf(node, node.name, lose)) };
}

function fieldOf(node: SchemaNode, name: string, lose: Lose): Json {
  const metadata = [
    ...(node.description === undefined ? [] : [["description", node.description]]),
    ...Object.entries(node.embedding ?? {}).map(([key, value]) => [`embedding.${key}`, String(value)]),
    ...mediaWords(node).map(([key, value]) => [`media.${key}`, value]),
  ].map(([key, value]) => ({ key, value }));
  return {
    name,
    type: typeOf(node, lose),
    nullable: node.nullable,
    children: childrenOf(node, lose),
    ...(metadata.length === 0 ? {} : { metadata }),
  };
}

/** What a column of references promises, in the words of our own dialect; lists are separated by blanks. */
function mediaWords({ column }: SchemaNode): [string, string][] {
  const { media } = column ?? {};
  if (media === undefined) return [];
  const words: [string, string | number | undefined][] = [
    ["types", media.types.join(" ")],
    ["base", media.base],
    ["schemes", media.schemes?.join(" ")],
    ["type_column", media.typeColumn],
    ["checksum.column", media.checksum?.column],
    ["checksum.algorithm", media.checksum?.algorithm],
    ["size_column", media.sizeColumn],
    ["max_bytes", media.maxBytes],
  ];
  return words.flatMap(([key, value]): [string, string][] => (value === undefined ? [] : [[key, String(value)]]));
}

function childrenOf({ shape }: SchemaNode, lose: Lose): Json[] {
  if (shape.kind === "array") return [fieldOf(shape.element, "item", lose)];
  if (shape.kind === "struct") return shape.fields.map((field) => fieldOf(field, field.name, lose));
  if (shape.kind !== "map") return [];
  const entries = [fieldOf(shape.key, "key", lose), fieldOf(shape.value, "value", lose)];
  return [{ name: "entries", type: { name: "struct" }, nullable: false, children: entries }];
}

const units = ["SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND"] as const;
const unitOf = (precision: number): (typeof units)[number] => units[Math.min(3, Math.ceil(precision / 3))]!;

function typeOf(node: SchemaNode, lose: Lose): Json {
  const { shape } = node;
  const text = (message: string): Json => {
    lose(node, "type", message);
    return { name: "utf8" };
  };
  switch (shape.kind) {
    case "boolean":
      return { name: "bool" };
    case "integer":
      if (shape.bits <= 64) return { name: "int", bitWidth: shape.bits, isSigned: shape.signed };
      lose(node, "type", "Arrow has integers of 64 bits: it is a decimal.");
      return { name: "decimal", precision: 39, scale: 0, bitWidth: 256 };
    case "float":
      return { name: "floatingpoint", precision: shape.bits === 32 ? "SINGLE" : "DOUBLE" };
    case "decimal":
      if (shape.precision > 76) return text("Arrow has decimals of up to 76 digits: it is text.");
      return {
        name: "decimal",
        precision: shape.precision,
        scale: shape.scale,
        bitWidth: shape.precision > 38 ? 256 : 128,
      };
    case "string":
      return { name: "utf8" };
    case "binary":
      return { name: "binary" };
    case "uuid":
      lose(node, "type", "A uuid is 16 bytes in Arrow, without the name of its extension.");
      return { name: "fixedsizebinary", byteWidth: 16 };
    case "date":
      return { name: "date", unit: "DAY" };
    case "time": {
      if (shape.zoned) lose(node, "type", "A time of day has no zone in Arrow.");
      const unit = unitOf(shape.precision);
      return { name: "time", unit, bitWidth: unit === "SECOND" || unit === "MILLISECOND" ? 32 : 64 };
    }
    case "timestamp":
      if (shape.precision > 9) lose(node, "precision", "Arrow has timestamps to the nanosecond.");
      return {
        name: "timestamp",
        unit: unitOf(shape.precision),
        ...(shape.zoned ? { timezone: node.constraints.timezone ?? "UTC" } : {}),
      };
    case "interval":
      return { name: "interval", unit: "MONTH_DAY_NANO" };
    case "json":
      return text("Arrow has no type for JSON: it is text.");
    case "opaque":
      return text(`Type ${shape.name} of ${shape.engine} has no counterpart: it is text.`);
    case "array":
      return shape.length === undefined ? { name: "list" } : { name: "fixedsizelist", listSize: shape.length };
    case "map":
      return { name: "map", keysSorted: false };
    case "struct":
      return { name: "struct" };
  }
}
