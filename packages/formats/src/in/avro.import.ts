import type { Path } from "@meshwork/diagnostics";
import type { Embedding } from "@meshwork/contract";
import type { NamedPart, Part, PartShape } from "./columns.ts";
import { decimal, deepest, defined, float, int, timestamp, toColumn } from "./columns.ts";
import type { Imported, ImportedPort, ReadContext } from "./define-import.ts";
import { defineImport } from "./define-import.ts";
import type { JsonDocument } from "./json/json-document.ts";
import { items, mapping, readJson, texts } from "./json/json-document.ts";

type Schema = Readonly<Record<string, unknown>>;

/**
 * Avro schemas (specification 1.12): a record is a port, a list of records several. Unions with null are nullable,
 * enums accepted values, fixed values binary; names are looked up in their namespace. Also what Meshwork keeps under
 * `meshwork.…`.
 */
export const avro = defineImport({
  name: "avro",
  summary: "Avro record schemas (.avsc), also in the head of an .avro file",
  guess(file, head) {
    if (/\.avsc$/i.test(file)) return 1;
    return /"type"\s*:\s*"record"/.test(head) && /"fields"\s*:\s*\[/.test(head) ? 0.9 : 0;
  },
  read(source, context) {
    const read = readJson(source.file, source.text);
    if (!read.ok) {
      context.report("unreadable", { format: "Avro schema", reason: read.reason }, { span: read.span });
      return { ports: [] };
    }
    return portsOf(read.document, context);
  },
});

function portsOf(document: JsonDocument, context: ReadContext): Imported {
  const all = Array.isArray(document.value) ? items(document.value) : [document.value];
  const reader = new AvroReader(document, context);
  for (const [i, value] of all.entries()) reader.declare(value, Array.isArray(document.value) ? [i] : [], "", 0);
  const used = new Set<string>();
  const ports = all.flatMap((value, i): ImportedPort[] => {
    const schema = mapping(value);
    if (schema?.["type"] !== "record") return [];
    const port = reader.port(schema, Array.isArray(document.value) ? [i] : []);
    // Of two with one name the first counts, as for Avro.
    if (used.has(port.name)) return [];
    used.add(port.name);
    return [port];
  });
  if (ports.length === 0) context.report("nothing-found", { what: "record" }, { span: document.spanOf([]) });
  return { ports };
}

interface Named {
  readonly schema: Schema;
  readonly path: Path;
  readonly namespace: string;
}

class AvroReader {
  readonly #document: JsonDocument;
  readonly #context: ReadContext;
  readonly #named = new Map<string, Named>();
  #port = "";
  /** Records on the way down: one that comes again contains itself. */
  readonly #open: string[] = [];

  constructor(document: JsonDocument, context: ReadContext) {
    this.#document = document;
    this.#context = context;
  }

  /** Notes every named type of a schema, inner ones too: any place after it may use the name. */
  declare(value: unknown, path: Path, namespace: string, depth: number): void {
    if (depth > deepest * 3) return;
    if (Array.isArray(value)) return value.forEach((each, i) => this.declare(each, [...path, i], namespace, depth + 1));
    const schema = mapping(value);
    if (schema === undefined) return;
    const named =
      typeof schema["name"] === "string" && ["record", "error", "enum", "fixed"].includes(String(schema["type"]));
    const space = named ? namespaceOf(schema, namespace) : namespace;
    if (named) {
      const full = fullName(String(schema["name"]), space);
      if (!this.#named.has(full)) this.#named.set(full, { schema, path, namespace: space });
    }
    if (typeof schema["type"] === "object") this.declare(schema["type"], [...path, "type"], space, depth + 1);
    this.declare(schema["items"], [...path, "items"], space, depth + 1);
    this.declare(schema["values"], [...path, "values"], space, depth + 1);
    for (const [i, field] of items(schema["fields"]).entries())
      this.declare(mapping(field)?.["type"], [...path, "fields", i, "type"], space, depth + 1);
  }

  port(schema: Schema, path: Path): ImportedPort {
    const namespace = namespaceOf(schema, "");
    const name = String(schema["name"] ?? "record");
    this.#port = name.split(".").at(-1)!;
    this.#open.push(fullName(name, namespace));
    const columns = this.#fields(schema, path, namespace, "", 0).map(toColumn);
    this.#open.pop();
    for (const key of ["aliases"])
      if (schema[key] !== undefined) this.#lose("alias", "Former names are not kept.", [...path, key]);
    return defined({
      name: this.#port,
      namespace: namespace || undefined,
      description: texts(schema["doc"]),
      columns,
      checks: [],
      span: this.#document.spanOf(path),
    });
  }

  #lose(feature: string, message: string, path: Path, column?: string): void {
    this.#context.lose({ feature, message, port: this.#port, column, span: () => this.#document.spanOf(path) });
  }

  #fields(record: Schema, path: Path, namespace: string, above: string, depth: number): NamedPart[] {
    const seen = new Set<string>();
    return items(record["fields"]).flatMap((value, i): NamedPart[] => {
      const field = mapping(value);
      const at = [...path, "fields", i];
      const written = texts(field?.["name"]);
      if (field === undefined || written === undefined) {
        this.#context.report(
          "unreadable",
          { format: "Avro schema", reason: "a field has no name" },
          { span: this.#document.spanOf(at) },
        );
        return [];
      }
      const name = texts(field["meshwork.name"]) ?? written;
      if (seen.has(name)) {
        this.#context.report(
          "duplicate-name",
          { what: "field", name, kept: "the first is read" },
          { span: this.#document.spanOf(at) },
        );
        return [];
      }
      seen.add(name);
      const column = above === "" ? name : `${above}.${name}`;
      const part = this.#part(field["type"], [...at, "type"], namespace, column, depth);
      if (field["aliases"] !== undefined) this.#lose("alias", "Former names are not kept.", [...at, "aliases"], column);
      if (field["default"] !== undefined && field["default"] !== null)
        this.#lose(
          "default",
          `The default ${JSON.stringify(field["default"]).slice(0, 40)} is not kept.`,
          [...at, "default"],
          column,
        );
      const timezone = texts(field["meshwork.timezone"]);
      const embedding = embeddingOf(field["meshwork.embedding"]);
      return [
        defined({
          ...part,
          name,
          description: texts(field["doc"]) ?? part.description,
          embedding,
          shape:
            embedding === undefined || part.shape.kind !== "array"
              ? part.shape
              : { ...part.shape, length: embedding.dimensions },
          constraints: timezone === undefined ? part.constraints : { ...part.constraints, timezone },
        }),
      ];
    });
  }

  #part(type: unknown, path: Path, namespace: string, column: string, depth: number): Part {
    if (depth > deepest) return this.#json(path, column);
    if (Array.isArray(type)) return this.#union(type as unknown[], path, namespace, column, depth);
    if (typeof type === "string") {
      const found = primitive(type);
      return found === undefined
        ? this.#reference(type, path, namespace, column, depth)
        : { shape: found, nullable: type === "null" };
    }
    const schema = mapping(type);
    if (schema === undefined) return this.#unknown(String(type), path, column);
    const inner = schema["type"];
    if (typeof inner === "object") return this.#part(inner, [...path, "type"], namespace, column, depth + 1);
    switch (inner) {
      case "array":
        return {
          shape: {
            kind: "array",
            element: this.#part(schema["items"], [...path, "items"], namespace, column, depth + 1),
          },
          nullable: false,
        };
      case "map":
        return {
          shape: {
            kind: "map",
            key: { kind: "string" },
            value: this.#part(schema["values"], [...path, "values"], namespace, column, depth + 1),
          },
          nullable: false,
        };
      case "record":
      case "error":
        return this.#record({ schema, path, namespace: namespaceOf(schema, namespace) }, column, depth);
      case "enum":
        return enumeration(schema);
      case "fixed":
        return this.#fixed(schema, path, column);
      default:
        return this.#logical(schema, String(inner), path, namespace, column, depth);
    }
  }

  #json(path: Path, column: string): Part {
    this.#context.report(
      "too-deep",
      { what: `"${column}"`, limit: deepest },
      { span: () => this.#document.spanOf(path) },
    );
    return { shape: { kind: "json" }, nullable: false };
  }

  #unknown(type: string, path: Path, column: string): Part {
    this.#context.report(
      "unknown-type",
      { type: type.slice(0, 60), column, taken: "text" },
      { span: () => this.#document.spanOf(path) },
    );
    this.#lose("type", `Avro has no type ${type.slice(0, 60)}.`, path, column);
    return { shape: { kind: "string" }, nullable: false };
  }

  #reference(name: string, path: Path, namespace: string, column: string, depth: number): Part {
    const named = this.#named.get(fullName(name, namespace)) ?? this.#named.get(name);
    if (named === undefined) return this.#unknown(name, path, column);
    if (named.schema["type"] === "enum") return enumeration(named.schema);
    if (named.schema["type"] === "fixed") return this.#fixed(named.schema, named.path, column);
    return this.#record(named, column, depth);
  }

  #record(named: Named, column: string, depth: number): Part {
    const full = fullName(String(named.schema["name"]), named.namespace);
    if (this.#open.includes(full)) return this.#json(named.path, column);
    this.#open.push(full);
    const fields = this.#fields(named.schema, named.path, named.namespace, column, depth + 1);
    this.#open.pop();
    return { shape: { kind: "struct", fields }, nullable: false };
  }

  #union(types: readonly unknown[], path: Path, namespace: string, column: string, depth: number): Part {
    const others = types
      .map((type, i) => ({ type, at: [...path, i] }))
      .filter(({ type }) => type !== "null" && mapping(type)?.["type"] !== "null");
    const nullable = others.length < types.length;
    const [only] = others;
    if (others.length === 1 && only !== undefined)
      return { ...this.#part(only.type, only.at, namespace, column, depth), nullable };
    this.#lose("type", `A union of ${others.length} types has no type in a contract: it is JSON.`, path, column);
    return { shape: { kind: "json" }, nullable };
  }

  #fixed(schema: Schema, path: Path, column: string): Part {
    const size = typeof schema["size"] === "number" ? schema["size"] : 0;
    if (schema["logicalType"] === "decimal") return { shape: decimalOf(schema), nullable: false };
    if (schema["logicalType"] === "duration") return { shape: { kind: "interval" }, nullable: false };
    if (schema["logicalType"] === "uuid") return { shape: { kind: "uuid" }, nullable: false };
    if (schema["logicalType"] !== undefined)
      this.#lose("type", `The logical type ${String(schema["logicalType"])} is not known.`, path, column);
    return { shape: { kind: "binary" }, nullable: false, constraints: { minLength: size, maxLength: size } };
  }

  #logical(schema: Schema, base: string, path: Path, namespace: string, column: string, depth: number): Part {
    const logical = schema["logicalType"];
    const shape = typeof logical === "string" ? logicalShape(logical, base, schema) : undefined;
    if (shape !== undefined) return { shape, nullable: false };
    if (logical !== undefined)
      this.#lose(
        "type",
        `The logical type ${String(logical)} of ${base} is not known.`,
        [...path, "logicalType"],
        column,
      );
    return this.#part(base, [...path, "type"], namespace, column, depth + 1);
  }
}

