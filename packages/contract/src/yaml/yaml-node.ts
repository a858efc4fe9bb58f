/** What a YAML text says, with offsets into it. Aliases share the node of their anchor. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

export interface YamlScalar {
  readonly kind: "scalar";
  readonly start: number;
  readonly end: number;
  readonly value: string | number | boolean | null;
  /** What the author wrote, decoded: `2.10` for the number 2.1. */
  readonly text: string;
  readonly plain: boolean;
}

export interface YamlList {
  readonly kind: "list";
  readonly start: number;
  readonly flow: boolean;
  readonly items: YamlNode[];
}

export interface YamlEntry {
  readonly key: YamlScalar;
  /** The key as text: `null`, `1` and `"null"` are all names here. */
  readonly name: string;
  readonly value: YamlNode;
}

export interface YamlMap {
  readonly kind: "map";
  readonly start: number;
  readonly flow: boolean;
  readonly entries: YamlEntry[];
}

/** Up to so many keys, looking at each is faster than an index. */
export const FEW_KEYS = 12;

export function entryOf(map: YamlMap, name: string): YamlEntry | undefined {
  for (const entry of map.entries) if (entry.name === name) return entry;
  return undefined;
}

/** Where a node ends (exclusive). The parser says it for scalars only; a collection ends with its last part or bracket. */
export function endOf(node: YamlNode, text: string): number {
  if (node.kind === "scalar") return node.end;
  let end = node.start;
  if (node.kind === "list") {
    const last = node.items.at(-1);
    if (last !== undefined) end = Math.max(end, endOf(last, text));
  } else {
    const last = node.entries.at(-1);
    if (last !== undefined) end = Math.max(end, last.key.end, endOf(last.value, text));
  }
  return node.flow ? closingBracket(text, end, node) : end;
}

function closingBracket(text: string, from: number, node: YamlList | YamlMap): number {
  const close = node.kind === "list" ? "]" : "}";
  const empty = node.kind === "list" ? node.items.length === 0 : node.entries.length === 0;
  for (let at = empty ? node.start + 1 : from; at < text.length; at++) {
    const char = text[at];
    if (char === close) return at + 1;
    if (char === "#") {
      const line = text.indexOf("\n", at);
      if (line === -1) break;
      at = line;
    }
  }
  return from;
}

/** Plain JavaScript for free-form parts. Integers that a number cannot hold stay as their digits. */
export function toValue(node: YamlNode): unknown {
  if (node.kind === "scalar") return exact(node);
  if (node.kind === "list") return node.items.map(toValue);
  const value: Record<string, unknown> = {};
  for (const entry of node.entries) if (entry.name !== "__proto__") value[entry.name] = toValue(entry.value);
  return value;
}

/** The value of a scalar; digits instead of a rounded number. */
export function exact(node: YamlScalar): string | number | boolean | null {
  return typeof node.value === "number" && Number.isInteger(node.value) && !Number.isSafeInteger(node.value)
    ? node.text
    : node.value;
}
