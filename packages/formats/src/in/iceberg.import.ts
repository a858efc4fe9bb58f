import type { Path } from "@meshwork/diagnostics";
import { pathStep } from "../ids/contract-ids.ts";
import type { NamedPart, Part, PartShape } from "./columns.ts";
import { decimal, deepest, defined, float, int, timestamp, toColumn } from "./columns.ts";
import type { Imported, ImportSource, ReadContext } from "./define-import.ts";
import { defineImport } from "./define-import.ts";
import type { JsonDocument } from "./json/json-document.ts";
import { items, mapping, readJson, texts } from "./json/json-document.ts";

type Schema = Readonly<Record<string, unknown>>;

/**
 * Apache Iceberg: the current schema of a table's metadata (`…metadata.json`, format versions 1 to 3), or a schema
 * alone. Identifier fields are the primary key; field ids go into `contract.ids.json`.
 */
export const iceberg = defineImport({
  name: "iceberg",
  summary: "Iceberg table metadata (….metadata.json), or a schema alone",
  guess(file, head) {
    if (/\.metadata\.json$|\.iceberg\.json$/i.test(file)) return 1;
    return /"(?:table-uuid|current-schema-id|last-column-id|schema-id)"\s*:/.test(head) ? 0.9 : 0;
  },
  read: readIceberg,
});

function readIceberg(source: ImportSource, context: ReadContext): Imported {
  const read = readJson(source.file, source.text);
  if (!read.ok) {
    context.report("unreadable", { format: "Iceberg metadata", reason: read.reason }, { span: read.span });
    return { ports: [] };
  }
  const { document } = read;
  const table = mapping(document.value) ?? {};
  const place = schemaPlace(table);
  const schema =
    place === undefined
      ? undefined
      : place.length === 0
        ? table
        : place.length === 1
          ? mapping(table["schema"])
          : mapping(items(table["schemas"])[place[1] as number]);
  if (place === undefined || schema === undefined) {
    context.report("nothing-found", { what: "schema with fields" }, { span: document.spanOf([]) });
    return { ports: [] };
  }
  const name = nameOf(table, source.file);
  const reader = new IcebergReader(document, context, name);
  const keys = new Set(items(schema["identifier-field-ids"]));
  const columns = reader.fields(schema, place, "", "", 0).map((part, i) => {
    const id = mapping(items(schema["fields"])[i])?.["id"];
    return toColumn(keys.has(id) ? { ...part, constraints: { ...part.constraints, primaryKey: true } } : part);
  });
  const key = columns.filter((column) => column.constraints.primaryKey === true);
  if (keys.size > key.length)
    context.lose({
      feature: "primary-key",
      message: "An identifier inside a struct is no key of a contract.",
      port: name,
      span: () => document.spanOf([...place, "identifier-field-ids"]),
    });
  loseLayout(table, document, context, name);
  const description = texts(mapping(table["properties"])?.["comment"]);
  // `…/sales/orders`, or `…/sales.db/orders` where Hive keeps it.
  const [, , ...folders] = (texts(table["location"]) ?? "").replace(/\/+$/, "").split("/");
  const namespace = folders.length > 2 ? folders.at(-2)?.replace(/\.db$/, "") : undefined;
  return {
    ports: [
      defined({ name, namespace, description, columns, checks: [], ids: reader.ids, span: document.spanOf(place) }),
    ],
  };
}

/** Where the current schema stands. */
function schemaPlace(table: Schema): Path | undefined {
  if (table["type"] === "struct" && Array.isArray(table["fields"])) return [];
  const schemas = items(table["schemas"]);
  if (schemas.length > 0) {
    const at = schemas.findIndex((schema) => mapping(schema)?.["schema-id"] === table["current-schema-id"]);
    return ["schemas", at >= 0 ? at : schemas.length - 1];
  }
  return mapping(table["schema"]) === undefined ? undefined : ["schema"];
}

