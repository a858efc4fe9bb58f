import type { Constraints } from "@meshwork/contract";
import type { Path } from "@meshwork/diagnostics";
import type { NamedPart, Part, PartShape } from "./columns.ts";
import { decimal, deepest, defined, float, int, timestamp, toColumn } from "./columns.ts";
import type { Imported, ImportedPort, ImportSource, ReadContext } from "./define-import.ts";
import { defineImport } from "./define-import.ts";
import type { JsonDocument } from "./json/json-document.ts";
import { items, mapping, readJson, texts } from "./json/json-document.ts";
import { both, typesOf } from "./json-schema/merge.ts";
import type { Placed } from "./json-schema/resolve.ts";
import { References } from "./json-schema/resolve.ts";

type Schema = Readonly<Record<string, unknown>>;

/**
 * JSON Schema, draft-07 to 2020-12, also as OpenAPI writes it: the object that the document describes is a port, or
 * each object among its definitions. References are followed inside the document, `allOf` is merged, a choice between
 * a schema and null is one that may be null; other choices are JSON.
 */
export const jsonSchema = defineImport({
  name: "json-schema",
  summary: "JSON Schema, draft-07 to 2020-12",
  guess(file, head) {
    if (/"\$schema"\s*:\s*"[^"]*json-schema\.org/.test(head)) return 1;
    if (/\.schema\.json$/i.test(file)) return 0.8;
    return /"(?:properties|\$defs|definitions)"\s*:\s*\{/.test(head) && /"type"\s*:\s*"object"/.test(head) ? 0.6 : 0;
  },
  read: readJsonSchema,
});

/** Objects that a document may unfold into: `allOf` of `allOf` must not double for ever. */
const mostSchemas = 100_000;

