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
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const document = mapOf(file, text);
  const insertions: Insertion[] = [];
  let added = "";
  for (const [key, wanted] of Object.entries(lists)) {
    const list = listOf(file, document, key);
    const items = wanted.filter((item) => !list?.items.some((i) => isScalar(i) && i.value === item)).map(flowYaml);
    if (items.length === 0) continue;
    if (list === undefined) added += `${key}:${end}${items.map((item) => `  - ${item}${end}`).join("")}`;
    else insertions.push(insertion(text, list, items, end));
  }
  // From the end to the beginning, so that offsets stay right.
  let out = text;
  for (const { from, to, with: put } of insertions.sort((a, b) => b.from - a.from))
    out = out.slice(0, from) + put + out.slice(to);
  return added === "" ? out : `${out === "" || out.endsWith("\n") ? out : out + end}${added}`;
}

interface Insertion {
  readonly from: number;
  readonly to: number;
  readonly with: string;
}

function insertion(text: string, list: List, items: readonly string[], end: string): Insertion {
  const last = list.items.at(-1);
  if (last === undefined && text.slice(list.start).startsWith("[]") && text.slice(0, list.start).endsWith(": ")) {
    // A line each: two people who add something meet in fewer conflicts.
    return { from: list.start - 1, to: list.start + 2, with: items.map((item) => `${end}  - ${item}`).join("") };
  }
  if (list.flow) {
    const at = last ? rangeOf(last)[1] : list.start + 1;
    return { from: at, to: at, with: `${last ? ", " : ""}${items.join(", ")}` };
  }
  const [start, valueEnd] = rangeOf(last!);
  const lineEnd = text.indexOf("\n", valueEnd);
  const before = text.slice(text.lastIndexOf("\n", start) + 1, start);
  const lines = items.map((item) => `${before}${item}${end}`).join("");
  return lineEnd === -1
    ? { from: text.length, to: text.length, with: end + lines }
    : { from: lineEnd + 1, to: lineEnd + 1, with: lines };
}

/** Takes entries out again. A list that gets empty stays as `[]`. */
export function removeFromLists(file: string, text: string, lists: Lists): string {
  let out = text;
  for (const [key, items] of Object.entries(lists)) for (const item of items) out = removeOne(file, out, key, item);
  return out;
}

function removeOne(file: string, text: string, key: string, item: string): string {
  const list = listOf(file, mapOf(file, text), key);
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

type TopLevel = readonly Pair[];

function mapOf(file: string, text: string): TopLevel {
  const document = parseDocument(text);
  const first = document.errors[0];
  if (first) throw new TemplateError(`${file}: ${first.message.split("\n")[0]}`);
  const root = document.contents;
  if (root === null) return [];
  if (!isMap(root)) throw new TemplateError(`${file}: it is no map of keys`);
  return root.items;
}

function listOf(file: string, document: TopLevel, key: string): List | undefined {
  const pair = document.find((i) => isScalar(i.key) && i.key.value === key);
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
