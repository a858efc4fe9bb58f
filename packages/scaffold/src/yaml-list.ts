import type { Node, Pair } from "yaml";
import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { flowYaml } from "./flow-yaml.ts";
import { TemplateError } from "./template.ts";

interface Lists {
  readonly [key: string]: readonly string[];
}

/**
 * Adds entries to lists at the top of a YAML file, and touches nothing else: comments, order, quotes and
 * indentation stay as they are. Throws `TemplateError` where the file has another shape.
 */
export function addToLists(file: string, text: string, lists: Lists): string {
  let out = text;
  for (const [key, items] of Object.entries(lists)) for (const item of items) out = addOne(file, out, key, item);
  return out;
}

/** Takes entries out again. A list that gets empty stays as `[]`. */
export function removeFromLists(file: string, text: string, lists: Lists): string {
  let out = text;
  for (const [key, items] of Object.entries(lists)) for (const item of items) out = removeOne(file, out, key, item);
  return out;
}

function addOne(file: string, text: string, key: string, item: string): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const list = listOf(file, text, key);
  const written = flowYaml(item);
  if (list === undefined)
    return `${text === "" || text.endsWith("\n") ? text : text + end}${key}:${end}  - ${written}${end}`;
  if (list.items.some((i) => isScalar(i) && i.value === item)) return text;
  const last = list.items.at(-1);
  if (last === undefined && text.slice(list.start).startsWith("[]") && text.slice(0, list.start).endsWith(": ")) {
    // A line each: two people who add something meet in fewer conflicts.
    return `${text.slice(0, list.start - 1)}${end}  - ${written}${text.slice(list.start + 2)}`;
  }
  if (list.flow) {
    const at = last ? rangeOf(last)[1] : list.start + 1;
    return `${text.slice(0, at)}${last ? ", " : ""}${written}${text.slice(at)}`;
  }
  const [start, valueEnd] = rangeOf(last!);
  const lineEnd = text.indexOf("\n", valueEnd);
  const before = text.slice(text.lastIndexOf("\n", start) + 1, start);
  const line = `${before}${written}${end}`;
  return lineEnd === -1 ? `${text}${end}${line}` : text.slice(0, lineEnd + 1) + line + text.slice(lineEnd + 1);
}

function removeOne(file: string, text: string, key: string, item: string): string {
  const list = listOf(file, text, key);
  const at = list?.items.findIndex((i) => isScalar(i) && i.value === item) ?? -1;
  if (list === undefined || at === -1) return text;
  const [start, end] = rangeOf(list.items[at]!);
  if (list.flow) {
    const next = list.items[at + 1];
    const previous = list.items[at - 1];
    if (next) return text.slice(0, start) + text.slice(rangeOf(next)[0]);
    return text.slice(0, previous ? rangeOf(previous)[1] : start) + text.slice(end);
  }
  const lineStart = text.lastIndexOf("\n", start) + 1;
  const lineEnd = text.indexOf("\n", end);
  const rest = lineEnd === -1 ? "" : text.slice(lineEnd + 1);
  if (list.items.length > 1) return text.slice(0, lineStart) + rest;
  return `${text.slice(0, lineStart).replace(/:[ \t]*(\r?\n)$/, ": []$1")}${rest}`;
}

interface List {
  readonly flow: boolean;
  /** Offset of `[`, for a list on one line. */
  readonly start: number;
  readonly items: readonly Node[];
}

function listOf(file: string, text: string, key: string): List | undefined {
  const document = parseDocument(text);
  const first = document.errors[0];
  if (first) throw new TemplateError(`${file}: ${first.message.split("\n")[0]}`);
  const root = document.contents;
  if (root === null) return undefined;
  if (!isMap(root)) throw new TemplateError(`${file}: it is no map of keys`);
  const pair: Pair | undefined = root.items.find((i) => isScalar(i.key) && i.key.value === key);
  if (pair === undefined) return undefined;
  if (!isSeq(pair.value)) throw new TemplateError(`${file}: ${key} is no list`);
  const items = pair.value.items as Node[];
  return { flow: pair.value.flow === true, start: rangeOf(pair.value)[0], items };
}

function rangeOf(node: Node): readonly [number, number] {
  const range = node.range;
  if (!range) throw new TemplateError("a parsed node has a place");
  return [range[0], range[1]];
}
