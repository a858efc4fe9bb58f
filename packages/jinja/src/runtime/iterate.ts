import { spend } from "./budget.ts";
import { compareText, equals } from "./compare.ts";
import { PythonError } from "./python-error.ts";
import { requireDefined, undefinedMessage } from "./undefined.ts";
import { PyTuple, typeName } from "../values/value.ts";
import type { Value } from "../values/value.ts";

const surrogate = /[\ud800-\udfff]/;

/** Number of characters as Python counts them: code points. */
export function textLength(text: string): number {
  return surrogate.test(text) ? Array.from(text).length : text.length;
}

/** The characters of a text, or the text itself when each is one UTF-16 unit and it can be indexed directly. */
export function characters(text: string): readonly string[] | string {
  return surrogate.test(text) ? Array.from(text) : text;
}

/** Walks a value as Python's `for` does; undefined when it cannot be walked. */
export function iterable(value: Value): Iterable<Value> | undefined {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value;
  if (value === null || typeof value !== "object") return undefined;
  switch (value.kind) {
    case "tuple":
      return value.items;
    case "dict":
      return value.keys();
    case "set":
      return value.values();
    case "range":
      return walkRange(value.start, value.step, value.length);
    case "view":
      if (value.of === "items") return walkPairs(value.dict.entries());
      return value.of === "keys" ? value.dict.keys() : value.dict.values();
    case "iterator":
      return { [Symbol.iterator]: () => value.source };
    case "undefined":
      if (value.behaviour === "strict") throw new PythonError("UndefinedError", undefinedMessage(value));
      return [];
    case "object":
      return value.protocol.iterate?.();
    default:
      return undefined;
  }
}

function* walkRange(start: number, step: number, length: number): Generator<Value> {
  for (let index = 0; index < length; index++) yield start + index * step;
}

function* walkPairs(entries: Iterable<readonly Value[]>): Generator<Value> {
  for (const entry of entries) yield new PyTuple(entry);
}

/** Walks a value. @throws {PythonError} when it cannot be walked. */
export function iterate(value: Value): Iterable<Value> {
  const found = iterable(value);
  if (found) return found;
  throw new PythonError("TypeError", `'${typeName(value)}' object is not iterable`);
}

/** All elements of a value, as a new array. Counts a step for each. */
export function items(value: Value): Value[] {
  const list: Value[] = [];
  for (const item of iterate(value)) {
    spend();
    list.push(item);
  }
  return list;
}

/** Python's `len(value)`; undefined when it has none. */
export function lengthOf(value: Value): number | undefined {
  if (typeof value === "string") return textLength(value);
  if (Array.isArray(value)) return value.length;
  if (value === null || typeof value !== "object") return undefined;
  switch (value.kind) {
    case "tuple":
      return value.items.length;
    case "dict":
    case "set":
      return value.size;
    case "range":
      return value.length;
    case "view":
      return value.dict.size;
    case "undefined":
      if (value.behaviour === "strict") throw new PythonError("UndefinedError", undefinedMessage(value));
      return 0;
    case "object":
      return value.protocol.length?.();
    default:
      return undefined;
  }
}

/** Python's `member in container`. */
export function contains(container: Value, member: Value): boolean {
  if (typeof container === "string") {
    if (typeof member === "string") return container.includes(member);
    requireDefined(member);
    throw new PythonError("TypeError", `'in <string>' requires string as left operand, not ${typeName(member)}`);
  }
  if (container !== null && typeof container === "object" && !Array.isArray(container)) {
    if (container.kind === "dict" || container.kind === "set") return container.has(member);
    if (container.kind === "view" && container.of === "keys") return container.dict.has(member);
  }
  const walk = iterable(container);
  if (!walk) throw new PythonError("TypeError", `argument of type '${typeName(container)}' is not iterable`);
  for (const item of walk) {
    spend();
    if (equals(item, member)) return true;
  }
  return false;
}

/** Sorts in place, stable in both directions, by keys that are compared with `compare`. */
export function sortBy(
  list: Value[],
  keyOf: (item: Value) => Value,
  reverse: boolean,
  order: (a: Value, b: Value) => number,
): void {
  spend(list.length);
  const keyed = list.map((item) => ({ item, key: keyOf(item) }));
  keyed.sort((a, b) => {
    spend();
    if (typeof a.key === "string" && typeof b.key === "string")
      return reverse ? compareText(b.key, a.key) : compareText(a.key, b.key);
    return reverse ? order(b.key, a.key) : order(a.key, b.key);
  });
  for (const [index, entry] of keyed.entries()) list[index] = entry.item;
}
