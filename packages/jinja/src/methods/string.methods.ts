import { method } from "./method.ts";
import type { Method } from "./method.ts";
import { checkLength, indexOf, spend } from "../runtime/budget.ts";
import { characters, items, textLength } from "../runtime/iterate.ts";
import { pad } from "../runtime/number-format.ts";
import { PythonError } from "../runtime/python-error.ts";
import { PyDict } from "../values/dict.ts";
import { PyTuple, typeName } from "../values/value.ts";
import type { Value } from "../values/value.ts";

type Arg = Value | undefined;

function text(value: Arg, what: string): string {
  if (typeof value === "string") return value;
  throw new PythonError("TypeError", `${what} must be str, not ${typeName(value ?? null)}`);
}

function optionalInt(value: Arg, fallback: number): number {
  return value === undefined || value === null ? fallback : indexOf(value);
}

/** Runs of one kind of character at an end of a text. */
function strip(target: string, chars: Arg, start: boolean, end: boolean): string {
  if (chars === undefined || chars === null) {
    if (start && end) return target.trim();
    return start ? target.trimStart() : target.trimEnd();
  }
  const set = new Set(text(chars, "strip arg"));
  const all = Array.from(target);
  const inside = (char: string): boolean => !set.has(char);
  const from = start ? all.findIndex(inside) : 0;
  if (from < 0) return "";
  const to = end ? all.findLastIndex(inside) + 1 : all.length;
  return all.slice(from, to).join("");
}

function split(target: string, separator: Arg, limit: Arg): Value[] {
  const max = optionalInt(limit, -1);
  if (separator === undefined || separator === null) {
    const trimmed = target.trimStart();
    if (trimmed === "") return [];
    if (max < 0) return count(trimmed.trimEnd().split(/\s+/u));
    const parts: string[] = [];
    let rest = trimmed;
    while (parts.length < max) {
      const gap = /\s+/u.exec(rest);
      if (!gap) break;
      parts.push(rest.slice(0, gap.index));
      rest = rest.slice(gap.index + gap[0].length);
    }
    return rest === "" ? parts : [...parts, parts.length === max ? rest.trimEnd() : rest];
  }
  const between = text(separator, "sep");
  if (between === "") throw new PythonError("ValueError", "empty separator");
  const parts = target.split(between);
  if (max < 0 || parts.length - 1 <= max) return count(parts);
  return [...parts.slice(0, max), parts.slice(max).join(between)];
}

function count(parts: string[]): string[] {
  spend(parts.length);
  return parts;
}

function splitRight(target: string, separator: Arg, limit: Arg): Value[] {
  const max = optionalInt(limit, -1);
  if (max < 0) return split(target, separator, null);
  if (separator === undefined || separator === null) {
    const parts: string[] = [];
    let rest = target.trimEnd();
    while (parts.length < max && rest !== "") {
      const gap = /\s+(?=\S*$)/u.exec(rest);
      if (!gap) break;
      parts.unshift(rest.slice(gap.index + gap[0].length));
      rest = rest.slice(0, gap.index);
    }
    return rest.trim() === "" ? parts : [rest, ...parts];
  }
  const between = text(separator, "sep");
  if (between === "") throw new PythonError("ValueError", "empty separator");
  const parts = target.split(between);
  if (parts.length - 1 <= max) return count(parts);
  return [parts.slice(0, parts.length - max).join(between), ...parts.slice(parts.length - max)];
}

/** The part of a text between two indices, and where it starts. */
function window(target: string, start: Arg, end: Arg): { part: string; from: number } {
  const chars = characters(target);
  const bound = (value: Arg, fallback: number): number => {
    const index = optionalInt(value, fallback);
    return index < 0 ? Math.max(0, index + chars.length) : Math.min(chars.length, index);
  };
  const from = bound(start, 0);
  const to = bound(end, chars.length);
  const part = typeof chars === "string" ? chars.slice(from, Math.max(from, to)) : chars.slice(from, to).join("");
  return { part, from };
}

function find(target: string, needle: Arg, start: Arg, end: Arg, last: boolean): number {
  const { part, from } = window(target, start, end);
  const wanted = text(needle, "sub");
  const index = last ? part.lastIndexOf(wanted) : part.indexOf(wanted);
  return index < 0 ? -1 : from + textLength(part.slice(0, index));
}

function occurrences(target: string, needle: Arg, start: Arg, end: Arg): number {
  const { part } = window(target, start, end);
  const wanted = text(needle, "sub");
  return wanted === "" ? textLength(part) + 1 : part.split(wanted).length - 1;
}

