import type { Constraints, ContractColumn, OutputPort } from "@meshwork/contract";
import { kebabName } from "@meshwork/contract";
import type { Field, LogicalType } from "@meshwork/sql";
import { ecmaPattern } from "./bounds.ts";
import { defineFormat } from "./define-format.ts";

type Schema = { [key: string]: unknown };
type Lose = (feature: string, message: string) => void;

const deepest = 40;

/**
 * A JSON Schema (draft 2020-12) for the rows of each output port as JSON: `<port>.schema.json`. Decimals and 64-bit
 * integers beyond 53 bits travel as text, timestamps, dates and times as ISO text, binary as base64. Columns that the
 * port does not promise are not forbidden.
 */
export const jsonSchema = defineFormat({
  name: "json-schema",
  summary: "JSON Schema 2020-12 for the rows of each port (<port>.schema.json)",
  emit: (contract, { report, relation }) =>
    contract.ports.map((port) => {
      const lose =
        (column: ContractColumn): Lose =>
        (feature, message) =>
          report({ feature, message, port: port.name, column: column.name, path: column.at });
      const schema: Schema = {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        $id: `urn:mesh:${encodeURIComponent(relation(port))}`,
        title: port.title ?? (port.default ? contract.title : undefined) ?? port.name,
        description: port.description ?? (port.default ? contract.description : undefined),
        ...record(port.columns, lose, 0),
      };
      return { path: `${fileName(port)}.schema.json`, text: `${JSON.stringify(schema, null, 2)}\n` };
    }),
});

// A port's name becomes a file's: whatever it holds, the file stays in its folder.
const fileName = (port: OutputPort): string => kebabName(port.name).replaceAll("-", "_") || "port";

function record(columns: readonly ContractColumn[], lose: (column: ContractColumn) => Lose, depth: number): Schema {
  return {
    type: "object",
    properties: properties(columns.map((column) => [column.name, columnSchema(column, lose(column), depth)])),
    required: columns.map((column) => column.name),
  };
}

/** Names out of a contract as keys: `__proto__` too is an own one. */
function properties(entries: readonly (readonly [string, Schema])[]): Schema {
  return Object.fromEntries(entries);
}

function columnSchema(column: ContractColumn, lose: Lose, depth: number): Schema {
  const { constraints: c } = column;
  if (c.primaryKey === true || c.unique === true) lose("unique", "Uniqueness concerns all rows; a schema sees one.");
  if (c.references !== undefined) lose("references", "A reference concerns another product's rows.");
  const about: Schema = {
    ...(column.title === undefined ? {} : { title: column.title }),
    ...(column.description === undefined ? {} : { description: column.description }),
    ...(column.examples === undefined ? {} : { examples: column.examples }),
    ...(column.deprecated === undefined ? {} : { deprecated: true }),
  };
  const schema = { ...about, ...valueSchema(column.type, c, column, lose, depth) };
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

function valueSchema(type: LogicalType, c: Constraints, inner: Inner, lose: Lose, depth: number): Schema {
  if (depth > deepest) {
    lose("nesting", `Nesting below ${deepest} levels is not described.`);
    return {};
  }
  switch (type.kind) {
    case "boolean":
      return { type: "boolean", ...accepted(c, "boolean", lose) };
    case "integer":
      return { type: "integer", ...limits(type), ...numericBounds(c, lose), ...accepted(c, "number", lose) };
    case "float":
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
      return { type: "string", ...temporal(type), ...accepted(c, "string", lose) };
    case "interval":
      return { type: "string" };
    case "json":
      return {};
    case "array": {
      const size = type.length === undefined ? {} : { minItems: type.length, maxItems: type.length };
      return { type: "array", items: partSchema(type.element, inner, lose, depth), ...size };
    }
    case "map":
      if (type.key.kind !== "string") lose("map-key", `Keys of type ${type.key.kind} are strings in JSON.`);
      return { type: "object", additionalProperties: partSchema(type.value, inner, lose, depth) };
    case "struct":
      if (inner.fields !== undefined) return record(inner.fields, () => lose, depth + 1);
      return {
        type: "object",
        properties: properties(type.fields.map((field) => [field.name, partSchema(field, {}, lose, depth)])),
        required: type.fields.map((field) => field.name),
      };
    case "opaque":
      lose("type", `Type ${type.name} of ${type.engine} has no counterpart: any value is taken.`);
      return {};
  }
}

function partSchema(field: Field, inner: Inner, lose: Lose, depth: number): Schema {
  if (inner.element !== undefined) return columnSchema(inner.element, lose, depth + 1);
  const schema = valueSchema(field.type, {}, inner, lose, depth + 1);
  return field.nullable ? nullable(schema) : schema;
}

const hasBounds = (c: Constraints): boolean =>
  c.min !== undefined || c.max !== undefined || c.exclusiveMin !== undefined || c.exclusiveMax !== undefined;

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
