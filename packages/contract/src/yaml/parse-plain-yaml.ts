import { resolvePlain } from "./resolve-scalar.ts";
import { entryOf, FEW_KEYS } from "./yaml-node.ts";
import type { YamlMap, YamlNode, YamlScalar } from "./yaml-node.ts";

/** Anything else is left to the parser that knows all of YAML. Tabs and line ends other than `\n` are among it. */
const ODD = /[^\n\u0020-\u007E\u00A0-\u2027\u202A-\uD7FF\uE000-\uFEFE\uFF00-\uFFFC]/;
const DEEPEST = 20;
/** Signs that a scalar may begin with: `$ ( + . / ; < = ^ ~`. */
const STARTS: readonly number[] = [36, 40, 43, 46, 47, 59, 60, 61, 94, 126];

const LINE_END = 10;
const SPACE = 32;
const DOUBLE_QUOTE = 34;
const HASH = 35;
const SINGLE_QUOTE = 39;
const COMMA = 44;
const DASH = 45;
const COLON = 58;
const LIST_OPEN = 91;
const BACKSLASH = 92;
const LIST_CLOSE = 93;
const MAP_OPEN = 123;
const MAP_CLOSE = 125;

/** Thrown for what is outside the plain part of YAML; one for all, because nobody looks at where. */
const NOT_PLAIN = new Error("not in the plain part of YAML");

/**
 * The document of a text in the plain part of YAML that nearly all contracts are written in: block maps with words as
 * keys, block lists, scalars and brackets that begin and end on one line. Undefined for any other text, whether it is
 * YAML or not: the whole parser has the word then. What it gives is what the whole parser gives (`parse-plain-yaml.test.ts`
 * holds the two against each other), in a fifth of the time.
 */
