import { method } from "./method.ts";
import type { Method } from "./method.ts";
import { checkItems, indexOf } from "../runtime/budget.ts";
import { compare, equals, truth } from "../runtime/compare.ts";
import { items, iterate, lengthOf, sortBy } from "../runtime/iterate.ts";
import { PythonError } from "../runtime/python-error.ts";
import { repr } from "../runtime/text.ts";
import { PyDict, PySet } from "../values/dict.ts";
import { Callable, noKwargs, PyTuple, PyView } from "../values/value.ts";
import type { Value } from "../values/value.ts";

/** Where `value` stands in a list. @throws {PythonError} when it does not. */
function indexIn(list: readonly Value[], value: Value, start: Value | undefined, end: Value | undefined): number {
  const bound = (at: Value | undefined, fallback: number): number => {
    const index = at === undefined ? fallback : indexOf(at);
    return index < 0 ? Math.max(0, index + list.length) : index;
  };
  const to = Math.min(list.length, bound(end, list.length));
  for (let index = bound(start, 0); index < to; index++) if (equals(list[index] as Value, value)) return index;
  throw new PythonError("ValueError", `${repr(value)} is not in list`);
}

function popFrom(list: Value[], at: Value | undefined): Value {
  if (list.length === 0) throw new PythonError("IndexError", "pop from empty list");
  const index = at === undefined ? list.length - 1 : indexOf(at);
  const real = index < 0 ? index + list.length : index;
  if (real < 0 || real >= list.length) throw new PythonError("IndexError", "pop index out of range");
  return list.splice(real, 1)[0] as Value;
}

function insertAt(list: Value[], at: number, value: Value): null {
  list.splice(at < 0 ? Math.max(0, at + list.length) : at, 0, value);
  return null;
}

function sortList(list: Value[], key: Value | undefined, reverse: Value | undefined): null {
  const keyOf = key instanceof Callable ? (item: Value) => key.call([item], noKwargs) : (item: Value) => item;
  sortBy(list, keyOf, truth(reverse ?? false), compare);
  return null;
}

export const listMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  method<Value[]>("append", ["object"], (list, [value]) => {
    list.push(value as Value);
    return null;
  }),
  method<Value[]>("extend", ["iterable"], (list, [more]) => {
    const added = items(more as Value);
    checkItems(added.length);
    for (const item of added) list.push(item);
    return null;
  }),
  method<Value[]>("insert", ["index", "object"], (list, [at, value]) =>
    insertAt(list, indexOf(at as Value), value as Value),
  ),
  method<Value[]>("pop", ["index?"], (list, [at]) => popFrom(list, at)),
  method<Value[]>("remove", ["value"], (list, [value]) => {
    const index = list.findIndex((item) => equals(item, value as Value));
    if (index < 0) throw new PythonError("ValueError", "list.remove(x): x not in list");
    list.splice(index, 1);
    return null;
  }),
  method<Value[]>("index", ["value", "start?", "stop?"], (list, [value, start, end]) =>
    indexIn(list, value as Value, start, end),
  ),
  method<Value[]>("count", ["value"], (list, [value]) => list.filter((item) => equals(item, value as Value)).length),
  method<Value[]>("reverse", [], (list) => {
    list.reverse();
    return null;
  }),
  method<Value[]>("sort", ["key?", "reverse?"], (list, [key, reverse]) => sortList(list, key, reverse)),
  method<Value[]>("copy", [], (list) => [...list]),
  method<Value[]>("clear", [], (list) => {
    list.length = 0;
    return null;
  }),
]);

export const tupleMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  method<PyTuple>("index", ["value", "start?", "stop?"], (tuple, [value, start, end]) =>
    indexIn(tuple.items, value as Value, start, end),
  ),
  method<PyTuple>(
    "count",
    ["value"],
    (tuple, [value]) => tuple.items.filter((item) => equals(item, value as Value)).length,
  ),
]);

/** Adds the pairs of a dict, or of a list of pairs. */
export function updateDict(dict: PyDict, source: Value): void {
  if (source instanceof PyDict) {
    for (const [key, value] of source.entries()) dict.set(key, value);
    return;
  }
  for (const pair of iterate(source)) {
    const parts = items(pair);
    if (parts.length !== 2)
      throw new PythonError(
        "ValueError",
        `dictionary update sequence element has length ${lengthOf(pair) ?? parts.length}; 2 is required`,
      );
    dict.set(parts[0] as Value, parts[1] as Value);
  }
}

function popKey(dict: PyDict, key: Value, fallback: Value | undefined): Value {
  const value = dict.get(key);
  if (value !== undefined) {
    dict.delete(key);
    return value;
  }
  if (fallback === undefined) throw new PythonError("KeyError", repr(key));
  return fallback;
}

