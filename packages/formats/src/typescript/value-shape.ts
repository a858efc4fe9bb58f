import type { Constraints, ContractColumn } from "@meshwork/contract";
import type { Field, LogicalType } from "@meshwork/sql";
import { decimalText, ecmaPattern, instantOf, unitsOf } from "../bounds.ts";
import { columnComment } from "./doc-comment.ts";
import { objectKey, typeKey } from "./names.ts";

/** How a value is written as a type and as a zod schema. */
export interface Shape {
  readonly type: string;
  readonly schema: string;
}

/** Functions that the emitted module needs; it carries only those that it uses. */
export type Support = "instant" | "units" | "characters";

export interface ShapeContext {
  readonly lose: (feature: string, message: string) => void;
  readonly need: (support: Support) => void;
}

// Deeper nesting than any engine takes: what a hostile file asks for is cut off here.
const deepest = 40;
const json = JSON.stringify;

/** The shape of a column with its constraints; `depth` is the nesting, for indentation and for the bound. */
export function columnShape(column: ContractColumn, context: ShapeContext, depth = 1): Shape {
  const constraints = column.embedding
    ? { ...column.constraints, minLength: undefined, maxLength: undefined }
    : column.constraints;
  const shape = valueShape(column.type, constraints, column, context, depth);
  return column.nullable ? nullable(shape) : shape;
}

const nullable = (shape: Shape): Shape => ({
  type: shape.type === "unknown" ? "unknown" : `${shape.type} | null`,
  schema: `${shape.schema}.nullable()`,
});

function valueShape(type: LogicalType, c: Constraints, inner: Inner, context: ShapeContext, depth: number): Shape {
  if (depth > deepest) {
    context.lose("nesting", `Nesting below ${deepest} levels is not described.`);
    return { type: "unknown", schema: "z.unknown()" };
  }
  switch (type.kind) {
    case "boolean":
      return oneOf(c, (v) => typeof v === "boolean", context) ?? { type: "boolean", schema: "z.boolean()" };
    case "integer":
      return type.bits <= 32 ? smallInteger(type, c, context) : bigInteger(type, c, context);
    case "float":
      return number(c, "z.number()", context);
    case "decimal":
      return decimal(type, c, context);
    case "string":
      return string(c, type.maxLength, context);
    case "uuid":
      return ordered(c, "z.guid()", () => undefined, context);
    case "date":
      return ordered(c, "z.iso.date()", (bound) => /^\d{4}-\d{2}-\d{2}/.exec(bound)?.[0], context);
    case "time":
      return ordered(
        c,
        String.raw`z.string().regex(/^\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?$/)`,
        (b) => b,
        context,
      );
    case "timestamp":
      return timestamp(c, type.precision, context);
    case "interval":
      return { type: "string", schema: "z.string()" };
    case "json":
      return { type: "unknown", schema: "z.json()" };
    case "binary":
      return { type: "Uint8Array", schema: `z.instanceof(Uint8Array)${bytes(c, type.maxLength)}` };
    case "array": {
      const element = elementShape(type.element, inner, context, depth);
      const length = type.length === undefined ? "" : `.length(${type.length})`;
      return { type: `Array<${element.type}>`, schema: `z.array(${element.schema})${length}` };
    }
    case "map": {
      if (type.key.kind !== "string")
        context.lose("map-key", `Keys of type ${type.key.kind} are strings in JavaScript.`);
      const value = elementShape(type.value, inner, context, depth);
      return { type: `Record<string, ${value.type}>`, schema: `z.record(z.string(), ${value.schema})` };
    }
    case "struct":
      return struct(type.fields, inner.fields, context, depth);
    case "opaque":
      context.lose("type", `Type ${type.name} of ${type.engine} has no counterpart: any value is taken.`);
      return { type: "unknown", schema: "z.unknown()" };
  }
}

/** What lies inside a column, with constraints of its own. */
type Inner = Pick<ContractColumn, "fields" | "element">;

/** The element of an array or the value of a map; it and the fields of its struct carry their own constraints. */
function elementShape(field: Field, inner: Inner, context: ShapeContext, depth: number): Shape {
  const deeper = depth + (field.type.kind === "struct" ? 0 : 1);
  if (inner.element !== undefined) return columnShape(inner.element, context, deeper);
  const shape = valueShape(field.type, {}, inner, context, deeper);
  return field.nullable ? nullable(shape) : shape;
}

