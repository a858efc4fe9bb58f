import type { Field, LogicalType } from "@meshwork/sql";
import type { Path } from "@meshwork/diagnostics";
import type { ColumnFile, ConstraintsFile, ElementFile } from "../datamesh/data-product.schema.ts";
import { SENSITIVITIES, readConstraints, readDeprecated, readEmbedding, readShape } from "../datamesh/read-column.ts";
import { readMedia } from "../datamesh/read-media.ts";
import { withoutUndefined } from "../datamesh/read-values.ts";
import {
  columnDeprecation,
  constraintsFile,
  embeddingFile,
  mediaFile,
  shapeFile,
} from "../datamesh/write-data-product.ts";
import type { Constraints, ContractColumn } from "../model.ts";
import { typeWordOf } from "../type-word.ts";
import type { Reader, Section } from "../yaml/reader.ts";
import type { YamlMap } from "../yaml/yaml-node.ts";
import { logicalKeys, readPropertyType } from "./property-type.ts";
import {
  boundOf,
  countOf,
  customProperties,
  extended,
  filled,
  flagOf,
  itemAt,
  keptOf,
  leftover,
  mapOf,
  mapsOf,
  ownProperties,
  same,
  textOf,
  textsOf,
} from "./raw.ts";
import type { OdcsVersion, Raw } from "./raw.ts";

/** What the reading of one table shares. */
export interface TableReading {
  readonly reader: Reader;
  readonly document: YamlMap;
  readonly version: OdcsVersion;
  /** Which columns partition the table is the contract's storage. */
  readonly partitions: boolean;
  /** Takes the quality rules that stand at a property; `column` is its dotted name. */
  readonly quality: (raw: Raw, path: Path, column: string) => readonly unknown[] | undefined;
  /** `table.column` as `domain.product.port.column`, where it names a table of this contract. */
  readonly reference: (to: string) => string | undefined;
}

/** Keys whose parts are read one by one and keep what they have for themselves. */
const NAMED = ["properties", "items", "map", "quality", "customProperties"];
const PARTS = new Set(["name", ...NAMED]);
/** Of the default port's own columns: the contract's storage says them. */
const PARTITIONED = new Set([...PARTS, "partitioned", "partitionKeyPosition"]);
/** The elements of a list have names of their own in some documents, and none in the model. */
const UNNAMED = new Set(NAMED);
/** What a document says about the keys of a map, beyond their type. */
const MAP_KEY = "mapKey";

/** A property as a column. Its name is `name` where it has none of its own (`items`). */
export function readProperty(raw: Raw, path: Path, name: string, prefix: string, table: TableReading): ContractColumn {
  const own = ownProperties(raw, path);
  const written = readPropertyType(raw);
  const parts = written.container === undefined ? undefined : readParts(raw, path, prefix, written.container, table);
  const type = parts?.type ?? written.type;
  const primaryKey = flagOf(raw, "primaryKey") === true ? true : undefined;
  const classification = SENSITIVITIES.find((word) => word === textOf(raw, "classification")?.toLowerCase());
  const tags = textsOf(raw, "tags");
  const examples = raw["examples"];
  const base: ContractColumn = withoutUndefined({
    name,
    type,
    typeName: written.typeName,
    nullable: primaryKey !== true && flagOf(raw, "required") !== true,
    title: textOf(raw, "businessName"),
    description: textOf(raw, "description"),
    examples: Array.isArray(examples) && examples.length > 0 ? (examples as unknown[]) : undefined,
    tags,
    constraints: readPropertyConstraints(raw, type, written.typeName, table, primaryKey),
    pii: textOf(raw, "classification")?.toLowerCase() === "pii",
    classification,
    embedding: written.embedding,
    deprecated: flagOf(raw, "deprecated") === true ? {} : undefined,
    fields: parts?.fields,
    element: parts?.element,
    extensions: {},
    at: path,
  });
  const column = own.path === undefined ? base : overlaid(base, own.value, own.path, table);
  const rest = keptKeys(raw, path, column, table);
  const unread = table.quality(raw, path, prefix);
  const kept = filled({
    ...rest,
    ...(own.rest.length === 0 ? {} : { customProperties: own.rest }),
    quality: unread,
    [MAP_KEY]: type.kind === "map" ? keptMapKey(raw, type.key, table.version) : undefined,
  });
  return {
    ...column,
    extensions: extended(Object.keys(kept).length === 0 ? undefined : kept, own.extensions),
  };
}

