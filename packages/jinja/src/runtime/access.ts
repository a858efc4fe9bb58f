import { indexOf } from "./budget.ts";
import { characters, lengthOf } from "./iterate.ts";
import { PythonError } from "./python-error.ts";
import { str } from "./text.ts";
import { stringRepr } from "./string-repr.ts";
import { ownerName, undefinedMessage } from "./undefined.ts";
import { braceFormat } from "./brace-format.ts";
import { methodOf } from "../methods/registry.ts";
import type { Method } from "../methods/method.ts";
import { Callable, PyRange, PyTuple, typeName, Undefined } from "../values/value.ts";
import type { Value } from "../values/value.ts";

/** A slice `start:stop:step` as written in brackets. */
export interface Slice {
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;
}

const format: Method = (target, args, kwargs) =>
  braceFormat(target as string, args, kwargs, { attribute: getAttribute, item: getItem });

/** A built-in method of a value, unbound: calls on it need no bound method. */
export function methodNamed(target: Value, name: string): Method | undefined {
  return name === "format" && typeof target === "string" ? format : methodOf(target, name);
}

/** The value of an attribute Python itself would find; undefined when there is none. */
function ownAttribute(target: Value, name: string): Value | undefined {
  const method = methodNamed(target, name);
  if (method)
    return new Callable(name, (args, kwargs) => method(target, args, kwargs), { label: methodLabel(target, name) });
  if (target === null || typeof target !== "object" || Array.isArray(target)) return undefined;
  switch (target.kind) {
    case "object":
      return target.protocol.attribute(name);
    case "callable":
      return target.attributes?.get(name);
    case "tuple": {
      const index = target.names?.indexOf(name) ?? -1;
      return target.items[index];
    }
    case "undefined":
      return missingOn(target);
    default:
      return undefined;
  }
}

function methodLabel(target: Value, name: string): string {
  return `<built-in method ${name} of ${typeName(target)} object>`;
}

function missing(target: Value, name: string): Undefined {
  return new Undefined(name, { owner: ownerName(target) }, behaviour);
}

/** What reading from an undefined value gives. @throws {PythonError} unless it is lenient. */
function missingOn(target: Undefined): Value {
  if (target.behaviour === "lenient") return target;
  throw new PythonError("UndefinedError", undefinedMessage(target));
}

/** `target.name`: an attribute, or else an item of that name. */
export function getAttribute(target: Value, name: string): Value {
  const attribute = ownAttribute(target, name);
  if (attribute !== undefined) return attribute;
  const item = ownItem(target, name);
  return item === undefined ? missing(target, name) : item;
}

/** The attribute alone, without looking at items: the `attr` filter. */
export function attributeOnly(target: Value, name: string): Value {
  const attribute = ownAttribute(target, name);
  return attribute === undefined ? missing(target, name) : attribute;
}

/** `target[key]`: an item, or else an attribute of that name. */
export function getItem(target: Value, key: Value): Value {
  const item = ownItem(target, key);
  if (item !== undefined) return item;
  if (typeof key === "string") {
    const found = ownAttribute(target, key);
    if (found !== undefined) return found;
    return missing(target, key);
  }
  return new Undefined(str(key), { owner: ownerName(target), element: true }, behaviour);
}

function ownItem(target: Value, key: Value): Value | undefined {
  if (typeof target === "string") return at(characters(target), key);
  if (Array.isArray(target)) return at(target, key);
  if (target === null || typeof target !== "object") return undefined;
  switch (target.kind) {
    case "dict":
      return typeof key === "object" && key !== null && !hashable(key) ? undefined : target.get(key);
    case "tuple":
      return at(target.items, key);
    case "range": {
      const index = position(key, target.length);
      return index === undefined ? undefined : target.at(index);
    }
    case "object":
      return target.protocol.item?.(key);
    case "undefined":
      return missingOn(target);
    default:
      return undefined;
  }
}

function hashable(key: Value): boolean {
  return !Array.isArray(key) && key !== null && typeof key === "object" && key.kind !== "dict" && key.kind !== "set";
}

function position(key: Value, length: number): number | undefined {
  if (typeof key !== "number" && typeof key !== "boolean") return undefined;
  const index = Number(key) < 0 ? Number(key) + length : Number(key);
  return index >= 0 && index < length ? index : undefined;
}

function at(list: ArrayLike<Value>, key: Value): Value | undefined {
  const index = position(key, list.length);
  return index === undefined ? undefined : list[index];
}

/** `target[start:stop:step]`. */
export function getSlice(target: Value, slice: Slice): Value {
  if (typeof target === "string") {
    const chars = characters(target);
    const { start, stop, step } = resolve(slice, chars.length);
    if (step === 1)
      return typeof chars === "string" ? chars.slice(start, Math.max(start, stop)) : chars.slice(start, stop).join("");
    return pick(chars, start, stop, step).join("");
  }
  if (Array.isArray(target) || target instanceof PyTuple) {
    const list = Array.isArray(target) ? target : target.items;
    const { start, stop, step } = resolve(slice, list.length);
    const picked = step === 1 ? list.slice(start, Math.max(start, stop)) : pick(list, start, stop, step);
    return Array.isArray(target) ? picked : new PyTuple(picked);
  }
  if (target instanceof PyRange) {
    const { start, stop, step } = resolve(slice, target.length);
    return new PyRange(target.at(start), target.at(stop), target.step * step);
  }
  if (target instanceof Undefined) return missingOn(target);
  return new Undefined("slice", { owner: ownerName(target), element: true }, behaviour);
}

function pick<T>(list: ArrayLike<T>, start: number, stop: number, step: number): T[] {
  const picked: T[] = [];
  for (let index = start; step > 0 ? index < stop : index > stop; index += step) picked.push(list[index] as T);
  return picked;
}

function resolve(slice: Slice, length: number): { start: number; stop: number; step: number } {
  const step = slice.step === null ? 1 : indexOf(slice.step, "slice indices");
  if (step === 0) throw new PythonError("ValueError", "slice step cannot be zero");
  const bound = (value: Value, missing: number): number => {
    if (value === null) return missing;
    const index = indexOf(value, "slice indices");
    const low = step < 0 ? -1 : 0;
    const high = step < 0 ? length - 1 : length;
    return index < 0 ? Math.max(low, index + length) : Math.min(high, index);
  };
  return {
    start: bound(slice.start, step < 0 ? length - 1 : 0),
    stop: bound(slice.stop, step < 0 ? -1 : length),
    step,
  };
}

/** Spreads one value over `count` assignment targets. */
export function unpack(value: Value, walk: Iterable<Value>, count: number): Value[] {
  const parts: Value[] = [];
  for (const part of walk) {
    if (parts.length === count) throw new PythonError("ValueError", `too many values to unpack (expected ${count})`);
    parts.push(part);
  }
  if (parts.length < count)
    throw new PythonError(
      "ValueError",
      `not enough values to unpack (expected ${count}, got ${parts.length}) from ${shorten(value)}`,
    );
  return parts;
}

function shorten(value: Value): string {
  return typeof value === "string"
    ? stringRepr(value.slice(0, 40))
    : `a ${typeName(value)} of ${lengthOf(value) ?? "unknown"} elements`;
}

type Behaviour = "default" | "lenient" | "strict";
let behaviour: Behaviour = "default";

/** Sets how missing attributes and items behave from now on; gives the setting before. Rendering is synchronous. */
export function setUndefinedBehaviour(next: Behaviour): Behaviour {
  const previous = behaviour;
  behaviour = next;
  return previous;
}
