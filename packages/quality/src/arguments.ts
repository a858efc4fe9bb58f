import type { CheckCall } from "./check-kind.ts";

const own = (call: CheckCall, key: string): unknown =>
  Object.hasOwn(call.arguments, key) ? call.arguments[key] : undefined;

/** The first of these arguments that is given. */
export function argument(call: CheckCall, ...keys: readonly string[]): unknown {
  for (const key of keys) {
    const value = own(call, key);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

export type Scalar = string | number | bigint | boolean;

export const isScalar = (value: unknown): value is Scalar =>
  typeof value === "string" || typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";

export function textArgument(call: CheckCall, ...keys: readonly string[]): string | undefined {
  const value = argument(call, ...keys);
  return isScalar(value) ? String(value) : undefined;
}

export function flagArgument(call: CheckCall, key: string): boolean {
  return own(call, key) === true;
}

/** A list of plain values; a single value is a list of one. NULL in a set says nothing, so it is left out. */
export function listArgument(call: CheckCall, ...keys: readonly string[]): readonly Scalar[] | undefined {
  const value = argument(call, ...keys);
  if (Array.isArray(value)) {
    const plain = value.filter((item) => item !== null);
    return plain.every(isScalar) ? plain : undefined;
  }
  return isScalar(value) ? [value] : undefined;
}

export interface Bounds {
  readonly min?: Scalar | undefined;
  readonly max?: Scalar | undefined;
  readonly strictMin: boolean;
  readonly strictMax: boolean;
}

/** Bounds by our names and by Great Expectations'; `undefined` where there is none. */
export function boundsArgument(call: CheckCall): Bounds | undefined {
  const scalar = (...keys: string[]): Scalar | undefined => {
    const value = argument(call, ...keys);
    return isScalar(value) ? value : undefined;
  };
  const exclusiveMin = scalar("exclusive_min");
  const exclusiveMax = scalar("exclusive_max");
  const equals = scalar("equals");
  const min = exclusiveMin ?? scalar("min", "min_value") ?? equals;
  const max = exclusiveMax ?? scalar("max", "max_value") ?? equals;
  if (min === undefined && max === undefined) return undefined;
  return {
    min,
    max,
    strictMin: exclusiveMin !== undefined || (min !== undefined && flagArgument(call, "strict_min")),
    strictMax: exclusiveMax !== undefined || (max !== undefined && flagArgument(call, "strict_max")),
  };
}

export const shown = (value: Scalar): string => (typeof value === "string" ? `"${value}"` : String(value));

/** `at least 1`, `more than 0 and at most 9`, `exactly 3`. */
export function describeBounds(
  { min, max, strictMin, strictMax }: Bounds,
  show: (value: Scalar) => string = String,
): string {
  if (min !== undefined && min === max && !strictMin && !strictMax) return `exactly ${show(min)}`;
  const low = min === undefined ? "" : `${strictMin ? "more than" : "at least"} ${show(min)}`;
  const high = max === undefined ? "" : `${strictMax ? "less than" : "at most"} ${show(max)}`;
  return [low, high].filter((part) => part !== "").join(" and ");
}

/** The first values of a set, in words. */
export function describeSet(values: readonly Scalar[]): string {
  const first = values.slice(0, 8).map(shown).join(", ");
  return values.length > 8 ? `one of ${first} and ${values.length - 8} more` : `one of ${first}`;
}
