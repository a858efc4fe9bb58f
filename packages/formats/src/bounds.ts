/**
 * A number as plain decimal text: `1e-3` is `0.001`. Undefined where it is none.
 * Exponents beyond 400 are refused: no engine has such a value, and the text would grow without end.
 */
export function decimalText(value: number | string): string | undefined {
  const found = /^\s*([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,4}))?\s*$/i.exec(String(value));
  if (found === null || (found[2] === "" && found[3] === "")) return undefined;
  const [sign, whole, part] = [found[1] === "-" ? "-" : "", found[2]!, found[3]!];
  const exponent = Number(found[4] ?? 0);
  if (Math.abs(exponent) > 400) return undefined;
  const digits = "0".repeat(Math.max(0, -exponent)) + whole + part + "0".repeat(Math.max(0, exponent));
  const point = Math.max(0, -exponent) + whole.length + exponent;
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, "");
  const right = digits.slice(point).replace(/0+$/, "");
  return sign + (left === "" ? "0" : left) + (right === "" ? "" : `.${right}`);
}

/** A decimal text as an integer of its last digit at `scale`, exactly. */
export function unitsOf(text: string, scale: number): bigint {
  const [whole = "0", part = ""] = text.split(".");
  return BigInt(whole + part.padEnd(scale, "0"));
}

const instant = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** Milliseconds since 1970 of an ISO date or timestamp; without a zone it is UTC. Undefined where it is none. */
export function instantOf(text: string): number | undefined {
  const found = instant.exec(text.trim());
  if (found === null) return undefined;
  const [, day, minutes = "00:00", seconds = ":00", zone = "Z"] = found;
  const offset = /^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone.replace(/^([+-]\d{2})(\d{2})$/, "$1:$2").toUpperCase();
  const at = Date.parse(`${day}T${minutes}${seconds}${offset}`);
  return Number.isNaN(at) ? undefined : at;
}

/**
 * A pattern of a contract as an ECMAScript one, or undefined where it has no such form.
 * Inline flags at the start (`(?i)`) become flags.
 */
export function ecmaPattern(pattern: string): { source: string; flags: string } | undefined {
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  const source = inline === null ? pattern : pattern.slice(inline[0].length);
  const flags = inline === null ? "" : [...new Set(inline[1])].sort().join("");
  for (const candidate of [`${flags}u`, flags]) {
    try {
      return { source, flags: new RegExp(source, candidate).flags };
    } catch {
      // Not in this mode: the looser one is tried, then the caller reports it as lost.
    }
  }
  return undefined;
}
