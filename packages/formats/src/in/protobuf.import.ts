import { pathStep } from "../ids/contract-ids.ts";
import type { NamedPart, Part, PartShape } from "./columns.ts";
import { deepest, defined, float, int, timestamp, toColumn } from "./columns.ts";
import type { Imported, ImportedPort, ImportSource, ReadContext } from "./define-import.ts";
import { defineImport } from "./define-import.ts";
import { parseProto } from "./protobuf/parse-proto.ts";
import type { ProtoField, ProtoFile, ProtoMessage } from "./protobuf/parse-proto.ts";

/**
 * Protobuf (`.proto`: proto2, proto3, editions): each message that no other one contains is a port. Field numbers go
 * into `contract.ids.json`, reserved ones too. A field may be null unless it is `required`: without a value it reads
 * as zero or empty, which is no promise. Lists and maps are empty, never null.
 */
export const protobuf = defineImport({
  name: "protobuf",
  summary: "Protobuf messages (.proto), with their numbers",
  guess: (file, head) => (/\.proto$/i.test(file) ? 1 : /^\s*syntax\s*=\s*"proto[23]"/m.test(head) ? 0.95 : 0),
  read: readProtobuf,
});

function readProtobuf(source: ImportSource, context: ReadContext): Imported {
  const file = parseProto(source.file, source.text);
  if (file.problem !== undefined) {
    context.report("unreadable", { format: "Protobuf", reason: file.problem.reason }, { span: file.problem.span });
    return { ports: [] };
  }
  for (const { what, span } of file.skipped)
    context.lose({ feature: "statement", message: `${what} is no schema of rows.`, span });
  // A message that holds itself is not thereby a part of another.
  const top = (name: string): string =>
    [...file.messages.values()].find((m) => m.depth === 0 && (name === m.full || name.startsWith(`${m.full}.`)))
      ?.full ?? name;
  const inner = new Set(
    [...file.messages.values()].flatMap((message) =>
      message.fields.flatMap((field) => {
        const target = resolve(field.type, message.full, file);
        return target === undefined || top(target) === top(message.full) ? [] : [target];
      }),
    ),
  );
  const outer = [...file.messages.values()].filter((message) => message.depth === 0 && message.fields.length > 0);
  const roots = outer.filter((message) => !inner.has(message.full));
  const ports = (roots.length > 0 ? roots : outer).map((message) => portOf(message, file, context));
  if (ports.length === 0)
    context.report(
      "nothing-found",
      { what: "message with fields" },
      { span: { file: source.file, line: 1, column: 1, endLine: 1, endColumn: 1 } },
    );
  const major = /(?:^|\.)v([1-9]\d{0,3})$/.exec(file.package)?.[1];
  return { ports, ...(major === undefined ? {} : { product: { version: `${major}.0.0` } }) };
}

function portOf(message: ProtoMessage, file: ProtoFile, context: ReadContext): ImportedPort {
  const reader = new ProtoReader(file, context, message.name);
  const columns = reader.fields(message, "", "", 0).map(toColumn);
  reader.reserve(message);
  return defined({
    name: message.name,
    namespace: file.package || undefined,
    description: message.comment,
    columns,
    checks: [],
    ids: reader.ids,
    span: message.span,
  });
}

/** A name is looked for from the innermost message outward, as protoc does; undefined where nothing has it. */
function resolve(type: string, from: string, file: ProtoFile): string | undefined {
  const known = (name: string): boolean => file.messages.has(name) || file.enums.has(name);
  if (type.startsWith(".")) return known(type.slice(1)) ? type.slice(1) : undefined;
  for (let scope = from; ; scope = scope.slice(0, Math.max(0, scope.lastIndexOf(".")))) {
    const name = scope === "" ? type : `${scope}.${type}`;
    if (known(name)) return name;
    if (scope === "") return undefined;
  }
}

const scalars: Readonly<Record<string, PartShape>> = {
  double: float(64),
  float: float(32),
  int32: int(32),
  sint32: int(32),
  sfixed32: int(32),
  int64: int(64),
  sint64: int(64),
  sfixed64: int(64),
  uint32: int(32, false),
  fixed32: int(32, false),
  uint64: int(64, false),
  fixed64: int(64, false),
  bool: { kind: "boolean" },
  string: { kind: "string" },
  bytes: { kind: "binary" },
  "google.protobuf.Timestamp": timestamp(6, true),
  "google.protobuf.Duration": { kind: "interval" },
  "google.protobuf.Struct": { kind: "json" },
  "google.protobuf.Value": { kind: "json" },
  "google.protobuf.ListValue": { kind: "json" },
  "google.protobuf.DoubleValue": float(64),
  "google.protobuf.FloatValue": float(32),
  "google.protobuf.Int64Value": int(64),
  "google.protobuf.UInt64Value": int(64, false),
  "google.protobuf.Int32Value": int(32),
  "google.protobuf.UInt32Value": int(32, false),
  "google.protobuf.BoolValue": { kind: "boolean" },
  "google.protobuf.StringValue": { kind: "string" },
  "google.protobuf.BytesValue": { kind: "binary" },
  "google.type.Date": { kind: "date" },
  "google.type.DateTime": timestamp(6, true),
  "google.type.TimeOfDay": { kind: "time", precision: 6, zoned: false },
};