function keptMapKey(raw: Raw, type: LogicalType, version: OdcsVersion): Raw | undefined {
  const key = mapOf(mapOf(raw, "map") ?? {}, "key");
  return key === undefined || same(key, propertyKeys(bareColumn(type), version)) ? undefined : key;
}

/** What writing the column would not give again by itself. */
function keptKeys(raw: Raw, path: Path, column: ContractColumn, table: TableReading): Raw | undefined {
  // `schema`, its number, `properties`, its number: a column of the table itself.
  const own = path.length === 4 && table.partitions && flagOf(raw, "partitioned") === true;
  const handled = typeof path.at(-1) === "string" ? UNNAMED : own ? PARTITIONED : PARTS;
  const keptOver = (logical?: string): Raw | undefined =>
    leftover(raw, { ...propertyKeys(column, table.version, logical), ...relationshipKeys(column, raw) }, handled);
  const rest = keptOver();
  // With a logical type that is kept, other keys are needed.
  const logical = rest === undefined ? undefined : textOf(rest, "logicalType");
  return logical === undefined ? rest : { ...rest, ...keptOver(logical), logicalType: logical };
}

/** `relationships: [{ to }]` is said by `references`, where it was read into that. */
function relationshipKeys(column: ContractColumn, raw: Raw): Raw {
  const list = raw["relationships"];
  const plain = column.constraints.references !== undefined && Array.isArray(list) && list.length === 1;
  return plain && same(Object.keys(list[0] as Raw), ["to"]) ? { relationships: list } : {};
}

interface Parts {
  readonly type: LogicalType;
  readonly fields?: readonly ContractColumn[] | undefined;
  readonly element?: ContractColumn | undefined;
}

function readParts(raw: Raw, path: Path, prefix: string, container: string, whole: TableReading): Parts {
  const table = container === "struct" ? whole : aboutParts(whole, prefix);
  const part = (key: string, name: string, at: Path): ContractColumn | undefined => {
    const found = mapOf(raw, key);
    return found === undefined ? undefined : readProperty(found, at, name, prefix, table);
  };
  if (container === "array") {
    const element = part("items", "element", [...path, "items"]);
    return withoutUndefined({
      type: { kind: "array" as const, element: fieldOf(element, "element") },
      fields: element?.fields,
      element,
    });
  }
  if (container === "map") {
    const map = mapOf(raw, "map") ?? {};
    const key = mapOf(map, "key");
    const value = mapOf(map, "value");
    const at = [...path, "map"];
    const element = value === undefined ? undefined : readProperty(value, [...at, "value"], "value", prefix, table);
    const keyType: LogicalType =
      key === undefined ? { kind: "string" } : readProperty(key, [...at, "key"], "key", prefix, table).type;
    return withoutUndefined({
      type: { kind: "map" as const, key: keyType, value: fieldOf(element, "value") },
      fields: element?.fields,
      element,
    });
  }
  const fields = readProperties(raw, path, `${prefix}.`, table);
  return { type: { kind: "struct", fields: fields.map((field) => fieldOf(field, field.name)) }, fields };
}

