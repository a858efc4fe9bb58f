import { PythonError } from "./python-error.ts";
import { stringRepr } from "./string-repr.ts";
import type { Undefined, Value } from "../values/value.ts";
import { typeName } from "../values/value.ts";

/** jinja2's sentence about a missing name, attribute or item. */
export function undefinedMessage(value: Undefined): string {
  if (value.hint !== undefined) return value.hint;
  if (value.name === undefined) return "the value is undefined";
  if (value.owner === undefined) return `${stringRepr(value.name)} is undefined`;
  return value.element
    ? `${value.owner} has no element ${value.name}`
    : `${stringRepr(value.owner)} has no attribute ${stringRepr(value.name)}`;
}

/** Throws when `value` is undefined: for operations that need a value. */
export function requireDefined(value: Value): void {
  if (value !== null && typeof value === "object" && !Array.isArray(value) && value.kind === "undefined")
    throw new PythonError("UndefinedError", undefinedMessage(value));
}

/** How messages call what a name was looked up on. */
export function ownerName(value: Value): string {
  return value === null ? "None" : `${typeName(value)} object`;
}
