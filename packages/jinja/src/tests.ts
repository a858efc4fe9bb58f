import type { Test } from "./environment.ts";
import { arithmetic } from "./runtime/arithmetic.ts";
import { equals, ordered } from "./runtime/compare.ts";
import { contains, iterable } from "./runtime/iterate.ts";
import { str } from "./runtime/text.ts";
import { PyDict } from "./values/dict.ts";
import { Callable, HostObject, PyFloat, PyTuple, PyRange, Undefined } from "./values/value.ts";
import type { Value } from "./values/value.ts";

const isInteger = (value: Value): boolean => typeof value === "number" || typeof value === "bigint";
const remainder = (value: Value, divisor: Value): Value => arithmetic("%", value, divisor);
const binary =
  (test: (value: Value, other: Value) => boolean): Test =>
  (value, [other = null]) =>
    test(value, other);

/** jinja2: anything with a length and items by number counts as a sequence, dicts included. */
function isSequence(value: Value): boolean {
  if (value instanceof HostObject) return value.protocol.length !== undefined && value.protocol.item !== undefined;
  return (
    typeof value === "string" ||
    Array.isArray(value) ||
    value instanceof PyTuple ||
    value instanceof PyDict ||
    value instanceof PyRange
  );
}

function isMapping(value: Value): boolean {
  if (value instanceof HostObject) return value.protocol.mapping === true;
  return value instanceof PyDict;
}

function same(a: Value, b: Value): boolean {
  if (a instanceof PyFloat && b instanceof PyFloat) return a.value === b.value;
  return a === b;
}

const isEqual = binary((a, b) => equals(a, b));

/** jinja2's tests. */
export const builtinTests: ReadonlyMap<string, Test> = new Map<string, Test>([
  ["defined", (value) => !(value instanceof Undefined)],
  ["undefined", (value) => value instanceof Undefined],
  ["none", (value) => value === null],
  ["boolean", (value) => typeof value === "boolean"],
  ["true", (value) => value === true],
  ["false", (value) => value === false],
  ["integer", isInteger],
  ["float", (value) => value instanceof PyFloat],
  ["number", (value) => isInteger(value) || typeof value === "boolean" || value instanceof PyFloat],
  ["string", (value) => typeof value === "string"],
  ["mapping", isMapping],
  ["iterable", (value) => iterable(value) !== undefined],
  ["sequence", isSequence],
  [
    "callable",
    (value) => value instanceof Callable || (value instanceof HostObject && value.protocol.call !== undefined),
  ],
  ["odd", (value) => equals(remainder(value, 2), 1)],
  ["even", (value) => equals(remainder(value, 2), 0)],
  ["divisibleby", binary((value, divisor) => equals(remainder(value, divisor), 0))],
  ["lower", (value) => str(value) === str(value).toLowerCase() && /\p{L}/u.test(str(value))],
  ["upper", (value) => str(value) === str(value).toUpperCase() && /\p{L}/u.test(str(value))],
  ["sameas", binary(same)],
  ["escaped", () => false],
  ["in", binary((value, container) => contains(container, value))],
  ["filter", (value, _args, _kwargs, env) => typeof value === "string" && env.filters.has(value)],
  ["test", (value, _args, _kwargs, env) => typeof value === "string" && env.tests.has(value)],
  ["==", isEqual],
  ["eq", isEqual],
  ["equalto", isEqual],
  ["!=", binary((a, b) => !equals(a, b))],
  ["ne", binary((a, b) => !equals(a, b))],
  ...[
    ["<", "<"],
    ["lt", "<"],
    ["lessthan", "<"],
    ["<=", "<="],
    ["le", "<="],
    [">", ">"],
    ["gt", ">"],
    ["greaterthan", ">"],
    [">=", ">="],
    ["ge", ">="],
  ].map(([name, operator]) => [name as string, binary((a, b) => ordered(operator as string, a, b))] as const),
]);
