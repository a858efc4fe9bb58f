import type { PyDict, PySet } from "./dict.ts";

/**
 * A value inside a template, with Python's types kept apart:
 * None is `null`, bool is `boolean`, int is `number` (always a safe integer) or `bigint`, str is `string`,
 * list is an array; every other type has a class of its own with a `kind`.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Value[]
  | PyFloat
  | PyTuple
  | PyDict
  | PySet
  | PyRange
  | PyView
  | PyIterator
  | Undefined
  | Callable
  | HostObject;

/** Keyword arguments of a call, in the order written. */
export type Kwargs = ReadonlyMap<string, Value>;

/** The body of a callable value. */
export type CallBody = (args: readonly Value[], kwargs: Kwargs) => Value;

export const noKwargs: Kwargs = new Map();

/** A Python float; a class, because `1.0` and `1` print and divide differently. */
export class PyFloat {
  readonly kind = "float";
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A Python tuple; with `names` a named tuple, as `groupby` gives. */
export class PyTuple {
  readonly kind = "tuple";
  readonly items: readonly Value[];
  readonly names: readonly string[] | undefined;
  constructor(items: readonly Value[], names?: readonly string[] | undefined) {
    this.items = items;
    this.names = names;
  }
}

/** A Python range: never materialised, so a huge one costs nothing until it is walked. */
export class PyRange {
  readonly kind = "range";
  readonly start: number;
  readonly stop: number;
  readonly step: number;
  readonly length: number;
  constructor(start: number, stop: number, step: number) {
    this.start = start;
    this.stop = stop;
    this.step = step;
    this.length = Math.max(0, Math.ceil((stop - start) / step));
  }
  at(index: number): number {
    return this.start + index * this.step;
  }
}

/** What `dict.keys()`, `.values()` and `.items()` give: a live view. */
export class PyView {
  readonly kind = "view";
  readonly of: "keys" | "values" | "items";
  readonly dict: PyDict;
  constructor(of: "keys" | "values" | "items", dict: PyDict) {
    this.of = of;
    this.dict = dict;
  }
}

/** A one-shot iterator, as `map`, `select` and other filters give. */
export class PyIterator {
  readonly kind = "iterator";
  readonly name: string;
  readonly source: Iterator<Value>;
  constructor(name: string, source: Iterator<Value>) {
    this.name = name;
    this.source = source;
  }
}

export interface UndefinedOrigin {
  /** What the name was looked up on (`dict object`, `str object` …); undefined for a plain name. */
  readonly owner?: string | undefined;
  /** The name is an index or key and not an attribute. */
  readonly element?: boolean | undefined;
  /** A whole message in place of the usual one. */
  readonly hint?: string | undefined;
}

/** The value of a name, attribute or item that does not exist. */
export class Undefined {
  readonly kind = "undefined";
  /** The missing name, as written. */
  readonly name: string | undefined;
  readonly owner: string | undefined;
  readonly element: boolean;
  readonly hint: string | undefined;
  /** `default`: reading from it fails; `lenient`: that gives itself; `strict`: any use fails. */
  readonly behaviour: "default" | "lenient" | "strict";
  constructor(
    name: string | undefined,
    origin: UndefinedOrigin = {},
    behaviour: "default" | "lenient" | "strict" = "default",
  ) {
    this.name = name;
    this.owner = origin.owner;
    this.element = origin.element ?? false;
    this.hint = origin.hint;
    this.behaviour = behaviour;
  }
}

/** A function, method or macro. */
export class Callable {
  readonly kind = "callable";
  readonly name: string;
  readonly call: CallBody;
  /** Attributes templates may read (`macro.name`, `macro.arguments`). */
  readonly attributes: ReadonlyMap<string, Value> | undefined;
  /** What `{{ fn }}` prints. */
  readonly label: string | undefined;
  constructor(
    name: string,
    call: CallBody,
    options: { attributes?: ReadonlyMap<string, Value> | undefined; label?: string | undefined } = {},
  ) {
    this.name = name;
    this.call = call;
    this.attributes = options.attributes;
    this.label = options.label;
  }
}

export type BinaryOperator = "+" | "-" | "*" | "/" | "//" | "%" | "**";

/**
 * How a host object behaves in a template. Only what is answered here can be reached:
 * there is no way from a template to the JavaScript object behind it.
 */
export interface HostProtocol {
  /** The Python type name shown in messages. */
  readonly typeName: string;
  /** The value of a declared attribute; undefined when there is none. */
  attribute(name: string): Value | undefined;
  /** Names for "did you mean". */
  attributeNames?: (() => Iterable<string>) | undefined;
  setAttribute?: ((name: string, value: Value) => void) | undefined;
  call?: CallBody | undefined;
  /** `str(x)`; without it the object prints as `<typeName object>`. */
  text?: (() => string) | undefined;
  /** `repr(x)`, used inside lists and dicts; without it `text`. */
  repr?: (() => string) | undefined;
  truth?: (() => boolean) | undefined;
  item?: ((key: Value) => Value | undefined) | undefined;
  iterate?: (() => Iterable<Value>) | undefined;
  length?: (() => number) | undefined;
  equals?: ((other: Value) => boolean) | undefined;
  /** Negative, zero or positive; undefined when the two have no order. */
  compare?: ((other: Value) => number | undefined) | undefined;
  /** Arithmetic; undefined when not supported. `reversed` when the object stands on the right. */
  binary?: ((operator: BinaryOperator, other: Value, reversed: boolean) => Value | undefined) | undefined;
  /** Whether `is mapping` holds. */
  mapping?: boolean | undefined;
  /** What `fromPython` and `tojson` see of the object. */
  plain?: (() => unknown) | undefined;
}

/** A host object such as dbt's `adapter`, made with `defineObject`. */
export class HostObject {
  readonly kind = "object";
  readonly protocol: HostProtocol;
  constructor(protocol: HostProtocol) {
    this.protocol = protocol;
  }
}

/** The Python name of a value's type, as messages show it. */
export function typeName(value: Value): string {
  if (value === null) return "NoneType";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number" || typeof value === "bigint") return "int";
  if (typeof value === "string") return "str";
  if (Array.isArray(value)) return "list";
  switch (value.kind) {
    case "view":
      return `dict_${value.of}`;
    case "iterator":
      return "generator";
    case "undefined":
      return "Undefined";
    case "callable":
      return "function";
    case "object":
      return value.protocol.typeName;
    default:
      return value.kind;
  }
}
