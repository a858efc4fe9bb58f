import { errorsOf, isMap, schemaOf } from "./schemas.ts";
import type { Json, JsonMap, SchemaName } from "./schemas.ts";

/** One property of a standard's schema, in a valid document that uses it. */
export interface Construct {
  /** `schema/[]/properties/[]/logicalTypeOptions/maxLength`; `servers/[](type=s3)/location` where a condition holds. */
  readonly path: string;
  readonly document: Json;
  /** The same document without it; absent where it has to be there. */
  readonly without?: Json | undefined;
}

type Build = (value: Json) => Json;

/** One way to fill a map: the keys that the schema knows then, and what they take. */
interface Variant {
  readonly label: string;
  readonly fixed: JsonMap;
  readonly properties: ReadonlyMap<string, readonly JsonMap[]>;
  readonly required: ReadonlySet<string>;
}

const DEPTH = 9;

/** Keys that some maps need beside others, in a form that no schema gives a sample of. */
const EXTRAS: readonly JsonMap[] = [{}, { mustBe: 1 }, { to: "t.c" }, { from: "t.c", to: "t.c" }];

/** Walks a schema and makes a document for every property of it, nested ones up to two levels. */
export class SchemaWalk {
  readonly #name: SchemaName;
  readonly #root: JsonMap;
  readonly #base: JsonMap;
  readonly constructs: Construct[] = [];
  /** Properties for which no valid document was found. */
  readonly unreached: string[] = [];
  readonly #seen = new Set<string>();

  constructor(name: SchemaName, base: JsonMap) {
    this.#name = name;
    this.#root = schemaOf(name);
    this.#base = base;
  }

  run(): this {
    this.#walk([this.#root], "", [(value) => this.#onBase(value as JsonMap)], 0);
    return this;
  }