/** Ranges wider than this say "never again", and a list of numbers cannot. */
const mostReserved = 1000;

class ProtoReader {
  readonly #file: ProtoFile;
  readonly #context: ReadContext;
  readonly #port: string;
  readonly #open: string[] = [];
  readonly ids: Record<string, number> = {};
  readonly #given = new Set<number>();

  constructor(file: ProtoFile, context: ReadContext, port: string) {
    this.#file = file;
    this.#context = context;
    this.#port = port;
  }

  reserve(message: ProtoMessage): void {
    for (const { from, to } of message.reserved) {
      if (to - from >= mostReserved) {
        this.#context.lose({
          feature: "number",
          message: `The numbers ${from} to ${to} are reserved, which is not kept.`,
          port: this.#port,
          span: message.span,
        });
        continue;
      }
      for (let id = from; id <= to; id++) if (!this.#given.has(id)) this.#number(`reserved ${id}`, id);
    }
  }

  #number(path: string, id: number): boolean {
    if (id < 1 || this.#given.has(id)) return false;
    this.#given.add(id);
    this.ids[path] = id;
    return true;
  }

  fields(message: ProtoMessage, above: string, numbered: string, depth: number): NamedPart[] {
    this.#open.push(message.full);
    const seen = new Set<string>();
    const parts = message.fields.flatMap((field): NamedPart[] => {
      const column = above === "" ? field.name : `${above}.${field.name}`;
      if (seen.has(field.name)) {
        this.#context.report(
          "duplicate-name",
          { what: "field", name: field.name, kept: "the first is read" },
          { span: field.span },
        );
        return [];
      }
      seen.add(field.name);
      const path = pathStep(numbered, field.name);
      if (!this.#number(path, field.number))
        this.#lose(
          field,
          column,
          "number",
          `Number ${field.number} is used elsewhere in the message, too: columns of a contract have numbers of their own.`,
        );
      if (field.oneof !== undefined)
        this.#lose(field, column, "condition", `That only one of ${field.oneof} has a value is not kept.`);
      for (const option of field.options)
        if (!["json_name", "packed", "(validate"].includes(option))
          this.#lose(field, column, "option", `The option ${option} is not kept.`);
      return [
        defined({
          ...this.#field(field, message, column, path, depth),
          name: field.name,
          description: field.comment,
          deprecated: field.deprecated ? {} : undefined,
        }),
      ];
    });
    this.#open.pop();
    return parts;
  }

  #lose(field: ProtoField, column: string, feature: string, message: string): void {
    this.#context.lose({ feature, message, port: this.#port, column, span: field.span });
  }

  #field(field: ProtoField, message: ProtoMessage, column: string, path: string, depth: number): Part {
    if (field.key !== undefined) {
      const key = scalars[field.key] ?? { kind: "string" };
      const scalar = key.kind !== "array" && key.kind !== "map" && key.kind !== "struct";
      const value = this.#value(field, message, column, pathStep(path, "value"), depth);
      return {
        shape: { kind: "map", key: scalar ? key : { kind: "string" }, value: { ...value, nullable: false } },
        nullable: false,
      };
    }
    if (field.label === "repeated") {
      const element = this.#value(field, message, column, pathStep(path, "element"), depth);
      return { shape: { kind: "array", element: { ...element, nullable: false } }, nullable: false };
    }
    return { ...this.#value(field, message, column, path, depth), nullable: field.label !== "required" };
  }

  #value(field: ProtoField, message: ProtoMessage, column: string, path: string, depth: number): Part {
    const name = field.type.replace(/^\./, "");
    const full = resolve(field.type, message.full, this.#file);
    const known = full === undefined && Object.hasOwn(scalars, name) ? scalars[name] : undefined;
    if (known !== undefined) return { shape: known, nullable: true };
    const values = full === undefined ? undefined : this.#file.enums.get(full)?.values;
    if (values !== undefined)
      this.#lose(
        field,
        column,
        "type",
        `${field.type} is a number on the wire; the contract has the names of its values.`,
      );
    if (values !== undefined) return { shape: { kind: "string" }, nullable: true, constraints: { enum: values } };
    const inner = full === undefined ? undefined : this.#file.messages.get(full);
    if (inner === undefined) {
      this.#context.report("unknown-type", { type: field.type, column, taken: "JSON" }, { span: field.span });
      this.#lose(field, column, "type", `${field.type} is in another file.`);
      return { shape: { kind: "json" }, nullable: true };
    }
    if (this.#open.includes(inner.full) || depth > deepest) {
      this.#context.report("too-deep", { what: `"${column}"`, limit: deepest }, { span: field.span });
      return { shape: { kind: "json" }, nullable: true };
    }
    return { shape: { kind: "struct", fields: this.fields(inner, column, path, depth + 1) }, nullable: true };
  }
}