function struct(
  plain: readonly Field[],
  rich: readonly ContractColumn[] | undefined,
  context: ShapeContext,
  depth: number,
): Shape {
  const inner = "  ".repeat(depth + 1);
  const outer = "  ".repeat(depth);
  const members = rich
    ? rich.map((column) => ({
        name: column.name,
        comment: columnComment(column, inner),
        shape: columnShape(column, context, depth + 1),
      }))
    : plain.map((field) => ({
        name: field.name,
        comment: "",
        shape: elementShape(field, {}, context, depth + 1),
      }));
  return {
    type: `{\n${members.map((m) => `${m.comment}${inner}${typeKey(m.name)}: ${m.shape.type};\n`).join("")}${outer}}`,
    schema: `z.object({\n${members.map((m) => `${inner}${objectKey(m.name)}: ${m.shape.schema},\n`).join("")}${outer}})`,
  };
}

/** A union of the accepted values, where the contract lists some that fit the type. */
function oneOf(c: Constraints, fits: (v: unknown) => boolean, context: ShapeContext): Shape | undefined {
  if (c.enum === undefined) return undefined;
  const values = c.enum.filter(fits);
  if (values.length < c.enum.length) context.lose("enum", "Accepted values that do not fit the type are left out.");
  if (values.length === 0) return undefined;
  const texts = values.map((value) => json(value));
  return { type: texts.join(" | "), schema: `z.literal([${texts.join(", ")}])` };
}

const bounds = [
  ["min", ">=", "at least"],
  ["max", "<=", "at most"],
  ["exclusiveMin", ">", "more than"],
  ["exclusiveMax", "<", "less than"],
] as const;

/** Refinements for the bounds; `print` gives both sides of a comparison, or undefined where the bound is none. */
function bounded(
  c: Constraints,
  print: (bound: number | string) => [string, string] | undefined,
  context: ShapeContext,
): string {
  return bounds
    .map(([key, operator, words]) => {
      const bound = c[key];
      if (bound === undefined) return "";
      const sides = print(bound);
      if (sides !== undefined)
        return `.refine((value) => ${sides[0]} ${operator} ${sides[1]}, ${json(`must be ${words} ${bound}`)})`;
      context.lose(key, `The bound ${json(bound)} does not fit the type.`);
      return "";
    })
    .join("");
}

function number(c: Constraints, base: string, context: ShapeContext): Shape {
  const values = oneOf(c, (v) => typeof v === "number", context) ?? { type: "number", schema: base };
  const checks = bounded(
    c,
    (bound) => (decimalText(bound) === undefined ? undefined : ["value", String(Number(bound))]),
    context,
  );
  return { type: values.type, schema: values.schema + checks };
}

function limits(type: { bits: number; signed: boolean }): [bigint, bigint] {
  const size = 1n << BigInt(type.signed ? type.bits - 1 : type.bits);
  return [type.signed ? -size : 0n, size - 1n];
}

function smallInteger(type: { bits: number; signed: boolean }, c: Constraints, context: ShapeContext): Shape {
  const [low, high] = limits(type);
  return number(c, `z.int().min(${low}).max(${high})`, context);
}

/** More than 53 bits: a bigint, or a number where it is exact. */
function bigInteger(type: { bits: number; signed: boolean }, c: Constraints, context: ShapeContext): Shape {
  const [low, high] = limits(type);
  const any = `z.union([z.int()${type.signed ? "" : ".min(0)"}, z.bigint().min(${low}n).max(${high}n)])`;
  const listed = oneOf(c, (v) => Number.isSafeInteger(v), context);
  const values = listed && c.enum!.filter((v) => Number.isSafeInteger(v)).map((v) => `${String(v)}n`);
  const shape =
    listed === undefined || values === undefined
      ? { type: "number | bigint", schema: any }
      : {
          type: `${listed.type} | ${values.join(" | ")}`,
          schema: `z.literal([${[...listed.type.split(" | "), ...values].join(", ")}])`,
        };
  const print = (bound: number | string): [string, string] | undefined => {
    const exact = decimalText(bound);
    return exact === undefined ? undefined : ["value", exact.includes(".") ? exact : `${exact}n`];
  };
  return { type: shape.type, schema: shape.schema + bounded(c, print, context) };
}