function affix(
  target: string,
  candidates: Arg,
  start: Arg,
  end: Arg,
  test: (part: string, affix: string) => boolean,
): boolean {
  const { part } = window(target, start, end);
  const list = candidates instanceof PyTuple ? candidates.items : [candidates];
  return list.some((candidate) => test(part, text(candidate, "affix")));
}

/** Python's `replace`, limited to `max` when that is not negative. */
export function replaceText(target: string, from: string, to: string, max: number): string {
  const parts = from === "" ? ["", ...Array.from(target), ""] : target.split(from);
  const replaced = max < 0 ? parts.length - 1 : Math.min(max, parts.length - 1);
  checkLength(target.length + replaced * (to.length - from.length));
  if (max < 0 || replaced === parts.length - 1) return parts.join(to);
  return (
    parts.slice(0, replaced + 1).join(to) +
    (replaced + 1 < parts.length ? from : "") +
    parts.slice(replaced + 1).join(from)
  );
}

/** Python's `sep.join(parts)`. */
export function joinText(separator: string, parts: readonly string[]): string {
  let length = separator.length * Math.max(0, parts.length - 1);
  for (const part of parts) length += part.length;
  checkLength(length);
  return parts.join(separator);
}

/** Python's `title`: a capital after every character that is not a letter. */
export function titleCase(target: string): string {
  return target.replace(/\p{L}+/gu, (word) => capitalize(word));
}

export function capitalize(target: string): string {
  const [first = ""] = target;
  return first.toUpperCase() + target.slice(first.length).toLowerCase();
}

function partition(target: string, separator: Arg, last: boolean): Value {
  const between = text(separator, "sep");
  if (between === "") throw new PythonError("ValueError", "empty separator");
  const index = last ? target.lastIndexOf(between) : target.indexOf(between);
  if (index < 0) return new PyTuple(last ? ["", "", target] : [target, "", ""]);
  return new PyTuple([target.slice(0, index), between, target.slice(index + between.length)]);
}

// oxlint-disable-next-line no-control-regex -- Python ends lines at these separators too
const lineEnd = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

function splitLines(target: string, keep: boolean): Value[] {
  const lines: string[] = [];
  let start = 0;
  for (const match of target.matchAll(lineEnd)) {
    const after = match.index + match[0].length;
    lines.push(target.slice(start, keep ? after : match.index));
    start = after;
  }
  if (start < target.length) lines.push(target.slice(start));
  return count(lines);
}

function centered(target: string, width: number, fill: string): string {
  const length = textLength(target);
  if (width <= length) return target;
  checkLength(width);
  const missing = width - length;
  // Python puts the odd space on the left when both the gap and the width are odd.
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + target + fill.repeat(missing - left);
}

function matches(pattern: RegExp): (target: string) => boolean {
  return (target) => pattern.test(target);
}

function translate(target: string, table: Arg): string {
  if (!(table instanceof PyDict)) throw new PythonError("TypeError", "translate() needs a dict");
  return Array.from(target, (char) => {
    const found = table.get(char.codePointAt(0) as number);
    if (found === undefined) return char;
    if (found === null) return "";
    return typeof found === "string" ? found : String.fromCodePoint(indexOf(found));
  }).join("");
}

const cased = /\p{Lu}|\p{Ll}|\p{Lt}/u;
const questions: Readonly<Record<string, (target: string) => boolean>> = {
  isdigit: matches(/^[\p{Nd}\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]+$/u),
  isdecimal: matches(/^\p{Nd}+$/u),
  isnumeric: matches(/^\p{N}+$/u),
  isalpha: matches(/^\p{L}+$/u),
  isalnum: matches(/^[\p{L}\p{N}]+$/u),
  isspace: matches(/^\s+$/u),
  isidentifier: matches(/^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u),
  isascii: (target) => [...target].every((char) => char.charCodeAt(0) < 128),
  isprintable: (target) => !/[\p{C}\p{Zl}\p{Zp}]/u.test(target),
  islower: (target) => cased.test(target) && target === target.toLowerCase(),
  isupper: (target) => cased.test(target) && target === target.toUpperCase(),
  istitle: (target) => cased.test(target) && target === titleCase(target),
};

const range = ["sub", "start?", "end?"];

