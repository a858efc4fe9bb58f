import type { ReadingCode, ReadingParams } from "../reading-codes.ts";
import { shown } from "../names.ts";
import { toValue } from "../yaml/yaml-node.ts";
import type { YamlNode, YamlScalar } from "../yaml/yaml-node.ts";
import { typeWords } from "./wording.ts";

/**
 * Checks nodes of a file against a JSON Schema of a standard, so that every problem has its place. Knows the keywords
 * that the schemas here use (a test holds the list against the files); `format`, `default` and the like say nothing
 * about validity (JSON Schema 2019-09, section 7.2.1).
 */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** A node and the way to it; the way is written out only for what is reported. */
export interface Spot {
  readonly node: YamlNode;
  readonly key: YamlScalar | undefined;
  readonly step: string | number | undefined;
  readonly parent: Spot | undefined;
}

export interface SchemaProblem<C extends ReadingCode = ReadingCode> {
  readonly code: C;
  readonly params: ReadingParams<C>;
  readonly spot: Spot;
  /** A key of the map that the problem is about. */
  readonly key?: string | undefined;
  /** What would be right in its place. */
  readonly choices?: readonly string[] | undefined;
}

/** Which keys of a map some part of the schema has a word for. */
class Seen {
  readonly evaluated = new Set<string>();
  readonly known = new Set<string>();

  take(other: Seen): void {
    for (const name of other.evaluated) this.evaluated.add(name);
    for (const name of other.known) this.known.add(name);
  }
}

/** Reports into `out` where there is one; the answer is whether the node satisfies the schema. */
type Check = (spot: Spot, out: SchemaProblem[] | undefined, seen: Seen | undefined) => boolean;

const PASS: Check = () => true;
const MAX_DEPTH = 200;

/** Compiles parts of the schema when they are first needed: of thirty kinds of servers a contract uses one. */
export class SchemaChecker {
  readonly #root: JsonSchema;
  readonly #compiled = new Map<JsonSchema, Check>();
  #depth = 0;

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  /** Every problem of the document, in the order of its schema. */
  problems(document: YamlNode): readonly SchemaProblem[] {
    const out: SchemaProblem[] = [];
    this.#check(this.#root)({ node: document, key: undefined, step: undefined, parent: undefined }, out, undefined);
    return out;
  }

