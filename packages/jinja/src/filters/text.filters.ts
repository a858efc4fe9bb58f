import { filter } from "./filter.ts";
import type { Named } from "./filter.ts";
import type { Filter } from "../environment.ts";
import { capitalize, centered, replaceText, stringMethods } from "../methods/string.methods.ts";
import { checkLength, indexOf } from "../runtime/budget.ts";
import { truth } from "../runtime/compare.ts";
import { items, iterable } from "../runtime/iterate.ts";
import { jsonText } from "../runtime/json.ts";
import { percentFormat } from "../runtime/percent-format.ts";
import { PythonError } from "../runtime/python-error.ts";
import { repr, str } from "../runtime/text.ts";
import { PyDict } from "../values/dict.ts";
import { noKwargs, PyTuple } from "../values/value.ts";
import type { Value } from "../values/value.ts";

function integer(value: Value | undefined, fallback: number): number {
  return value === undefined || value === null ? fallback : indexOf(value);
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&#34;",
    "'": "&#39;",
  };
  checkLength(text.length * 5);
  return text.replace(/[&<>"']/g, (char) => entities[char] as string);
}

function indent(text: string, width: Value | undefined, first: boolean, blank: boolean): string {
  const margin = typeof width === "string" ? width : " ".repeat(limited(integer(width, 4)));
  const lines = text.split("\n");
  checkLength(text.length + margin.length * lines.length);
  const body = lines.map((line, index) => ((index === 0 ? first : blank || line !== "") ? margin + line : line));
  return body.join("\n");
}

function limited(width: number): number {
  checkLength(width);
  return Math.max(0, width);
}

function truncate(text: string, length: number, killWords: boolean, end: string, leeway: number): string {
  const chars = Array.from(text);
  if (chars.length <= length + leeway) return text;
  if (length < end.length) throw new PythonError("AssertionError", `expected length >= ${end.length}, got ${length}`);
  const kept = chars.slice(0, length - end.length).join("");
  if (killWords) return kept + end;
  const space = kept.lastIndexOf(" ");
  return (space < 0 ? kept : kept.slice(0, space)) + end;
}

function wordwrap(text: string, width: number, breakLong: boolean, between: string): string {
  if (width <= 0) throw new PythonError("ValueError", `invalid width ${width} (must be > 0)`);
  checkLength(text.length * (1 + between.length));
  return text
    .split(/\r\n|[\n\r]/)
    .map((line) => wrapLine(line, width, breakLong).join(between))
    .join(between);
}

function wrapLine(line: string, width: number, breakLong: boolean): string[] {
  const lines: string[] = [];
  let at = "";
  for (const chunk of line.match(/\s+|\S+/g) ?? []) {
    if (at.length + chunk.length <= width) at += chunk;
    else if (/^\s/.test(chunk)) {
      lines.push(at);
      at = "";
    } else {
      let rest = chunk;
      if (breakLong)
        for (; rest.length > width; at = "") {
          const room = at.length < width ? width - at.length : 0;
          lines.push(at + rest.slice(0, room));
          rest = rest.slice(room);
        }
      if (at !== "" && at.length + rest.length > width) {
        lines.push(at.trimEnd());
        at = "";
      }
      at += rest;
    }
  }
  if (at.trim() !== "") lines.push(at.trimEnd());
  return lines.length > 0 ? lines : [""];
}

function urlencode(value: Value): string {
  const quoted = (part: Value, safe: string): string =>
    encodeURIComponent(str(part))
      .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll("%2F", safe);
  if (typeof value === "string" || !iterable(value)) return quoted(value, "/");
  const pairs = value instanceof PyDict ? Array.from(value.entries()) : items(value).map((pair) => items(pair));
  const plus = (part: Value): string => quoted(part, "%2F").replaceAll("%20", "+");
  return pairs.map(([key = null, item = null]) => `${plus(key)}=${plus(item)}`).join("&");
}

function fileSize(value: Value, binary: boolean): string {
  const bytes = Number(typeof value === "string" ? value : str(value));
  const base = binary ? 1024 : 1000;
  if (bytes === 1) return "1 Byte";
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const units = binary
    ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
    : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
  let unit = base;
  for (const [index, name] of units.entries()) {
    unit *= base;
    if (bytes < unit || index === units.length - 1) return `${((base * bytes) / unit).toFixed(1)} ${name}`;
  }
  return "";
}

/** As jinja2's: sorted keys, and nothing that could close a script tag. */
function jsonForHtml(value: Value, indentation: Value | undefined): string {
  const spaces = indentation === undefined || indentation === null ? undefined : limited(indexOf(indentation));
  return jsonText(value, { sortKeys: true, indent: spaces })
    .replaceAll("<", "\\u003c")
    .replaceAll(">", "\\u003e")
    .replaceAll("&", "\\u0026")
    .replaceAll("'", "\\u0027");
}

function method(name: string, value: Value, ...args: Value[]): Value {
  const found = stringMethods.get(name);
  if (!found) throw new Error(`str has no method ${name}`);
  return found(str(value), args, noKwargs);
}

const format: Filter = (value, args, kwargs) => {
  if (args.length > 0 && kwargs.size > 0)
    throw new PythonError("FilterArgumentError", "can't handle positional and keyword arguments at the same time");
  return percentFormat(str(value), kwargs.size > 0 ? new PyDict(kwargs) : new PyTuple(args));
};

/** jinja2's filters on text. */
export const textFilters: readonly Named<Filter>[] = [
  ...filter("upper", [], (value) => str(value).toUpperCase()),
  ...filter("lower", [], (value) => str(value).toLowerCase()),
  ...filter("capitalize", [], (value) => capitalize(str(value))),
  // Unlike the method, the filter starts words only after spaces, dashes and opening brackets.
  ...filter("title", [], (value) => str(value).replace(/[^-\s({[<]+/gu, (word) => capitalize(word))),
  ...filter("trim", ["chars?"], (value, [chars]) => method("strip", value, chars ?? null)),
  ...filter("string", [], (value) => str(value)),
  ...filter("replace", ["old", "new", "count?"], (value, [from, to, count]) =>
    replaceText(str(value), str(from as Value), str(to as Value), integer(count, -1)),
  ),
  ...filter("center", ["width?"], (value, [width]) => centered(str(value), integer(width, 80), " ")),
  ...filter("indent", ["width?", "first?", "blank?"], (value, [width, first, blank]) =>
    indent(str(value), width, truth(first ?? false), truth(blank ?? false)),
  ),
  ...filter("truncate", ["length?", "killwords?", "end?", "leeway?"], (value, [length, kill, end, leeway]) =>
    truncate(str(value), integer(length, 255), truth(kill ?? false), str(end ?? "..."), integer(leeway, 5)),
  ),
  ...filter(
    "wordwrap",
    ["width?", "break_long_words?", "wrapstring?", "break_on_hyphens?"],
    (value, [width, long, between]) =>
      wordwrap(str(value), integer(width, 79), truth(long ?? true), str(between ?? "\n")),
  ),
  ...filter("wordcount", [], (value) => (str(value).match(/[\p{L}\p{N}_]+/gu) ?? []).length),
  ...filter("escape e forceescape", [], (value) => escapeHtml(str(value))),
  ...filter("safe", [], (value) => str(value)),
  ...filter("striptags", [], (value) =>
    str(value)
      .replace(/<!--.*?-->|<[^>]*>/gs, "")
      .replace(/\s+/g, " ")
      .trim(),
  ),
  ...filter("urlencode", [], (value) => urlencode(value)),
  ...filter("filesizeformat", ["binary?"], (value, [binary]) => fileSize(value, truth(binary ?? false))),
  ...filter("pprint", [], (value) => repr(value)),
  ...filter("tojson", ["indent?"], (value, [spaces]) => jsonForHtml(value, spaces)),
  ["format", format],
];
