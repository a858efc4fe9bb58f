import type { Path } from "@meshwork/diagnostics";
import { filled, isMap, mapOf, textOf, textsOf } from "../odcs/raw.ts";
import type { Raw } from "../odcs/raw.ts";

const MAX_DEPTH = 24;
const MAX_HOPS = 16;
/** Definitions of definitions grow by multiplication: no contract has that many fields. */
const MAX_FIELDS = 20_000;

/** A contract of the Data Contract Specification in the words of the Open Data Contract Standard. */
export class Translation {
  readonly document: Raw;
  readonly #raw: Raw;
  readonly #missing: (path: Path, reference: string) => void;
  /** Where each translated part stands, and the field that it was made of. */
  #fields = 0;
  readonly #origins = new WeakMap<object, { readonly path: Path; readonly field: Raw }>();

  constructor(raw: Raw, missing: (path: Path, reference: string) => void) {
    this.#raw = raw;
    this.#missing = missing;
    this.document = this.#contract();
  }

  /** The place in the author's document of what stands at a path of the translated one. */
  placeOf(path: Path): Path {
    let node: unknown = this.document;
    let found: Path = [];
    let rest: Path = path;
    for (const [i, step] of path.entries()) {
      node =
        typeof node === "object" && node !== null && Object.hasOwn(node, step)
          ? (node as Raw)[step as string]
          : undefined;
      const origin = typeof node === "object" && node !== null ? this.#origins.get(node) : undefined;
      if (origin === undefined) continue;
      found = origin.path;
      rest = path.slice(i + 1);
    }
    return [...found, ...rest];
  }

  /** The field, with its definition, that a column was made of. */
  fieldAt(path: Path): Raw | undefined {
    let node: unknown = this.document;
    for (const step of path) {
      if (typeof node !== "object" || node === null || !Object.hasOwn(node, step)) return undefined;
      node = (node as Raw)[step as string];
    }
    return typeof node === "object" && node !== null ? this.#origins.get(node)?.field : undefined;
  }

  #contract(): Raw {
    const raw = this.#raw;
    const info = mapOf(raw, "info") ?? {};
    const terms = mapOf(raw, "terms") ?? {};
    const owner = textOf(info, "owner");
    const contact = mapOf(info, "contact");
    const models = Object.entries(mapOf(raw, "models") ?? {}).filter((entry): entry is [string, Raw] =>
      isMap(entry[1]),
    );
    return filled({
      id: textOf(raw, "id"),
      name: textOf(info, "title"),
      version: textOf(info, "version"),
      status: textOf(info, "status") ?? "active",
      domain: textOf(info, "domain"),
      tags: textsOf(raw, "tags"),
      description: filled({
        purpose: textOf(info, "description"),
        usage: textOf(terms, "usage"),
        limitations: textOf(terms, "limitations"),
      }),
      team: owner === undefined ? undefined : { name: owner },
      support:
        contact === undefined
          ? undefined
          : [filled({ channel: textOf(contact, "url") ?? textOf(contact, "email") ?? textOf(contact, "name") })],
      schema: models.map(([name, model]) => this.#model(name, model)),
    });
  }

