import type { Field, LogicalType } from "@meshwork/sql";
import type { Constraints, ContractColumn, Deprecation, Embedding, Media } from "../model.ts";
import { shown } from "../names.ts";
import { typeOf, vector } from "../type-word.ts";
import type { Item, Section } from "../yaml/reader.ts";
import type { ColumnFile, ConstraintsFile, ElementFile } from "./data-product.schema.ts";
import { readMedia } from "./read-media.ts";
import { readDate, withoutUndefined } from "./read-values.ts";

export const SENSITIVITIES = ["public", "internal", "confidential", "restricted"] as const;
const MASKINGS = ["hash", "redact", "partial", "null", "none"] as const;
const ELEMENTS = ["float32", "float64", "float16", "int8"] as const;
const METRICS = ["cosine", "dot", "euclidean"] as const;

const COUNT = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true } as const;
const POSITION = { ...COUNT, min: 1 } as const;
const DIGITS = { min: 0, max: 1000, integer: true } as const;

/** The columns of a port, in the author's order; a column that cannot be read at all is left out. */
export function readColumns(item: Item<readonly ColumnFile[] | undefined>): readonly ContractColumn[] {
  return (item as Item<ColumnFile[] | undefined>)
    .items()
    .map(readColumn)
    .filter((column) => column !== undefined);
}

function readColumn(item: Item<ColumnFile>): ContractColumn | undefined {
  if (!item.exists) item.wrong("a column");
  const section = item.section("The column");
  if (section === undefined) return undefined;
  const name = section.need("name").text();
  const shape = readShape(section as unknown as Section<ElementFile>, () => section.get("embedding"));
  const title = section.get("title").text();
  const description = section.get("description").text();
  const examples = section.get("examples").exists ? readExamples(section.get("examples")) : undefined;
  const tags = section.get("tags").texts();
  const deprecated = readDeprecated(section.get("deprecated"));
  const renamedFrom = section.get("renamed_from").text();
  const extensions = section.done();
  if (name === undefined) return undefined;
  const column = columnWith(name, shape);
  if (title !== undefined) column.title = title;
  if (description !== undefined) column.description = description;
  if (examples !== undefined) column.examples = examples;
  column.tags = tags;
  if (deprecated !== undefined) column.deprecated = deprecated;
  if (renamedFrom !== undefined) column.renamedFrom = renamedFrom;
  column.extensions = extensions;
  column.at = item.path;
  if (name.trim() === "" || name.length > 200) {
    const place = section.get("name");
    place.report(
      "bad-name",
      { what: "a column", value: shown(name) },
      { help: "give it a name of 1 to 200 characters" },
    );
  }
  return column;
}

function readExamples(item: Item<ColumnFile["examples"]>): readonly unknown[] | undefined {
  const examples = item.node?.kind === "list" ? (item.value() as unknown[]) : void item.items();
  return examples?.length === 0 ? undefined : examples;
}

/** An array's items or a map's values: a word, or keys as a column has them, without a name. */
function readElement(item: Item<string | ElementFile | undefined>, name: string): ContractColumn | undefined {
  if (!item.exists) return undefined;
  const base = { name, tags: [], extensions: {}, at: item.path };
  if (!item.isMap) {
    const word = item.text();
    if (word === undefined) return undefined;
    const type = readWord(item, word, {});
    if (type === undefined) return undefined;
    const maxLength = type.kind === "string" || type.kind === "binary" ? type.maxLength : undefined;
    const constraints = maxLength === undefined ? {} : { maxLength };
    return { ...base, type, typeName: word, nullable: true, constraints, pii: false };
  }
  const section = item.section(name === "value" ? "The map's values" : "The array's items");
  if (section === undefined) return undefined;
  const shape = readShape(section, undefined);
  const description = section.get("description").text();
  return withoutUndefined({ ...base, ...shape, description, extensions: section.done() });
}

type ShapeKey =
  | "type"
  | "typeName"
  | "nullable"
  | "constraints"
  | "pii"
  | "masking"
  | "classification"
  | "embedding"
  | "media"
  | "fields"
  | "element";

/** What a column and the parts of its type have in common; `undefined` where nothing is said. */
export type Shape = { readonly [K in ShapeKey]: ContractColumn[K] };

