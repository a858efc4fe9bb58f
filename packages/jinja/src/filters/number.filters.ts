import { defaulted, filter } from "./filter.ts";
import type { Named } from "./filter.ts";
import type { Filter } from "../environment.ts";
import { unary } from "../runtime/arithmetic.ts";
import { indexOf } from "../runtime/budget.ts";
import { numeric } from "../runtime/compare.ts";
import { toFixed } from "../runtime/number-format.ts";
import { PythonError } from "../runtime/python-error.ts";
import { requireDefined } from "../runtime/undefined.ts";
import { PyFloat, typeName } from "../values/value.ts";
import type { Value } from "../values/value.ts";

/** Python's `int(text, base)`; undefined when the text is no such number. */
export function parseInteger(text: string, base: number): number | bigint | undefined {
  const trimmed = text.trim().replace(/(?<=[\da-z])_(?=[\da-z])/gi, "");
  const [, sign, prefix, digits] = /^([-+]?)(0[xob])?([\da-z]+)$/i.exec(trimmed) ?? [];
  if (digits === undefined) return undefined;
  const prefixes: Readonly<Record<string, number>> = { "0x": 16, "0o": 8, "0b": 2 };
  const own = prefix === undefined ? undefined : prefixes[prefix.toLowerCase()];
  if (own !== undefined && base !== own && base !== 0) return undefined;
  const radix = base === 0 ? (own ?? 10) : base;
  let value = 0n;
  for (const char of digits.toLowerCase()) {
    const digit = Number.parseInt(char, 36);
    if (digit >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(digit);
  }
  if (sign === "-") value = -value;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/** Python's `float(text)`; undefined when the text is no number. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = text.trim().replace(/(?<=\d)_(?=\d)/g, "");
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed)) return Number(trimmed);
  const word = /^([-+]?)(inf|infinity|nan)$/i.exec(trimmed);
  if (!word) return undefined;
  if (word[2]?.toLowerCase() === "nan") return Number.NaN;
  return word[1] === "-" ? -Infinity : Infinity;
}

/** `value` as an int, cut off towards zero; undefined when it is none. */
export function toInteger(value: Value, base: number): number | bigint | undefined {
  if (typeof value === "string") {
    const whole = value.length > 5000 ? undefined : parseInteger(value, base);
    if (whole !== undefined) return whole;
    const float = parseFloatText(value);
    return float === undefined ? undefined : truncated(float);
  }
  const number = numeric(value);
  if (number === undefined) return undefined;
  return typeof number === "bigint" ? number : truncated(number);
}

function truncated(value: number): number | bigint | undefined {
  if (!Number.isFinite(value)) return undefined;
  const whole = Math.trunc(value);
  return Number.isSafeInteger(whole) ? (whole === 0 ? 0 : whole) : BigInt(whole);
}

function round(value: Value, digits: number, way: string): Value {
  const number = numeric(value);
  if (number === undefined) {
    requireDefined(value);
    throw new PythonError("TypeError", `type ${typeName(value)} doesn't define __round__ method`);
  }
  if (way !== "common" && way !== "ceil" && way !== "floor")
    throw new PythonError("FilterArgumentError", "method must be common, ceil or floor");
  if (way !== "common") {
    const power = 10 ** digits;
    const scaled = Number(number) * power;
    return new PyFloat((way === "ceil" ? Math.ceil(scaled) : Math.floor(scaled)) / power);
  }
  if (!(value instanceof PyFloat)) return digits >= 0 ? number : roundWhole(number, -digits);
  if (!Number.isFinite(value.value)) return value;
  if (digits < 0) return new PyFloat(Number(roundWhole(BigInt(Math.trunc(value.value)), -digits)));
  return new PyFloat(Number(toFixed(value.value, digits)));
}

/** Rounds a whole number to tens, hundreds …, half to even. */
function roundWhole(value: number | bigint, zeros: number): number | bigint {
  const unit = 10n ** BigInt(Math.min(400, zeros));
  const number = BigInt(value);
  const rest = ((number % unit) + unit) % unit;
  let rounded = number - rest;
  if (rest * 2n > unit || (rest * 2n === unit && (rounded / unit) % 2n !== 0n)) rounded += unit;
  const small = Number(rounded);
  return Number.isSafeInteger(small) ? small : rounded;
}

/** jinja2's filters on numbers. */
export const numberFilters: readonly Named<Filter>[] = [
  ...filter("int", ["default?", "base?"], (value, [fallback, base]) => {
    requireDefinedWhenStrict(value);
    const whole = toInteger(value, base === undefined ? 10 : indexOf(base));
    return whole === undefined ? defaulted(fallback, 0) : whole;
  }),
  ...filter("float", ["default?"], (value, [fallback]) => {
    requireDefinedWhenStrict(value);
    const number = typeof value === "string" ? parseFloatText(value) : numeric(value);
    return number === undefined ? defaulted(fallback, new PyFloat(0)) : new PyFloat(Number(number));
  }),
  ...filter("abs", [], (value) => {
    const number = numeric(value);
    if (value instanceof PyFloat) return new PyFloat(Math.abs(value.value));
    if (number !== undefined) return number < 0 ? unary("-", number) : number;
    requireDefined(value);
    throw new PythonError("TypeError", `bad operand type for abs(): '${typeName(value)}'`);
  }),
  ...filter("round", ["precision?", "method?"], (value, [digits, way]) =>
    round(value, digits === undefined ? 0 : indexOf(digits), typeof way === "string" ? way : "common"),
  ),
];

/** jinja2 takes an undefined value for 0 here, unless undefined values are strict. */
function requireDefinedWhenStrict(value: Value): void {
  if (value !== null && typeof value === "object" && !Array.isArray(value) && value.kind === "undefined")
    requireDefined(value);
}