/** A table is called as its folder is: `…/db/orders/metadata/v3.metadata.json`. */
function nameOf(table: Schema, file: string): string {
  const location = texts(table["location"])?.replace(/\/+$/, "");
  const stem = file.replace(/^.*\//, "").replace(/(?:\.iceberg|\.metadata)?\.json$/i, "");
  return (location === undefined ? undefined : location.split("/").at(-1)) || stem;
}

function loseLayout(table: Schema, document: JsonDocument, context: ReadContext, port: string): void {
  const specs = items(table["partition-specs"]);
  const current = specs.findIndex((spec) => mapping(spec)?.["spec-id"] === table["default-spec-id"]);
  if (current >= 0 && items(mapping(specs[current])?.["fields"]).length > 0)
    context.lose({
      feature: "storage",
      message: "How the table is partitioned is not kept.",
      port,
      span: () => document.spanOf(["partition-specs", current]),
    });
}

const plain: Readonly<Record<string, PartShape>> = {
  boolean: { kind: "boolean" },
  int: int(32),
  long: int(64),
  float: float(32),
  double: float(64),
  date: { kind: "date" },
  time: { kind: "time", precision: 6, zoned: false },
  timestamp: timestamp(6, false),
  timestamptz: timestamp(6, true),
  timestamp_ns: timestamp(9, false),
  timestamptz_ns: timestamp(9, true),
  string: { kind: "string" },
  uuid: { kind: "uuid" },
  binary: { kind: "binary" },
  variant: { kind: "json" },
};

class IcebergReader {
  readonly #document: JsonDocument;
  readonly #context: ReadContext;
  readonly #port: string;
  readonly ids: Record<string, number> = {};

  constructor(document: JsonDocument, context: ReadContext, port: string) {
    this.#document = document;
    this.#context = context;
    this.#port = port;
  }

  #number(path: string, id: unknown): void {
    if (typeof id === "number" && Number.isSafeInteger(id) && id > 0 && !Object.values(this.ids).includes(id))
      this.ids[path] = id;
  }

  fields(struct: Schema, path: Path, above: string, numbered: string, depth: number): NamedPart[] {
    return items(struct["fields"]).flatMap((each, i): NamedPart[] => {
      const field = mapping(each);
      const name = field?.["name"];
      if (field === undefined || typeof name !== "string") return [];
      const at = [...path, "fields", i];
      const column = above === "" ? name : `${above}.${name}`;
      const step = pathStep(numbered, name);
      this.#number(step, field["id"]);
      for (const key of ["initial-default", "write-default"])
        if (field[key] !== undefined)
          this.#lose("default", `The default of "${column}" is not kept.`, [...at, key], column);
      return [
        defined({
          name,
          shape: this.#shape(field["type"], [...at, "type"], column, step, depth),
          nullable: field["required"] !== true,
          description: texts(field["doc"]),
        }),
      ];
    });
  }

  #lose(feature: string, message: string, path: Path, column: string): void {
    this.#context.lose({ feature, message, port: this.#port, column, span: () => this.#document.spanOf(path) });
  }

  #shape(type: unknown, path: Path, column: string, numbered: string, depth: number): PartShape {
    if (depth > deepest) {
      this.#context.report(
        "too-deep",
        { what: `"${column}"`, limit: deepest },
        { span: () => this.#document.spanOf(path) },
      );
      return { kind: "json" };
    }
    const nested = mapping(type);
    const inner = (step: string, name: string, nullable: boolean): Part => {
      const below = pathStep(numbered, name);
      this.#number(below, nested?.[`${step}-id`]);
      return { shape: this.#shape(nested?.[step], [...path, step], column, below, depth + 1), nullable };
    };
    switch (nested?.["type"]) {
      case "struct":
        return { kind: "struct", fields: this.fields(nested, path, column, numbered, depth + 1) };
      case "list":
        return { kind: "array", element: inner("element", "element", nested["element-required"] !== true) };
      case "map": {
        const key = inner("key", "key", false).shape;
        const scalar = key.kind !== "array" && key.kind !== "map" && key.kind !== "struct";
        if (!scalar) this.#lose("map-key", "Keys of a map are scalars in a contract.", path, column);
        return {
          kind: "map",
          key: scalar ? key : { kind: "string" },
          value: inner("value", "value", nested["value-required"] !== true),
        };
      }
      default:
        return this.#word(String(nested?.["type"] ?? type), path, column);
    }
  }

  #word(word: string, path: Path, column: string): PartShape {
    if (Object.hasOwn(plain, word)) return plain[word]!;
    const digits = /^decimal\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/.exec(word);
    if (digits !== null) return decimal(Number(digits[1]), Number(digits[2]));
    const fixed = /^fixed\[(\d{1,9})\]$/.exec(word);
    if (fixed !== null) return { kind: "binary", maxLength: Number(fixed[1]) };
    this.#context.report(
      "unknown-type",
      { type: word.slice(0, 60), column, taken: "text" },
      { span: () => this.#document.spanOf(path) },
    );
    this.#lose("type", `Iceberg's type ${word.slice(0, 60)} has no word in a contract.`, path, column);
    return { kind: "string" };
  }
}
