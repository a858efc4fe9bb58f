import type { Constraints, ContractColumn, OutputPort } from "@meshwork/contract";
import { kebabName } from "@meshwork/contract";
import type { Field, LogicalType } from "@meshwork/sql";
import type { Path } from "@meshwork/diagnostics";
import { ecmaPattern } from "./bounds.ts";
import { defineFormat } from "./define-format.ts";
import { reportUncarried } from "./tree/carried.ts";

type Schema = { [key: string]: unknown };
type Lose = (feature: string, message: string) => void;

/** The place that is written, dotted where it is nested, and who is told what it loses. */
interface Place {
  readonly path: string;
  readonly at: Path;
  readonly lose: Lose;
  inner(name: string, at: Path): Place;
}

const deepest = 40;

/**
 * A JSON Schema (draft 2020-12) for the rows of each output port as JSON: `<port>.schema.json`. Decimals and 64-bit
 * integers beyond 53 bits travel as text, timestamps, dates and times as ISO text, binary as base64. Columns that the
 * port does not promise are not forbidden.
 */
export const jsonSchema = defineFormat({
  name: "json-schema",
  summary: "JSON Schema 2020-12 for the rows of each port (<port>.schema.json)",
  emit(contract, context) {
    reportUncarried(contract, context, {
      // What a value may be is told below, kind by kind.
      columns: [
        "not-null",
        "length",
        "bounds",
        "pattern",
        "enum",
        "format",
        "title",
        "description",
        "examples",
        "deprecated",
      ],
      ports: ["title", "description"],
      product: ["title", "description"],
    });
    return contract.ports.map((port) => {
      const place = (path: string, at: Path): Place => ({
        path,
        at,
        lose: (feature, message) => context.report({ feature, message, port: port.name, column: path, path: at }),
        inner: (name, inside) => place(path === "" ? name : `${path}.${name}`, inside),
      });
      const schema: Schema = {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        $id: `urn:mesh:${encodeURIComponent(context.relation(port))}`,
        title: port.title ?? (port.default ? contract.title : undefined) ?? port.name,
        description: port.description ?? (port.default ? contract.description : undefined),
        ...record(port.columns, place("", port.at), 0),
      };
      return { path: `${fileName(port)}.schema.json`, text: `${JSON.stringify(schema, null, 2)}\n` };
    });
  },
});

// A port's name becomes a file's: whatever it holds, the file stays in its folder.
const fileName = (port: OutputPort): string => kebabName(port.name).replaceAll("-", "_") || "port";

function record(columns: readonly ContractColumn[], place: Place, depth: number): Schema {
  return {
    type: "object",
    properties: properties(
      columns.map((column) => [column.name, columnSchema(column, place.inner(column.name, column.at), depth)]),
    ),
    required: columns.map((column) => column.name),
  };
}

/** Names out of a contract as keys: `__proto__` too is an own one. */
function properties(entries: readonly (readonly [string, Schema])[]): Schema {
  return Object.fromEntries(entries);
}

function columnSchema(column: ContractColumn, place: Place, depth: number): Schema {
  const { constraints: c } = column;
  const { since, until, replacedBy, reason } = column.deprecated ?? {};
  if ([since, until, replacedBy, reason].some((each) => each !== undefined))
    place.lose("deprecated", "Since when, until when and what instead is not said.");
  const about: Schema = {
    ...(column.title === undefined ? {} : { title: column.title }),
    ...(column.description === undefined ? {} : { description: column.description }),
    ...(column.examples === undefined ? {} : { examples: column.examples }),
    ...(column.deprecated === undefined ? {} : { deprecated: true }),
  };
  const schema = { ...about, ...valueSchema(column.type, c, column, place, depth) };
  if (schema["type"] === undefined && !column.nullable)
    place.lose("not-null", "Where any value is taken, null is one of them.");
  return column.nullable ? nullable(schema) : schema;
}

function nullable(schema: Schema): Schema {
  const { type, enum: values, ...rest } = schema;
  if (type === undefined) return schema;
  return {
    ...rest,
    type: [...(Array.isArray(type) ? (type as unknown[]) : [type]), "null"],
    ...(Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {}),
  };
}

type Inner = Pick<ContractColumn, "fields" | "element">;