export const dictMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  method<PyDict>("get", ["key", "default?"], (dict, [key, fallback = null]) => {
    const found = dict.get(key as Value);
    return found === undefined ? fallback : found;
  }),
  method<PyDict>("keys", [], (dict) => new PyView("keys", dict)),
  method<PyDict>("values", [], (dict) => new PyView("values", dict)),
  method<PyDict>("items", [], (dict) => new PyView("items", dict)),
  method<PyDict>("pop", ["key", "default?"], (dict, [key, fallback]) => popKey(dict, key as Value, fallback)),
  method<PyDict>("popitem", [], (dict) => {
    const last = [...dict.entries()].at(-1);
    if (!last) throw new PythonError("KeyError", "'popitem(): dictionary is empty'");
    dict.delete(last[0]);
    return new PyTuple(last);
  }),
  method<PyDict>("setdefault", ["key", "default?"], (dict, [key, fallback]) => {
    const present = dict.get(key as Value);
    if (present !== undefined) return present;
    dict.set(key as Value, fallback ?? null);
    return fallback ?? null;
  }),
  [
    "update",
    (dict, args, kwargs) => {
      if (args.length > 1) throw new PythonError("TypeError", `update expected at most 1 argument, got ${args.length}`);
      if (args[0] !== undefined) updateDict(dict as PyDict, args[0]);
      for (const [key, value] of kwargs) (dict as PyDict).set(key, value);
      return null;
    },
  ],
  method<PyDict>("copy", [], (dict) => new PyDict(dict.entries())),
  method<PyDict>("clear", [], (dict) => {
    dict.clear();
    return null;
  }),
  method<PyDict>(
    "fromkeys",
    ["iterable", "value?"],
    (_dict, [keys, value]) => new PyDict(items(keys as Value).map((key) => [key, value ?? null] as const)),
  ),
]);

/** A set method over any number of other collections. */
function combine(name: string, body: (set: PySet, others: readonly PySet[]) => Value): [string, Method] {
  return [
    name,
    (set, args) =>
      body(
        set as PySet,
        args.map((other) => new PySet(items(other))),
      ),
  ];
}

export const setMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  method<PySet>("add", ["element"], (set, [value]) => {
    set.add(value as Value);
    return null;
  }),
  method<PySet>("discard", ["element"], (set, [value]) => {
    set.delete(value as Value);
    return null;
  }),
  method<PySet>("remove", ["element"], (set, [value]) => {
    if (!set.delete(value as Value)) throw new PythonError("KeyError", repr(value as Value));
    return null;
  }),
  method<PySet>("copy", [], (set) => new PySet(set.values())),
  method<PySet>("clear", [], (set) => {
    set.clear();
    return null;
  }),
  method<PySet>("pop", [], (set) => {
    const [first] = set.values();
    if (first === undefined) throw new PythonError("KeyError", "'pop from an empty set'");
    set.delete(first);
    return first;
  }),
  combine("update", (set, others) => {
    for (const other of others) for (const item of other.values()) set.add(item);
    return null;
  }),
  combine("union", (set, others) => new PySet([set, ...others].flatMap((each) => [...each.values()]))),
  combine(
    "intersection",
    (set, others) => new PySet([...set.values()].filter((item) => others.every((o) => o.has(item)))),
  ),
  combine(
    "difference",
    (set, others) => new PySet([...set.values()].filter((item) => !others.some((o) => o.has(item)))),
  ),
  combine("symmetric_difference", (set, [other = new PySet()]) => {
    const left = [...set.values()].filter((item) => !other.has(item));
    return new PySet([...left, ...[...other.values()].filter((item) => !set.has(item))]);
  }),
  combine("issubset", (set, [other = new PySet()]) => [...set.values()].every((item) => other.has(item))),
  combine("issuperset", (set, [other = new PySet()]) => [...other.values()].every((item) => set.has(item))),
  combine("isdisjoint", (set, [other = new PySet()]) => ![...set.values()].some((item) => other.has(item))),
]);

/** `count` and `index` of a range, by way of its elements. */
export const rangeMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  method<Value>("index", ["value"], (range, [value]) => indexIn(items(range), value as Value, undefined, undefined)),
  method<Value>(
    "count",
    ["value"],
    (range, [value]) => items(range).filter((item) => equals(item, value as Value)).length,
  ),
]);

export const floatMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  method<{ readonly value: number }>("is_integer", [], (float) => Number.isInteger(float.value)),
]);

export const intMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  method<number | bigint | boolean>("bit_length", [], (value) => {
    if (typeof value === "boolean") return Number(value);
    const digits = BigInt(value).toString(2).replace("-", "");
    return digits === "0" ? 0 : digits.length;
  }),
]);
