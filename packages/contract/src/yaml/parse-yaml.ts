import { EVENT_ID, SCALAR_STYLE, YAMLException, getScalarValue, parseEvents } from "js-yaml";
import type { Event, MappingEvent, ScalarEvent, SequenceEvent } from "js-yaml";
import { parsePlainYaml } from "./parse-plain-yaml.ts";
import { resolvePlain, resolveTagged } from "./resolve-scalar.ts";
import { entryOf, FEW_KEYS } from "./yaml-node.ts";
import type { YamlEntry, YamlList, YamlMap, YamlNode, YamlScalar } from "./yaml-node.ts";

/** Characters of a text that is still read. The longest contract seen in the field has 0.3 million. */
export const MAX_LENGTH = 1_000_000;
/** Values in one file, counting what aliases and merges repeat. */
export const MAX_NODES = 200_000;
/** Lists and maps inside each other. */
export const MAX_DEPTH = 64;
/** Things wrong with one text as YAML that are told; with more it is no contract. */
export const MAX_PROBLEMS = 100;

export type YamlProblem =
  | { readonly kind: "not-text"; readonly start: number; readonly end: number; readonly what: string }
  | { readonly kind: "too-large"; readonly start: number; readonly end: number; readonly what: string }
  | { readonly kind: "not-yaml"; readonly start: number; readonly end: number; readonly reason: string }
  | { readonly kind: "alias-limit"; readonly start: number; readonly end: number; readonly alias: string }
  | {
      readonly kind: "duplicate-key";
      readonly start: number;
      readonly end: number;
      readonly key: string;
      readonly first: YamlScalar;
    };

export interface YamlFile {
  /** Empty where nothing could be read. */
  readonly documents: readonly YamlNode[];
  readonly problems: readonly YamlProblem[];
}

/**
 * Reads a text in one pass into nodes with offsets. Never throws; work and memory are bounded by the limits above,
 * whatever the text. Keys are names (the key `null` is "null"), a repeated key keeps its first value, `<<` merges.
 */
export function parseYaml(text: string): YamlFile {
  const refused = refuse(text);
  if (refused !== undefined) return { documents: [], problems: [refused] };
  const plain = parsePlainYaml(text, MAX_NODES);
  return plain === undefined ? parseWholeYaml(text) : { documents: [plain], problems: [] };
}

/** The same for a text that is not refused, by the parser that knows all of YAML. */
export function parseWholeYaml(text: string): YamlFile {
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    return { documents: [], problems: [syntaxProblem(error, text)] };
  }
  return new Composer(text).compose(events);
}

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/;

