import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from "js-yaml";
import type { Event } from "js-yaml";
import type { ConfigValue } from "./model.ts";

/** A YAML value with its place: offsets into the text, the end exclusive. */
export type YamlNode = YamlMap | YamlList | YamlScalar;

export interface YamlEntry {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly value: YamlNode;
}
export interface YamlMap {
  readonly kind: "map";
  readonly start: number;
  readonly end: number;
  readonly entries: readonly YamlEntry[];
}
export interface YamlList {
  readonly kind: "list";
  readonly start: number;
  readonly end: number;
  readonly items: readonly YamlNode[];
}
export interface YamlScalar {
  readonly kind: "scalar";
  readonly start: number;
  readonly end: number;
  readonly value: string | number | boolean | null;
}

export interface YamlProblem {
  readonly message: string;
  readonly help?: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly severity: "error" | "warning";
  /** The limit that was reached, where that is the trouble. */
  readonly limit?: boolean | undefined;
  readonly related?: { readonly message: string; readonly start: number; readonly end: number } | undefined;
}

export interface YamlDocument {
  /** `undefined` for an empty file and for one that cannot be read. */
  readonly root: YamlNode | undefined;
  readonly problems: readonly YamlProblem[];
}

// A file of a few lines can name millions of values through aliases: both are counted.
const maximumAliases = 1_000;
const maximumMergedKeys = 10_000;
const maximumValues = 1_000_000;

/** Reads one YAML document with YAML 1.1's words for true and false, as dbt does. Never throws. */
export function parseYaml(text: string): YamlDocument {
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: 100 });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { root: undefined, problems: [syntaxProblem(text, error)] };
  }
  return new Composer(text, events).document();
}

