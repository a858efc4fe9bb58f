import { spend } from "./budget.ts";
import { PythonError } from "./python-error.ts";
import { undefinedMessage, requireDefined } from "./undefined.ts";
import { typeName } from "../values/value.ts";
import type { Value } from "../values/value.ts";

/** Python's truth of a value. */
export function truth(value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (value === null) return false;
  if (typeof value === "string") return value !== "";
  if (typeof value === "number") return value !== 0;
  if (typeof value === "bigint") return value !== 0n;
  if (Array.isArray(value)) return value.length > 0;
  switch (value.kind) {
    case "float":
      return value.value !== 0;
    case "tuple":
      return value.items.length > 0;
    case "dict":
    case "set":
      return value.size > 0;
    case "range":
      return value.length > 0;
    case "view":
      return value.dict.size > 0;
    case "undefined":
      if (value.behaviour === "strict") throw new PythonError("UndefinedError", undefinedMessage(value));
      return false;
    case "object":
      return value.protocol.truth?.() ?? (value.protocol.length ? value.protocol.length() > 0 : true);
    default:
      return true;
  }
}

type Numeric = number | bigint;

/** The number behind an int, bool or float; undefined for anything else. */
export function numeric(value: Value): Numeric | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value !== null && typeof value === "object" && !Array.isArray(value) && value.kind === "float")
    return value.value;
  return undefined;
}

/** Python's `a == b`. */
export function equals(a: Value, b: Value, depth = 0): boolean {
  if (a === b) return true;
  if (typeof a === "string" && typeof b === "string") return false;
  if (a === null || b === null) return hostEquals(a, b) ?? false;
  const left = numeric(a);
  if (left !== undefined) {
    const right = numeric(b);
    // oxlint-disable-next-line eqeqeq -- number and bigint compare by value with ==
    if (right !== undefined) return left == right;
    return hostEquals(a, b) ?? false;
  }
  if (typeof a !== "object" || typeof b !== "object") return hostEquals(a, b) ?? false;
  spend();
  if (depth > 200) throw new PythonError("RecursionError", "maximum recursion depth exceeded in comparison");
  if (Array.isArray(a)) return Array.isArray(b) ? sameItems(a, b, depth) : (hostEquals(a, b) ?? false);
  if (Array.isArray(b)) return hostEquals(a, b) ?? false;
  if (a.kind === "tuple" && b.kind === "tuple") return sameItems(a.items, b.items, depth);
  if (a.kind === "dict" && b.kind === "dict") {
    if (a.size !== b.size) return false;
    for (const [key, value] of a.entries()) {
      const other = b.get(key);
      if (other === undefined || !equals(value, other, depth + 1)) return false;
    }
    return true;
  }
  if (a.kind === "set" && b.kind === "set") return a.size === b.size && [...a.values()].every((item) => b.has(item));
  if (a.kind === "undefined" && b.kind === "undefined") return true;
  if (a.kind === "range" && b.kind === "range")
    return a.length === b.length && (a.length === 0 || (a.start === b.start && (a.length === 1 || a.step === b.step)));
  if (a.kind === "view" && b.kind === "view" && a.of === "keys" && b.of === "keys")
    return a.dict.size === b.dict.size && [...a.dict.keys()].every((key) => b.dict.has(key));
  return hostEquals(a, b) ?? false;
}

function hostEquals(a: Value, b: Value): boolean | undefined {
  if (a !== null && typeof a === "object" && !Array.isArray(a) && a.kind === "object" && a.protocol.equals)
    return a.protocol.equals(b);
  if (b !== null && typeof b === "object" && !Array.isArray(b) && b.kind === "object") return b.protocol.equals?.(a);
  return undefined;
}

function sameItems(a: readonly Value[], b: readonly Value[], depth: number): boolean {
  return a.length === b.length && a.every((item, index) => equals(item, b[index] as Value, depth + 1));
}

/** Orders two values like Python's `<`: negative, zero or positive. @throws {PythonError} when they have no order. */
export function compare(a: Value, b: Value, operator = "<"): number {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  const left = numeric(a);
  const right = numeric(b);
  if (left !== undefined && right !== undefined)
    return left < right ? -1 : left > right ? 1 : left === right ? 0 : Number(left) - Number(right);
  const leftItems = sequence(a);
  const rightItems = sequence(b);
  if (leftItems && rightItems && typeName(a) === typeName(b)) {
    spend(Math.min(leftItems.length, rightItems.length));
    for (let index = 0; index < leftItems.length && index < rightItems.length; index++) {
      const x = leftItems[index] as Value;
      const y = rightItems[index] as Value;
      if (!equals(x, y)) return compare(x, y, operator);
    }
    return leftItems.length - rightItems.length;
  }
  const hosted = hostCompare(a, b);
  if (hosted !== undefined) return hosted;
  requireDefined(a);
  requireDefined(b);
  throw new PythonError(
    "TypeError",
    `'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`,
  );
}

function sequence(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value;
  return value !== null && typeof value === "object" && value.kind === "tuple" ? value.items : undefined;
}

function hostCompare(a: Value, b: Value): number | undefined {
  if (a !== null && typeof a === "object" && !Array.isArray(a) && a.kind === "object") {
    const found = a.protocol.compare?.(b);
    if (found !== undefined) return found;
  }
  if (b !== null && typeof b === "object" && !Array.isArray(b) && b.kind === "object") {
    const found = b.protocol.compare?.(a);
    if (found !== undefined) return -found;
  }
  return undefined;
}

const surrogate = /[\ud800-\udfff]/;

/** By code point, as Python compares. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  if (!surrogate.test(a) && !surrogate.test(b)) return a < b ? -1 : 1;
  const left = [...a];
  const right = [...b];
  for (let index = 0; index < left.length && index < right.length; index++) {
    const difference =
      ((left[index] as string).codePointAt(0) as number) - ((right[index] as string).codePointAt(0) as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** One of Python's comparison operators; `in` and `not in` are elsewhere. */
export function ordered(operator: string, a: Value, b: Value): boolean {
  if (isSet(a) && isSet(b)) {
    const within = (x: typeof a, y: typeof a): boolean => [...x.values()].every((item) => y.has(item));
    if (operator === "<" || operator === "<=") return within(a, b) && (operator === "<=" || a.size < b.size);
    return within(b, a) && (operator === ">=" || b.size < a.size);
  }
  const result = compare(a, b, operator);
  if (operator === "<") return result < 0;
  if (operator === ">") return result > 0;
  return operator === "<=" ? result <= 0 : result >= 0;
}

function isSet(value: Value): value is Extract<Value, { readonly kind: "set" }> {
  return value !== null && typeof value === "object" && !Array.isArray(value) && value.kind === "set";
}