  #check(schema: unknown): Check {
    if (schema === true || !isSchema(schema)) return schema === false ? REFUSED : PASS;
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    const lazy: Check = (spot, out, seen) => this.#compiled.get(schema)!(spot, out, seen);
    this.#compiled.set(schema, lazy);
    const made = this.#compile(schema);
    this.#compiled.set(schema, made);
    return made;
  }

  #compile(schema: JsonSchema): Check {
    const parts: Check[] = [];
    const add = (keyword: string, make: (value: never) => Check): void => {
      if (schema[keyword] !== undefined) parts.push(make(schema[keyword] as never));
    };
    if (schema["type"] !== undefined) parts.push(typeCheck(schema["type"] as string | readonly string[]));
    add("enum", enumCheck);
    add("const", (value: unknown) => enumCheck([value]));
    add("pattern", patternCheck);
    add("minimum", (limit: number) => numberCheck((value) => value >= limit, `at least ${limit}`));
    add("maximum", (limit: number) => numberCheck((value) => value <= limit, `at most ${limit}`));
    add("exclusiveMinimum", (limit: number) => numberCheck((value) => value > limit, `more than ${limit}`));
    add("minItems", (limit: number) => sizeCheck("list", (size) => size >= limit, `a list of at least ${limit}`));
    add("maxItems", (limit: number) => sizeCheck("list", (size) => size <= limit, `a list of at most ${limit}`));
    add("minProperties", (limit: number) => sizeCheck("map", (size) => size >= limit, `at least ${limit} key`));
    if (schema["uniqueItems"] === true) parts.push(uniqueCheck);
    add("$ref", (ref: string) => this.#reference(ref));
    add("required", requiredCheck);
    if (schema["properties"] !== undefined || isSchema(schema["additionalProperties"])) parts.push(this.#keys(schema));
    add("propertyNames", (names: JsonSchema) => namesCheck(new RegExp(String(names["pattern"]), "u")));
    add("items", (items: unknown) => this.#items(items));
    add("allOf", (all: readonly unknown[]) => this.#all(all));
    add("anyOf", (any: readonly unknown[]) => this.#some(any, false));
    add("oneOf", (one: readonly unknown[]) => this.#some(one, true));
    add("not", (not: JsonSchema) => this.#not(not));
    if (schema["if"] !== undefined) parts.push(this.#condition(schema));
    if (schema["additionalProperties"] === false) parts.push(closedTo(Object.keys(properties(schema))));
    if (schema["unevaluatedProperties"] === false) return sealed(parts);
    return parts.length === 1 ? parts[0]! : every(parts);
  }

  #reference(ref: string): Check {
    let target: unknown = this.#root;
    for (const step of ref.replace(/^#\/?/, "").split("/").filter(Boolean)) {
      const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
      target = isSchema(target) && Object.hasOwn(target, name) ? target[name] : undefined;
    }
    if (!isSchema(target)) throw new Error(`The schema refers to ${ref}, which it does not hold.`);
    const schema = target;
    let check: Check | undefined;
    return (spot, out, seen) => {
      if (this.#depth >= MAX_DEPTH) return true;
      this.#depth++;
      try {
        return (check ??= this.#check(schema))(spot, out, seen);
      } finally {
        this.#depth--;
      }
    };
  }

  #keys(schema: JsonSchema): Check {
    const named = properties(schema);
    const checks = new Map<string, Check>();
    const others = isSchema(schema["additionalProperties"]) ? schema["additionalProperties"] : undefined;
    return (spot, out, seen) => {
      if (spot.node.kind !== "map") return true;
      if (seen !== undefined) for (const name of Object.keys(named)) seen.known.add(name);
      let ok = true;
      for (const entry of spot.node.entries) {
        const own = Object.hasOwn(named, entry.name);
        if (!own && others === undefined) continue;
        seen?.evaluated.add(entry.name);
        const name = own ? entry.name : "";
        let check = checks.get(name);
        if (check === undefined) checks.set(name, (check = this.#check(own ? named[entry.name] : others)));
        const child: Spot = { node: entry.value, key: entry.key, step: entry.name, parent: spot };
        ok = check(child, out, undefined) && ok;
        if (!ok && out === undefined) return false;
      }
      return ok;
    };
  }

  #items(items: unknown): Check {
    const check = this.#check(items);
    return (spot, out) => {
      if (spot.node.kind !== "list") return true;
      let ok = true;
      for (const [i, node] of spot.node.items.entries()) {
        ok = check({ node, key: undefined, step: i, parent: spot }, out, undefined) && ok;
        if (!ok && out === undefined) return false;
      }
      return ok;
    };
  }

  #all(schemas: readonly unknown[]): Check {
    return every(schemas.map((schema) => this.#check(schema)));
  }

  /** Of branches that all fail, the one that comes nearest tells what is wrong. */
  #some(schemas: readonly unknown[], exactlyOne: boolean): Check {
    const checks = schemas.map((schema) => this.#check(schema));
    const keys = schemas.map((schema) => singleRequired(schema));
    return (spot, out, seen) => {
      let fitting = 0;
      for (const check of checks) {
        const inner = seen === undefined ? undefined : new Seen();
        if (check(spot, undefined, inner)) {
          fitting++;
          if (inner !== undefined) seen!.take(inner);
          if (!exactlyOne && seen === undefined) return true;
        }
      }
      if (fitting === 1 || (fitting > 1 && !exactlyOne)) return true;
      if (out === undefined) return false;
      if (keys.every((key) => key !== undefined)) alternatives(spot, keys, fitting, out, seen, checks);
      else if (fitting > 1)
        out.push(problem("not-standard", spot, { reason: "it fits more than one form, and one is meant" }));
      else out.push(...nearest(checks, schemas, spot));
      return false;
    };
  }

  #not(schema: JsonSchema): Check {
    const check = this.#check(schema);
    const required = schema["required"] as readonly string[] | undefined;
    return (spot, out) => {
      if (!check(spot, undefined, undefined)) return true;
      const key = spot.node.kind === "map" ? required?.[0] : undefined;
      const reason = key === undefined ? "this form is not allowed here" : `"${key}" may not stand here`;
      out?.push({ ...problem("not-standard", spot, { reason }), ...(key === undefined ? {} : { key }) });
      return false;
    };
  }

  #condition(schema: JsonSchema): Check {
    const test = this.#check(schema["if"]);
    const then = this.#check(schema["then"] ?? true);
    const otherwise = this.#check(schema["else"] ?? true);
    return (spot, out, seen) => {
      const inner = seen === undefined ? undefined : new Seen();
      if (!test(spot, undefined, inner)) return otherwise(spot, out, seen);
      if (inner !== undefined) for (const name of inner.evaluated) seen!.evaluated.add(name);
      return then(spot, out, seen);
    };
  }
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const properties = (schema: JsonSchema): JsonSchema => (schema["properties"] ?? {}) as JsonSchema;

function problem<C extends ReadingCode>(code: C, spot: Spot, params: ReadingParams<C>): SchemaProblem<C> {
  return { code, spot, params };
}

const REFUSED: Check = (spot, out) => {
  out?.push(problem("not-standard", spot, { reason: "nothing may stand here" }));
  return false;
};

function every(parts: readonly Check[]): Check {
  return (spot, out, seen) => {
    let ok = true;
    for (const part of parts) {
      ok = part(spot, out, seen) && ok;
      if (!ok && out === undefined) return false;
    }
    return ok;
  };
}

/** `unevaluatedProperties: false`: what no part has a word for. It then counts as seen, and is reported once. */
function sealed(parts: readonly Check[]): Check {
  return (spot, out, seen) => {
    if (spot.node.kind !== "map") return every(parts)(spot, out, seen);
    const inner = new Seen();
    let ok = every(parts)(spot, out, inner);
    for (const entry of spot.node.entries) {
      if (inner.evaluated.has(entry.name)) continue;
      ok = false;
      out?.push(unknownKey(spot, entry.name, [...inner.known]));
      inner.evaluated.add(entry.name);
    }
    seen?.take(inner);
    return ok;
  };
}

function closedTo(names: readonly string[]): Check {
  const known = new Set(names);
  return (spot, out, seen) => {
    if (spot.node.kind !== "map") return true;
    let ok = true;
    for (const entry of spot.node.entries) {
      seen?.evaluated.add(entry.name);
      if (known.has(entry.name)) continue;
      ok = false;
      out?.push(unknownKey(spot, entry.name, names));
    }
    return ok;
  };
}

const unknownKey = (spot: Spot, key: string, names: readonly string[]): SchemaProblem => ({
  ...problem("unknown-key", spot, { key: shown(key), where: where(spot), suggestion: "" }),
  key,
  choices: names,
});

/** How messages call a map: `The file`, `"description"`, `Entry 2 of "schema"`. */
function where(spot: Spot): string {
  if (spot.step === undefined) return "The file";
  if (typeof spot.step === "string") return `"${shown(spot.step)}"`;
  return `Entry ${spot.step + 1} of "${shown(String(spot.parent?.step ?? "the list"))}"`;
}

/** The name by which messages call a value. */
export function nameOf(spot: Spot): string {
  for (let at: Spot | undefined = spot; at !== undefined; at = at.parent)
    if (typeof at.step === "string") return at.step;
  return "document";
}

function fits(node: YamlNode, type: string): boolean {
  if (node.kind !== "scalar") return type === (node.kind === "map" ? "object" : "array");
  const { value } = node;
  if (value === null || type === "null") return value === null && type === "null";
  if (type === "integer") return typeof value === "number" && Number.isInteger(value);
  return typeof value === type;
}

function typeCheck(type: string | readonly string[]): Check {
  const types = typeof type === "string" ? [type] : type;
  return (spot, out) => {
    for (const each of types) if (fits(spot.node, each)) return true;
    out?.push(wrongType(spot, types));
    return false;
  };
}

const wrongType = (spot: Spot, types: readonly string[]): SchemaProblem =>
  problem("wrong-type", spot, { what: nameOf(spot), wanted: typeWords(types), found: found(spot.node) });

function found(node: YamlNode): string {
  if (node.kind !== "scalar") return node.kind === "list" ? "a list" : "a map";
  if (node.value === null) return "nothing";
  return typeof node.value === "string" ? `"${shown(node.value)}"` : shown(node.text);
}

function enumCheck(values: readonly unknown[]): Check {
  const known = new Set(values);
  const texts = values.map(String);
  return (spot, out) => {
    const { node } = spot;
    if (node.kind === "scalar" && known.has(node.value)) return true;
    if (out === undefined) return false;
    if (node.kind !== "scalar")
      out.push(
        problem("wrong-type", spot, { what: nameOf(spot), wanted: `one of ${texts.join(", ")}`, found: found(node) }),
      );
    else {
      const params = { what: nameOf(spot), value: shown(node.text), suggestion: "" };
      out.push({ ...problem("unknown-value", spot, params), choices: texts });
    }
    return false;
  };
}

function patternCheck(pattern: string): Check {
  const regex = new RegExp(pattern, "u");
  return (spot, out) => {
    const { node } = spot;
    // Beyond a few hundred characters nothing is a name or a reference, and matching would cost.
    if (node.kind !== "scalar" || typeof node.value !== "string") return true;
    if (node.value.length <= 500 && regex.test(node.value)) return true;
    out?.push(problem("not-standard", spot, { reason: `"${shown(node.value)}" does not have the form ${pattern}` }));
    return false;
  };
}

function numberCheck(holds: (value: number) => boolean, range: string): Check {
  return (spot, out) => {
    const { node } = spot;
    if (node.kind !== "scalar" || typeof node.value !== "number" || holds(node.value)) return true;
    out?.push(problem("out-of-range", spot, { what: nameOf(spot), value: shown(node.text), range }));
    return false;
  };
}

function sizeCheck(kind: "list" | "map", holds: (size: number) => boolean, range: string): Check {
  return (spot, out) => {
    const { node } = spot;
    if (node.kind !== kind) return true;
    const size = node.kind === "list" ? node.items.length : node.entries.length;
    if (holds(size)) return true;
    out?.push(problem("out-of-range", spot, { what: nameOf(spot), value: `a ${kind} of ${size}`, range }));
    return false;
  };
}

const uniqueCheck: Check = (spot, out) => {
  if (spot.node.kind !== "list") return true;
  const texts = spot.node.items.map((item) => JSON.stringify(toValue(item)));
  const again = texts.findIndex((text, i) => texts.indexOf(text) !== i);
  if (again === -1) return true;
  const at = { node: spot.node.items[again]!, key: undefined, step: again, parent: spot };
  out?.push(problem("not-standard", at, { reason: "the same value stands in the list twice" }));
  return false;
};

function requiredCheck(keys: readonly string[]): Check {
  return (spot, out) => {
    const { node } = spot;
    if (node.kind !== "map") return true;
    let ok = true;
    for (const key of keys) {
      if (node.entries.some((entry) => entry.name === key)) continue;
      ok = false;
      out?.push({ ...problem("missing-key", spot, { key, where: where(spot) }), key });
    }
    return ok;
  };
}

function namesCheck(pattern: RegExp): Check {
  return (spot, out) => {
    if (spot.node.kind !== "map") return true;
    let ok = true;
    for (const entry of spot.node.entries) {
      if (entry.name.length <= 500 && pattern.test(entry.name)) continue;
      ok = false;
      const reason = `"${shown(entry.name)}" does not have the form ${pattern.source}`;
      out?.push({ ...problem("not-standard", spot, { reason }), key: entry.name });
    }
    return ok;
  };
}

/** The key that a branch such as `{required: ["mustBe"], properties: {mustBe: …}}` is about. */
function singleRequired(schema: unknown): string | undefined {
  if (!isSchema(schema)) return undefined;
  const required = schema["required"];
  const only = Object.keys(schema).every((key) => key === "required" || key === "properties");
  return only && Array.isArray(required) && required.length === 1 ? String(required[0]) : undefined;
}

function alternatives(
  spot: Spot,
  keys: readonly string[],
  fitting: number,
  out: SchemaProblem[],
  seen: Seen | undefined,
  checks: readonly Check[],
): void {
  const entries = spot.node.kind === "map" ? spot.node.entries : [];
  const given = entries.map((entry) => entry.name).filter((name) => keys.includes(name));
  // What is reported here is not reported again as a key that nobody knows.
  for (const key of given) seen?.evaluated.add(key);
  for (const key of keys) seen?.known.add(key);
  if (given.length === 0) {
    out.push(problem("not-standard", spot, { reason: `one of ${keys.join(", ")} is missing` }));
  } else if (fitting > 1) {
    out.push({
      ...problem("not-standard", spot, { reason: `only one of ${given.join(", ")} may stand here` }),
      key: given[1]!,
    });
  } else for (const key of given) checks[keys.indexOf(key)]!(spot, out, undefined);
}

/** The problems of the branch that fits best: the right kind of value first, then the fewest problems. */
function nearest(checks: readonly Check[], schemas: readonly unknown[], spot: Spot): readonly SchemaProblem[] {
  const types = schemas.map((schema) => (isSchema(schema) ? schema["type"] : undefined));
  if (types.every((type) => typeof type === "string") && !types.some((type) => fits(spot.node, type as string))) {
    return [wrongType(spot, types as string[])];
  }
  let best: { readonly rank: number; readonly problems: readonly SchemaProblem[] } | undefined;
  for (const check of checks) {
    const problems: SchemaProblem[] = [];
    check(spot, problems, undefined);
    const wrongKind = problems.some((each) => each.spot === spot && each.code === "wrong-type");
    const rank = (wrongKind ? 1000 : 0) + problems.length;
    if (best === undefined || rank < best.rank) best = { rank, problems };
  }
  return best?.problems ?? [];
}