class Composer {
  readonly #text: string;
  readonly #events: readonly Event[];
  readonly #anchors = new Map<string, YamlNode>();
  readonly #problems: YamlProblem[] = [];
  #at = 0;
  #last = 0;
  #aliases = 0;
  #merged = 0;

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  document(): YamlDocument {
    let root: YamlNode | undefined;
    while (this.#at < this.#events.length) {
      const event = this.#events[this.#at++]!;
      if (event.type === EVENT_ID.DOCUMENT && this.#events[this.#at]?.type !== EVENT_ID.POP) {
        const node = this.#node();
        if (root === undefined) root = node;
        else this.#problem("The file holds more than one document; the first is read.", node.start, node.start + 1);
      }
    }
    if (root !== undefined && this.#aliases > 0 && expandedSize(root, new Map()) > maximumValues) {
      this.#problem(`more than ${maximumValues} values once aliases are followed`, root.start, root.start + 1, {
        limit: true,
      });
      root = undefined;
    }
    return { root, problems: this.#problems };
  }

  #problem(message: string, start: number, end: number, extra: Partial<YamlProblem> = {}): void {
    this.#problems.push({ message, start, end, severity: "error", ...extra });
  }

  #node(): YamlNode {
    const event = this.#events[this.#at++]!;
    switch (event.type) {
      case EVENT_ID.SCALAR: {
        const start = event.valueStart < 0 ? this.#last : event.valueStart;
        const end = event.valueEnd < 0 ? start : event.valueEnd;
        this.#last = end;
        const text = getScalarValue(this.#text, event);
        const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0;
        const node: YamlScalar = { kind: "scalar", start, end, value: plain ? plainValue(text) : text };
        this.#anchor(event, node);
        return node;
      }
      case EVENT_ID.ALIAS: {
        const name = this.#text.slice(event.anchorStart, event.anchorEnd);
        const known = this.#anchors.get(name);
        const place = { start: event.anchorStart - 1, end: event.anchorEnd };
        this.#last = event.anchorEnd;
        if (++this.#aliases > maximumAliases) {
          if (this.#aliases === maximumAliases + 1) {
            this.#problem(`more than ${maximumAliases} aliases`, place.start, place.end, { limit: true });
          }
          return { kind: "scalar", ...place, value: null };
        }
        if (known === undefined) {
          this.#problem(`Nothing is anchored as "&${name}" before this line.`, place.start, place.end);
          return { kind: "scalar", ...place, value: null };
        }
        return known;
      }
      case EVENT_ID.SEQUENCE: {
        const items: YamlNode[] = [];
        while (this.#events[this.#at]!.type !== EVENT_ID.POP) items.push(this.#node());
        this.#at++;
        const node: YamlList = { kind: "list", start: event.start, end: Math.max(this.#last, event.start), items };
        this.#anchor(event, node);
        return node;
      }
      case EVENT_ID.MAPPING:
        return this.#map(event);
      default:
        throw new Error(`event ${event.type} where a value is due`);
    }
  }

  #map(event: Extract<Event, { type: typeof EVENT_ID.MAPPING }>): YamlMap {
    const entries = new Map<string, YamlEntry>();
    const merges: YamlNode[] = [];
    while (this.#events[this.#at]!.type !== EVENT_ID.POP) {
      const event = this.#events[this.#at]!;
      const key = this.#node();
      const value = this.#node();
      // A key is what stands there: `on` and `no` are words here, not true and false.
      const written = event.type === EVENT_ID.SCALAR ? getScalarValue(this.#text, event) : undefined;
      const name = written ?? (key.kind === "scalar" ? String(key.value ?? "") : undefined);
      if (name === undefined) {
        this.#problem("A key must be a plain word; this one is a list or a mapping.", key.start, key.end);
      } else if (name === "<<") {
        merges.push(...(value.kind === "list" ? value.items : [value]));
      } else {
        const before = entries.get(name);
        if (before !== undefined) {
          this.#problem(`The key "${name}" stands twice in one mapping; the second is taken.`, key.start, key.end, {
            severity: "warning",
            related: { message: "first written here", start: before.start, end: before.end },
          });
        }
        entries.set(name, { key: name, start: key.start, end: key.end, value });
      }
    }
    this.#at++;
    for (const merge of merges) {
      for (const entry of merge.kind === "map" ? merge.entries : []) {
        if (++this.#merged > maximumMergedKeys) break;
        if (!entries.has(entry.key)) entries.set(entry.key, entry);
      }
    }
    if (this.#merged > maximumMergedKeys) {
      this.#problem(`more than ${maximumMergedKeys} merged keys`, event.start, event.start + 1, { limit: true });
    }
    const node: YamlMap = {
      kind: "map",
      start: event.start,
      end: Math.max(this.#last, event.start),
      entries: [...entries.values()],
    };
    this.#anchor(event, node);
    return node;
  }

  #anchor(event: { anchorStart: number; anchorEnd: number }, node: YamlNode): void {
    if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node);
  }
}

function expandedSize(node: YamlNode, known: Map<YamlNode, number>): number {
  if (node.kind === "scalar") return 1;
  const before = known.get(node);
  if (before !== undefined) return before;
  const inner = node.kind === "list" ? node.items : node.entries.map((e) => e.value);
  let size = 1;
  for (const child of inner) size += expandedSize(child, known);
  known.set(node, size);
  return size;
}

const words = new Map<string, boolean | null>([
  ["", null],
  ["~", null],
  ...["null", "Null", "NULL"].map((w) => [w, null] as const),
  ...["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"].map((w) => [w, true] as const),
  ...["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"].map((w) => [w, false] as const),
]);