  #model(name: string, model: Raw): Raw {
    const path = ["models", name];
    const keys = textsOf(model, "primaryKey");
    const fields = Object.entries(mapOf(model, "fields") ?? {}).filter((entry): entry is [string, Raw] =>
      isMap(entry[1]),
    );
    const properties = fields.map(([field, raw]) => {
      const at = keys.indexOf(field);
      const key = at === -1 ? {} : { primaryKey: true, ...(keys.length > 1 ? { primaryKeyPosition: at + 1 } : {}) };
      return this.#property(raw, [...path, "fields", field], field, name, 0, key);
    });
    const made = filled({
      name,
      physicalType: textOf(model, "type") ?? "table",
      businessName: textOf(model, "title"),
      description: textOf(model, "description"),
      properties,
      quality: this.#quality(model, path, name),
    });
    this.#origins.set(made, { path, field: model });
    return made;
  }

  #property(own: Raw, path: Path, name: string | undefined, model: string, depth: number, key: Raw = {}): Raw {
    this.#fields++;
    if (this.#fields > MAX_FIELDS) {
      if (this.#fields === MAX_FIELDS + 1) this.#missing(path, "");
      return name === undefined ? {} : { name };
    }
    const field = this.#resolved(own, path);
    const word = textOf(field, "type");
    const part = (key: string): Raw | undefined => {
      const found = mapOf(field, key);
      return found === undefined || depth > MAX_DEPTH
        ? undefined
        : this.#property(found, [...path, key], undefined, model, depth + 1);
    };
    const nested = depth > MAX_DEPTH ? {} : (mapOf(field, "fields") ?? {});
    const properties = Object.entries(nested)
      .filter((entry): entry is [string, Raw] => isMap(entry[1]))
      .map(([each, raw]) => this.#property(raw, [...path, "fields", each], each, model, depth + 1));
    const value = part("values");
    const values = field["enum"];
    const references = textOf(field, "references");
    const example = field["example"];
    const examples = Array.isArray(field["examples"])
      ? field["examples"]
      : example === undefined
        ? undefined
        : [example];
    const container = word === undefined ? undefined : CONTAINERS[word];
    const made = filled({
      name,
      logicalType: container,
      physicalType: container === undefined || properties.length > 0 ? typeWord(word, field) : undefined,
      businessName: textOf(field, "title"),
      description: textOf(field, "description"),
      required: field["required"],
      primaryKey: field["primaryKey"] ?? field["primary"],
      ...key,
      unique: field["unique"],
      classification: textOf(field, "classification"),
      tags: textsOf(field, "tags"),
      examples,
      enum: Array.isArray(values) ? values.map((each: unknown) => ({ value: each })) : undefined,
      logicalTypeOptions: filled(Object.fromEntries(OPTIONS.map((option) => [option, field[option]]))),
      relationships: references === undefined ? undefined : [{ to: references }],
      properties: properties.length > 0 ? properties : undefined,
      items: part("items"),
      map: value === undefined ? undefined : { key: part("keys") ?? { physicalType: "string" }, value },
      quality: this.#quality(field, path, model),
    });
    this.#origins.set(made, { path, field });
    return made;
  }

  /** A field on top of the definition that it refers to; definitions may refer to others. */
  #resolved(own: Raw, path: Path): Raw {
    let field = own;
    for (let hops = 0; hops < MAX_HOPS; hops++) {
      const reference = textOf(field, "$ref");
      if (reference === undefined || !reference.startsWith("#/definitions/")) return field;
      const definition = mapOf(mapOf(this.#raw, "definitions") ?? {}, reference.slice("#/definitions/".length));
      const { $ref: _, ...rest } = field;
      if (definition === undefined) {
        this.#missing([...path, "$ref"], reference);
        return rest;
      }
      field = { ...definition, ...rest };
    }
    return field;
  }

  /** Here a query names the model; in the other dialects it leaves a place for it. */
  #quality(raw: Raw, path: Path, model: string): readonly unknown[] | undefined {
    const list = raw["quality"];
    if (!Array.isArray(list)) return undefined;
    return list.map((rule: unknown, i) => {
      if (!isMap(rule)) return rule;
      const { mustBeGreaterThanOrEqualTo: least, mustBeLessThanOrEqualTo: most, dialect: _, ...rest } = rule;
      const query = textOf(rule, "query");
      const name = model.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
      const placed = query?.replaceAll(
        new RegExp(String.raw`\b(from|join)(\s+)["\`]?${name}["\`]?(?![\w.])`, "gi"),
        "$1$2{object}",
      );
      const made = filled({
        ...rest,
        query: placed,
        mustBeGreaterOrEqualTo: rest["mustBeGreaterOrEqualTo"] ?? least,
        mustBeLessOrEqualTo: rest["mustBeLessOrEqualTo"] ?? most,
      });
      this.#origins.set(made, { path: [...path, "quality", i], field: rule });
      return made;
    });
  }
}

const CONTAINERS: Readonly<Record<string, string>> = {
  object: "object",
  record: "object",
  struct: "object",
  array: "array",
  map: "map",
};
const OPTIONS = [
  "minLength",
  "maxLength",
  "pattern",
  "format",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
] as const;

/** A decimal carries its digits in the word. */
function typeWord(word: string | undefined, field: Raw): string | undefined {
  const { precision, scale } = field;
  if (word === undefined || !/^(?:decimal|numeric|number)$/.test(word) || typeof precision !== "number") return word;
  return typeof scale === "number" ? `${word}(${precision},${scale})` : `${word}(${precision})`;
}