/** Rules about the elements of a list are none about the column: they are kept, and not measured. */
function aboutParts(table: TableReading, prefix: string): TableReading {
  const quality: TableReading["quality"] = (raw, path, column) => {
    if (column !== prefix) return table.quality(raw, path, column);
    const rules = raw["quality"];
    if (!Array.isArray(rules) || rules.length === 0) return undefined;
    const item = itemAt(table.reader, table.document, [...path, "quality"]);
    if (item.exists) item.report("foreign-check", { what: "it is about the elements of a list or map" });
    return rules as unknown[];
  };
  return { ...table, quality };
}

export function readProperties(raw: Raw, path: Path, prefix: string, table: TableReading): readonly ContractColumn[] {
  return mapsOf(raw, "properties").flatMap(([i, property]) => {
    const name = textOf(property, "name");
    if (name === undefined || name === "") return [];
    return [readProperty(property, [...path, "properties", i], name, prefix + name, table)];
  });
}

function fieldOf(column: ContractColumn | undefined, name: string): Field {
  if (column === undefined) return { name, type: { kind: "string" }, nullable: true };
  const { type, nullable, description } = column;
  return withoutUndefined({ name: column.name, type, nullable, description });
}

function readPropertyConstraints(
  raw: Raw,
  type: LogicalType,
  typeName: string,
  table: TableReading,
  primaryKey: true | undefined,
): Constraints {
  const options = mapOf(raw, "logicalTypeOptions") ?? {};
  const position = countOf(raw, "primaryKeyPosition");
  const sized = type.kind === "string" || type.kind === "binary" ? type.maxLength : undefined;
  const format = textOf(options, "format");
  const formatted = type.kind !== "integer" && type.kind !== "float" && !(type.kind === "uuid" && typeName === "uuid");
  const [min, exclusiveMin] = bounds(options, "minimum", "exclusiveMinimum");
  const [max, exclusiveMax] = bounds(options, "maximum", "exclusiveMaximum");
  const values = mapsOf(raw, "enum")
    .map(([, each]) => each["value"])
    .filter((value) => typeof value === "string" || typeof value === "number" || typeof value === "boolean");
  return withoutUndefined({
    primaryKey,
    primaryKeyPosition: position !== undefined && position > 0 && primaryKey === true ? position : undefined,
    unique: flagOf(raw, "unique") === true ? true : undefined,
    minLength: countOf(options, "minLength"),
    maxLength: countOf(options, "maxLength") ?? sized,
    min,
    max,
    exclusiveMin,
    exclusiveMax,
    pattern: textOf(options, "pattern"),
    enum: values.length === 0 ? undefined : values,
    format: formatted ? format : undefined,
    timezone: textOf(options, "defaultTimezone"),
    references: readReference(raw, table),
  });
}

/** Up to 3.0 the exclusive bounds are flags of the others; from 3.1 on they are bounds themselves. */
function bounds(
  options: Raw,
  key: string,
  exclusive: string,
): [number | string | undefined, number | string | undefined] {
  const bound = boundOf(options, key);
  if (flagOf(options, exclusive) === true) return [undefined, bound];
  return [bound, boundOf(options, exclusive)];
}

/** One foreign key to a table of the same contract; every other relationship is kept as written. */
function readReference(raw: Raw, table: TableReading): string | undefined {
  const list = mapsOf(raw, "relationships");
  if (list.length !== 1) return undefined;
  const [, relationship] = list[0]!;
  const to = textOf(relationship, "to");
  return to === undefined ? undefined : table.reference(to);
}

type Carried = Partial<Omit<ColumnFile, "name">>;

