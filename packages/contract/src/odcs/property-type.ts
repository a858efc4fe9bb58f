import type { LogicalType } from "@meshwork/sql";
import type { ContractColumn, Embedding } from "../model.ts";
import { typeOf, typeWordOf, vector } from "../type-word.ts";
import { countOf, flagOf, mapOf, same, textOf } from "./raw.ts";
import type { OdcsVersion, Raw } from "./raw.ts";

/** What the type keys of a property say; parts (`properties`, `items`, `map`) are read by the caller. */
export interface PropertyType {
  readonly type: LogicalType;
  readonly typeName: string;
  readonly container?: "array" | "struct" | "map" | undefined;
  readonly embedding?: Embedding | undefined;
}

const WIDTHS: Readonly<Record<string, LogicalType>> = Object.fromEntries(
  ([8, 16, 32, 64, 128] as const).flatMap((bits) => [
    [`i${bits}`, { kind: "integer", bits, signed: true }],
    [`u${bits}`, { kind: "integer", bits, signed: false }],
  ]),
);

const STRING: LogicalType = { kind: "string" };

/** The kinds that a physical type may have under a logical one: the physical type is then the more exact word. */
const FAMILIES: Readonly<Record<string, readonly LogicalType["kind"][]>> = {
  string: ["string", "uuid", "json", "binary", "interval"],
  date: ["date", "timestamp", "time"],
  timestamp: ["timestamp"],
  time: ["time"],
  number: ["decimal", "float", "integer"],
  integer: ["integer", "decimal"],
  boolean: ["boolean"],
  object: ["json", "map", "struct"],
  array: ["array"],
  map: ["map"],
  vector: ["array"],
};

/**
 * The physical type where it is a word that we know and that fits the logical one, else the logical type with its
 * options. An integer without `format` has 32 bits and a vector's elements are float32, as the standard's schema says;
 * a number without one is an exact decimal.
 */
export function readPropertyType(raw: Raw): PropertyType {
  const logical = textOf(raw, "logicalType");
  const physical = textOf(raw, "physicalType")?.trim();
  const options = mapOf(raw, "logicalTypeOptions") ?? {};
  if (logical === "vector") return vectorType(options);
  const hasProperties = Array.isArray(raw["properties"]);
  const parts = hasProperties || mapOf(raw, "items") !== undefined || mapOf(raw, "map") !== undefined;
  const exact = physical === undefined ? undefined : physicalType(physical, logical, options);
  const implied = logical ?? (hasProperties ? "object" : mapOf(raw, "items") === undefined ? undefined : "array");
  const container = implied === "object" && (hasProperties || exact === undefined) ? "struct" : implied;
  if (parts && (container === "struct" || container === "array" || container === "map")) {
    const word = exact === undefined ? undefined : physical;
    const bare = word !== undefined && typeOf(word);
    const typeName = bare && !("problem" in bare) && bare.container === container ? word! : container;
    return { type: { kind: "string" }, typeName, container };
  }
  if (exact !== undefined) return { type: exact, typeName: physical! };
  if (logical === undefined) {
    if (physical === undefined) return { type: { kind: "opaque", engine: "any", name: "any" }, typeName: "any" };
    return { type: { kind: "opaque", engine: "any", name: physical }, typeName: physical };
  }
  const type = logicalType(logical, options);
  const named = typeOf(logical, { timezone: textOf(options, "defaultTimezone") });
  const exactly = !("problem" in named) && named.container === undefined && same(named.type, type);
  const typeName = exactly ? logical : logical === "array" ? "array<json>" : typeWordOf(type);
  return { type, typeName };
}

function physicalType(word: string, logical: string | undefined, options: Raw): LogicalType | undefined {
  const found = typeOf(word, { timezone: textOf(options, "defaultTimezone") });
  if ("problem" in found) return undefined;
  const { type } = found;
  // Only with what the objects are; by itself the word says no more than text.
  if (found.container === "media") return undefined;
  if (logical !== undefined && FAMILIES[logical]?.includes(type.kind) !== true) return undefined;
  const zoned = flagOf(options, "timezone");
  if ((type.kind === "timestamp" || type.kind === "time") && zoned === true && !type.zoned) return undefined;
  return type;
}

