import { PythonError, ReturnSignal } from "./runtime/python-error.ts";
import { PyDict, PySet } from "./values/dict.ts";
import {
  Callable,
  HostObject,
  noKwargs,
  PyFloat,
  PyIterator,
  PyRange,
  PyTuple,
  PyView,
  typeName,
  Undefined,
} from "./values/value.ts";
import type { CallBody, HostProtocol, Kwargs, Value } from "./values/value.ts";

/**
 * A JavaScript value as a template value. Integers become int and other numbers float; arrays lists;
 * plain objects and Maps dicts; undefined None; template values stay. Dates become ISO text.
 * @throws {TypeError} for functions and class instances: declare those with `defineFunction` and `defineObject`.
 */
export function toPython(value: unknown): Value {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? value : new PyFloat(value);
    case "bigint":
      return shrink(value);
    case "undefined":
      return null;
    case "object":
      return value === null ? null : objectToPython(value);
    default:
      throw new TypeError(`A ${typeof value} cannot enter a template; use defineFunction.`);
  }
}

function objectToPython(value: object): Value {
  if (Array.isArray(value)) return value.map(toPython);
  if (isTemplateObject(value)) return value;
  if (value instanceof Map)
    return new PyDict([...value].map(([key, item]) => [toPython(key), toPython(item)] as const));
  if (value instanceof Set) return new PySet([...value].map(toPython));
  if (value instanceof Date) return value.toISOString();
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`A ${value.constructor.name} cannot enter a template; use defineObject.`);
  return new PyDict(Object.entries(value).map(([key, item]) => [key, toPython(item)] as const));
}

function isTemplateObject(value: object): value is Exclude<Value, Value[] | string | number | bigint | boolean | null> {
  return (
    value instanceof PyDict ||
    value instanceof PyFloat ||
    value instanceof PyTuple ||
    value instanceof PySet ||
    value instanceof Callable ||
    value instanceof HostObject ||
    value instanceof Undefined ||
    value instanceof PyRange ||
    value instanceof PyView ||
    value instanceof PyIterator
  );
}

/** A bigint as the smaller `number` when it is a safe integer. */
function shrink(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/**
 * A template value as plain JavaScript: dicts become objects without a prototype (keys as text), tuples, sets, views
 * and iterators arrays, floats numbers, Undefined undefined. Callables stay as they are; host objects give `plain()`.
 */
export function fromPython(value: Value): unknown {
  return plain(value, []);
}

function plain(value: Value, above: readonly object[]): unknown {
  if (value === null || typeof value !== "object") return value;
  if (above.includes(value)) throw new PythonError("ValueError", "Circular reference detected");
  if (above.length > 500) throw new PythonError("RecursionError", "The value is nested too deeply");
  const inside = [...above, value];
  const each = (items: Iterable<Value>): unknown[] => Array.from(items, (item) => plain(item, inside));
  if (Array.isArray(value)) return each(value);
  switch (value.kind) {
    case "float":
      return value.value;
    case "tuple":
      return each(value.items);
    case "set":
      return each(value.values());
    case "dict": {
      const object = Object.create(null) as Record<string, unknown>;
      for (const [key, item] of value.entries()) object[keyText(key)] = plain(item, inside);
      return object;
    }
    case "range":
      return Array.from({ length: value.length }, (_, index) => value.at(index));
    case "view":
      if (value.of === "items") return Array.from(value.dict.entries(), each);
      return each(value.of === "keys" ? value.dict.keys() : value.dict.values());
    case "iterator":
      return each({ [Symbol.iterator]: () => value.source });
    case "undefined":
      return undefined;
    case "callable":
      return value;
    case "object":
      return value.protocol.plain ? value.protocol.plain() : (value.protocol.text?.() ?? value);
  }
}

function keyText(key: Value): string {
  if (typeof key === "string") return key;
  if (typeof key === "number" || typeof key === "bigint") return String(key);
  if (typeof key === "boolean") return key ? "true" : "false";
  if (key === null) return "null";
  if (!Array.isArray(key) && key.kind === "float") return String(key.value);
  throw new PythonError("TypeError", `a ${typeName(key)} cannot be a key outside a template`);
}

/** A TypeScript function templates can call. A thrown `JinjaError` keeps its place; any other error gets the call's. */
export function defineFunction(name: string, call: CallBody): Callable {
  return new Callable(name, call);
}

/** Calls a callable value from TypeScript. @throws {JinjaError} */
export function callValue(fn: Value, args: readonly Value[] = [], kwargs: Kwargs = noKwargs): Value {
  if (fn !== null && typeof fn === "object" && !Array.isArray(fn)) {
    if (fn.kind === "callable") return fn.call(args, kwargs);
    if (fn.kind === "object" && fn.protocol.call) return fn.protocol.call(args, kwargs);
  }
  throw new PythonError("TypeError", `'${typeName(fn)}' object is not callable`);
}

/** Ends the macro being called with `value`: the body of dbt's `return()`. */
export function returnValue(value: Value): never {
  throw new ReturnSignal(value);
}

/** What a host object shows to templates; everything not named here does not exist for them. */
export interface ObjectDefinition extends Omit<HostProtocol, "typeName" | "attribute" | "attributeNames"> {
  /** Attributes by name; functions are asked at each reading. */
  readonly attributes?: Readonly<Record<string, Value | (() => Value)>> | undefined;
  readonly methods?: Readonly<Record<string, CallBody>> | undefined;
  /** Answers names that are in neither of the two. */
  readonly attribute?: ((name: string) => Value | undefined) | undefined;
  /** Names `attribute` answers, for "did you mean". */
  readonly attributeNames?: (() => Iterable<string>) | undefined;
}

/** A host object such as dbt's `adapter`; `name` is its Python type name. */
export function defineObject(name: string, definition: ObjectDefinition): HostObject {
  const { attributes, methods, attribute, attributeNames, ...hooks } = definition;
  const known = new Map<string, Value | (() => Value)>(Object.entries(attributes ?? {}));
  for (const [method, body] of Object.entries(methods ?? {})) known.set(method, new Callable(method, body));
  return new HostObject({
    ...hooks,
    typeName: name,
    attribute(key) {
      const found = known.get(key);
      if (found === undefined) return attribute?.(key);
      return typeof found === "function" ? found() : found;
    },
    attributeNames: () => [...known.keys(), ...(attributeNames?.() ?? [])],
  });
}