/** What our custom property says on top of the standard's keys. */
function overlaid(base: ContractColumn, value: Raw, path: Path, table: TableReading): ContractColumn {
  const section = itemAt(table.reader, table.document, path).section("The custom property") as
    | Section<ColumnFile>
    | undefined;
  if (section === undefined) return base;
  let column = base;
  if (value["type"] !== undefined) {
    const shape = readShape(section as unknown as Section<ElementFile>, () => section.get("embedding"));
    const {
      fields: _,
      element: __,
      embedding: ___,
      media: ____,
      masking: _____,
      classification: ______,
      ...rest
    } = base;
    column = withoutUndefined({ ...rest, ...shape });
  } else {
    const constraints = readConstraints(section.get("constraints") as never);
    const embedding = readEmbedding(section.get("embedding"));
    const given = mapOf(value, "constraints") ?? {};
    column = withoutUndefined({
      ...base,
      nullable: Object.hasOwn(given, "null") ? constraints.nullable : base.nullable,
      constraints: { ...base.constraints, ...constraints.constraints },
      pii: constraints.pii || base.pii,
      masking: constraints.masking ?? base.masking,
      classification: constraints.classification ?? base.classification,
      embedding: embedding ?? base.embedding,
      media: readMedia(section.get("media")) ?? base.media,
    });
  }
  const deprecated = readDeprecated(section.get("deprecated"));
  const renamedFrom = section.get("renamed_from").text();
  section.rest();
  return {
    ...column,
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(renamedFrom === undefined ? {} : { renamedFrom }),
  };
}

/** The standard's keys for a column, without its parts, quality and custom properties. */
function propertyKeys(column: ContractColumn, version: OdcsVersion, logical?: string): Record<string, unknown> {
  const { constraints: c } = column;
  const derived = logicalKeys(column, version);
  const word = logical ?? derived.word;
  const typed = word === derived.word ? derived.options : {};
  const options = filled({
    ...typed,
    ...(word === "string" ? { minLength: c.minLength, maxLength: c.maxLength, pattern: c.pattern } : {}),
    ...(typed["format"] === undefined && word !== undefined && FORMATTED.has(word) ? { format: c.format } : {}),
    ...boundKeys(c, word, version),
    ...(word === "timestamp" || word === "time" ? { defaultTimezone: c.timezone } : {}),
  });
  const base = filled({ logicalType: word, logicalTypeOptions: options });
  const parts = column.element === undefined && column.fields === undefined ? {} : (PART_MARKS[column.type.kind] ?? {});
  const implied = readPropertyType({ ...base, ...parts });
  // A reference to an object is a text for everyone else.
  const physicalType = implied.typeName === column.typeName || column.media !== undefined ? undefined : column.typeName;
  return filled({
    businessName: column.title,
    ...base,
    physicalType: word === undefined || physicalType !== undefined ? column.typeName : undefined,
    description: column.description,
    required: !column.nullable && c.primaryKey !== true ? true : undefined,
    primaryKey: c.primaryKey,
    primaryKeyPosition: c.primaryKey === true ? c.primaryKeyPosition : undefined,
    unique: c.unique,
    classification: column.classification,
    enum: version === "3.2.0" && isSet(c.enum) ? c.enum.map((value) => ({ value })) : undefined,
    deprecated: version === "3.2.0" && column.deprecated !== undefined ? true : undefined,
    examples: column.examples,
    tags: column.tags,
  });
}

const FORMATTED = new Set(["string", "date", "timestamp", "time"]);
const isSet = (values: Constraints["enum"]): values is NonNullable<Constraints["enum"]> =>
  values !== undefined && values.length > 0 && new Set(values).size === values.length;

/** Numbers bound numbers, texts bound dates and times; 3.0 has one bound a side, exclusive by a flag. */
function boundKeys(c: Constraints, word: string | undefined, version: OdcsVersion): Raw {
  const fits = (bound: number | string | undefined): boolean => {
    if (word === "integer" || word === "number")
      return typeof bound === "number" || (typeof bound === "string" && /^-?\d+$/.test(bound));
    return (word === "date" || word === "timestamp" || word === "time") && typeof bound === "string";
  };
  const side = (bound: number | string | undefined, exclusive: number | string | undefined, name: string): Raw => {
    const strict = fits(exclusive) ? exclusive : undefined;
    const key = `exclusive${name[0]!.toUpperCase()}${name.slice(1)}`;
    if (version !== "3.0.2") return { [name]: fits(bound) ? bound : undefined, [key]: strict };
    if (fits(bound)) return { [name]: bound };
    return strict === undefined ? {} : { [name]: strict, [key]: true };
  };
  return { ...side(c.min, c.exclusiveMin, "minimum"), ...side(c.max, c.exclusiveMax, "maximum") };
}