export function readShape(
  section: Section<ElementFile>,
  embeddingOf: (() => Item<ColumnFile["embedding"]>) | undefined,
): Shape {
  const typeItem = section.need("type");
  const word = typeItem.text();
  const precision = section.get("precision");
  const scale = section.get("scale");
  const protection = readConstraints(section.get("constraints"));
  const { constraints } = protection;
  const parts = {
    items: section.get("items"),
    keys: section.get("keys"),
    values: section.get("values"),
    fields: section.get("fields"),
  };
  const embedding = embeddingOf === undefined ? undefined : readEmbedding(embeddingOf());
  const media = readMedia(section.get("media"));
  const found = typeOf(word ?? "string", {
    precision: precision.number(DIGITS),
    scale: scale.number(DIGITS),
    timezone: constraints.timezone,
  });
  const container = "problem" in found ? undefined : found.container;
  const base = word === undefined || "problem" in found ? undefined : found.type;
  if (word !== undefined) reportWord(typeItem, word, found);
  const built = buildType(base, container, parts, { embedding, media }, typeItem, word ?? "string");
  reportStray(parts, container, typeItem);
  if (embedding !== undefined && container !== "embedding" && base !== undefined) {
    const reason = '"embedding" belongs to the type embedding';
    typeItem.report("bad-type", { value: shown(word ?? ""), reason }, { help: "write type: embedding" });
  }
  if (media !== undefined && container !== "media" && base !== undefined) {
    const reason = '"media" belongs to the type media';
    typeItem.report("bad-type", { value: shown(word ?? ""), reason }, { help: "write type: media" });
  }
  for (const digits of [precision, scale]) {
    const { kind } = built.type;
    if (digits.exists && kind !== "decimal" && kind !== "timestamp" && kind !== "time" && base !== undefined) {
      digits.report("bad-type", { value: shown(word ?? ""), reason: `"${digits.name}" belongs to decimals and times` });
    }
  }
  const length = built.type.kind === "string" || built.type.kind === "binary" ? built.type.maxLength : undefined;
  return {
    type: built.type,
    fields: built.fields,
    element: built.element,
    typeName: withDigits(word ?? "string", built.type, precision.exists),
    nullable: protection.nullable,
    constraints:
      length === undefined || constraints.maxLength !== undefined ? constraints : { ...constraints, maxLength: length },
    pii: protection.pii,
    masking: protection.masking,
    classification: protection.classification,
    embedding,
    media,
  };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * A column with its shape, to be completed. Keys that have nothing to say are not there, so that equal contracts are
 * deeply equal; keys by their names one by one, because meshes have columns by the hundred thousand.
 */
function columnWith(name: string, shape: Shape): Writable<ContractColumn> {
  const column = { name, type: shape.type } as Writable<ContractColumn>;
  if (shape.fields !== undefined) column.fields = shape.fields;
  if (shape.element !== undefined) column.element = shape.element;
  column.typeName = shape.typeName;
  column.nullable = shape.nullable;
  column.constraints = shape.constraints;
  column.pii = shape.pii;
  if (shape.masking !== undefined) column.masking = shape.masking;
  if (shape.classification !== undefined) column.classification = shape.classification;
  if (shape.embedding !== undefined) column.embedding = shape.embedding;
  if (shape.media !== undefined) column.media = shape.media;
  return column;
}

/** `type: decimal` with `precision` and `scale` is the word `decimal(12,2)`, which every dialect has. */
function withDigits(word: string, type: LogicalType, given: boolean): string {
  if (!given || word.includes("(")) return word;
  if (type.kind === "decimal") return `${word}(${type.precision},${type.scale})`;
  return type.kind === "timestamp" || type.kind === "time" ? `${word}(${type.precision})` : word;
}

function reportWord<T>(item: Item<T>, word: string, found: ReturnType<typeof typeOf>): void {
  if (!("problem" in found)) return;
  if (found.problem === "unknown-type") {
    const near = /"([^"]+)"/.exec(found.suggestion)?.[1];
    const replace = near === undefined ? undefined : { title: `write ${near}`, text: near, safe: false };
    item.report(
      "unknown-type",
      { value: shown(word), suggestion: found.suggestion },
      replace === undefined ? {} : { replace },
    );
  } else item.report("bad-type", { value: shown(word), reason: found.reason });
}

function readWord<T>(item: Item<T>, word: string, context: Parameters<typeof typeOf>[1]): LogicalType | undefined {
  const found = typeOf(word, context);
  reportWord(item, word, found);
  if ("problem" in found) return undefined;
  if (found.container !== undefined && found.container !== "embedding") {
    const reason = `write keys in place of the word: { type: ${word}, ${PARTS[found.container]}: … }`;
    item.report("bad-type", { value: shown(word), reason });
  }
  return found.type;
}

