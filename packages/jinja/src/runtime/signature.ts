import { PythonError } from "./python-error.ts";
import type { Kwargs, Value } from "../values/value.ts";

/** Arguments in the order of their parameters; undefined where one was left out. */
export type Bound = readonly (Value | undefined)[];
export type Binder = (args: readonly Value[], kwargs: Kwargs) => Bound;

/**
 * Puts positional and keyword arguments in the order of `parameters`, as Python would.
 * A name ending in `?` may be left out.
 */
export function signature(name: string, ...parameters: readonly string[]): Binder {
  const names = parameters.map((parameter) => parameter.replace("?", ""));
  const required = parameters.filter((parameter) => !parameter.endsWith("?")).length;
  return (args, kwargs) => {
    if (kwargs.size === 0 && args.length >= required && args.length <= names.length) return args;
    if (args.length > names.length)
      throw new PythonError("TypeError", `${name}() takes at most ${names.length} arguments (${args.length} given)`);
    const bound: (Value | undefined)[] = [...args];
    for (const [key, value] of kwargs) {
      const index = names.indexOf(key);
      if (index < 0) throw new PythonError("TypeError", `${name}() got an unexpected keyword argument '${key}'`);
      if (bound[index] !== undefined)
        throw new PythonError("TypeError", `${name}() got multiple values for argument '${key}'`);
      bound[index] = value;
    }
    for (let index = 0; index < required; index++)
      if (bound[index] === undefined)
        throw new PythonError("TypeError", `${name}() missing required argument: '${names[index]}'`);
    return bound;
  };
}