  /** Words that were only made up give way to those of the base. */
  #onBase(value: JsonMap): JsonMap {
    const given = Object.entries(value).filter(([key, each]) => each !== "sample" || !Object.hasOwn(this.#base, key));
    return { ...this.#base, ...Object.fromEntries(given) };
  }

  /** `builds` are ways to put a value into a document; the first that gives a valid one counts. */
  #walk(schemas: readonly JsonMap[], path: string, builds: readonly Build[], depth: number): void {
    if (depth > DEPTH) return;
    for (const variant of this.#variants(schemas)) {
      const rest = { ...this.#minimal(variant), ...variant.fixed };
      for (const [key, choices] of variant.properties) {
        const label = `${path === "" ? "" : `${path}/`}${key}${variant.label}`;
        if (this.#seen.has(label) || (path.match(/properties|items|map/g)?.length ?? 0) > 2) continue;
        this.#seen.add(label);
        const found = this.#first(
          builds,
          choices.flatMap((choice) => this.#samples(choice)).map((value) => ({ ...rest, [key]: value })),
        );
        if (found === undefined) {
          this.unreached.push(label);
          continue;
        }
        const { build, value: map } = found;
        const bare = build(leftOut(rest, key));
        const without = errorsOf(bare, this.#name).length === 0 ? bare : undefined;
        this.constructs.push({ path: label, document: build(map), without });
        const place: Build = (value) => build({ ...map, [key]: value });
        const value = map[key]!;
        if (isMap(value)) {
          this.#walk(choices, label, [place, (inner) => place({ ...value, ...(inner as JsonMap) })], depth + 1);
        } else if (Array.isArray(value)) {
          const items = choices.flatMap((choice) => this.#itemsOf(choice));
          const [first] = value;
          const merged: Build = (inner) => place([isMap(first) && isMap(inner) ? { ...first, ...inner } : inner]);
          this.#walk(items, `${label}/[]`, [(inner) => place([inner]), merged], depth + 1);
        }
      }
    }
  }

  #first(builds: readonly Build[], values: readonly JsonMap[]): { build: Build; value: JsonMap } | undefined {
    for (const extra of EXTRAS)
      for (const each of values)
        for (const build of builds) {
          const value = { ...each, ...extra };
          if (errorsOf(build(value), this.#name).length === 0) return { build, value };
        }
    return undefined;
  }

  #resolved(schema: JsonMap): JsonMap {
    let at = schema;
    while (typeof at["$ref"] === "string" && Object.keys(at).every((key) => key === "$ref" || key === "description"))
      at = this.#target(at["$ref"]);
    return at;
  }

  #target(ref: string): JsonMap {
    let node: Json = this.#root;
    for (const step of ref.replace(/^#/, "").split("/").filter(Boolean)) node = (node as JsonMap)[step]!;
    return node as JsonMap;
  }

  #parts(schema: JsonMap): readonly JsonMap[] {
    const at = this.#resolved(schema);
    const inner = [
      ...(typeof at["$ref"] === "string" ? [this.#target(at["$ref"])] : []),
      ...((at["allOf"] as JsonMap[] | undefined) ?? []),
    ];
    return [at, ...inner.flatMap((each) => this.#parts(each))];
  }

  #itemsOf(schema: JsonMap): readonly JsonMap[] {
    return this.#alternatives(schema).flatMap((each) =>
      this.#parts(each).flatMap((part) => (isMap(part["items"]) ? [part["items"]] : [])),
    );
  }

  #alternatives(schema: JsonMap): readonly JsonMap[] {
    const parts = this.#parts(schema);
    const choices = parts.flatMap((part) => (part["anyOf"] ?? part["oneOf"] ?? []) as JsonMap[]);
    return choices.length === 0 ? [schema] : [schema, ...choices.flatMap((each) => this.#alternatives(each))];
  }

  #variants(schemas: readonly JsonMap[]): readonly Variant[] {
    const variants: Variant[] = [];
    for (const alternative of schemas.flatMap((each) => this.#alternatives(each))) {
      const parts = this.#parts(alternative);
      const plain = collected("", {}, parts);
      variants.push(plain);
      for (const part of parts) {
        const condition = part["if"];
        const then = part["then"];
        if (!isMap(condition) || !isMap(then)) continue;
        for (const fixed of this.#fulfilled(condition)) {
          const label = `(${Object.entries(fixed)
            .map(([key, value]) => `${key}=${String(value)}`)
            .join(",")})`;
          const own = collected(label, fixed, this.#parts(then));
          const required = new Set([...plain.required, ...own.required]);
          variants.push({ ...own, required, properties: own.properties });
        }
      }
    }
    return variants;
  }

  /** Values of keys under which an `if` holds. */
  #fulfilled(condition: JsonMap): readonly JsonMap[] {
    const choices = ((condition["anyOf"] ?? []) as JsonMap[]).flatMap((each) => this.#fulfilled(each));
    if (choices.length > 0) return choices;
    let found: readonly JsonMap[] = [{}];
    for (const [key, schema] of Object.entries((condition["properties"] ?? {}) as Record<string, JsonMap>)) {
      const values = schema["const"] === undefined ? ((schema["enum"] ?? []) as Json[]) : [schema["const"]];
      found = found.flatMap((each) => values.map((value) => ({ ...each, [key]: value })));
    }
    return found;
  }

  /** The keys that have to be there. */
  #minimal(variant: Variant): JsonMap {
    const made: JsonMap = {};
    for (const key of variant.required) {
      const [sample] = (variant.properties.get(key) ?? []).flatMap((schema) => this.#samples(schema));
      made[key] = variant.fixed[key] ?? (key === "to" || key === "from" ? "t.c" : (sample ?? "sample"));
    }
    return made;
  }

  /** Values that a schema takes, likely ones first. */
  #samples(schema: JsonMap, depth = 0): readonly Json[] {
    if (depth > 6) return [];
    const samples: Json[] = [];
    for (const each of this.#alternatives(schema)) {
      const parts = this.#parts(each);
      const of = <T>(key: string): T | undefined =>
        parts.find((part) => part[key] !== undefined)?.[key] as T | undefined;
      if (of("const") !== undefined) samples.push(of<Json>("const")!);
      samples.push(...(of<Json[]>("enum") ?? []).slice(0, 2), ...(of<Json[]>("examples") ?? []).slice(0, 2));
      const types = [of<Json>("type") ?? (of("properties") === undefined ? "string" : "object")].flat();
      for (const type of types) {
        if (type === "string") samples.push("sample", "t.c", "1d", "2026-01-02", "https://example.com/a");
        if (type === "integer" || type === "number") samples.push(...numbers(of("minimum")));
        if (type === "boolean") samples.push(true, false);
        if (type === "null") samples.push(null);
        if (type === "array") {
          const items = of<JsonMap>("items");
          const entries = items === undefined ? ["sample"] : this.#samples(items, depth + 1);
          samples.push(...entries.slice(0, 6).map((entry) => [entry]), entries.slice(0, 2), ["t.c"]);
        }
        if (type === "object") {
          for (const variant of this.#variants([each]).slice(0, 4)) {
            if (depth < 5) samples.push({ ...this.#minimal(variant), ...variant.fixed });
          }
        }
      }
    }
    return samples;
  }
}

const numbers = (minimum: unknown): readonly Json[] => [typeof minimum === "number" ? Math.max(1, minimum) : 3, 7, 0];

function collected(label: string, fixed: JsonMap, parts: readonly JsonMap[]): Variant {
  const properties = new Map<string, JsonMap[]>();
  const required = new Set<string>();
  for (const part of parts) {
    for (const [key, schema] of Object.entries((part["properties"] ?? {}) as Record<string, Json>))
      if (isMap(schema)) properties.set(key, [...(properties.get(key) ?? []), schema]);
    for (const key of (part["required"] ?? []) as string[]) required.add(key);
    if (isMap(part["additionalProperties"])) properties.set("any_name", [part["additionalProperties"]]);
  }
  return { label, fixed, properties, required };
}

function leftOut(map: JsonMap, key: string): JsonMap {
  const { [key]: _, ...rest } = map;
  return rest;
}
