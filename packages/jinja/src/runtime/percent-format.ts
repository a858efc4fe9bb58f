import { checkLength, indexOf } from "./budget.ts";
import { numeric } from "./compare.ts";
import { formatFloat, inBase, pad } from "./number-format.ts";
import { PythonError } from "./python-error.ts";
import { repr, str } from "./text.ts";
import { PyDict } from "../values/dict.ts";
import { PyFloat, PyTuple, typeName } from "../values/value.ts";
import type { Value } from "../values/value.ts";

const directive = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]?([^])?/g;

/** Python's `format % values`. */
export function percentFormat(format: string, values: Value): string {
  const list = values instanceof PyTuple ? values.items : [values];
  let used = 0;
  let named = false;
  const next = (): Value => {
    const value = list[used++];
    if (value === undefined) throw new PythonError("TypeError", "not enough arguments for format string");
    return value;
  };
  const text = format.replace(directive, (all: string, name, flags, width, precision, kind, offset) => {
    if (kind === undefined) throw new PythonError("ValueError", "incomplete format");
    if (kind === "%") return "%";
    if (name !== undefined && !(values instanceof PyDict))
      throw new PythonError("TypeError", "format requires a mapping");
    const wide = width === "*" ? indexOf(next()) : Number(width ?? 0);
    const digits = precision === "*" ? indexOf(next()) : all.includes(".") ? Number(precision ?? 0) : undefined;
    let value: Value;
    if (name === undefined) value = next();
    else {
      named = true;
      value = item(values as PyDict, name as string);
    }
    return convert(value, kind as string, flags as string, wide, digits, offset as number);
  });
  if (!named && used < list.length && !(list.length === 1 && mapping(values)))
    throw new PythonError("TypeError", "not all arguments converted during string formatting");
  checkLength(text.length);
  return text;
}

function mapping(values: Value): boolean {
  return values instanceof PyDict || Array.isArray(values);
}

function item(values: PyDict, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw new PythonError("KeyError", repr(name));
  return value;
}

function convert(
  value: Value,
  kind: string,
  flags: string,
  width: number,
  digits: number | undefined,
  at: number,
): string {
  const align = flags.includes("-") ? "<" : ">";
  if (kind === "s" || kind === "r" || kind === "a") {
    const text = kind === "s" ? str(value) : repr(value);
    return pad(digits === undefined ? text : Array.from(text).slice(0, digits).join(""), width, align, " ");
  }
  if (kind === "c")
    return pad(typeof value === "string" ? value : String.fromCodePoint(indexOf(value)), width, align, " ");
  if (!"diuoxXeEfFgG".includes(kind))
    throw new PythonError("ValueError", `unsupported format character '${kind}' at index ${at + 1}`);
  const number = numeric(value);
  if (number === undefined)
    throw new PythonError("TypeError", `%${kind} format: a real number is required, not ${typeName(value)}`);
  let text: string;
  if ("diu".includes(kind)) text = whole(value, number).padStart(0);
  else if ("oxX".includes(kind)) {
    if (value instanceof PyFloat)
      throw new PythonError("TypeError", `%${kind} format: an integer is required, not float`);
    text = inBase(number, kind, flags.includes("#"));
  } else text = formatFloat(Number(number), kind, digits ?? 6, flags.includes("#"));
  if (digits !== undefined && "diuoxX".includes(kind))
    text = pad(text, digits + (text.startsWith("-") ? 1 : 0), "=", "0");
  if (!text.startsWith("-")) text = (flags.includes("+") ? "+" : flags.includes(" ") ? " " : "") + text;
  return flags.includes("0") && align === ">" ? pad(text, width, "=", "0") : pad(text, width, align, " ");
}

function whole(value: Value, number: number | bigint): string {
  if (!(value instanceof PyFloat)) return String(number);
  if (!Number.isFinite(value.value)) throw new PythonError("OverflowError", "cannot convert float infinity to integer");
  return String(BigInt(Math.trunc(value.value)));
}
