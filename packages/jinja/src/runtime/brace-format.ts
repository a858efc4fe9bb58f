import { checkLength } from "./budget.ts";
import { numeric } from "./compare.ts";
import { formatFloat, group, inBase, pad } from "./number-format.ts";
import { PythonError } from "./python-error.ts";
import { repr, str } from "./text.ts";
import { requireDefined } from "./undefined.ts";
import { PyFloat, typeName } from "../values/value.ts";
import type { Kwargs, Value } from "../values/value.ts";

/** How `{0.name}` and `{0[key]}` read: as templates do, so that they reach nothing templates cannot. */
export interface FieldAccess {
  readonly attribute: (target: Value, name: string) => Value;
  readonly item: (target: Value, key: Value) => Value;
}

/** Python's `text.format(*args, **kwargs)`. */
export function braceFormat(text: string, args: readonly Value[], kwargs: Kwargs, access: FieldAccess): string {
  return fill(text, args, kwargs, { next: 0, explicit: false, access }, 0);
}

interface Numbering {
  next: number;
  explicit: boolean;
  readonly access: FieldAccess;
}

function fill(text: string, args: readonly Value[], kwargs: Kwargs, numbering: Numbering, depth: number): string {
  if (depth > 2) throw new PythonError("ValueError", "Max string recursion exceeded");
  let out = "";
  for (let at = 0; at < text.length;) {
    const char = text[at] as string;
    if ((char === "{" || char === "}") && text[at + 1] === char) {
      out += char;
      at += 2;
    } else if (char === "}") throw new PythonError("ValueError", "Single '}' encountered in format string");
    else if (char === "{") {
      const end = closing(text, at);
      out += field(text.slice(at + 1, end), args, kwargs, numbering, depth);
      at = end + 1;
    } else {
      const stop = /[{}]/.exec(text.slice(at));
      const next = stop ? at + stop.index : text.length;
      out += text.slice(at, next);
      at = next;
    }
    checkLength(out.length);
  }
  return out;
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  throw new PythonError("ValueError", "Single '{' encountered in format string");
}

function field(inner: string, args: readonly Value[], kwargs: Kwargs, numbering: Numbering, depth: number): string {
  const [, path = "", conversion, spec = ""] =
    /^((?:[^:!{}[]|\[[^\]]*\])*)(?:!([^:]*))?(?::([^]*))?$/.exec(inner) ?? unreadable(inner);
  let value = resolve(path, args, kwargs, numbering);
  if (conversion === "r" || conversion === "a") value = repr(value);
  else if (conversion === "s") value = str(value);
  else if (conversion !== undefined)
    throw new PythonError("ValueError", `Unknown conversion specifier '${conversion}'`);
  const resolved = spec.includes("{") ? fill(spec, args, kwargs, numbering, depth + 1) : spec;
  return formatValue(value, resolved);
}

function unreadable(inner: string): never {
  throw new PythonError("ValueError", `The replacement field {${inner}} cannot be read`);
}

function resolve(path: string, args: readonly Value[], kwargs: Kwargs, numbering: Numbering): Value {
  const [, first = "", rest = ""] = /^([^.[]*)([^]*)$/.exec(path) ?? [];
  let value: Value | undefined;
  if (first === "" || /^\d+$/.test(first)) {
    if (first === "" ? numbering.explicit : numbering.next > 0)
      throw new PythonError("ValueError", "cannot mix automatic and manual field numbering");
    if (first !== "") numbering.explicit = true;
    value = args[first === "" ? numbering.next++ : Number(first)];
    if (value === undefined)
      throw new PythonError(
        "IndexError",
        `Replacement index ${first === "" ? numbering.next - 1 : first} out of range for positional args tuple`,
      );
  } else {
    value = kwargs.get(first);
    if (value === undefined) throw new PythonError("KeyError", repr(first));
  }
  for (const [, attribute, key] of rest.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)) {
    if (attribute !== undefined) value = numbering.access.attribute(value, attribute);
    else value = numbering.access.item(value, /^\d+$/.test(key as string) ? Number(key) : (key as string));
    requireDefined(value);
  }
  return value;
}

const specPattern = /^(?:([^])?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/u;

/** Python's `format(value, spec)`. */
export function formatValue(value: Value, spec: string): string {
  if (spec === "") return str(value);
  const match = specPattern.exec(spec);
  if (!match) throw new PythonError("ValueError", `Invalid format specifier '${spec}'`);
  const [, fillChar, alignment, sign = "-", alternate, zero, width, separator, precision, kind] = match;
  const number = numeric(value);
  const wide = Number(width ?? 0);
  if (number === undefined || kind === "s") {
    if (typeof value !== "string" && number === undefined)
      throw new PythonError("TypeError", `unsupported format string passed to ${typeName(value)}.__format__`);
    if (kind !== undefined && kind !== "s")
      throw new PythonError("ValueError", `Unknown format code '${kind}' for object of type '${typeName(value)}'`);
    const text = precision === undefined ? str(value) : Array.from(str(value)).slice(0, Number(precision)).join("");
    return pad(text, wide, alignment ?? "<", fillChar ?? (zero ? "0" : " "));
  }
  let text = formatNumber(
    value,
    number,
    kind,
    precision === undefined ? undefined : Number(precision),
    alternate === "#",
  );
  if (separator) text = group(text, separator);
  if (!text.startsWith("-") && sign !== "-") text = sign + text;
  return pad(text, wide, alignment ?? (zero ? "=" : ">"), fillChar ?? (zero ? "0" : " "));
}

function formatNumber(
  value: Value,
  number: number | bigint,
  kind: string | undefined,
  digits: number | undefined,
  alternate: boolean,
): string {
  if (kind !== undefined && "xXob".includes(kind) && !(value instanceof PyFloat))
    return inBase(number, kind, alternate);
  if (kind === "d" || kind === "n" || (kind === undefined && !(value instanceof PyFloat))) {
    if (value instanceof PyFloat && kind === "d")
      throw new PythonError("ValueError", "Unknown format code 'd' for object of type 'float'");
    return value instanceof PyFloat ? formatFloat(value.value, "g", digits ?? 6) : String(number);
  }
  if (kind === "c") return String.fromCodePoint(Number(number));
  if (kind === "%") return `${formatFloat(Number(number) * 100, "f", digits ?? 6)}%`;
  if (kind === undefined) {
    if (digits === undefined) return str(value);
    const general = formatFloat(Number(number), "g", digits);
    return /[.e]/.test(general) ? general : `${general}.0`;
  }
  if (!"eEfFgG".includes(kind))
    throw new PythonError("ValueError", `Unknown format code '${kind}' for object of type '${typeName(value)}'`);
  return formatFloat(Number(number), kind, digits ?? 6, alternate);
}
