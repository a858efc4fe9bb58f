const INTEGER = /^[-+]?[0-9]+$/;
const OCTAL = /^0o[0-7]+$/;
const HEXADECIMAL = /^0x[0-9a-fA-F]+$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

const WORDS = new Map<string, boolean | number | null>([
  ["", null],
  ["~", null],
  ["null", null],
  ["Null", null],
  ["NULL", null],
  ["true", true],
  ["True", true],
  ["TRUE", true],
  ["false", false],
  ["False", false],
  ["FALSE", false],
  [".nan", Number.NaN],
  [".NaN", Number.NaN],
  [".NAN", Number.NaN],
  ...["", "+", "-"].flatMap((sign) =>
    [".inf", ".Inf", ".INF"].map((word): [string, number] => [
      sign + word,
      sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
    ]),
  ),
]);

/** What a plain scalar means in YAML 1.2's core schema (section 10.3.2): dates, versions and `yes` are text. */
export function resolvePlain(text: string): string | number | boolean | null {
  const first = text.charCodeAt(0);
  // Most scalars are names: only these first characters can start anything but text (digits + - . ~ and n N t T f F).
  if (text.length > 0 && !((first >= 48 && first <= 57) || "+-.~nNtTfF".includes(text[0]!))) return text;
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (INTEGER.test(text) || FLOAT.test(text)) return Number(text);
  if (OCTAL.test(text)) return Number.parseInt(text.slice(2), 8);
  if (HEXADECIMAL.test(text)) return Number.parseInt(text.slice(2), 16);
  return text;
}

/** What an explicitly tagged scalar means, or undefined where the text does not fit its tag or the tag is unknown. */
export function resolveTagged(
  tag: string,
  text: string,
  plain: boolean,
): { value: string | number | boolean | null } | undefined {
  if (tag === "!" || tag === "!!str") return { value: text };
  const value = resolvePlain(text);
  switch (tag) {
    case "!!null":
      return value === null ? { value } : undefined;
    case "!!bool":
      return typeof value === "boolean" ? { value } : undefined;
    case "!!int":
      return typeof value === "number" && Number.isInteger(value) ? { value } : undefined;
    case "!!float":
      return typeof value === "number" ? { value } : undefined;
    case "":
      return { value: plain ? value : text };
    default:
      return undefined;
  }
}