const PART_MARKS: Readonly<Record<string, Raw>> = {
  struct: { properties: [] },
  array: { items: {} },
  map: { map: {} },
};

export interface TableWriting {
  readonly version: OdcsVersion;
  /** The quality rules of a column, ready to be written. */
  readonly quality: (column: string, kept: Raw) => readonly unknown[];
  /** The reverse of `TableReading.reference`. */
  readonly relationship: (references: string) => string | undefined;
  /** Told what the version has no place for. */
  readonly drop: (what: string) => void;
  /** For reading back what was written. */
  readonly reading: TableReading;
}

/** A column as a property; what the standard has no key for goes into our custom property. */
export function writeProperty(column: ContractColumn, prefix: string, table: TableWriting, named = true): Raw {
  const kept = keptOf(column.extensions);
  // A date that is stored as a timestamp stays a date with a date's options.
  const keys = propertyKeys(column, table.version, textOf(kept, "logicalType"));
  const parts = partKeys(column, prefix, table, mapOf(kept, MAP_KEY));
  const to =
    column.constraints.references === undefined ? undefined : table.relationship(column.constraints.references);
  const own = filled({
    ...keys,
    ...parts,
    relationships: to === undefined ? undefined : [{ to }],
  });
  const { enum: labels, ...older } = kept;
  const dropped = labels !== undefined && table.version !== "3.2.0";
  if (dropped) table.drop(`${prefix}: what is said about each value of its enum`);
  const merged = { ...own, ...stillTrue(dropped ? older : kept, own, column, table) };
  const quality = table.quality(prefix, kept);
  const carried = carriedOf(column, merged, table);
  const custom = customProperties(kept, carried, column.extensions);
  return filled({
    ...(named ? { name: column.name } : {}),
    ...withExactBounds(merged),
    quality,
    customProperties: custom,
  });
}

const keptRules = (kept: Raw): readonly unknown[] => (Array.isArray(kept["quality"]) ? kept["quality"] : []);

/** Bounds that reading kept as their digits, as the numbers that the standard asks for. */
function withExactBounds(merged: Raw): Raw {
  const options = mapOf(merged, "logicalTypeOptions");
  const word = merged["logicalType"];
  if (options === undefined || (word !== "integer" && word !== "number")) return merged;
  const exact = Object.entries(options).map(([key, value]): [string, unknown] =>
    typeof value === "string" && key !== "format" && /^-?\d{1,60}$/.test(value) ? [key, BigInt(value)] : [key, value],
  );
  return { ...merged, logicalTypeOptions: Object.fromEntries(exact) };
}

function partKeys(column: ContractColumn, prefix: string, whole: TableWriting, mapKey: Raw | undefined): Raw {
  const { type, element, fields } = column;
  // The rules of the column stand at the column, and not again at its elements.
  const quality: TableWriting["quality"] = (each, kept) =>
    each === prefix ? keptRules(kept) : whole.quality(each, kept);
  const table = type.kind === "struct" ? whole : { ...whole, quality };
  if (type.kind === "struct" && fields !== undefined) {
    return { properties: fields.map((field) => writeProperty(field, `${prefix}.${field.name}`, table)) };
  }
  if (element === undefined) return {};
  const part = writeProperty(element, prefix, table, false);
  if (type.kind === "array") return { items: part };
  if (type.kind !== "map" || table.version !== "3.2.0") return {};
  const key = bareColumn(type.key);
  const told = mapKey !== undefined && same(readBack(mapKey, key, table).type, type.key);
  const written = told ? mapKey : writeProperty(key, prefix, { ...table, quality: () => [] }, false);
  return { map: { key: written, value: part } };
}

