import { checkLength, spend } from "./budget.ts";
import { PythonError } from "./python-error.ts";
import { stringRepr } from "./string-repr.ts";
import { undefinedMessage } from "./undefined.ts";
import { PyFloat, PyTuple } from "../values/value.ts";
import type { Value } from "../values/value.ts";

/** Python's `str(value)`: what `{{ value }}` prints. */
export function str(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    if (value.kind === "undefined") {
      if (value.behaviour === "strict") throw new PythonError("UndefinedError", undefinedMessage(value));
      return "";
    }
    if (value.kind === "object") return value.protocol.text?.() ?? `<${value.protocol.typeName} object>`;
  }
  return repr(value);
}

/** Python's `repr(value)`: how a value prints inside a list. */
export function repr(value: Value): string {
  if (value === null || typeof value !== "object") return scalarRepr(value);
  const pieces = new Pieces();
  write(value, pieces, []);
  return pieces.text;
}

class Pieces {
  text = "";
  add(piece: string): void {
    this.text += piece;
    checkLength(this.text.length);
  }
}

function scalarRepr(value: null | boolean | number | bigint | string): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? stringRepr(value) : String(value);
}

function write(value: Value, out: Pieces, above: readonly object[]): void {
  spend();
  if (value === null || typeof value !== "object") return out.add(scalarRepr(value));
  if (above.includes(value)) return out.add(Array.isArray(value) ? "[...]" : "{...}");
  if (above.length > 200) throw new PythonError("RecursionError", "The value is nested too deeply to print");
  const inside = [...above, value];
  const list = (items: Iterable<Value>, open: string, close: string): void => {
    out.add(open);
    let first = true;
    for (const item of items) {
      if (!first) out.add(", ");
      first = false;
      write(item, out, inside);
    }
    out.add(close);
  };
  if (Array.isArray(value)) return list(value, "[", "]");
  switch (value.kind) {
    case "float":
      return out.add(floatRepr(value.value));
    case "tuple":
      return list(value.items, "(", value.items.length === 1 ? ",)" : ")");
    case "set":
      return value.size === 0 ? out.add("set()") : list(value.values(), "{", "}");
    case "dict": {
      out.add("{");
      let first = true;
      for (const [key, item] of value.entries()) {
        if (!first) out.add(", ");
        first = false;
        write(key, out, inside);
        out.add(": ");
        write(item, out, inside);
      }
      return out.add("}");
    }
    case "range":
      return out.add(`range(${value.start}, ${value.stop}${value.step === 1 ? "" : `, ${value.step}`})`);
    case "view": {
      out.add(`dict_${value.of}`);
      if (value.of === "items")
        return list(
          Array.from(value.dict.entries(), (pair) => new PyTuple(pair)),
          "([",
          "])",
        );
      return list(value.of === "keys" ? value.dict.keys() : value.dict.values(), "([", "])");
    }
    case "iterator":
      return out.add(`<generator object ${value.name}>`);
    case "undefined":
      return out.add("Undefined");
    case "callable":
      return out.add(value.label ?? `<function ${value.name}>`);
    case "object":
      return out.add(value.protocol.repr?.() ?? value.protocol.text?.() ?? `<${value.protocol.typeName} object>`);
  }
}

/** Python's repr of a float: shortest digits, `1e+16` from 16 digits on, always with a point or exponent. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [mantissa, power] = value.toExponential().split("e") as [string, string];
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const digits = String(Math.abs(exponent)).padStart(2, "0");
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  const text = String(value);
  if (text.includes("e")) return value.toFixed(mantissa.replace(/[-.]/g, "").length - 1 - exponent);
  return text.includes(".") ? text : `${text}.0`;
}

/** A float value. */
export function float(value: number): PyFloat {
  return new PyFloat(value);
}
