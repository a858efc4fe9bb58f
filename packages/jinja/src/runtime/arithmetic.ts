import { checkItems, checkLength, indexOf } from "./budget.ts";
import { numeric } from "./compare.ts";
import { percentFormat } from "./percent-format.ts";
import { LimitError, PythonError } from "./python-error.ts";
import { requireDefined } from "./undefined.ts";
import { PySet } from "../values/dict.ts";
import { PyFloat, PyTuple, typeName } from "../values/value.ts";
import type { BinaryOperator, Value } from "../values/value.ts";

/** Python's `a + b`. */
export function add(a: Value, b: Value): Value {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    return Number.isSafeInteger(sum) ? sum : shrink(BigInt(a) + BigInt(b));
  }
  if (typeof a === "string" && typeof b === "string") {
    checkLength(a.length + b.length);
    return a + b;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    checkItems(a.length + b.length);
    return [...a, ...b];
  }
  if (a instanceof PyTuple && b instanceof PyTuple) {
    checkItems(a.items.length + b.items.length);
    return new PyTuple([...a.items, ...b.items]);
  }
  if (typeof a === "string" && numeric(b) !== undefined)
    throw new PythonError("TypeError", `can only concatenate str (not "${typeName(b)}") to str`);
  return arithmetic("+", a, b);
}

/** Python's arithmetic operators. */
export function arithmetic(operator: BinaryOperator, a: Value, b: Value): Value {
  const left = numeric(a);
  const right = numeric(b);
  if (left !== undefined && right !== undefined) {
    if (a instanceof PyFloat || b instanceof PyFloat) return new PyFloat(floats(operator, Number(left), Number(right)));
    return integers(operator, left, right);
  }
  const other = mixed(operator, a, b) ?? hosted(operator, a, b);
  if (other !== undefined) return other;
  requireDefined(a);
  requireDefined(b);
  if (operator === "+" && typeof a === "string")
    throw new PythonError("TypeError", `can only concatenate str (not "${typeName(b)}") to str`);
  const shown = operator === "**" ? "** or pow()" : operator;
  throw new PythonError("TypeError", `unsupported operand type(s) for ${shown}: '${typeName(a)}' and '${typeName(b)}'`);
}

function mixed(operator: BinaryOperator, a: Value, b: Value): Value | undefined {
  if (operator === "%" && typeof a === "string") return percentFormat(a, b);
  if (operator === "*") return repeat(a, b) ?? repeat(b, a);
  if (operator === "-" && a instanceof PySet && b instanceof PySet)
    return new PySet([...a.values()].filter((item) => !b.has(item)));
  return undefined;
}

function repeat(sequence: Value, count: Value): Value | undefined {
  if (typeof count !== "number" && typeof count !== "bigint" && typeof count !== "boolean") return undefined;
  const times = Math.max(0, indexOf(count));
  if (typeof sequence === "string") {
    checkLength(sequence.length * times);
    return sequence === "" ? "" : sequence.repeat(times);
  }
  const items = Array.isArray(sequence) ? sequence : sequence instanceof PyTuple ? sequence.items : undefined;
  if (!items) return undefined;
  checkItems(items.length * times);
  const all: Value[] = [];
  if (items.length > 0) for (let turn = 0; turn < times; turn++) for (const item of items) all.push(item);
  return Array.isArray(sequence) ? all : new PyTuple(all);
}

function hosted(operator: BinaryOperator, a: Value, b: Value): Value | undefined {
  const on = (value: Value, other: Value, reversed: boolean): Value | undefined =>
    value !== null && typeof value === "object" && !Array.isArray(value) && value.kind === "object"
      ? value.protocol.binary?.(operator, other, reversed)
      : undefined;
  return on(a, b, false) ?? on(b, a, true);
}

function floats(operator: BinaryOperator, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "**":
      return power(a, b);
    default:
      if (b === 0)
        throw new PythonError("ZeroDivisionError", operator === "%" ? "float modulo" : "float division by zero");
      if (operator === "/") return a / b;
      return operator === "//" ? Math.floor(a / b) : floatModulo(a, b);
  }
}

function floatModulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

function power(a: number, b: number): number {
  if (a === 0 && b < 0) throw new PythonError("ZeroDivisionError", "0.0 cannot be raised to a negative power");
  const result = a ** b;
  if (Number.isNaN(result) && !Number.isNaN(a) && !Number.isNaN(b))
    throw new PythonError("ValueError", "a negative number has no fractional power here");
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b))
    throw new PythonError("OverflowError", "(34, 'Numerical result out of range')");
  return result;
}

function integers(operator: BinaryOperator, a: number | bigint, b: number | bigint): Value {
  if (operator === "/") {
    if (Number(b) === 0) throw new PythonError("ZeroDivisionError", "division by zero");
    return new PyFloat(Number(a) / Number(b));
  }
  if ((operator === "//" || operator === "%") && Number(b) === 0)
    throw new PythonError(
      "ZeroDivisionError",
      operator === "%" ? "integer modulo by zero" : "integer division or modulo by zero",
    );
  if (operator === "**") return integerPower(a, b);
  if (typeof a === "number" && typeof b === "number") {
    const result = smallIntegers(operator, a, b);
    if (Number.isSafeInteger(result)) return result === 0 ? 0 : result;
  }
  return shrink(bigIntegers(operator, BigInt(a), BigInt(b)));
}

function smallIntegers(operator: BinaryOperator, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "//":
      // The quotient of two safe integers may round up to the next whole number; the remainder is exact.
      return (a - floatModulo(a, b)) / b;
    default:
      return floatModulo(a, b);
  }
}

function bigIntegers(operator: BinaryOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return limited(a, b, a * b);
    default: {
      const rest = a % b;
      const opposite = rest !== 0n && rest < 0n !== b < 0n;
      if (operator === "%") return opposite ? rest + b : rest;
      return opposite ? a / b - 1n : a / b;
    }
  }
}

function limited(a: bigint, b: bigint, product: bigint): bigint {
  if (a > 1n << 20_000n || b > 1n << 20_000n || -a > 1n << 20_000n || -b > 1n << 20_000n)
    throw new LimitError("steps", "The number would have more than 6,000 digits.");
  return product;
}

function integerPower(a: number | bigint, b: number | bigint): Value {
  if (b < 0) return new PyFloat(power(Number(a), Number(b)));
  const quick = Number(a) ** Number(b);
  if (Number.isSafeInteger(quick) && typeof a === "number") return quick;
  const bits = BigInt(a).toString(2).length * Number(b);
  if (bits > 20_000) throw new LimitError("steps", "The number would have more than 6,000 digits.");
  return shrink(BigInt(a) ** BigInt(b));
}

function shrink(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Python's unary `-` and `+`. */
export function unary(operator: "-" | "+", value: Value): Value {
  if (value instanceof PyFloat) return operator === "-" ? new PyFloat(-value.value) : value;
  const number = numeric(value);
  if (number === undefined) {
    requireDefined(value);
    throw new PythonError("TypeError", `bad operand type for unary ${operator}: '${typeName(value)}'`);
  }
  if (operator === "+") return number;
  if (typeof number === "bigint") return shrink(-number);
  return number === 0 ? 0 : -number;
}
