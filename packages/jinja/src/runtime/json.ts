import { checkLength, spend } from "./budget.ts";
import { compareText } from "./compare.ts";
import { PythonError } from "./python-error.ts";
import { floatRepr } from "./text.ts";
import { toPython } from "../border.ts";
import { typeName } from "../values/value.ts";
import type { Value } from "../values/value.ts";

export interface JsonOptions {
  readonly sortKeys?: boolean | undefined;
  /** Spaces per level; without it everything stands on one line. */
  readonly indent?: number | undefined;
}

/** Python's `json.dumps(value)`: `", "` and `": "` between, everything beyond ASCII escaped. */
export function jsonText(value: Value, options: JsonOptions = {}): string {
  return write(value, options, []);
}

function quote(text: string): string {
  const ascii = /^[ !#-[\]-~]*$/;
  if (ascii.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function write(value: Value, options: JsonOptions, above: readonly object[]): string {
  spend();
  if (value === null) return "null";
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object") return String(value);
  if (above.includes(value)) throw new PythonError("ValueError", "Circular reference detected");
  if (above.length > 200) throw new PythonError("RecursionError", "The value is nested too deeply for JSON");
  const inside = [...above, value];
  if (Array.isArray(value))
    return wrap(
      "[",
      value.map((item) => write(item, options, inside)),
      "]",
      options,
      inside.length,
    );
  switch (value.kind) {
    case "float":
      if (Number.isFinite(value.value)) return floatRepr(value.value);
      return Number.isNaN(value.value) ? "NaN" : value.value > 0 ? "Infinity" : "-Infinity";
    case "tuple":
      return wrap(
        "[",
        value.items.map((item) => write(item, options, inside)),
        "]",
        options,
        inside.length,
      );
    case "dict": {
      const entries = Array.from(value.entries(), ([key, item]) => [keyText(key), item] as const);
      if (options.sortKeys) entries.sort(([a], [b]) => compareText(a, b));
      const parts = entries.map(([key, item]) => `${quote(key)}: ${write(item, options, inside)}`);
      return wrap("{", parts, "}", options, inside.length);
    }
    case "object":
      if (value.protocol.plain) return write(toPython(value.protocol.plain()), options, inside);
      break;
    case "view":
      // A view is no JSON for Python either, but dbt hands lists on; say what to do.
      throw new PythonError("TypeError", `Object of type ${typeName(value)} is not JSON serializable; add |list`);
    default:
  }
  throw new PythonError("TypeError", `Object of type ${typeName(value)} is not JSON serializable`);
}

function wrap(open: string, parts: readonly string[], close: string, { indent }: JsonOptions, depth: number): string {
  let length = 0;
  for (const part of parts) length += part.length + 2;
  checkLength(length);
  if (indent === undefined || parts.length === 0) return open + parts.join(", ") + close;
  checkLength(length + parts.length * indent * depth);
  const line = `\n${" ".repeat(indent * depth)}`;
  return `${open}${line}${parts.join(`,${line}`)}\n${" ".repeat(indent * (depth - 1))}${close}`;
}

function keyText(key: Value): string {
  if (typeof key === "string") return key;
  if (key === null) return "null";
  if (typeof key === "boolean" || typeof key === "number" || typeof key === "bigint") return String(key);
  if (!Array.isArray(key) && key.kind === "float") return floatRepr(key.value);
  throw new PythonError("TypeError", `keys must be str, int, float, bool or None, not ${typeName(key)}`);
}
