import { updateDict } from "./methods/collection.methods.ts";
import { indexOf } from "./runtime/budget.ts";
import { PythonError } from "./runtime/python-error.ts";
import { repr, str } from "./runtime/text.ts";
import { PyDict } from "./values/dict.ts";
import { Callable, HostObject, PyRange } from "./values/value.ts";
import type { CallBody, Value } from "./values/value.ts";

const range: CallBody = (args) => {
  if (args.length < 1 || args.length > 3)
    throw new PythonError("TypeError", `range expected 1 to 3 arguments, got ${args.length}`);
  const [first = 0, second, third] = args.map((arg) => indexOf(arg, "range() arguments"));
  if (third === 0) throw new PythonError("ValueError", "range() arg 3 must not be zero");
  return second === undefined ? new PyRange(0, first, 1) : new PyRange(first, second, third ?? 1);
};

function fill(dict: PyDict, args: readonly Value[], kwargs: Iterable<readonly [string, Value]>): PyDict {
  if (args[0] !== undefined) updateDict(dict, args[0]);
  for (const [key, value] of kwargs) dict.set(key, value);
  return dict;
}

/** `namespace()`: the one object whose attributes `{% set ns.x = … %}` may set. */
const namespace: CallBody = (args, kwargs) => {
  const fields = fill(new PyDict(), args, kwargs);
  return new HostObject({
    typeName: "Namespace",
    attribute: (name) => fields.get(name),
    attributeNames: () => Array.from(fields.keys(), str),
    setAttribute: (name, value) => fields.set(name, value),
    item: (key) => fields.get(key),
    text: () => `<Namespace ${repr(fields)}>`,
  });
};

const cycler: CallBody = (values) => {
  if (values.length === 0) throw new PythonError("RuntimeError", "at least one item has to be provided");
  let at = 0;
  const next = new Callable("next", () => values[at++ % values.length] as Value);
  const reset = new Callable("reset", () => {
    at = 0;
    return null;
  });
  return new HostObject({
    typeName: "Cycler",
    attribute: (name) =>
      name === "next" ? next : name === "reset" ? reset : name === "current" ? values[at % values.length] : undefined,
    attributeNames: () => ["next", "reset", "current"],
  });
};

const joiner: CallBody = (args, kwargs) => {
  const [separator = kwargs.get("sep") === undefined ? ", " : (kwargs.get("sep") as Value)] = args;
  let used = false;
  return new HostObject({
    typeName: "Joiner",
    attribute: () => undefined,
    call: () => {
      if (used) return separator;
      used = true;
      return "";
    },
  });
};

/** The functions jinja2 itself offers to every template; `lipsum` is left out, being random. */
export const builtinFunctions: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["range", new Callable("range", range, { label: "<class 'range'>" })],
  ["dict", new Callable("dict", (args, kwargs) => fill(new PyDict(), args, kwargs), { label: "<class 'dict'>" })],
  ["namespace", new Callable("namespace", namespace)],
  ["cycler", new Callable("cycler", cycler)],
  ["joiner", new Callable("joiner", joiner)],
]);