function primitive(type: string): PartShape | undefined {
  switch (type) {
    case "boolean":
      return { kind: "boolean" };
    case "int":
      return int(32);
    case "long":
      return int(64);
    case "float":
      return float(32);
    case "double":
      return float(64);
    case "bytes":
      return { kind: "binary" };
    case "string":
    case "null":
      return { kind: "string" };
    default:
      return undefined;
  }
}

function logicalShape(logical: string, base: string, schema: Schema): PartShape | undefined {
  switch (`${base} ${logical}`) {
    case "bytes decimal":
      return decimalOf(schema);
    case "string uuid":
      return { kind: "uuid" };
    case "int date":
      return { kind: "date" };
    case "int time-millis":
      return { kind: "time", precision: 3, zoned: false };
    case "long time-micros":
      return { kind: "time", precision: 6, zoned: false };
    case "long timestamp-millis":
      return timestamp(3, true);
    case "long timestamp-micros":
      return timestamp(6, true);
    case "long timestamp-nanos":
      return timestamp(9, true);
    case "long local-timestamp-millis":
      return timestamp(3, false);
    case "long local-timestamp-micros":
      return timestamp(6, false);
    case "long local-timestamp-nanos":
      return timestamp(9, false);
    default:
      return undefined;
  }
}

function decimalOf(schema: Schema): PartShape {
  const [precision, scale] = [schema["precision"], schema["scale"] ?? 0];
  const sound =
    Number.isInteger(precision) &&
    Number.isInteger(scale) &&
    (precision as number) >= 1 &&
    (scale as number) >= 0 &&
    (scale as number) <= (precision as number) &&
    (precision as number) <= 1000;
  // A decimal that is none is its bytes, says the specification.
  return sound ? decimal(precision as number, scale as number) : { kind: "binary" };
}