/** Methods of str, except `format`, which reads attributes. */
export const stringMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  method<string>("upper", [], (s) => s.toUpperCase()),
  method<string>("lower", [], (s) => s.toLowerCase()),
  method<string>("casefold", [], (s) => s.toLowerCase().replaceAll("ß", "ss")),
  method<string>("title", [], (s) => titleCase(s)),
  method<string>("capitalize", [], (s) => capitalize(s)),
  method<string>("swapcase", [], (s) =>
    Array.from(s, (char) => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase())).join(""),
  ),
  method<string>("strip", ["chars?"], (s, [chars]) => strip(s, chars, true, true)),
  method<string>("lstrip", ["chars?"], (s, [chars]) => strip(s, chars, true, false)),
  method<string>("rstrip", ["chars?"], (s, [chars]) => strip(s, chars, false, true)),
  method<string>("split", ["sep?", "maxsplit?"], (s, [separator, max]) => split(s, separator, max)),
  method<string>("rsplit", ["sep?", "maxsplit?"], (s, [separator, max]) => splitRight(s, separator, max)),
  method<string>("splitlines", ["keepends?"], (s, [keep]) => splitLines(s, keep === true)),
  method<string>("partition", ["sep"], (s, [separator]) => partition(s, separator, false)),
  method<string>("rpartition", ["sep"], (s, [separator]) => partition(s, separator, true)),
  method<string>("replace", ["old", "new", "count?"], (s, [from, to, max]) =>
    replaceText(s, text(from, "old"), text(to, "new"), optionalInt(max, -1)),
  ),
  method<string>("removeprefix", ["prefix"], (s, [prefix]) =>
    s.startsWith(text(prefix, "prefix")) ? s.slice((prefix as string).length) : s,
  ),
  method<string>("removesuffix", ["suffix"], (s, [suffix]) =>
    suffix !== "" && s.endsWith(text(suffix, "suffix")) ? s.slice(0, s.length - (suffix as string).length) : s,
  ),
  method<string>("join", ["iterable"], (s, [list]) =>
    joinText(
      s,
      items(list as Value).map((item, index) => {
        if (typeof item === "string") return item;
        throw new PythonError("TypeError", `sequence item ${index}: expected str instance, ${typeName(item)} found`);
      }),
    ),
  ),
  method<string>("startswith", ["prefix", "start?", "end?"], (s, [prefix, start, end]) =>
    affix(s, prefix, start, end, (part, candidate) => part.startsWith(candidate)),
  ),
  method<string>("endswith", ["suffix", "start?", "end?"], (s, [suffix, start, end]) =>
    affix(s, suffix, start, end, (part, candidate) => part.endsWith(candidate)),
  ),
  method<string>("find", range, (s, [needle, start, end]) => find(s, needle, start, end, false)),
  method<string>("rfind", range, (s, [needle, start, end]) => find(s, needle, start, end, true)),
  method<string>("index", range, (s, [needle, start, end]) => found(find(s, needle, start, end, false))),
  method<string>("rindex", range, (s, [needle, start, end]) => found(find(s, needle, start, end, true))),
  method<string>("count", range, (s, [needle, start, end]) => occurrences(s, needle, start, end)),
  method<string>("zfill", ["width"], (s, [width]) => pad(s, indexOf(width as Value), "=", "0")),
  method<string>("ljust", ["width", "fillchar?"], (s, [width, fill]) =>
    pad(s, indexOf(width as Value), "<", text(fill ?? " ", "fillchar")),
  ),
  method<string>("rjust", ["width", "fillchar?"], (s, [width, fill]) =>
    pad(s, indexOf(width as Value), ">", text(fill ?? " ", "fillchar")),
  ),
  method<string>("center", ["width", "fillchar?"], (s, [width, fill]) =>
    centered(s, indexOf(width as Value), text(fill ?? " ", "fillchar")),
  ),
  method<string>("expandtabs", ["tabsize?"], (s, [size]) => {
    const width = optionalInt(size, 8);
    checkLength(s.length * Math.max(1, width));
    return s.replace(/[^\n\r]+/g, (line) => {
      let out = "";
      for (const char of line)
        out += char === "\t" ? " ".repeat(width > 0 ? width - (textLength(out) % width) : 0) : char;
      return out;
    });
  }),
  method<string>("translate", ["table"], (s, [table]) => translate(s, table)),
  ...Object.entries(questions).map(([name, ask]) => method<string>(name, [], (s) => ask(s))),
]);

function found(index: number): number {
  if (index < 0) throw new PythonError("ValueError", "substring not found");
  return index;
}

export { centered };