function readJsonSchema(source: ImportSource, context: ReadContext): Imported {
  const read = readJson(source.file, source.text);
  if (!read.ok) {
    context.report("unreadable", { format: "JSON", reason: read.reason }, { span: read.span });
    return { ports: [] };
  }
  const { document } = read;
  const root = mapping(document.value);
  if (root === undefined) {
    context.report("unreadable", { format: "JSON Schema", reason: "it is no object" }, { span: document.spanOf([]) });
    return { ports: [] };
  }
  const reader = new SchemaReader(document, root, context);
  const whole: Placed = { schema: root, path: [], through: [] };
  const row = reader.rowOf(whole);
  const stem = source.file.replace(/^.*\//, "").replace(/(?:\.schema)?\.json$/i, "");
  if (row !== undefined) return { ports: [reader.port(row, nameOf(root, stem))] };
  const ports: ImportedPort[] = [];
  for (const key of ["$defs", "definitions", "components"]) {
    const place: Path = key === "components" ? [key, "schemas"] : [key];
    const all = mapping(key === "components" ? mapping(root[key])?.["schemas"] : root[key]) ?? {};
    for (const [name, value] of Object.entries(all)) {
      const schema = mapping(value);
      const found =
        schema === undefined
          ? undefined
          : reader.rowOf({ schema, path: [...place, name], through: [`#/${[...place, name].join("/")}`] });
      if (found !== undefined) ports.push(reader.port(found, { name }));
    }
  }
  if (ports.length === 0)
    context.report("nothing-found", { what: "object with properties" }, { span: document.spanOf([]) });
  return { ports };
}

/** Meshwork's own schemas name their relation; others have a title, an id, or only a file. */
function nameOf(root: Schema, stem: string): { name: string; namespace?: string | undefined } {
  const id = texts(root["$id"]) ?? "";
  const own = /^urn:mesh:(.+)$/.exec(id)?.[1];
  if (own !== undefined) {
    const parts = safely(own).split(".");
    return defined({ name: parts.at(-1)!, namespace: parts.at(-2) });
  }
  const last = /([\w-]+)(?:\.schema)?(?:\.json)?#?$/.exec(id)?.[1];
  return { name: texts(root["title"]) ?? last ?? stem };
}

const safely = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Keys that say something of values for which a contract has no word. */
const uncarried: Readonly<Record<string, string>> = {
  multipleOf: "bounds",
  not: "condition",
  if: "condition",
  dependentSchemas: "condition",
  dependentRequired: "condition",
  dependencies: "condition",
  propertyNames: "condition",
  patternProperties: "type",
  contains: "condition",
  uniqueItems: "condition",
  minProperties: "condition",
  maxProperties: "condition",
  default: "default",
};

class SchemaReader {
  readonly #document: JsonDocument;
  readonly #references: References;
  readonly #context: ReadContext;
  #seen = 0;
  #port = "";

  constructor(document: JsonDocument, root: Schema, context: ReadContext) {
    this.#document = document;
    this.#references = new References(root);
    this.#context = context;
  }

  /** The schema of a row: the object itself, or the items of a list of objects. */
  rowOf(placed: Placed): Placed | undefined {
    const found = this.#whole(placed, 0);
    const list = mapping(found.schema["items"]);
    if (
      found.schema["properties"] === undefined &&
      list !== undefined &&
      typesOf(found.schema["type"]).includes("array")
    )
      return this.rowOf({ schema: list, path: [...found.path, "items"], through: found.through });
    return Object.keys(mapping(found.schema["properties"]) ?? {}).length > 0 ? found : undefined;
  }

  port(row: Placed, named: { name: string; namespace?: string | undefined }): ImportedPort {
    this.#port = named.name;
    const { schema } = row;
    return defined({
      ...named,
      title: texts(schema["title"]),
      description: texts(schema["description"]),
      columns: this.#fields(row, "", 0).map(toColumn),
      checks: [],
      span: this.#document.spanOf(row.path),
    });
  }

  /** A schema with its references followed and its `allOf` merged into it. */
  #whole(placed: Placed, depth: number): Placed {
    let { schema, path, through } = placed;
    if (++this.#seen > mostSchemas) return { schema: {}, path, through };
    const reference = schema["$ref"] ?? schema["$dynamicRef"];
    if (typeof reference === "string") {
      const { $ref: _, $dynamicRef: _2, ...beside } = schema;
      const found = this.#references.follow(reference, placed);
      if (!found.ok) {
        const span = () => this.#document.spanOf([...path, "$ref"]);
        if (found.reason === "cycle") this.#context.report("too-deep", { what: reference, limit: deepest }, { span });
        else {
          const reason = found.reason === "missing" ? "there is nothing at that place" : "it lies in another file";
          this.#context.report("unknown-reference", { reference, reason }, { span });
        }
        return { schema: beside, path, through };
      }
      const target = this.#whole(found.placed, depth + 1);
      return {
        schema: both(target.schema, beside),
        path: Object.keys(beside).length > 0 ? path : target.path,
        through: target.through,
      };
    }
    const all = items(schema["allOf"]);
    if (all.length === 0 || depth > deepest) return { schema, path, through };
    const { allOf: _, ...rest } = schema;
    schema = rest;
    for (const [i, value] of all.entries()) {
      const part = mapping(value);
      if (part === undefined) continue;
      const whole = this.#whole({ schema: part, path: [...path, "allOf", i], through }, depth + 1);
      through = [...new Set([...through, ...whole.through])];
      schema = both(whole.schema, schema);
    }
    return { schema, path, through };
  }

  #fields(row: Placed, above: string, depth: number): NamedPart[] {
    const required = new Set(items(row.schema["required"]));
    return Object.entries(mapping(row.schema["properties"]) ?? {}).map(([name, value]) => {
      const schema = value === true ? {} : (mapping(value) ?? {});
      const part = this.#part(
        { schema, path: [...row.path, "properties", name], through: row.through },
        above === "" ? name : `${above}.${name}`,
        depth,
      );
      return { ...part, name, nullable: part.nullable || !required.has(name) };
    });
  }

  #lose(feature: string, message: string, path: Path, column: string): void {
    this.#context.lose({ feature, message, port: this.#port, column, span: () => this.#document.spanOf(path) });
  }

  #part(placed: Placed, column: string, depth: number): Part {
    if (depth > deepest) {
      this.#context.report(
        "too-deep",
        { what: `"${column}"`, limit: deepest },
        { span: () => this.#document.spanOf(placed.path) },
      );
      return { shape: { kind: "json" }, nullable: false };
    }
    const found = this.#whole(placed, 0);
    const { schema, path } = this.#chosen(found, column);
    for (const [key, feature] of Object.entries(uncarried))
      if (schema[key] !== undefined) this.#lose(feature, `"${key}" has no word in a contract.`, [...path, key], column);
    const types = typesOf(schema["type"]);
    const values = schema["const"] === undefined ? schema["enum"] : [schema["const"]];
    const named = types.includes("null") || schema["nullable"] === true || items(values).includes(null);
    const { shape, constraints } = this.#shape(
      { ...found, schema, path },
      types.filter((type) => type !== "null"),
      column,
      depth,
    );
    // A schema that takes any value takes null.
    const nullable = named || (shape.kind === "json" && types.length === 0);
    return defined({
      shape,
      nullable,
      title: texts(schema["title"]),
      description: texts(schema["description"]),
      examples: Array.isArray(schema["examples"]) ? (schema["examples"] as unknown[]) : undefined,
      deprecated: schema["deprecated"] === true ? {} : undefined,
      constraints: defined({ ...constraints, enum: this.#accepted(values, shape, path, column) }),
    });
  }

  /** `anyOf: [X, null]` is X that may be null; a choice of single values is their list; all else is JSON. */
  #chosen(placed: Placed, column: string): Placed {
    const key = ["anyOf", "oneOf"].find((each) => Array.isArray(placed.schema[each]));
    if (key === undefined) return placed;
    const { [key]: choices, ...rest } = placed.schema;
    const path = [...placed.path, key];
    const parts = items(choices).map((value, i) =>
      this.#whole({ schema: mapping(value) ?? {}, path: [...path, i], through: placed.through }, 1),
    );
    const others = parts.filter(
      ({ schema }) => !(typesOf(schema["type"]).join() === "null" || schema["const"] === null),
    );
    const nullable = others.length < parts.length;
    const withNull = (schema: Schema): Schema => (nullable ? { ...schema, nullable: true } : schema);
    const [only] = others;
    if (others.length === 1 && only !== undefined) {
      const inner = this.#chosen(only, column);
      return { ...inner, schema: withNull(both(inner.schema, rest)) };
    }
    const single = others.map(
      ({ schema }) => schema["const"] ?? (items(schema["enum"]).length > 0 ? schema["enum"] : undefined),
    );
    if (others.length > 0 && single.every((value) => value !== undefined))
      return { ...placed, schema: withNull({ ...rest, enum: single.flat() }) };
    this.#lose(
      "type",
      `A choice between ${others.length} schemas has no type in a contract: it is JSON.`,
      path,
      column,
    );
    return { ...placed, schema: withNull({ ...rest, type: undefined, properties: undefined }) };
  }

  #accepted(values: unknown, shape: PartShape, path: Path, column: string): Constraints["enum"] {
    if (values === undefined) return undefined;
    const kept = items(values).filter((value): value is string | number | boolean =>
      ["string", "number", "boolean"].includes(typeof value),
    );
    const rest = items(values).filter((value) => value !== null).length - kept.length;
    const fits = ["string", "integer", "float", "boolean", "decimal", "uuid", "date", "time", "timestamp"].includes(
      shape.kind,
    );
    if (rest > 0 || (!fits && kept.length > 0))
      this.#lose("enum", "Accepted values that are no scalars are not kept.", [...path, "enum"], column);
    return fits && rest === 0 && kept.length > 0 ? kept : undefined;
  }

  #shape(
    placed: Placed,
    types: readonly string[],
    column: string,
    depth: number,
  ): { shape: PartShape; constraints?: Constraints } {
    const { schema, path } = placed;
    const [type] = types;
    const number = types.every((each) => each === "integer" || each === "number");
    if (types.length > 1 && !number) {
      this.#lose(
        "type",
        `A choice between ${types.join(" and ")} has no type in a contract: it is JSON.`,
        [...path, "type"],
        column,
      );
      return { shape: { kind: "json" } };
    }
    switch (types.length > 1 ? "number" : (type ?? implied(schema))) {
      case "boolean":
        return { shape: { kind: "boolean" } };
      case "integer":
        return this.#integer(schema, path);
      case "number":
        return { shape: float(schema["format"] === "float" ? 32 : 64), constraints: this.#bounds(schema, path) };
      case "string":
        return textShape(schema);
      case "array":
        return this.#list(placed, column, depth);
      case "object":
        return this.#object(placed, column, depth);
      default:
        return { shape: { kind: "json" } };
    }
  }

  #list(placed: Placed, column: string, depth: number): { shape: PartShape } {
    const { schema, path, through } = placed;
    if (schema["prefixItems"] !== undefined || Array.isArray(schema["items"])) {
      this.#lose("type", "A list whose places have types of their own is JSON.", path, column);
      return { shape: { kind: "json" } };
    }
    const inner = mapping(schema["items"]);
    const element: Part =
      inner === undefined
        ? { shape: { kind: "json" }, nullable: true }
        : this.#part({ schema: inner, path: [...path, "items"], through }, column, depth + 1);
    const [low, high] = [schema["minItems"], schema["maxItems"]];
    const length =
      low === high && typeof low === "number" && element.shape.kind === "float" && low > 0 ? low : undefined;
    if (length === undefined && (low !== undefined || high !== undefined))
      this.#lose("length", "How many elements a list may have is not kept.", path, column);
    return { shape: defined({ kind: "array" as const, element, length }) };
  }

  #object(placed: Placed, column: string, depth: number): { shape: PartShape } {
    const { schema, path, through } = placed;
    const others = mapping(schema["additionalProperties"]);
    if (Object.keys(mapping(schema["properties"]) ?? {}).length > 0) {
      if (others !== undefined)
        this.#lose(
          "type",
          "Further properties beside the named ones are not kept.",
          [...path, "additionalProperties"],
          column,
        );
      return { shape: { kind: "struct", fields: this.#fields(placed, column, depth + 1) } };
    }
    if (others === undefined) return { shape: { kind: "json" } };
    const value = this.#part({ schema: others, path: [...path, "additionalProperties"], through }, column, depth + 1);
    return { shape: { kind: "map", key: { kind: "string" }, value } };
  }

  #bounds(schema: Schema, path: Path): Constraints {
    // Draft 4 has true beside a minimum where later drafts have a number.
    const of = (key: string): number | string | undefined => {
      const value = schema[key];
      if (typeof value !== "number") return undefined;
      const written = this.#document.textAt([...path, key]);
      return Number.isInteger(value) && !Number.isSafeInteger(value) && written !== undefined && /^-?\d+$/.test(written)
        ? written
        : value;
    };
    const [low, high] = [schema["exclusiveMinimum"] === true, schema["exclusiveMaximum"] === true];
    return defined({
      min: low ? undefined : of("minimum"),
      max: high ? undefined : of("maximum"),
      exclusiveMin: low ? of("minimum") : of("exclusiveMinimum"),
      exclusiveMax: high ? of("maximum") : of("exclusiveMaximum"),
    });
  }

  /** A bound that is the type's own names the type: nobody else writes 2147483647. */
  #integer(schema: Schema, path: Path): { shape: PartShape; constraints: Constraints } {
    const { min, max, ...rest } = this.#bounds(schema, path);
    const exact = (bits: 8 | 16 | 32, signed: boolean): readonly [number, number] =>
      signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
    for (const bits of [8, 16, 32] as const) {
      for (const signed of [true, false]) {
        const [low, high] = exact(bits, signed);
        const byHigh = max === high && (min === undefined || (typeof min === "number" && min >= low));
        const byLow = signed && min === low && (max === undefined || (typeof max === "number" && max <= high));
        if (!byHigh && !byLow) continue;
        return {
          shape: int(bits, signed),
          constraints: defined({ ...rest, min: min === low ? undefined : min, max: max === high ? undefined : max }),
        };
      }
    }
    return { shape: int(schema["format"] === "int32" ? 32 : 64), constraints: defined({ ...rest, min, max }) };
  }
}