function enumeration(schema: Schema): Part {
  const symbols = items(schema["symbols"]).filter((each): each is string => typeof each === "string");
  return {
    shape: { kind: "string" },
    nullable: false,
    description: texts(schema["doc"]),
    constraints: { enum: symbols },
  };
}

const fullName = (name: string, namespace: string): string =>
  name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;

function namespaceOf(schema: Schema, around: string): string {
  const name = String(schema["name"] ?? "");
  if (name.includes(".")) return name.slice(0, name.lastIndexOf("."));
  return typeof schema["namespace"] === "string" ? schema["namespace"] : around;
}

const elements = ["float32", "float64", "float16", "int8"];
const metrics = ["cosine", "dot", "euclidean"];

/** What Meshwork keeps of an embedding in other formats' metadata; undefined where it is none. */
export function embeddingOf(value: unknown): Embedding | undefined {
  const kept = mapping(value);
  const dimensions = kept?.["dimensions"];
  if (
    kept === undefined ||
    typeof dimensions !== "number" ||
    !Number.isInteger(dimensions) ||
    dimensions < 1 ||
    dimensions > 65_536
  )
    return undefined;
  const element = elements.includes(String(kept["element"])) ? (kept["element"] as Embedding["element"]) : "float32";
  return defined({
    dimensions,
    element,
    model: texts(kept["model"]),
    modelVersion: texts(kept["modelVersion"]),
    metric: metrics.includes(String(kept["metric"])) ? (kept["metric"] as Embedding["metric"]) : undefined,
    normalized: typeof kept["normalized"] === "boolean" ? kept["normalized"] : undefined,
    modality: texts(kept["modality"]),
  });
}