function logicalType(logical: string, options: Raw): LogicalType {
  const format = textOf(options, "format");
  const zoned = flagOf(options, "timezone") === true || textOf(options, "defaultTimezone") !== undefined;
  switch (logical) {
    case "integer":
      return WIDTHS[format ?? "i32"] ?? WIDTHS["i32"]!;
    case "number":
      if (format === "f32" || format === "f64") return { kind: "float", bits: format === "f32" ? 32 : 64 };
      return { kind: "decimal", precision: 38, scale: 9 };
    case "boolean":
      return { kind: "boolean" };
    case "date":
      return { kind: "date" };
    case "timestamp":
    case "time":
      return { kind: logical, precision: 6, zoned };
    case "string": {
      const maxLength = countOf(options, "maxLength");
      if (format === "uuid") return { kind: "uuid" };
      return maxLength === undefined ? STRING : { kind: "string" };
    }
    // Parts that nobody describes can be anything.
    case "object":
      return { kind: "json" };
    case "array":
      return { kind: "array", element: { name: "element", type: { kind: "json" }, nullable: true } };
    case "map":
      return { kind: "map", key: STRING, value: { name: "value", type: STRING, nullable: true } };
    default:
      return { kind: "opaque", engine: "any", name: logical };
  }
}

const ELEMENTS = { float16: "float16", float32: "float32", float64: "float64", int8: "int8" } as const;
const METRICS = { cosine: "cosine", dotProduct: "dot", euclidean: "euclidean" } as const;
const ELEMENT_TYPES: Readonly<Record<Embedding["element"], LogicalType>> = {
  float16: { kind: "float", bits: 32 },
  float32: { kind: "float", bits: 32 },
  float64: { kind: "float", bits: 64 },
  int8: { kind: "integer", bits: 8, signed: true },
};

function vectorType(options: Raw): PropertyType {
  const dimensions = countOf(options, "dimensions") ?? 1;
  const elementWord = textOf(options, "elementType") ?? "float32";
  const metricWord = textOf(options, "distanceMetric") ?? "";
  const element = Object.hasOwn(ELEMENTS, elementWord) ? ELEMENTS[elementWord as keyof typeof ELEMENTS] : "float32";
  const metric = Object.hasOwn(METRICS, metricWord) ? METRICS[metricWord as keyof typeof METRICS] : undefined;
  const model = textOf(options, "embeddingModel");
  const modelVersion = textOf(options, "embeddingModelVersion");
  const normalized = flagOf(options, "normalized");
  const embedding: Embedding = {
    dimensions,
    element,
    ...(model === undefined ? {} : { model }),
    ...(modelVersion === undefined ? {} : { modelVersion }),
    ...(metric === undefined ? {} : { metric }),
    ...(normalized === undefined ? {} : { normalized }),
  };
  return { type: vector(ELEMENT_TYPES[element], dimensions), typeName: "embedding", embedding };
}

/** The logical type of the standard with the options that belong to the type itself. */
export function logicalKeys(column: ContractColumn, version: OdcsVersion): { word: string | undefined; options: Raw } {
  const { type, embedding } = column;
  if (embedding !== undefined && version === "3.2.0") return { word: "vector", options: vectorOptions(embedding) };
  switch (type.kind) {
    case "integer":
      return {
        word: "integer",
        options: type.bits === 32 && type.signed ? {} : { format: `${type.signed ? "i" : "u"}${type.bits}` },
      };
    case "float":
      return { word: "number", options: { format: `f${type.bits}` } };
    case "decimal":
      return { word: "number", options: {} };
    case "boolean":
    case "date":
      return { word: type.kind, options: {} };
    case "timestamp":
    case "time":
      // 3.0 knows dates only.
      if (version === "3.0.2") return { word: type.kind === "time" ? "string" : "date", options: {} };
      return { word: type.kind, options: type.zoned ? { timezone: true } : {} };
    case "struct":
    case "json":
      return { word: "object", options: {} };
    case "map":
      return { word: version === "3.2.0" && column.element !== undefined ? "map" : "object", options: {} };
    case "array":
      return { word: "array", options: {} };
    case "uuid":
      return { word: "string", options: { format: "uuid" } };
    case "string":
    case "binary":
    case "interval":
      return { word: "string", options: {} };
    case "opaque":
      return { word: undefined, options: {} };
  }
}

function vectorOptions(embedding: Embedding): Raw {
  const metric = Object.entries(METRICS).find(([, word]) => word === embedding.metric)?.[0];
  return {
    dimensions: embedding.dimensions,
    ...(embedding.element === "float32" ? {} : { elementType: embedding.element }),
    ...(embedding.model === undefined ? {} : { embeddingModel: embedding.model }),
    ...(embedding.modelVersion === undefined ? {} : { embeddingModelVersion: embedding.modelVersion }),
    ...(metric === undefined ? {} : { distanceMetric: metric }),
    ...(embedding.normalized === undefined ? {} : { normalized: embedding.normalized }),
  };
}
