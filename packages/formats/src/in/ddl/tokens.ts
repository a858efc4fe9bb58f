import { LineIndex } from "@meshwork/diagnostics";
import type { Span } from "@meshwork/diagnostics";

/** How a database writes names and texts. */
export interface Quoting {
  /** What encloses names: `"`, a back quote, `[`. */
  readonly names: readonly ('"' | "`" | "[")[];
  /** A backslash in a text escapes the next character. */
  readonly backslash: boolean;
  /** Back quotes in names are escaped by a backslash, too (BigQuery). */
  readonly backslashInNames?: boolean | undefined;
  /** `#` begins a comment, too (MySQL, BigQuery). */
  readonly hash?: boolean | undefined;
}

export interface Token {
  /** `word`: a bare one; `name`: a quoted one; `end` closes the list. */
  readonly kind: "word" | "name" | "text" | "number" | "mark" | "end";
  /** What it means: quotes gone, escapes resolved. Words as written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Tokens {
  readonly list: readonly Token[];
  /** A quote or comment that nobody closes. */
  readonly open?: { readonly what: string; readonly at: Span } | undefined;
  spanOf(from: Token, to?: Token): Span;
  /** The text between two tokens, both included, without comments. */
  source(from: Token, to: Token): string;
}

const wordStart = /[\p{L}_$@#]/u;
const wordPart = /[\p{L}\p{N}\p{M}_$@#]/u;
const numberForm = /(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/iy;
const dollar = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const marks = ["<=>", "!~*", "::", "<=", ">=", "<>", "!=", "!~", "~*", "||", "->", "=>"];

/** Takes SQL apart. Never fails: what is left open ends with the text. */
export function tokensOf(file: string, text: string, quoting: Quoting): Tokens {
  let index: LineIndex | undefined;
  const span = (start: number, end: number): Span => (index ??= new LineIndex(text)).span(file, start, end);
  const list: Token[] = [];
  let open: Tokens["open"];
  let at = 0;
  const push = (kind: Token["kind"], value: string, start: number): void =>
    void list.push({ kind, text: value, start, end: at });
  const leftOpen = (what: string, start: number): void => {
    open ??= { what, at: span(start, Math.min(start + 1, text.length)) };
  };

  /** Up to the closing quote; a doubled one is one of the text. */
  const quoted = (close: string, backslash: boolean): string => {
    const start = at;
    const parts: string[] = [];
    at++;
    let from = at;
    for (;;) {
      const char = text[at];
      if (char === undefined) {
        leftOpen(close === "'" ? "text" : "name", start);
        break;
      }
      if (char === "\\" && backslash) {
        parts.push(text.slice(from, at), escaped(text[at + 1] ?? ""));
        at += 2;
        from = at;
      } else if (char === close) {
        if (text[at + 1] !== close) break;
        parts.push(text.slice(from, at + 1));
        at += 2;
        from = at;
      } else at++;
    }
    parts.push(text.slice(from, at));
    at = Math.min(at + 1, text.length);
    return parts.join("");
  };

  while (at < text.length) {
    const start = at;
    const char = text[at]!;
    if (/\s|\0/.test(char)) at++;
    else if (char === "\\" && (at === 0 || text[at - 1] === "\n")) {
      // A command to psql in its dumps, a line of its own.
      const end = text.indexOf("\n", at);
      at = end === -1 ? text.length : end;
    } else if (text.startsWith("--", at) || (char === "#" && quoting.hash === true)) {
      const end = text.indexOf("\n", at);
      at = end === -1 ? text.length : end;
    } else if (text.startsWith("/*", at)) {
      // Comments nest in Postgres and DuckDB; elsewhere nobody writes the one in the other.
      let depth = 0;
      do {
        const next = /\/\*|\*\//g;
        next.lastIndex = at;
        const found = next.exec(text);
        if (found === null) {
          leftOpen("comment", start);
          at = text.length;
          break;
        }
        depth += found[0] === "/*" ? 1 : -1;
        at = next.lastIndex;
      } while (depth > 0);
    } else if (char === "'") push("text", quoted("'", quoting.backslash), start);
    else if (/[nNeErRbBxX]/.test(char) && text[at + 1] === "'") {
      at++;
      push("text", quoted("'", quoting.backslash || /[eE]/.test(char)), start);
    } else if (char === '"' || char === "`" || (char === "[" && quoting.names.includes("["))) {
      const name = quoting.names.includes(char);
      const value = quoted(char === "[" ? "]" : char, name ? quoting.backslashInNames === true : quoting.backslash);
      push(name ? "name" : "text", value, start);
    } else if (char === "$" && matchAt(dollar, text, at) !== undefined) {
      const tag = matchAt(dollar, text, at)!;
      const end = text.indexOf(tag, at + tag.length);
      if (end === -1) leftOpen("text", start);
      const value = text.slice(at + tag.length, end === -1 ? text.length : end);
      at = end === -1 ? text.length : end + tag.length;
      push("text", value, start);
    } else if (/\d/.test(char) || (char === "." && /\d/.test(text[at + 1] ?? ""))) {
      at += matchAt(numberForm, text, at)!.length;
      push("number", text.slice(start, at), start);
    } else if (wordStart.test(char)) {
      while (at < text.length && wordPart.test(text[at]!)) at++;
      push("word", text.slice(start, at), start);
    } else {
      const mark = marks.find((each) => text.startsWith(each, at)) ?? String.fromCodePoint(text.codePointAt(at)!);
      at += mark.length;
      push("mark", mark, start);
    }
  }
  push("end", "", text.length);
  return {
    list,
    open,
    spanOf: (from, to = from) => span(from.start, to.end),
    source(from, to) {
      const found: string[] = [];
      let before: Token | undefined;
      for (let i = indexOfToken(list, from); i < list.length && list[i]!.start <= to.start; i++) {
        const token = list[i]!;
        if (before !== undefined && before.end < token.start) found.push(" ");
        found.push(text.slice(token.start, token.end));
        before = token;
      }
      return found.join("");
    },
  };
}

function indexOfToken(list: readonly Token[], token: Token): number {
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.start < token.start) low = middle + 1;
    else high = middle;
  }
  return low;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", "0": "\0" };
const escaped = (char: string): string => (Object.hasOwn(escapes, char) ? escapes[char]! : char);