const PARTS = { array: "items", map: "values", struct: "fields", embedding: "embedding", media: "media" } as const;
const WORD_STRING: LogicalType = { kind: "string" };

interface TypeParts {
  readonly items: Item<ElementFile["items"]>;
  readonly keys: Item<string | undefined>;
  readonly values: Item<ElementFile["values"]>;
  readonly fields: Item<ColumnFile[] | undefined>;
}

function buildType<T>(
  base: LogicalType | undefined,
  container: keyof typeof PARTS | undefined,
  parts: TypeParts,
  { embedding, media }: { readonly embedding?: Embedding | undefined; readonly media?: Media | undefined },
  typeItem: Item<T>,
  word: string,
): Pick<ContractColumn, "type" | "fields" | "element"> {
  const missing = (): void => {
    const part = PARTS[container!];
    typeItem.report("bad-type", { value: shown(word), reason: `it lacks "${part}"` }, { help: `add ${part}:` });
  };
  switch (container) {
    case "array": {
      if (parts.fields.exists && !parts.items.exists) {
        const fields = readColumns(parts.fields);
        return {
          type: { kind: "array", element: { name: "element", type: structOf(fields), nullable: true } },
          fields,
        };
      }
      if (!parts.items.exists) missing();
      const element = readElement(parts.items, "element");
      const type: LogicalType = { kind: "array", element: fieldOf(element, "element") };
      return withoutUndefined({ type, fields: element?.fields, element });
    }
    case "map": {
      if (!parts.values.exists) missing();
      const keyWord = parts.keys.text();
      const key = keyWord === undefined ? undefined : readWord(parts.keys, keyWord, {});
      const element = readElement(parts.values, "value");
      const type: LogicalType = { kind: "map", key: key ?? WORD_STRING, value: fieldOf(element, "value") };
      return withoutUndefined({ type, fields: element?.fields, element });
    }
    case "struct": {
      if (!parts.fields.exists) missing();
      const fields = readColumns(parts.fields);
      return { type: structOf(fields), fields };
    }
    case "embedding": {
      if (embedding === undefined) {
        if (base?.kind !== "array" || base.length === undefined) missing();
        return { type: base ?? WORD_STRING };
      }
      return { type: vector(ELEMENT_TYPES[embedding.element], embedding.dimensions) };
    }
    case "media": {
      if (media === undefined) missing();
      return { type: base ?? WORD_STRING };
    }
    case undefined:
      return { type: base ?? WORD_STRING };
  }
}

const ELEMENT_TYPES: Readonly<Record<Embedding["element"], LogicalType>> = {
  float16: { kind: "float", bits: 32 },
  float32: { kind: "float", bits: 32 },
  float64: { kind: "float", bits: 64 },
  int8: { kind: "integer", bits: 8, signed: true },
};

/** Parts that the type has no place for: `items` of a string. */
function reportStray<T>(parts: TypeParts, container: string | undefined, typeItem: Item<T>): void {
  if (!parts.items.exists && !parts.keys.exists && !parts.values.exists && !parts.fields.exists) return;
  const uses: Readonly<Record<string, readonly string[]>> = {
    array: ["items", "fields"],
    map: ["keys", "values"],
    struct: ["fields"],
  };
  const used = container === "array" && parts.items.exists ? ["items"] : (uses[container ?? ""] ?? []);
  for (const [key, item] of Object.entries(parts) as [keyof TypeParts, Item<unknown>][]) {
    if (!item.exists || used.includes(key)) continue;
    const owner = key === "items" ? "an array" : key === "fields" ? "a struct" : "a map";
    const word = typeItem.node?.kind === "scalar" ? shown(typeItem.node.text) : "string";
    item.report("bad-type", { value: word, reason: `"${key}" belongs to ${owner}` });
  }
}

function fieldOf(column: ContractColumn | undefined, name: string): Field {
  if (column === undefined) return { name, type: WORD_STRING, nullable: true };
  const { type, nullable, description } = column;
  return withoutUndefined({ name: column.name, type, nullable, description });
}

const structOf = (fields: readonly ContractColumn[]): LogicalType => ({
  kind: "struct",
  fields: fields.map((field) => fieldOf(field, field.name)),
});

type Protection = Pick<ContractColumn, "nullable" | "pii" | "masking" | "classification"> & {
  readonly constraints: Constraints;
};