export function parsePlainYaml(text: string, maxNodes: number): YamlNode | undefined {
  if (ODD.test(text)) return undefined;
  try {
    return new PlainParser(text, maxNodes).document();
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

class PlainParser {
  readonly #text: string;
  readonly #length: number;
  #left: number;
  #at = 0;
  /** Column of `#at` on the line that is read next; -1 at the end of the text. */
  #indent = 0;

  constructor(text: string, maxNodes: number) {
    this.#text = text;
    this.#length = text.length;
    this.#left = maxNodes;
  }

  document(): YamlNode {
    this.#nextLine();
    if (this.#indent !== 0) throw NOT_PLAIN;
    const root = this.#blockMap(0, 0);
    if (this.#at < this.#length) throw NOT_PLAIN;
    return root;
  }

  /** From the beginning of a line to the first character of the next one that says something. */
  #nextLine(): void {
    const text = this.#text;
    let at = this.#at;
    while (at < this.#length) {
      const start = at;
      while (text.charCodeAt(at) === SPACE) at++;
      const char = text.charCodeAt(at);
      if (at < this.#length && char !== LINE_END && char !== HASH) {
        this.#indent = at - start;
        this.#at = at;
        return;
      }
      const end = char === LINE_END ? at : text.indexOf("\n", at);
      at = end === -1 ? this.#length : end + 1;
    }
    this.#at = this.#length;
    this.#indent = -1;
  }

  /** What may stand behind a value: spaces, a comment. Goes on to the next line. */
  #endLine(): void {
    const text = this.#text;
    let at = this.#at;
    while (text.charCodeAt(at) === SPACE) at++;
    if (at < this.#length && text.charCodeAt(at) !== LINE_END) {
      if (text.charCodeAt(at) !== HASH || at === this.#at) throw NOT_PLAIN;
      const end = text.indexOf("\n", at);
      at = end === -1 ? this.#length : end;
    }
    this.#at = Math.min(at + 1, this.#length);
    this.#nextLine();
  }

  #blockMap(indent: number, depth: number): YamlMap {
    this.#count(depth);
    const map: YamlMap = { kind: "map", start: this.#at, flow: false, entries: [] };
    const names = new NameIndex(map);
    do {
      const key = this.#key();
      names.add(key, this.#blockValue(indent, depth));
    } while (this.#indent === indent);
    if (this.#indent > indent) throw NOT_PLAIN;
    return map;
  }

  /** The value of a key in a block, from behind the colon; goes on to the line after it. */
  #blockValue(indent: number, depth: number): YamlNode {
    const text = this.#text;
    let at = this.#at;
    while (text.charCodeAt(at) === SPACE) at++;
    const char = text.charCodeAt(at);
    if (at < this.#length && char !== LINE_END && char !== HASH) {
      this.#at = at;
      return this.#lineValue(depth);
    }
    if (char === HASH && at === this.#at) throw NOT_PLAIN;
    this.#endLine();
    const list = this.#isDash();
    if (this.#indent > indent || (this.#indent === indent && list))
      return list ? this.#blockList(this.#indent, depth + 1) : this.#blockMap(this.#indent, depth + 1);
    this.#count(depth);
    return { kind: "scalar", start: -1, end: -1, value: null, text: "", plain: true };
  }

  #blockList(indent: number, depth: number): YamlNode {
    this.#count(depth);
    const start = this.#at;
    const items: YamlNode[] = [];
    do {
      if (!this.#isDash()) {
        // A list at the indentation of its key ends with the next key; the map above knows.
        if (items.length > 0) break;
        throw NOT_PLAIN;
      }
      const dash = this.#at;
      this.#at++;
      while (this.#text.charCodeAt(this.#at) === SPACE) this.#at++;
      const inner = indent + this.#at - dash;
      items.push(this.#isKey() ? this.#compactMap(inner, depth + 1) : this.#lineValue(depth));
    } while (this.#indent === indent);
    if (this.#indent > indent) throw NOT_PLAIN;
    return { kind: "list", start, flow: false, items };
  }

  #compactMap(indent: number, depth: number): YamlMap {
    this.#indent = indent;
    return this.#blockMap(indent, depth);
  }

  /** A dash with a value on its line. */
  #isDash(): boolean {
    return this.#text.charCodeAt(this.#at) === DASH && this.#text.charCodeAt(this.#at + 1) === SPACE;
  }

  #isKey(): boolean {
    const end = this.#wordEnd(this.#at);
    if (end === this.#at || this.#text.charCodeAt(end) !== COLON) return false;
    return end + 1 >= this.#length || this.#text.charCodeAt(end + 1) <= SPACE;
  }

  /** Letters, digits, `_`, `-` and `.`, from a letter or `_` on. */
  #wordEnd(from: number): number {
    const text = this.#text;
    let at = from;
    let char = text.charCodeAt(at);
    if (!isLetter(char)) return from;
    while (isLetter(char) || (char >= 45 && char <= 57 && char !== 47)) char = text.charCodeAt(++at);
    return at;
  }

  /** A key with its colon, which a space or the end of the line has to follow. */
  #key(): YamlScalar {
    if (!this.#isKey()) throw NOT_PLAIN;
    const start = this.#at;
    const end = this.#wordEnd(start);
    this.#at = end + 1;
    return this.#plain(start, end);
  }

  /** A value that ends on its line. */
  #lineValue(depth: number): YamlNode {
    const node = this.#value(depth, false);
    this.#endLine();
    return node;
  }

  #value(depth: number, flow: boolean): YamlNode {
    switch (this.#text.charCodeAt(this.#at)) {
      case DOUBLE_QUOTE:
        return this.#quoted(DOUBLE_QUOTE);
      case SINGLE_QUOTE:
        return this.#quoted(SINGLE_QUOTE);
      case LIST_OPEN:
        return this.#flowList(depth + 1);
      case MAP_OPEN:
        return this.#flowMap(depth + 1);
      default:
        return this.#plainScalar(flow);
    }
  }

  #quoted(quote: number): YamlScalar {
    const text = this.#text;
    const start = this.#at;
    let at = start + 1;
    let char = text.charCodeAt(at);
    while (char !== quote) {
      if (at >= this.#length || char === LINE_END || (char === BACKSLASH && quote === DOUBLE_QUOTE)) throw NOT_PLAIN;
      char = text.charCodeAt(++at);
    }
    if (text.charCodeAt(at + 1) === quote) throw NOT_PLAIN;
    this.#at = at + 1;
    this.#count(0);
    const value = text.slice(start + 1, at);
    return { kind: "scalar", start, end: at + 1, value, text: value, plain: false };
  }

  #plainScalar(flow: boolean): YamlScalar {
    const text = this.#text;
    const start = this.#at;
    const first = text.charCodeAt(start);
    const second = first === DASH ? text.charCodeAt(start + 1) : first;
    if (!isLetter(second) && !(second >= 48 && second <= 57) && !(first > 126) && !STARTS.includes(first))
      throw NOT_PLAIN;
    let at = start;
    let end = start;
    let char = first;
    while (at < this.#length && char !== LINE_END) {
      if (char === COLON) {
        const next = text.charCodeAt(at + 1);
        if (at + 1 >= this.#length || next <= SPACE || (flow && isFlow(next))) throw NOT_PLAIN;
      } else if (char === HASH && text.charCodeAt(at - 1) === SPACE) break;
      else if (flow && isFlow(char)) break;
      if (char !== SPACE) end = at + 1;
      char = text.charCodeAt(++at);
    }
    this.#at = end;
    return this.#plain(start, end);
  }

  #plain(start: number, end: number): YamlScalar {
    this.#count(0);
    const text = this.#text.slice(start, end);
    return { kind: "scalar", start, end, value: resolvePlain(text), text, plain: true };
  }

  #flowList(depth: number): YamlNode {
    this.#count(depth);
    const start = this.#at++;
    const items: YamlNode[] = [];
    if (this.#skipSpaces() === LIST_CLOSE) this.#at++;
    else {
      do {
        this.#skipSpaces();
        items.push(this.#value(depth, true));
      } while (this.#goesOn(LIST_CLOSE));
    }
    return { kind: "list", start, flow: true, items };
  }

  #flowMap(depth: number): YamlMap {
    this.#count(depth);
    const map: YamlMap = { kind: "map", start: this.#at++, flow: true, entries: [] };
    if (this.#skipSpaces() === MAP_CLOSE) this.#at++;
    else {
      const names = new NameIndex(map);
      do {
        this.#skipSpaces();
        const key = this.#key();
        this.#skipSpaces();
        names.add(key, this.#value(depth, true));
      } while (this.#goesOn(MAP_CLOSE));
    }
    return map;
  }

  /** Behind an entry in brackets: whether a comma, rather than the bracket, follows. */
  #goesOn(close: number): boolean {
    const char = this.#skipSpaces();
    this.#at++;
    if (char !== COMMA && char !== close) throw NOT_PLAIN;
    return char === COMMA;
  }

  #skipSpaces(): number {
    let char = this.#text.charCodeAt(this.#at);
    while (char === SPACE) char = this.#text.charCodeAt(++this.#at);
    return char;
  }

  #count(depth: number): void {
    if (depth > DEEPEST || --this.#left < 0) throw NOT_PLAIN;
  }
}

const isLetter = (char: number): boolean => (char >= 97 && char <= 122) || (char >= 65 && char <= 90) || char === 95;

const isFlow = (char: number): boolean =>
  char === COMMA || char === LIST_OPEN || char === LIST_CLOSE || char === MAP_OPEN || char === MAP_CLOSE;

/** Adds entries to a map; of a name that is there already, the whole parser has to say what is wrong. */
class NameIndex {
  readonly #map: YamlMap;
  #names: Set<string> | undefined;

  constructor(map: YamlMap) {
    this.#map = map;
  }

  add(key: YamlScalar, value: YamlNode): void {
    const name = key.value === null ? "null" : key.text;
    const { entries } = this.#map;
    if (this.#names === undefined ? entryOf(this.#map, name) !== undefined : this.#names.has(name)) throw NOT_PLAIN;
    entries.push({ key, name, value });
    if (this.#names !== undefined) this.#names.add(name);
    else if (entries.length > FEW_KEYS) this.#names = new Set(entries.map((entry) => entry.name));
  }
}
