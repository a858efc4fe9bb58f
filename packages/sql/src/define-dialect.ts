import type { Dialect } from "./dialect.ts";
import type { Field, LogicalType } from "./logical-type.ts";
import { isTypeText, parseTypeSyntax, type TypeNode } from "./type-syntax.ts";

type Kind = LogicalType["kind"];
// Some members of the union share a shape between kinds, so `Extract` by one kind would find nothing.
type OfKind<K extends Kind, T = LogicalType> = T extends { readonly kind: infer Own }
  ? K extends Own
    ? T
    : never
  : never;

/** How each kind of type is written; an engine without a kind writes the nearest one that holds the values. */
export type TypePrinters = { readonly [K in Exclude<Kind, "opaque">]: (type: OfKind<K>) => string };

/** What tells one engine from ANSI SQL. Types have no ANSI default: no two engines agree on all of them. */
export interface DialectDefinition extends Partial<
  Pick<Dialect, "identifier" | "matches" | "length" | "placeholder" | "schema">
> {
  readonly name: string;
  types(print: (type: LogicalType) => string, identifier: (name: string) => string): TypePrinters;
  /** The meaning of a type without its array suffixes; `undefined` where the model has no word for it. */
  meaning(node: TypeNode, inner: (node: TypeNode) => LogicalType): LogicalType | undefined;
  /** Whether `type[3]` keeps its length. */
  readonly fixedArrays: boolean;
  readonly literals: {
    string(text: string): string;
    bytes(hex: string): string;
    /** `YYYY-MM-DD HH:MM:SS.mmm`, UTC. */
    instant(text: string): string;
    /** `NaN`, `Infinity`, `-Infinity`. */
    special(text: string): string;
  };
}

/** A field of which only the type is known, as engines tell it. */
export const anonymous = (type: LogicalType, name = "element"): Field => ({ name, type, nullable: true });

/** A name in double quotes. NUL, which no engine can hold in a name, becomes the replacement character. */
export const quoteAnsi = (name: string): string => `"${name.replaceAll('"', '""').replaceAll("\0", "\uFFFD")}"`;

export const quoteString = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Completes a dialect from what is its own. */
export function defineDialect(own: DialectDefinition): Dialect {
  const identifier = own.identifier ?? quoteAnsi;

  const print = (type: LogicalType): string => {
    if (type.kind === "opaque") {
      // A quoted name is an unknown type to any engine: an error there, and never a statement of its own.
      return type.engine === own.name && isTypeText(type.name) ? type.name : identifier(type.name);
    }
    return (printers[type.kind] as (t: LogicalType) => string)(type);
  };
  const printers = own.types(print, identifier);

  const parse = (name: string): LogicalType => {
    const opaque: LogicalType = { kind: "opaque", engine: own.name, name };
    const node = parseTypeSyntax(name);
    if (node === undefined) return opaque;
    let known = true;
    const inner = (part: TypeNode): LogicalType => {
      const base = own.meaning(part, inner);
      if (base === undefined) {
        known = false;
        return opaque;
      }
      return part.arrays.reduce<LogicalType>(
        (element, length) => ({
          kind: "array",
          element: anonymous(element),
          ...(own.fixedArrays && length !== undefined ? { length } : {}),
        }),
        base,
      );
    };
    const type = inner(node);
    return known ? type : opaque;
  };

  const dotted = (parts: readonly (string | undefined)[]): string =>
    parts.flatMap((part) => (part === undefined ? [] : [identifier(part)])).join(".");

  const dialect: Dialect = {
    name: own.name,
    identifier,
    relation: (r) => dotted([r.database, r.schema, r.name]),
    schema: own.schema ?? (({ database, schema = "" }) => dotted([database, schema])),
    literal(value) {
      if (value === null) return "NULL";
      if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
      if (typeof value === "bigint") return value.toString();
      if (typeof value === "number")
        return Number.isFinite(value) ? String(value) : own.literals.special(String(value));
      if (typeof value === "string") return own.literals.string(value);
      if (value instanceof Date) return own.literals.instant(value.toISOString().replace("T", " ").replace("Z", ""));
      return own.literals.bytes(
        Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex").toUpperCase(),
      );
    },
    placeholder: own.placeholder ?? (() => "?"),
    type: print,
    parseType: parse,
    createTable: (relation, columns) =>
      `CREATE TABLE ${dialect.relation(relation)} (${columns
        .map((c) => `${identifier(c.name)} ${print(c.type)}${c.nullable ? "" : " NOT NULL"}`)
        .join(", ")})`,
    matches: own.matches ?? ((subject, pattern) => `regexp_like(${subject}, ${pattern})`),
    length: own.length ?? ((subject) => `char_length(${subject})`),
  };
  return dialect;
}
