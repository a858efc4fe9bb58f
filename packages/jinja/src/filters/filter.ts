import type { Environment, Filter } from "../environment.ts";
import { getItem } from "../runtime/access.ts";
import { signature } from "../runtime/signature.ts";
import type { Bound } from "../runtime/signature.ts";
import type { Value } from "../values/value.ts";

export type Named<T> = readonly [name: string, value: T];

/** A filter with a fixed signature; names ending in `?` may be left out. */
export function filter(
  names: string,
  parameters: readonly string[],
  body: (value: Value, bound: Bound, env: Environment) => Value,
): Named<Filter>[] {
  return names.split(" ").map((name) => {
    const bind = signature(name, ...parameters);
    return [name, (value, args, kwargs, env) => body(value, bind(args, kwargs), env)] as const;
  });
}

/** An argument, or its default when it was left out; None is an argument. */
export function defaulted(value: Value | undefined, fallback: Value): Value {
  return value === undefined ? fallback : value;
}

/** Reads `a.b.0` off a value, as `map(attribute=…)` and `sort(attribute=…)` do. */
export function attributeGetter(path: Value): (value: Value) => Value {
  if (typeof path !== "string") return (value) => getItem(value, path);
  const parts = path.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return (value) => {
    let at = value;
    for (const part of parts) at = getItem(at, part);
    return at;
  };
}