export function readConstraints(item: Item<ConstraintsFile | undefined>): Protection {
  const section = item.section("A constraint");
  if (section === undefined) return { constraints: {}, nullable: true, pii: false };
  const primaryKey = section.get("primary_key").flag();
  const nullable = section.get("null").flag();
  const masking = section.get("masking");
  const written = masking.node?.kind === "scalar" && masking.node.text === "null" ? "null" : masking.oneOf(MASKINGS);
  const constraints: Writable<Constraints> = {};
  if (primaryKey !== undefined) constraints.primaryKey = primaryKey;
  const position = section.get("primary_key_position").number(POSITION);
  if (position !== undefined) constraints.primaryKeyPosition = position;
  const unique = section.get("unique").flag();
  if (unique !== undefined) constraints.unique = unique;
  const minLength = section.get("min_length").number(COUNT);
  if (minLength !== undefined) constraints.minLength = minLength;
  const maxLength = section.get("max_length").number(COUNT);
  if (maxLength !== undefined) constraints.maxLength = maxLength;
  const min = section.get("min").bound();
  if (min !== undefined) constraints.min = min;
  const max = section.get("max").bound();
  if (max !== undefined) constraints.max = max;
  const exclusiveMin = section.get("exclusive_min").bound();
  if (exclusiveMin !== undefined) constraints.exclusiveMin = exclusiveMin;
  const exclusiveMax = section.get("exclusive_max").bound();
  if (exclusiveMax !== undefined) constraints.exclusiveMax = exclusiveMax;
  const pattern = section.get("pattern").text();
  if (pattern !== undefined) constraints.pattern = pattern;
  const values = readEnum(section.get("enum"));
  if (values !== undefined) constraints.enum = values;
  const format = section.get("format").text();
  if (format !== undefined) constraints.format = format;
  const timezone = section.get("timezone").text();
  if (timezone !== undefined) constraints.timezone = timezone;
  const references = readColumnReference(section.get("references"));
  if (references !== undefined) constraints.references = references;
  const pii = section.get("pii").flag() ?? false;
  const protection: Writable<Protection> = { constraints, nullable: nullable ?? primaryKey !== true, pii };
  if (written !== undefined) protection.masking = written;
  const classification = section.get("classification").oneOf(SENSITIVITIES);
  if (classification !== undefined) protection.classification = classification;
  section.done();
  return protection;
}

/** `<domain>.<product>[.<port>].<column>`. */
function readColumnReference(item: Item<string | undefined>): string | undefined {
  const text = item.text();
  if (text !== undefined && !/^[^.\s]{1,100}(?:\.[^.\s]{1,100}){2,3}$/.test(text)) {
    const help = "write <domain>.<product>.<column>, with the port before the column where it is not the default one";
    item.report("bad-reference", { value: shown(text) }, { help });
  }
  return text;
}

function readEnum(item: Item<ConstraintsFile["enum"]>): Constraints["enum"] {
  if (!item.exists) return undefined;
  return item
    .items()
    .map((each) => {
      const value = each.exists && each.node?.kind === "scalar" ? each.value() : undefined;
      if (value === undefined) each.wrong("a text, a number, true or false");
      return value as string | number | boolean | undefined;
    })
    .filter((value) => value !== undefined);
}

export function readEmbedding(item: Item<ColumnFile["embedding"]>): Embedding | undefined {
  const section = item.section("The embedding");
  if (section === undefined) return undefined;
  const dimensions = section.need("dimensions").number({ min: 1, max: 65_536, integer: true });
  const embedding = withoutUndefined({
    dimensions: dimensions ?? 1,
    element: section.get("element").oneOf(ELEMENTS) ?? ("float32" as const),
    model: section.get("model").text(),
    modelVersion: section.get("model_version").text(),
    metric: section.get("metric").oneOf(METRICS),
    normalized: section.get("normalized").flag(),
    modality: section.get("modality").text(),
  });
  section.done();
  return dimensions === undefined ? undefined : embedding;
}

export function readDeprecated(item: Item<ColumnFile["deprecated"]>): Deprecation | undefined {
  if (!item.exists) return undefined;
  if (!item.isMap) return item.flag() === true ? {} : undefined;
  const section = item.section("The deprecation");
  if (section === undefined) return undefined;
  const deprecation = withoutUndefined({
    since: section.get("since").text(),
    until: readDate(section.get("until")),
    replacedBy: section.get("replaced_by").text(),
    reason: section.get("reason").text(),
  });
  section.done();
  return deprecation;
}