function refuse(text: string): YamlProblem | undefined {
  if (text.length > MAX_LENGTH) {
    return { kind: "too-large", start: 0, end: 0, what: `It has ${text.length} characters; ${MAX_LENGTH} are read` };
  }
  const control = CONTROL.exec(text);
  if (control === null) {
    const broken = text.indexOf("\uFFFD");
    if (broken === -1) return undefined;
    const what = "It holds bytes that are no UTF-8, as a file saved as Latin-1 or Windows-1252 does";
    return { kind: "not-text", start: broken, end: broken + 1, what };
  }
  const start = control.index;
  const code = text.charCodeAt(start);
  const what =
    code === 0
      ? "It holds NUL characters, as a file saved as UTF-16 or a binary file does"
      : `It holds the control character U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return { kind: "not-text", start, end: start + 1, what };
}

/** The parser's reasons in the words of somebody who writes YAML. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/tab characters/, "this line is indented with a tab; YAML wants spaces"],
  [
    /bad indentation of a mapping entry/,
    "this line is not indented like its neighbours, or the line above lacks a colon",
  ],
  [/bad indentation of a sequence entry/, "this list entry is not indented like the others"],
  [
    /deficient indentation/,
    "a quote or bracket above is not closed, or this line is indented less than what it belongs to",
  ],
  [/end of the stream within a (single|double) quoted/, "a quote is opened and not closed"],
  [/end of the document within a (single|double) quoted/, "a quote is opened and not closed before the document ends"],
  [/end of the stream within a flow collection/, "a { or [ is opened and not closed"],
  [/missed comma/, "a comma is missing between two entries"],
  [/but found ','/, "there is a comma too many"],
  [/multiline key|expected ':' after/, "a colon is missing after the key"],
  [
    /end of the stream or a document separator/,
    "this does not belong to what stands above it; look at its indentation",
  ],
  [/unidentified alias/, "an alias (*name) has no anchor (&name) before it"],
  [/unknown escape/, "a backslash in double quotes starts no known escape; use single quotes"],
  [/non-printable/, "there is a character here that cannot be printed"],
  [/null byte/, "there is a NUL character here"],
];

function syntaxProblem(error: unknown, text: string): YamlProblem {
  if (!(error instanceof YAMLException)) {
    // The parser's own stack gives out before its depth limit only when ours is nearly used up.
    if (error instanceof RangeError) return { kind: "too-large", start: 0, end: 0, what: "It is nested too deeply" };
    throw error;
  }
  const at = Math.max(0, Math.min(error.mark?.position ?? 0, text.length));
  if (error.reason.startsWith("nesting exceeded")) {
    return { kind: "too-large", start: at, end: at + 1, what: `It is nested more than ${MAX_DEPTH} levels deep` };
  }
  const known = REASONS.find(([pattern]) => pattern.test(error.reason));
  return { kind: "not-yaml", start: at, end: wordEnd(text, at), reason: known?.[1] ?? error.reason };
}

/** The end of what an error points at: the word there, or one character. */
function wordEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && end - at < 60 && !/[\s,:[\]{}]/.test(text[end]!)) end++;
  return Math.max(end, Math.min(at + 1, text.length));
}

interface Frame {
  readonly node: YamlList | YamlMap;
  readonly anchor: string | undefined;
  /** Of a map: the key that waits for its value; `undefined` while the next event is a key. */
  key: YamlScalar | undefined;
  /** Of a map: a key that is no scalar was refused; its value is dropped. */
  skip: boolean;
  size: number;
  /** Of a map with many keys: the keys by name. */
  names: Map<string, YamlScalar> | undefined;
  merges: YamlNode[] | undefined;
}

function keyNamed(frame: Frame, map: YamlMap, name: string): YamlScalar | undefined {
  return frame.names === undefined ? entryOf(map, name)?.key : frame.names.get(name);
}

function addEntry(frame: Frame, map: YamlMap, entry: YamlEntry): void {
  map.entries.push(entry);
  if (frame.names !== undefined) frame.names.set(entry.name, entry.key);
  else if (map.entries.length > FEW_KEYS) frame.names = new Map(map.entries.map((each) => [each.name, each.key]));
}

type Anchor = { readonly node: YamlNode; readonly size: number } | "open";

class Composer {
  readonly #text: string;
  readonly #problems: YamlProblem[] = [];
  readonly #documents: YamlNode[] = [];
  readonly #frames: Frame[] = [];
  #anchors = new Map<string, Anchor>();
  #nodes = 0;
  /** How far into the text the last node reached: the place of what is not written. */
  #reached = 0;
  #root: YamlNode | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  compose(events: readonly Event[]): YamlFile {
    for (const event of events) {
      if (this.#nodes > MAX_NODES) {
        const what = `It holds more than ${MAX_NODES} values, counting what aliases repeat`;
        return { documents: [], problems: [...this.#problems, { kind: "too-large", start: 0, end: 0, what }] };
      }
      if (!this.#take(event)) return { documents: [], problems: this.#problems };
      if (this.#problems.length >= MAX_PROBLEMS) {
        const what = `More than ${MAX_PROBLEMS} things are wrong with it as YAML, and the first of them are told`;
        const problems = this.#problems.slice(0, MAX_PROBLEMS);
        return { documents: [], problems: [...problems, { kind: "too-large", start: 0, end: 0, what }] };
      }
    }
    return { documents: this.#documents, problems: this.#problems };
  }

  /** False when the file has to be given up. */
  #take(event: Event): boolean {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        this.#anchors = new Map();
        this.#root = undefined;
        return true;
      case EVENT_ID.SCALAR:
        this.#nodes++;
        return this.#add(this.#scalar(event), this.#anchorOf(event), 1);
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING:
        this.#nodes++;
        this.#open(event);
        return true;
      case EVENT_ID.ALIAS:
        return this.#alias(event.anchorStart, event.anchorEnd);
      case EVENT_ID.POP:
        return this.#close();
    }
  }

  #anchorOf(event: ScalarEvent | SequenceEvent | MappingEvent): string | undefined {
    return event.anchorStart === -1 ? undefined : this.#text.slice(event.anchorStart, event.anchorEnd);
  }

  #scalar(event: ScalarEvent): YamlScalar {
    const empty = event.valueStart === -1;
    const text = empty ? "" : getScalarValue(this.#text, event);
    const plain = event.style === SCALAR_STYLE.PLAIN;
    const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    // Nothing written has no place of its own: -1 makes the question go to the key.
    const start = empty ? -1 : quoted ? event.valueStart - 1 : event.valueStart;
    let end = empty ? -1 : quoted ? event.valueEnd + 1 : event.valueEnd;
    if (!empty) this.#reached = end;
    if (!plain && !quoted) while (end > start && /\s/.test(this.#text[end - 1]!)) end--;
    if (event.tagStart === -1) {
      return { kind: "scalar", start, end, value: plain ? resolvePlain(text) : text, text, plain };
    }
    const tag = this.#text.slice(event.tagStart, event.tagEnd);
    const resolved = resolveTagged(tag, text, plain);
    if (resolved === undefined) this.#unknownTag(event.tagStart, event.tagEnd, tag);
    return { kind: "scalar", start, end, value: resolved?.value ?? text, text, plain };
  }

  #unknownTag(start: number, end: number, tag: string): void {
    this.#problems.push({ kind: "not-yaml", start, end, reason: `the tag ${tag.slice(0, 60)} means nothing here` });
  }

  #open(event: SequenceEvent | MappingEvent): void {
    const flow = event.style === 2;
    const anchor = this.#anchorOf(event);
    if (anchor !== undefined) this.#anchors.set(anchor, "open");
    const map = event.type === EVENT_ID.MAPPING;
    if (event.tagStart !== -1) {
      const tag = this.#text.slice(event.tagStart, event.tagEnd);
      if (tag !== (map ? "!!map" : "!!seq") && tag !== "!") this.#unknownTag(event.tagStart, event.tagEnd, tag);
    }
    const node: YamlList | YamlMap = map
      ? { kind: "map", start: event.start, flow, entries: [] }
      : { kind: "list", start: event.start, flow, items: [] };
    this.#frames.push({ node, anchor, key: undefined, skip: false, size: 1, names: undefined, merges: undefined });
  }

  #alias(start: number, end: number): boolean {
    const alias = this.#text.slice(start, end);
    const target = this.#anchors.get(alias);
    if (target === undefined || target === "open") {
      const reason =
        target === "open"
          ? `the alias *${alias.slice(0, 60)} repeats what it stands in`
          : `the alias *${alias.slice(0, 60)} has no anchor (&${alias.slice(0, 60)}) before it`;
      this.#problems.push({ kind: "not-yaml", start: start - 1, end, reason });
      return false;
    }
    this.#nodes += target.size;
    if (this.#nodes > MAX_NODES) {
      this.#problems.push({ kind: "alias-limit", start: start - 1, end, alias: alias.slice(0, 60) });
      return false;
    }
    return this.#add(target.node, undefined, target.size);
  }

  #close(): boolean {
    const frame = this.#frames.pop();
    if (frame === undefined) {
      if (this.#root !== undefined) this.#documents.push(this.#root);
      return true;
    }
    if (frame.node.kind === "map") this.#merge(frame, frame.node);
    return this.#add(frame.node, frame.anchor, frame.size);
  }

  #add(node: YamlNode, anchor: string | undefined, size: number): boolean {
    if (anchor !== undefined) this.#anchors.set(anchor, { node, size });
    const frame = this.#frames.at(-1);
    if (frame === undefined) {
      this.#root = node;
      return true;
    }
    frame.size += size;
    if (frame.node.kind === "list") frame.node.items.push(node);
    else this.#addToMap(frame, frame.node, node);
    return true;
  }

  #addToMap(frame: Frame, map: YamlMap, node: YamlNode): void {
    if (frame.skip) {
      frame.skip = false;
      return;
    }
    if (frame.key === undefined) {
      if (node.kind === "scalar") frame.key = node;
      else {
        frame.skip = true;
        const reason = "a key must be a word, not a list or a map";
        this.#problems.push({ kind: "not-yaml", start: node.start, end: node.start + 1, reason });
      }
      return;
    }
    const key = frame.key;
    frame.key = undefined;
    const name = key.value === null ? "null" : key.text;
    if (name === "<<" && key.plain) {
      (frame.merges ??= []).push(node);
      return;
    }
    const first = keyNamed(frame, map, name);
    if (first !== undefined) {
      const [start, end] = key.start < 0 ? [this.#reached, this.#reached] : [key.start, key.end];
      this.#problems.push({ kind: "duplicate-key", start, end, key: name.slice(0, 60), first });
      return;
    }
    addEntry(frame, map, { key, name, value: node });
  }

  #merge(frame: Frame, map: YamlMap): void {
    if (frame.merges === undefined) return;
    for (const source of frame.merges.flatMap((node) => (node.kind === "list" ? node.items : [node]))) {
      if (source.kind !== "map") {
        const reason = "<< takes a map, or a list of maps";
        this.#problems.push({ kind: "not-yaml", start: Math.max(0, source.start), end: source.start + 1, reason });
        continue;
      }
      for (const entry of source.entries) {
        if (keyNamed(frame, map, entry.name) === undefined) addEntry(frame, map, entry);
      }
    }
  }
}