/** The type that the other keys speak of, where nothing names one. */
function implied(schema: Schema): string | undefined {
  if (schema["properties"] !== undefined) return "object";
  if (schema["items"] !== undefined) return "array";
  const values = schema["const"] === undefined ? items(schema["enum"]) : [schema["const"]];
  const kinds = new Set(values.filter((value) => value !== null).map((value) => typeof value));
  const [kind] = kinds;
  if (kinds.size === 1 && kind !== undefined) {
    if (kind === "number")
      return values.every((value) => value === null || Number.isInteger(value)) ? "integer" : "number";
    if (kind === "string" || kind === "boolean") return kind;
  }
  if (["pattern", "minLength", "maxLength", "format"].some((key) => schema[key] !== undefined)) return "string";
  return ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"].some((key) => schema[key] !== undefined)
    ? "number"
    : undefined;
}

const clock = "[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?";

/** What a text holds, by its format; by its pattern where that is how Meshwork writes decimals and times without a zone. */
function textShape(schema: Schema): { shape: PartShape; constraints?: Constraints } {
  const [pattern, format] = [texts(schema["pattern"]), texts(schema["format"])];
  if (pattern === `^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]${clock}$`) return { shape: timestamp(6, false) };
  if (pattern === `^${clock}$`) return { shape: { kind: "time", precision: 6, zoned: false } };
  const digits = /^\^-\?(?:0|\[0-9\]\{1,(\d{1,4})\})(?:\(\\\.\[0-9\]\{1,(\d{1,4})\}\)\?)?\$$/.exec(pattern ?? "");
  if (digits !== null) {
    const scale = Number(digits[2] ?? 0);
    const precision = Number(digits[1] ?? 0) + scale;
    if (precision >= 1) return { shape: decimal(precision, scale) };
  }
  if (schema["contentEncoding"] === "base64" || format === "binary" || format === "byte")
    return { shape: { kind: "binary" } };
  const length = { minLength: count(schema["minLength"]), maxLength: count(schema["maxLength"]) };
  const rest = defined({ ...length, pattern });
  switch (format) {
    case "date-time":
      return { shape: timestamp(6, true), constraints: rest };
    case "date":
      return { shape: { kind: "date" }, constraints: rest };
    case "time":
      return { shape: { kind: "time", precision: 6, zoned: true }, constraints: rest };
    case "uuid":
      return { shape: { kind: "uuid" }, constraints: rest };
    case "duration":
      return { shape: { kind: "interval" }, constraints: rest };
    default:
      return { shape: { kind: "string" }, constraints: defined({ ...rest, format }) };
  }
}

const count = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