function valueSchema(type: LogicalType, c: Constraints, inner: Inner, place: Place, depth: number): Schema {
  const { lose } = place;
  if (depth > deepest) {
    lose("nesting", `Nesting below ${deepest} levels is not described.`);
    return {};
  }
  switch (type.kind) {
    case "boolean":
      return { type: "boolean", ...accepted(c, "boolean", lose) };
    case "integer":
      if (type.bits > 64 || (type.bits === 64 && !type.signed) || (type.bits < 64 && hidesLimits(type.signed, c)))
        lose("type", "The width of an integer shows in its bounds alone.");
      if (!type.signed && type.bits < 64 && c.min !== undefined && c.max === undefined && Number(c.min) <= 0)
        lose("bounds", "That it is not below zero is said by its type.");
      if (!type.signed && c.min === undefined && (type.bits >= 64 || c.max !== undefined))
        lose("bounds", "That it has no sign is a bound.");
      return { type: "integer", ...limits(type), ...numericBounds(c, lose), ...accepted(c, "number", lose) };
    case "float":
      if (type.bits === 32) lose("type", "A number of JSON has 64 bits.");
      return { type: "number", ...numericBounds(c, lose), ...accepted(c, "number", lose) };
    case "decimal": {
      if (hasBounds(c)) lose("bounds", "Bounds of a decimal are not checked: it is text, so that no digit is lost.");
      if (c.enum !== undefined) lose("enum", "Accepted values of a decimal are not checked.");
      const whole = Math.max(0, type.precision - type.scale);
      const digits = whole === 0 ? "0" : `[0-9]{1,${whole}}`;
      return { type: "string", pattern: `^-?${digits}${type.scale > 0 ? `(\\.[0-9]{1,${type.scale}})?` : ""}$` };
    }
    case "string":
      return { type: "string", ...textRules(c, type.maxLength, lose), ...accepted(c, "string", lose) };
    case "binary":
      if (c.minLength !== undefined || c.maxLength !== undefined)
        lose("length", "The length of binary values is not checked.");
      return { type: "string", contentEncoding: "base64" };
    case "uuid":
      return { type: "string", format: "uuid", ...accepted(c, "string", lose) };
    case "date":
    case "time":
    case "timestamp":
      if (hasBounds(c)) lose("bounds", "JSON Schema has no bounds for dates.");
      if ("precision" in type && type.precision !== 6) lose("precision", "The digits of a second are not said.");
      return { type: "string", ...temporal(type), ...accepted(c, "string", lose) };
    case "interval":
      lose("type", "An interval is text in JSON, in the words of its engine.");
      return { type: "string" };
    case "json":
      return {};
    case "array": {
      const size = type.length === undefined ? {} : { minItems: type.length, maxItems: type.length };
      return { type: "array", items: partSchema(type.element, inner, place, depth), ...size };
    }
    case "map":
      if (type.key.kind !== "string") lose("map-key", `Keys of type ${type.key.kind} are strings in JSON.`);
      return { type: "object", additionalProperties: partSchema(type.value, inner, place, depth) };
    case "struct":
      if (inner.fields !== undefined) return record(inner.fields, place, depth + 1);
      return {
        type: "object",
        properties: properties(
          type.fields.map((field) => [field.name, partSchema(field, {}, place.inner(field.name, place.at), depth)]),
        ),
        required: type.fields.map((field) => field.name),
      };
    case "opaque":
      lose("type", `Type ${type.name} of ${type.engine} has no counterpart: any value is taken.`);
      return {};
  }
}

function partSchema(field: Field, inner: Inner, place: Place, depth: number): Schema {
  if (inner.element !== undefined) return columnSchema(inner.element, place, depth + 1);
  const schema = valueSchema(field.type, {}, inner, place, depth + 1);
  if (schema["type"] === undefined && !field.nullable)
    place.lose("not-null", "Where any value is taken, null is one of them.");
  return field.nullable ? nullable(schema) : schema;
}

const hasBounds = (c: Constraints): boolean =>
  c.min !== undefined || c.max !== undefined || c.exclusiveMin !== undefined || c.exclusiveMax !== undefined;

/** The type's own bounds are then at neither end; zero is everybody's. */
const hidesLimits = (signed: boolean, c: Constraints): boolean =>
  (c.max !== undefined && (c.min !== undefined || !signed)) || (!signed && c.min !== undefined && Number(c.min) < 0);

function limits(type: { readonly bits: number; readonly signed: boolean }): Schema {
  const low = type.signed ? -(2 ** (type.bits - 1)) : 0;
  // Numbers of JSON are read as doubles: a bound of 64 bits would not be the one that was written.
  return type.bits > 32 ? (type.signed ? {} : { minimum: 0 }) : { minimum: low, maximum: low + 2 ** type.bits - 1 };
}

function numericBounds(c: Constraints, lose: Lose): Schema {
  const found: Schema = {};
  for (const [from, to] of [
    ["min", "minimum"],
    ["max", "maximum"],
    ["exclusiveMin", "exclusiveMinimum"],
    ["exclusiveMax", "exclusiveMaximum"],
  ] as const) {
    const bound = c[from];
    if (bound === undefined) continue;
    const value = Number(bound);
    if (String(bound).trim() !== "" && Number.isFinite(value)) found[to] = value;
    else lose(from, `The bound ${JSON.stringify(bound)} is no number.`);
  }
  return found;
}

function textRules(c: Constraints, declared: number | undefined, lose: Lose): Schema {
  const longest = Math.min(declared ?? Infinity, c.maxLength ?? Infinity);
  const pattern = c.pattern === undefined ? undefined : ecmaPattern(c.pattern);
  // Draft 2020-12 reads patterns as ECMAScript with Unicode, and knows no flags besides.
  const carried = pattern !== undefined && /^u?$/.test(pattern.flags) ? pattern.source : undefined;
  if (c.pattern !== undefined && carried === undefined)
    lose("pattern", `The pattern ${JSON.stringify(c.pattern)} has no form in JSON Schema.`);
  if (hasBounds(c)) lose("bounds", "JSON Schema has no bounds for text.");
  return {
    ...(c.minLength === undefined ? {} : { minLength: c.minLength }),
    ...(longest === Infinity ? {} : { maxLength: longest }),
    ...(carried === undefined ? {} : { pattern: carried }),
    ...(c.format === undefined ? {} : { format: c.format }),
  };
}

function accepted(c: Constraints, kind: "string" | "number" | "boolean", lose: Lose): Schema {
  if (c.enum === undefined) return {};
  const values = c.enum.filter((value) => typeof value === kind);
  if (values.length < c.enum.length) lose("enum", "Accepted values that do not fit the type are left out.");
  return values.length === 0 ? {} : { enum: [...new Set(values)] };
}

const clock = "[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?";

/** `date-time` and `time` ask for a zone; what has none gets a pattern instead. */
function temporal(type: LogicalType): Schema {
  if (type.kind !== "time" && type.kind !== "timestamp") return { format: "date" };
  if (type.zoned) return { format: type.kind === "timestamp" ? "date-time" : "time" };
  return { pattern: type.kind === "timestamp" ? `^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]${clock}$` : `^${clock}$` };
}