/** Exact, therefore text: `"12.40"`. Comparisons are made in integers of the last digit. */
function decimal(type: { precision: number; scale: number }, c: Constraints, context: ShapeContext): Shape {
  const scale = Math.max(0, Math.trunc(type.scale));
  const whole = Math.max(0, Math.trunc(type.precision) - scale);
  const base = `z.string().regex(/^-?${whole === 0 ? "0" : `\\d{1,${whole}}`}${scale === 0 ? "" : `(\\.\\d{1,${scale}})?`}$/)`;
  const compare = (bound: number | string): [string, string] | undefined => {
    const text = decimalText(bound);
    if (text === undefined) return undefined;
    context.need("units");
    const digits = Math.max(scale, text.split(".")[1]?.length ?? 0);
    return [`units(value, ${digits})`, `${unitsOf(text, digits)}n`];
  };
  let checks = bounded(c, compare, context);
  const accepted = c.enum?.filter((v) => typeof v !== "boolean" && decimalText(v) !== undefined) as
    | (string | number)[]
    | undefined;
  if (accepted !== undefined && accepted.length > 0) {
    const tests = accepted.map((v) => compare(v)!).map(([left, right]) => `${left} === ${right}`);
    checks += `.refine((value) => ${tests.join(" || ")}, ${json(`must be one of ${accepted.join(", ")}`)})`;
  }
  if ((accepted?.length ?? 0) < (c.enum?.length ?? 0))
    context.lose("enum", "Accepted values that do not fit the type are left out.");
  return { type: "string", schema: base + checks };
}

function string(c: Constraints, declared: number | undefined, context: ShapeContext): Shape {
  const shape = oneOf(c, (v) => typeof v === "string", context) ?? { type: "string", schema: "z.string()" };
  const longest = Math.min(declared ?? Infinity, c.maxLength ?? Infinity);
  let checks = "";
  // Lengths count characters, as the engines do; JavaScript's `length` counts UTF-16 units.
  if (c.minLength !== undefined)
    checks += `.refine((value) => characters(value) >= ${c.minLength}, "must have at least ${c.minLength} characters")`;
  if (longest !== Infinity)
    checks += `.refine((value) => characters(value) <= ${longest}, "must have at most ${longest} characters")`;
  if (checks !== "") context.need("characters");
  if (c.pattern !== undefined) {
    const pattern = ecmaPattern(c.pattern);
    if (pattern === undefined)
      context.lose("pattern", `The pattern ${json(c.pattern)} is no regular expression of JavaScript.`);
    else
      checks += `.refine((value) => new RegExp(${json(pattern.source)}, ${json(pattern.flags)}).test(value), ${json(`must match ${c.pattern}`)})`;
  }
  checks += bounded(c, (bound) => (typeof bound === "string" ? ["value", json(bound)] : undefined), context);
  return { type: shape.type, schema: shape.schema + checks };
}

/** Values kept as text whose order is that of the text. */
function ordered(
  c: Constraints,
  base: string,
  bound: (text: string) => string | undefined,
  context: ShapeContext,
): Shape {
  const shape = oneOf(c, (v) => typeof v === "string", context) ?? { type: "string", schema: base };
  const print = (value: number | string): [string, string] | undefined => {
    const text = typeof value === "string" ? bound(value) : undefined;
    return text === undefined ? undefined : ["value", json(text)];
  };
  return { type: shape.type, schema: shape.schema + bounded(c, print, context) };
}

function timestamp(c: Constraints, precision: number, context: ShapeContext): Shape {
  context.need("instant");
  if (precision > 3) context.lose("precision", "Fractions below a millisecond are cut off: a Date has none.");
  const at = (bound: number | string): number | undefined => (typeof bound === "string" ? instantOf(bound) : undefined);
  const print = (bound: number | string): [string, string] | undefined => {
    const ms = at(bound);
    return ms === undefined ? undefined : ["value.getTime()", String(ms)];
  };
  if (c.enum !== undefined) context.lose("enum", "Accepted values of a timestamp are not checked.");
  return { type: "Date", schema: `instant${bounded(c, print, context)}` };
}

function bytes(c: Constraints, declared: number | undefined): string {
  const longest = Math.min(declared ?? Infinity, c.maxLength ?? Infinity);
  const low =
    c.minLength === undefined
      ? ""
      : `.refine((value) => value.length >= ${c.minLength}, "must have at least ${c.minLength} bytes")`;
  return longest === Infinity
    ? low
    : `${low}.refine((value) => value.length <= ${longest}, "must have at most ${longest} bytes")`;
}
