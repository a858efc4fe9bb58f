import { isDeepStrictEqual } from "node:util";
import type { Path } from "@meshwork/diagnostics";
import type { SourceText } from "./read.ts";
import { inlineYaml, itemLines, valueLines } from "./yaml/write-yaml.ts";
import { endOf, toValue } from "./yaml/yaml-node.ts";
import type { YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from "./yaml/yaml-node.ts";
import { YamlSource } from "./yaml/yaml-source.ts";

/** A change of one value: `set` writes it (and what is missing above it), `remove` takes it away. */
export type Edit = { readonly path: Path; readonly set: unknown } | { readonly path: Path; readonly remove: true };

export interface Edited {
  readonly text: string;
  /** Edits that were not made: the path leads into an alias, through a value, or the file is broken. */
  readonly refused: readonly Edit[];
}

/**
 * Changes values in a YAML text and nothing else: comments, order, quotes and line ends elsewhere stay as they are.
 * Each edit is proved by reading the result; one that would change anything else is refused instead.
 */
export function edit(source: SourceText, edits: readonly Edit[]): Edited {
  let { text } = source;
  const refused: Edit[] = [];
  for (const each of edits) {
    const next = apply(source.file, text, each);
    if (next === undefined) refused.push(each);
    else text = next;
  }
  return { text, refused };
}

function apply(file: string, text: string, change: Edit): string | undefined {
  const source = new YamlSource(file, text);
  if (source.yaml.problems.length > 0 || source.root === undefined || change.path.length === 0) return undefined;
  const wanted =
    "set" in change
      ? withSet(toValue(source.root), change.path, plain(change.set))
      : without(toValue(source.root), change.path);
  if (wanted === undefined) return undefined;
  const splice = new Editor(text, source.root).splice(change);
  if (splice === undefined) return undefined;
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const result = text.slice(0, splice.start) + splice.text.replaceAll("\n", newline) + text.slice(splice.end);
  const after = new YamlSource(file, result);
  const proved =
    after.yaml.problems.length === 0 &&
    after.yaml.documents.length === source.yaml.documents.length &&
    after.root !== undefined &&
    isDeepStrictEqual(toValue(after.root), wanted.value);
  return proved ? result : undefined;
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One step of the way from the root to the place of an edit. */
interface Step {
  readonly parent: YamlMap | YamlList;
  readonly index: number;
  readonly entry: YamlEntry | undefined;
  readonly node: YamlNode;
}

class Editor {
  readonly #text: string;
  readonly #root: YamlNode;

  constructor(text: string, root: YamlNode) {
    this.#text = text;
    this.#root = root;
  }

  splice(change: Edit): Splice | undefined {
    const steps: Step[] = [];
    let node = this.#root;
    for (const step of change.path) {
      const next = this.#step(node, step);
      if (next === undefined) break;
      steps.push(next);
      node = next.node;
    }
    const flow = [this.#root, ...steps.map((step) => step.node)].slice(0, change.path.length).some(isFlow);
    const last = steps.at(-1);
    if ("remove" in change) {
      return steps.length === change.path.length && last !== undefined ? this.#remove(steps, last) : undefined;
    }
    const missing = change.path.slice(steps.length);
    if (missing.length === 0) return last === undefined ? undefined : this.#replace(last, change.set, flow);
    if (node.kind === "scalar") {
      if (node.value !== null || last === undefined) return undefined;
      return this.#replace(last, nested(missing, change.set), flow);
    }
    const value = nested(missing.slice(1), change.set);
    return node.kind === "map"
      ? this.#insert(node, String(missing[0]), value, flow)
      : this.#append(node, missing[0]!, value, flow);
  }

  /** What belongs to an anchor elsewhere begins before its parent: nothing there is changed. */
  #step(node: YamlNode, step: string | number): Step | undefined {
    if (node.kind === "map") {
      const index = node.entries.findIndex((entry) => entry.name === String(step));
      const entry = node.entries[index];
      if (entry === undefined || entry.key.start < node.start) return undefined;
      return { parent: node, index, entry, node: entry.value };
    }
    if (node.kind === "scalar" || typeof step !== "number") return undefined;
    const item = node.items[step];
    return item === undefined ? undefined : { parent: node, index: step, entry: undefined, node: item };
  }

  #replace({ parent, entry, node }: Step, value: unknown, flow: boolean): Splice | undefined {
    if (entry === undefined) {
      if (node.start < parent.start || isBlockScalar(node, this.#text)) return undefined;
      return { start: node.start, end: endOf(node, this.#text), text: inlineYaml(value) };
    }
    const start = this.#afterColon(entry.key);
    if (start === undefined) {
      return flow && node.start < 0
        ? { start: entry.key.end, end: entry.key.end, text: `: ${inlineYaml(value)}` }
        : undefined;
    }
    const empty = node.start < 0;
    if (!empty && node.start < start) return undefined;
    const between = this.#text.slice(start, empty ? start : node.start);
    const end = empty ? start : endOf(node, this.#text);
    const comment = /^[ \t]*#[^\r\n]*/.exec(between)?.[0] ?? "";
    if (flow) return { start, end, text: ` ${inlineYaml(value)}${comment === "" ? "" : `${comment}\n`}` };
    if (/(?:^|[ \t])[&!]/.test(between.replaceAll(/#[^\r\n]*/g, ""))) return undefined;
    const [first, ...rest] = valueLines(value, this.#columnOf(entry.key.start));
    if (rest.length === 0) return { start, end, text: first! + comment };
    // Below a one-line value its comment stays with the key.
    const tail = /^[ \t]*(?:#[^\r\n]*)?/.exec(this.#text.slice(end))?.[0] ?? "";
    return { start, end: end + tail.length, text: [first! + comment + tail, ...rest].join("\n") };
  }

  #insert(map: YamlMap, key: string, value: unknown, flow: boolean): Splice | undefined {
    const keyAndValue = inlineYaml({ [key]: value }).slice(2, -2);
    if (map.flow || flow) return this.#intoFlow(map, map.entries.at(-1), keyAndValue, " ");
    const own = map.entries.filter((entry) => entry.key.start >= map.start);
    const [head] = own;
    const last = own.at(-1);
    if (head === undefined || last === undefined) return undefined;
    const indent = this.#columnOf(head.key.start);
    const name = keyAndValue.slice(0, keyAndValue.length - inlineYaml(value).length);
    const [first, ...rest] = valueLines(value, indent);
    const at = this.#lineEnd(this.#entryEnd(last));
    return { start: at, end: at, text: `\n${" ".repeat(indent)}${[name.trimEnd() + first!, ...rest].join("\n")}` };
  }

  #append(list: YamlList, step: string | number, value: unknown, flow: boolean): Splice | undefined {
    if (step !== list.items.length) return undefined;
    const last = list.items.at(-1);
    if (list.flow || flow) return this.#intoFlow(list, last, inlineYaml(value), "");
    if (last === undefined || last.start < list.start) return undefined;
    const at = this.#lineEnd(endOf(last, this.#text));
    return { start: at, end: at, text: `\n${itemLines(value, this.#columnOf(list.start)).join("\n")}` };
  }

  /** Before the closing bracket, after the last entry where nothing but white space lies between. */
  #intoFlow(
    node: YamlMap | YamlList,
    last: YamlEntry | YamlNode | undefined,
    text: string,
    pad: string,
  ): Splice | undefined {
    const bracket = endOf(node, this.#text) - 1;
    if (last === undefined) return { start: node.start + 1, end: bracket, text: pad + text + pad };
    const start = Math.max("key" in last ? this.#entryEnd(last) : endOf(last, this.#text), node.start);
    const between = this.#text.slice(start, bracket);
    const comma = between.replaceAll(/#[^\r\n]*/g, "").includes(",");
    if (/[\r\n]/.test(between)) return { start: bracket, end: bracket, text: `${comma ? "" : ", "}${text}` };
    const at = bracket - (/[ \t]*$/.exec(between)?.[0].length ?? 0);
    return { start: at, end: at, text: `${comma ? " " : ", "}${text}` };
  }

  #remove(steps: readonly Step[], { parent, index, entry, node }: Step): Splice | undefined {
    const count = parent.kind === "map" ? parent.entries.length : parent.items.length;
    const above = steps.at(-2);
    if (count === 1) {
      const emptied = parent.kind === "map" ? {} : [];
      if (parent.flow) return { start: parent.start, end: endOf(parent, this.#text), text: inlineYaml(emptied) };
      return above === undefined ? undefined : this.#replace(above, emptied, false);
    }
    const start = entry === undefined ? node.start : entry.key.start;
    const end = entry === undefined ? endOf(node, this.#text) : this.#entryEnd(entry);
    if (start < parent.start) return undefined;
    const next = this.#startOf(parent, index + 1);
    if (parent.flow) {
      if (next !== undefined) return { start, end: next, text: "" };
      const before =
        parent.kind === "map"
          ? this.#entryEnd(parent.entries[index - 1]!)
          : endOf(parent.items[index - 1]!, this.#text);
      return { start: before, end, text: "" };
    }
    const lineStart = this.#text.lastIndexOf("\n", start - 1) + 1;
    const lead = this.#text.slice(lineStart, start);
    if (/^[ ]*(?:-[ ]+)?$/.test(lead) && (entry === undefined || !lead.includes("-"))) {
      return { start: lineStart, end: this.#nextLine(end), text: "" };
    }
    // The first key beside a dash: the next one moves up to it.
    return next === undefined ? undefined : { start, end: next, text: "" };
  }

  #startOf(parent: YamlMap | YamlList, index: number): number | undefined {
    const start = parent.kind === "map" ? parent.entries[index]?.key.start : parent.items[index]?.start;
    return start === undefined || start < parent.start ? undefined : start;
  }

  /** An alias has its place after the key, although its value lies elsewhere. */
  #entryEnd({ key, value }: YamlEntry): number {
    if (value.start > key.end) return endOf(value, this.#text);
    const rest = /^\s*:(?:[ \t]*\*[^\s,[\]{}]+)?/.exec(this.#text.slice(key.end, key.end + 400));
    return key.end + (rest?.[0].length ?? 0);
  }

  #afterColon(key: YamlScalar): number | undefined {
    const colon = /^[ \t]*:/.exec(this.#text.slice(key.end, key.end + 200));
    return colon === null ? undefined : key.end + colon[0].length;
  }

  #columnOf(offset: number): number {
    return offset - (this.#text.lastIndexOf("\n", offset - 1) + 1);
  }

  #lineEnd(offset: number): number {
    const end = this.#text.indexOf("\n", offset);
    const at = end === -1 ? this.#text.length : end;
    return this.#text[at - 1] === "\r" && at > offset ? at - 1 : at;
  }

  #nextLine(offset: number): number {
    const end = this.#text.indexOf("\n", offset);
    return end === -1 ? this.#text.length : end + 1;
  }
}

const isFlow = (node: YamlNode): boolean => node.kind !== "scalar" && node.flow;
const isBlockScalar = (node: YamlNode, text: string): boolean =>
  node.kind === "scalar" && !node.plain && text[node.start] !== '"' && text[node.start] !== "'";

/** What a value looks like when the steps above it have to be made first. */
function nested(steps: Path, value: unknown): unknown {
  return steps.reduceRight<unknown>((inner, step) => (typeof step === "number" ? [inner] : { [step]: inner }), value);
}

/** A value as reading gives it back: plain objects, nothing undefined. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => plain(each) ?? null);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, plain(each)]])),
  );
}

/** The plain value with one part set; undefined where a step leads through a value or past the end of a list. */
function withSet(value: unknown, path: Path, set: unknown): { value: unknown } | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return { value: set };
  if (value === null || value === undefined) {
    return typeof step === "number" && step !== 0 ? undefined : { value: nested(path, set) };
  }
  if (Array.isArray(value)) {
    if (typeof step !== "number" || step > value.length) return undefined;
    const inner = withSet(value[step], rest, set);
    return inner === undefined ? undefined : { value: value.toSpliced(step, 1, inner.value) };
  }
  if (typeof value !== "object") return undefined;
  const inner = withSet((value as Record<string, unknown>)[step], rest, set);
  return inner === undefined ? undefined : { value: { ...value, [step]: inner.value } };
}

function without(value: unknown, path: Path): { value: unknown } | undefined {
  const [step, ...rest] = path;
  if (typeof value !== "object" || value === null || step === undefined) return undefined;
  if (rest.length > 0) {
    const inner = without((value as Record<string | number, unknown>)[step], rest);
    if (inner === undefined) return undefined;
    return {
      value: Array.isArray(value) ? value.toSpliced(Number(step), 1, inner.value) : { ...value, [step]: inner.value },
    };
  }
  if (Array.isArray(value))
    return typeof step === "number" && step < value.length ? { value: value.toSpliced(step, 1) } : undefined;
  if (!Object.hasOwn(value, step)) return undefined;
  return { value: Object.fromEntries(Object.entries(value).filter(([key]) => key !== String(step))) };
}
