import { PythonError } from "../runtime/python-error.ts";
import { PyTuple, typeName } from "./value.ts";
import type { Value } from "./value.ts";

type HashKey = string | number | bigint | null | object;

/**
 * The Map key under which Python would find a value: 1, 1.0 and True share one, and tuples go by content.
 * Strings stand for themselves, except that a leading NUL is doubled to leave room for tuples.
 */
export function hashKey(value: Value): HashKey {
  if (typeof value === "string") return value.charCodeAt(0) === 0 ? `\0${value}` : value;
  if (typeof value === "number" || typeof value === "bigint" || value === null) return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (Array.isArray(value)) throw new PythonError("TypeError", "unhashable type: 'list'");
  switch (value.kind) {
    case "float":
      if (Number.isSafeInteger(value.value)) return value.value;
      if (Number.isInteger(value.value)) return BigInt(value.value);
      return value.value;
    case "tuple":
      return `\0t${value.items.map((item) => JSON.stringify(tagged(hashKey(item)))).join(",")}`;
    case "dict":
    case "set":
      throw new PythonError("TypeError", `unhashable type: '${typeName(value)}'`);
    default:
      return value;
  }
}

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

function tagged(key: HashKey): string {
  if (typeof key === "object" && key !== null) {
    let identity = identities.get(key);
    if (identity === undefined) identities.set(key, (identity = nextIdentity++));
    return `o${identity}`;
  }
  return typeof key === "string" ? `s${key}` : `n${String(key)}`;
}

/** A Python dict: keeps insertion order for every kind of key (a JavaScript object would not). */
export class PyDict {
  readonly kind = "dict";
  readonly #values = new Map<HashKey, Value>();
  /** Keys whose Map key differs from themselves. */
  #originals: Map<HashKey, Value> | undefined;

  constructor(entries?: Iterable<readonly [Value, Value]> | undefined) {
    if (entries) for (const [key, value] of entries) this.set(key, value);
  }
  get size(): number {
    return this.#values.size;
  }
  get(key: Value): Value | undefined {
    return this.#values.get(hashKey(key));
  }
  has(key: Value): boolean {
    return this.#values.has(hashKey(key));
  }
  set(key: Value, value: Value): void {
    const hash = hashKey(key);
    if (hash !== key && !this.#values.has(hash)) (this.#originals ??= new Map()).set(hash, key);
    this.#values.set(hash, value);
  }
  delete(key: Value): boolean {
    const hash = hashKey(key);
    this.#originals?.delete(hash);
    return this.#values.delete(hash);
  }
  clear(): void {
    this.#values.clear();
    this.#originals = undefined;
  }
  *keys(): IterableIterator<Value> {
    for (const hash of this.#values.keys()) yield this.#original(hash);
  }
  values(): IterableIterator<Value> {
    return this.#values.values();
  }
  *entries(): IterableIterator<[Value, Value]> {
    for (const [hash, value] of this.#values) yield [this.#original(hash), value];
  }
  #original(hash: HashKey): Value {
    const original = this.#originals?.get(hash);
    return original === undefined ? (hash as Value) : original;
  }
}

/** A Python set; iterates in insertion order, so that output is the same in every run. */
export class PySet {
  readonly kind = "set";
  readonly #members = new PyDict();

  constructor(members?: Iterable<Value> | undefined) {
    if (members) for (const member of members) this.#members.set(member, null);
  }
  get size(): number {
    return this.#members.size;
  }
  add(member: Value): void {
    if (!this.#members.has(member)) this.#members.set(member, null);
  }
  has(member: Value): boolean {
    return this.#members.has(member);
  }
  delete(member: Value): boolean {
    return this.#members.delete(member);
  }
  clear(): void {
    this.#members.clear();
  }
  values(): IterableIterator<Value> {
    return this.#members.keys();
  }
}

/** A tuple of the given values. */
export function tuple(...items: Value[]): PyTuple {
  return new PyTuple(items);
}