const bareColumn = (type: LogicalType): ContractColumn => ({
  name: "key",
  type,
  typeName: typeWordOf(type),
  nullable: true,
  tags: [],
  constraints: {},
  pii: false,
  extensions: {},
  at: [],
});

/** What was kept from an earlier reading, where it still says what the model says. */
function stillTrue(kept: Raw, own: Raw, column: ContractColumn, table: TableWriting): Raw {
  const { customProperties: _, quality: __, [MAP_KEY]: ___, ...rest } = kept;
  const covered = Object.keys(rest).filter((key) => Object.hasOwn(own, key) || COVERED.has(key));
  if (covered.length === 0) return rest;
  const asWritten = readBack({ ...own, ...rest }, column, table);
  if (agrees(asWritten, readBack(own, column, table))) return rest;
  // The model has been changed since: it counts.
  return Object.fromEntries(Object.entries(rest).filter(([key]) => !covered.includes(key)));
}

const COVERED = new Set([
  "logicalType",
  "physicalType",
  "logicalTypeOptions",
  "required",
  "primaryKey",
  "primaryKeyPosition",
  "unique",
  "classification",
  "enum",
  "deprecated",
  "relationships",
]);

function readBack(raw: Raw, column: ContractColumn, table: TableWriting): ContractColumn {
  const reading: TableReading = { ...table.reading, quality: () => undefined };
  return readProperty(raw, [], column.name, "", reading);
}

const SHAPE = ["type", "typeName", "nullable", "pii", "masking", "classification", "embedding", "media"] as const;

const agrees = (a: ContractColumn, b: ContractColumn): boolean =>
  SHAPE.every((key) => same(a[key], b[key])) &&
  same(a.constraints, b.constraints) &&
  same(a.deprecated, b.deprecated) &&
  (a.element === undefined) === (b.element === undefined) &&
  (a.fields === undefined) === (b.fields === undefined);

/** What reading the written keys would not give back, in the keys of our own dialect. */
function carriedOf(column: ContractColumn, written: Raw, table: TableWriting): Raw {
  const back = readBack(written, column, table);
  const carried: Carried = {};
  const shaped =
    same(bare(back.type), bare(column.type)) &&
    back.typeName === column.typeName &&
    (back.element === undefined) === (column.element === undefined) &&
    (back.fields === undefined) === (column.fields === undefined);
  if (!shaped) {
    // The whole shape: parts of a type make sense together only.
    Object.assign(carried, shapeFile(column));
    if (column.embedding !== undefined) carried.embedding = embeddingFile(column.embedding);
  } else {
    const wanted = constraintsFile({ ...column, nullable: column.nullable }) ?? {};
    const found = constraintsFile(back) ?? {};
    const missing = Object.fromEntries(
      Object.entries(wanted).filter(([key, value]) => !same(value, (found as Raw)[key])),
    ) as ConstraintsFile;
    if (column.nullable !== back.nullable) missing.null = column.nullable;
    if (Object.keys(missing).length > 0) carried.constraints = missing;
    if (column.embedding !== undefined && !same(column.embedding, back.embedding)) {
      carried.embedding = embeddingFile(column.embedding);
    }
    if (column.media !== undefined && !same(column.media, back.media)) carried.media = mediaFile(column.media);
  }
  if (column.deprecated !== undefined && !same(column.deprecated, back.deprecated)) {
    carried.deprecated = columnDeprecation(column.deprecated);
  }
  if (column.renamedFrom !== undefined) carried.renamed_from = column.renamedFrom;
  return carried as Raw;
}

/** A type without the words about its parts: those are compared where the parts are written. */
function bare(type: LogicalType): unknown {
  if (type.kind === "struct") return { kind: type.kind };
  if (type.kind === "array") return { kind: type.kind, length: type.length, element: type.element.type.kind };
  if (type.kind === "map") return { kind: type.kind };
  return type;
}
