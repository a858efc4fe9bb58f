import { signature } from "../runtime/signature.ts";
import type { Bound } from "../runtime/signature.ts";
import type { Kwargs, Value } from "../values/value.ts";

/** A method: the value it belongs to, then the call's arguments. */
export type Method = (target: Value, args: readonly Value[], kwargs: Kwargs) => Value;

/** A method with a fixed signature; names ending in `?` may be left out. */
export function method<Target>(
  name: string,
  parameters: readonly string[],
  body: (target: Target, bound: Bound) => Value,
): [string, Method] {
  const bind = signature(name, ...parameters);
  return [name, (target, args, kwargs) => body(target as Target, bind(args, kwargs))];
}
