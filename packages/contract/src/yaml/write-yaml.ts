import { resolvePlain } from "./resolve-scalar.ts";

/** How long a map or list may be to stand on one line. */
const WIDTH = 100;

type Plain = Readonly<Record<string, unknown>>;

/** A document in our style: sections in blocks, small maps and lists on one line. Keys keep their order. */
export function writeYaml(document: Plain): string {
  return block(document, 0).join("\n") + "\n";
}

/** A value on one line, whatever its size. */
export function inlineYaml(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "[]" : `[${value.map(inlineYaml).join(", ")}]`;
  if (isMap(value)) {
    const entries = present(value).map(([key, each]) => `${keyText(key)}: ${inlineYaml(each)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return scalarText(value);
}

/** What follows `key:`, from the space on: one line, or lines that belong below a key at `indent`. */
export function valueLines(value: unknown, indent: number): readonly string[] {
  if (typeof value === "string" && isLiteral(value)) return literal(value, indent + 2);
  if (!isMap(value) && !Array.isArray(value)) return [` ${scalarText(value, PROSE)}`];
  if (fitsOneLine(value, indent)) return [` ${inlineYaml(value)}`];
  return ["", ...block(value, indent + 2)];
}

/** An entry of a block list whose dash stands at `indent`. */
export function itemLines(value: unknown, indent: number): readonly string[] {
  const dash = " ".repeat(indent);
  if ((!isMap(value) && !Array.isArray(value)) || fitsOneLine(value, indent) || Array.isArray(value)) {
    return [`${dash}- ${inlineYaml(value)}`];
  }
  const [first, ...rest] = block(value, indent + 2);
  return [`${dash}- ${first!.trimStart()}`, ...rest];
}

function block(value: Plain | readonly unknown[], indent: number): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => itemLines(each, indent));
  return present(value as Plain).flatMap(([key, each]) => {
    const [first, ...rest] = valueLines(each, indent);
    return [`${" ".repeat(indent)}${keyText(key)}:${first!}`, ...rest];
  });
}

const isMap = (value: unknown): value is Plain => typeof value === "object" && value !== null && !Array.isArray(value);
const present = (value: Plain): [string, unknown][] => Object.entries(value).filter(([, each]) => each !== undefined);

/** Top-level sections stand in blocks, and so does what holds a list of maps: fields, checks, ports. */
function fitsOneLine(value: Plain | readonly unknown[], indent: number): boolean {
  if (isMap(value) && indent === 0 && present(value).length > 0) return false;
  if (isMap(value) && Object.values(value).some((each) => Array.isArray(each) && each.some(isMap))) return false;
  if (Array.isArray(value) && value.some(isMap)) return false;
  return inlineYaml(value).length + indent <= WIDTH;
}

const keyText = (key: string): string => (key === "null" ? key : scalarText(key));

function scalarText(value: unknown, plain: RegExp = PLAIN): string {
  if (typeof value === "string") return isPlain(value, plain) ? value : quoted(value);
  if (typeof value === "number") {
    if (Number.isNaN(value)) return ".nan";
    if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
    return Object.is(value, -0) ? "-0" : String(value);
  }
  // Integers that a number does not hold are given as bigint.
  return value === true || value === false || typeof value === "bigint" ? String(value) : "null";
}

/** Words that YAML 1.1 tools take for something else, though we would not. */
const OLD_WORDS = /^(?:y|n|yes|no|on|off|[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?)$/i;

/** Words, numbers with units, names with dots: nothing that YAML could read as an indicator. */
const PLAIN = /^[A-Za-z0-9_/](?:[A-Za-z0-9_./+@()=<>*&'"|!?$~^%;-]| (?! |$))*$/;

/** The same outside brackets, where commas, and colons that no space follows, are text too. */
const PROSE = /^[A-Za-z0-9_/](?:[A-Za-z0-9_./+@()=<>*&'"|!?$~^%;,-]|:(?=[^ ])(?!$)| (?! |$))*$/;

const isPlain = (text: string, plain: RegExp): boolean =>
  text.length <= 400 && plain.test(text) && !OLD_WORDS.test(text) && typeof resolvePlain(text) === "string";

/** JSON's quoting is YAML's; what YAML does not print is escaped too. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007F-\u009F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Several lines of ordinary text read best as they are. */
function isLiteral(text: string): boolean {
  return (
    text.includes("\n") &&
    !text.endsWith("\n\n") &&
    /^[^\s]/.test(text) &&
    /^[\n\u0020-\u007E\u00A0-\u2027\u202A-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD]*$/.test(text) &&
    !/ $/m.test(text)
  );
}

function literal(text: string, indent: number): string[] {
  const ends = text.endsWith("\n");
  const lines = (ends ? text.slice(0, -1) : text).split("\n");
  return [ends ? " |" : " |-", ...lines.map((line) => (line === "" ? "" : " ".repeat(indent) + line))];
}