function plainValue(text: string): string | number | boolean | null {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (/^[-+]?(?:0|[1-9][0-9_]*)$/.test(text)) {
    const value = Number(text.replaceAll("_", ""));
    // A number that JavaScript would round stays as it was written.
    return Number.isSafeInteger(value) ? value : text;
  }
  if (/^[-+]?(?:[0-9][0-9_]*)?\.[0-9]+(?:[eE][-+]?[0-9]+)?$|^[-+]?[0-9][0-9_]*\.(?:[eE][-+]?[0-9]+)?$/.test(text)) {
    return Number(text.replaceAll("_", ""));
  }
  if (/^0x[0-9a-fA-F]{1,13}$/.test(text)) return Number(text);
  return text;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** The parser's complaint, and what the author most likely meant. */
function syntaxProblem(text: string, error: YAMLException): YamlProblem {
  const mark = error.mark;
  const lines = text.split("\n");
  const at = Math.min(mark?.line ?? 0, lines.length - 1);
  const line = lines[at] ?? "";
  const start = lines.slice(0, at).reduce((sum, l) => sum + l.length + 1, 0);
  const place = { start: start + indentOf(line), end: start + Math.max(line.trimEnd().length, indentOf(line) + 1) };
  const reason = error.reason ?? error.message;
  if (line.includes("\t") && line.slice(0, line.search(/\S|$/)).includes("\t")) {
    return problem("The line is indented with a tab; YAML allows spaces only.", "replace the tab by spaces", place);
  }
  const word = /^\s*(?:- )?([^\s:#][^:#]*):/.exec(line)?.[1];
  const above = nearestIndent(lines, at);
  if (word !== undefined && above !== undefined) {
    const off = indentOf(line) - above.indent;
    const direction = off > 0 ? "right" : "left";
    const count = Math.abs(off) === 1 ? "one space" : `${Math.abs(off)} spaces`;
    return problem(
      `"${word}" stands ${count} too far to the ${direction}: it lines up with nothing above it.`,
      `indent it like "${above.word}" in line ${above.line + 1}`,
      place,
    );
  }
  if (/^\s*[^\s#'"[{][^:#]*: [^'"[{|>&*!].*: /.test(line)) {
    return problem(
      "A value that itself holds a colon and a space must be quoted.",
      "put the value between double quotes",
      place,
    );
  }
  if (/(?:^|[:\-,[{] *)\{\{/.test(line)) {
    return problem("A value that begins with {{ must be quoted.", 'write it as "{{ … }}"', place);
  }
  return problem(`The YAML cannot be read: ${reason}.`, undefined, place);
}

const problem = (message: string, help: string | undefined, place: { start: number; end: number }): YamlProblem => ({
  message,
  help,
  severity: "error",
  ...place,
});

/** The closest line above whose key is one to three columns off: the one that was meant. */
function nearestIndent(
  lines: readonly string[],
  at: number,
): { indent: number; word: string; line: number } | undefined {
  const own = indentOf(lines[at] ?? "");
  for (let i = at - 1; i >= 0 && i >= at - 40; i--) {
    const match = /^(\s*)((?:- +)*)([^\s:#-][^:#]*):/.exec(lines[i] ?? "");
    if (match === null) continue;
    const indent = match[1]!.length + match[2]!.length;
    if (indent === own) return undefined;
    if (Math.abs(indent - own) <= 3) return { indent, word: match[3]!, line: i };
  }
  return undefined;
}

/** Plain data of a node. Maps have no prototype, so that a key `__proto__` is a key. */
export function valueOf(node: YamlNode): ConfigValue {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(valueOf);
  const map = Object.create(null) as Record<string, ConfigValue>;
  for (const entry of node.entries) map[entry.key] = valueOf(entry.value);
  return map;
}

export const entryOf = (node: YamlNode | undefined, key: string): YamlEntry | undefined =>
  node?.kind === "map" ? node.entries.find((e) => e.key === key) : undefined;

export const itemsOf = (node: YamlNode | undefined): readonly YamlNode[] => (node?.kind === "list" ? node.items : []);

/** The text of a scalar: numbers and booleans as they print, nothing for null. */
export function textOf(node: YamlNode | undefined): string | undefined {
  if (node?.kind !== "scalar" || node.value === null) return undefined;
  return String(node.value);
}
