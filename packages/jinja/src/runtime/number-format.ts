import { checkLength } from "./budget.ts";
import { PythonError } from "./python-error.ts";

/** Rounds half to even on the exact binary value, as Python's `round` and `%.2f` do. */
export function toFixed(value: number, digits: number): string {
  const places = Math.min(100, Math.max(0, digits));
  const text =
    Math.abs(value) >= 1e21
      ? BigInt(value).toString() + (places > 0 ? `.${"0".repeat(places)}` : "")
      : value.toFixed(places);
  // JavaScript rounds exact ties up; a tie has a finite expansion ending in 5 one place further.
  if (places < 70 && Math.abs(value) < 1e21) {
    const exact = Math.abs(value).toFixed(Math.min(100, places + 30));
    const rest = exact.slice(exact.indexOf(".") + 1 + places);
    const kept = exact.slice(0, exact.indexOf(".") + 1 + places).replace(/\.$/, "");
    if (/^50*$/.test(rest) && "02468".includes(kept.at(-1) as string)) return value < 0 ? `-${kept}` : kept;
  }
  return text;
}

/** `%e`, `%f`, `%g` of Python; `digits` is the precision. `alternate` keeps trailing zeros of `g`. */
export function formatFloat(value: number, kind: string, digits: number, alternate = false): string {
  if (!Number.isFinite(value)) {
    const word = Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    return kind === kind.toUpperCase() ? word.toUpperCase() : word;
  }
  checkLength(digits);
  const lower = kind.toLowerCase();
  let text: string;
  if (lower === "f") text = toFixed(value, digits) + "0".repeat(Math.max(0, digits - 100));
  else if (lower === "e") text = exponent(value, digits);
  else text = general(value, Math.max(1, digits), alternate);
  return kind === kind.toUpperCase() ? text.toUpperCase() : text;
}

function exponent(value: number, digits: number): string {
  const [mantissa, power] = value.toExponential(Math.min(100, digits)).split("e") as [string, string];
  const sign = power.startsWith("-") ? "-" : "+";
  return `${mantissa}e${sign}${power.slice(1).padStart(2, "0")}`;
}

function general(value: number, digits: number, alternate: boolean): string {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const power = Number(value.toExponential(Math.min(100, digits - 1)).split("e")[1]);
  if (power < -4 || power >= digits) {
    const text = exponent(value, digits - 1);
    return alternate ? text : text.replace(/\.?0+e/, "e");
  }
  const text = toFixed(value, digits - 1 - power);
  return alternate || !text.includes(".") ? text : text.replace(/\.?0+$/, "");
}

/** Pads to `width`; `align` is `<`, `>`, `^` or `=` (after the sign). */
export function pad(text: string, width: number, align: string, fill: string): string {
  const length = Array.from(text).length;
  if (width <= length) return text;
  checkLength(width);
  const missing = width - length;
  if (align === "<") return text + fill.repeat(missing);
  if (align === "^") {
    const left = Math.floor(missing / 2);
    return fill.repeat(left) + text + fill.repeat(missing - left);
  }
  if (align === "=") {
    const prefix = /^[-+ ]?(?:0[xob])?/i.exec(text)?.[0] ?? "";
    return prefix + fill.repeat(missing) + text.slice(prefix.length);
  }
  return fill.repeat(missing) + text;
}

/** Groups the whole part of a number by three digits. */
export function group(text: string, separator: string): string {
  const [, sign, whole, rest] = /^([-+ ]?)(\d+)(.*)$/s.exec(text) ?? [];
  if (whole === undefined) return text;
  return `${sign}${whole.replace(/\B(?=(?:\d{3})+$)/g, separator)}${rest}`;
}

/** The digits of a whole number in another base, with its prefix when asked. */
export function inBase(value: number | bigint, kind: string, prefixed: boolean): string {
  const bases: Readonly<Record<string, readonly [number, string]>> = {
    x: [16, "0x"],
    X: [16, "0X"],
    o: [8, "0o"],
    b: [2, "0b"],
  };
  const base = bases[kind];
  if (!base) throw new PythonError("ValueError", `Unknown format code '${kind}'`);
  const digits = (value < 0 ? -BigInt(value) : BigInt(value)).toString(base[0]);
  const text = (prefixed ? base[1] : "") + (kind === "X" ? digits.toUpperCase() : digits);
  return value < 0 ? `-${text}` : text;
}
