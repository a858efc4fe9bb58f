import {
  dictMethods,
  floatMethods,
  intMethods,
  listMethods,
  rangeMethods,
  setMethods,
  tupleMethods,
} from "./collection.methods.ts";
import type { Method } from "./method.ts";
import { stringMethods } from "./string.methods.ts";
import type { Value } from "../values/value.ts";

/** The built-in method of a value; only these exist, whatever JavaScript has on its prototypes. */
export function methodOf(target: Value, name: string): Method | undefined {
  if (typeof target === "string") return stringMethods.get(name);
  if (Array.isArray(target)) return listMethods.get(name);
  if (target === null) return undefined;
  if (typeof target !== "object") return intMethods.get(name);
  switch (target.kind) {
    case "dict":
      return dictMethods.get(name);
    case "tuple":
      return tupleMethods.get(name);
    case "set":
      return setMethods.get(name);
    case "range":
      return rangeMethods.get(name);
    case "float":
      return floatMethods.get(name);
    default:
      return undefined;
  }
}
