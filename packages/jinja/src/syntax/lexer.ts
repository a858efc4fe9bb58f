import { JinjaError, placeIn } from "../jinja-error.ts";
import { unescapeString } from "./string-literal.ts";

export type TokenType =
  | "data"
  | "block-start"
  | "block-end"
  | "variable-start"
  | "variable-end"
  | "string"
  | "int"
  | "float"
  | "symbol"
  | "operator"
  | "left-paren"
  | "right-paren"
  | "left-bracket"
  | "right-bracket"
  | "left-curly"
  | "right-curly"
  | "comma"
  | "colon"
  | "tilde"
  | "pipe"
  | "eof";

/** As in the nodes, `lineno` is the token's offset and `colno` the offset after it. */
export interface Token {
  readonly type: TokenType;
  readonly value: string;
  readonly lineno: number;
  readonly colno: number;
}

/** What nunjucks' `Parser` reads from. After the last token it gives `eof` for ever. */
export interface TokenStream {
  nextToken(): Token;
  /** The token `ahead` places after the next one, without taking it. */
  look(ahead: number): Token;
}

export interface LexerOptions {
  readonly name: string;
  /** Tags whose body is text up to the closing tag of the given name. */
  readonly rawTags: ReadonlyMap<string, string>;
  /** Set when text outside blocks of these tags (name to closing tag) is to be skipped. */
  readonly onlyInside: ReadonlyMap<string, string> | undefined;
}

const single: Readonly<Record<string, TokenType>> = {
  "(": "left-paren",
  ")": "right-paren",
  "[": "left-bracket",
  "]": "right-bracket",
  "{": "left-curly",
  "}": "right-curly",
  ",": "comma",
  ":": "colon",
  "~": "tilde",
  "|": "pipe",
};
const closing: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
const operatorPattern = /\/\/|\*\*|[=!<>]=|[-+*/%<>=.]/y;
const namePattern = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const asciiName = /[A-Za-z_][A-Za-z0-9_]*/y;
const numberPattern =
  /(?:(?:\d+_)*\d+(?:\.(?:\d+_)*\d+)?e[-+]?(?:\d+_)*\d+|(?:\d+_)*\d+\.(?:\d+_)*\d+)|0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const stringPattern = /'[^'\\]*(?:\\[^][^'\\]*)*'|"[^"\\]*(?:\\[^][^"\\]*)*"/y;
const tagName = /\s*([A-Za-z_]\w*)/y;
const rawTag = /\{%[-+]?\s*raw\s*(-?)%\}/y;
const space = /\s*/y;

/** Splits a template into tokens; whitespace control, newlines and raw blocks are settled here, as in jinja2. */
export function lex(source: string, options: LexerOptions): TokenStream {
  const lexer = new Lexer(source, options);
  lexer.template();
  return streamOf(lexer.tokens, source.length);
}

/** Splits an expression without braces into tokens. */
export function lexExpression(source: string, name: string): TokenStream {
  const lexer = new Lexer(source, { name, rawTags: new Map(), onlyInside: undefined });
  lexer.code("", 0, 0);
  return streamOf(lexer.tokens, source.length);
}

function streamOf(tokens: readonly Token[], length: number): TokenStream {
  const eof: Token = { type: "eof", value: "", lineno: length, colno: length };
  let index = 0;
  return { nextToken: () => tokens[index++] ?? eof, look: (ahead) => tokens[index + ahead] ?? eof };
}

class Lexer {
  readonly tokens: Token[] = [];
  readonly #source: string;
  readonly #options: LexerOptions;
  readonly #end: number;
  readonly #hasReturns: boolean;
  /** Set while a skipped outside is behind us: the tag that ends the block we are in. */
  #inside: string | undefined;
  /** Blocks of the same tag open inside that one. */
  #nested = 0;

  constructor(source: string, options: LexerOptions) {
    this.#source = source;
    this.#options = options;
    this.#hasReturns = source.includes("\r");
    // jinja2 drops one newline at the end of a template.
    this.#end = source.endsWith("\r\n") ? source.length - 2 : source.length - (/[\r\n]$/.test(source) ? 1 : 0);
  }

  template(): void {
    const source = this.#source;
    let at = 0;
    let dataStart = 0;
    for (;;) {
      at = source.indexOf("{", at);
      if (at < 0 || at >= this.#end) break;
      const next = source.charCodeAt(at + 1);
      // `{{`, `{%` or `{#`
      if (next !== 123 && next !== 37 && next !== 35) {
        at++;
        continue;
      }
      if (this.#options.onlyInside && this.#inside === undefined && !this.#opens(at, next)) {
        at++;
        continue;
      }
      const sign = source[at + 2];
      if (this.#options.onlyInside === undefined || this.#inside !== undefined) this.#data(dataStart, at, sign === "-");
      const inner = at + (sign === "-" || sign === "+" ? 3 : 2);
      if (next === 35) at = this.#comment(at, inner);
      else if (next === 123) at = this.#tag(at, inner, "}}");
      else at = this.#rawBlock(at) ?? this.#block(at, inner);
      dataStart = at;
    }
    if (this.#options.onlyInside === undefined || this.#inside !== undefined) this.#data(dataStart, this.#end, false);
  }

  /** Whether, where text is skipped, something starts that must be read: a definition, or a closed comment or raw block. */
  #opens(at: number, next: number): boolean {
    if (next === 123) return false;
    if (next === 35) return this.#source.includes("#}", at + 2);
    const sign = this.#source[at + 2];
    tagName.lastIndex = at + (sign === "-" || sign === "+" ? 3 : 2);
    const name = tagName.exec(this.#source)?.[1];
    if (name === "raw") return /\{%[-+]?\s*endraw\b/.test(this.#source.slice(at));
    return name !== undefined && this.#options.onlyInside?.has(name) === true;
  }

  #data(start: number, end: number, trimEnd: boolean): void {
    if (start >= end) return;
    let text = this.#source.slice(start, end);
    let stop = end;
    if (trimEnd) {
      text = text.trimEnd();
      stop = start + text.length;
    }
    if (text === "") return;
    this.#push("data", this.#hasReturns ? text.replace(/\r\n?/g, "\n") : text, start, stop);
  }

  #comment(start: number, inner: number): number {
    const close = this.#source.indexOf("#}", inner);
    if (close < 0) this.#unclosed("{#", "comment", "#}", start);
    return this.#source[close - 1] === "-" && close > inner ? this.#skipSpace(close + 2) : close + 2;
  }

  /** A `{% raw %}` block: emits its text and gives the offset after it; undefined when there is none here. */
  #rawBlock(start: number): number | undefined {
    rawTag.lastIndex = start;
    const open = rawTag.exec(this.#source);
    if (!open) return undefined;
    const bodyStart = open[1] === "-" ? this.#skipSpace(rawTag.lastIndex) : rawTag.lastIndex;
    const close = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
    close.lastIndex = bodyStart;
    const end = close.exec(this.#source);
    if (!end) return this.#unclosed("raw", "{% raw %}", "{% endraw %}", start);
    if (this.#options.onlyInside === undefined || this.#inside !== undefined)
      this.#data(bodyStart, end.index, end[1] === "-");
    return end[2] === "-" ? this.#skipSpace(close.lastIndex) : close.lastIndex;
  }

  #block(start: number, inner: number): number {
    tagName.lastIndex = inner;
    const name = tagName.exec(this.#source)?.[1];
    const after = this.#tag(start, inner, "%}");
    if (name === undefined) return after;
    const end = this.#options.onlyInside?.get(name);
    if (this.#inside === undefined) this.#inside = end;
    else if (end === this.#inside) this.#nested++;
    else if (this.#inside === name && --this.#nested < 0) {
      this.#inside = undefined;
      this.#nested = 0;
    }
    const rawEnd = this.#options.rawTags.get(name);
    return rawEnd === undefined ? after : this.#rawBody(name, rawEnd, start, after);
  }

  #rawBody(tag: string, end: string, start: number, bodyStart: number): number {
    const close = new RegExp(`\\{%[-+]?\\s*${end}\\s*[-+]?%\\}`, "g");
    close.lastIndex = bodyStart;
    const found = close.exec(this.#source);
    if (!found) return this.#unclosed(tag, `{% ${tag} %}`, `{% ${end} %}`, start);
    this.#data(bodyStart, found.index, false);
    return found.index;
  }

  /** A `{{ … }}` or `{% … %}`; gives the offset after it and the whitespace it removes. */
  #tag(start: number, inner: number, close: "}}" | "%}"): number {
    const kind = close === "}}" ? "variable" : "block";
    this.#push(`${kind}-start`, this.#source.slice(start, inner), start, inner);
    const end = this.code(close, inner, start);
    const sign = this.#source[end];
    const after = end + (sign === "-" || sign === "+" ? 3 : 2);
    this.#push(`${kind}-end`, close, end, after);
    return sign === "-" ? this.#skipSpace(after) : after;
  }

  /** Reads tokens up to `close` outside brackets (or the end of the source when `close` is empty); gives its offset. */
  code(close: "" | "}}" | "%}", from: number, start: number): number {
    const source = this.#source;
    const stack: { readonly char: string; readonly offset: number }[] = [];
    for (let at = from; ;) {
      space.lastIndex = at;
      space.exec(source);
      at = space.lastIndex;
      if (at >= source.length) {
        const open = stack.at(-1);
        if (close === "") return at;
        if (open)
          this.#fail(
            `"${open.char}" is never closed, and the tag does not end with "${close}".`,
            open.offset,
            source.length,
          );
        this.#unclosed(close === "}}" ? "{{" : "{%", "tag", close, start);
      }
      if (stack.length === 0 && close !== "" && this.#closes(close, at)) return at;
      at = this.#token(at, stack, close);
    }
  }

  #closes(close: string, at: number): boolean {
    if (this.#source.startsWith(close, at)) return true;
    const sign = this.#source[at];
    return (sign === "-" || (sign === "+" && close === "%}")) && this.#source.startsWith(close, at + 1);
  }

  #token(at: number, stack: { readonly char: string; readonly offset: number }[], close: string): number {
    const source = this.#source;
    const char = source[at] as string;
    asciiName.lastIndex = at;
    if (asciiName.test(source) && source.charCodeAt(asciiName.lastIndex) < 128)
      return this.#take("symbol", at, asciiName.lastIndex);
    namePattern.lastIndex = at;
    if (namePattern.test(source)) return this.#take("symbol", at, namePattern.lastIndex);
    if (char >= "0" && char <= "9") return this.#number(at);
    if (char === '"' || char === "'") return this.#string(at);
    const type = single[char];
    if (type === undefined) {
      operatorPattern.lastIndex = at;
      if (!operatorPattern.test(source))
        this.#fail(`Unexpected character "${String.fromCodePoint(source.codePointAt(at) as number)}".`, at, at + 1);
      return this.#take("operator", at, operatorPattern.lastIndex);
    }
    if (char === "(" || char === "[" || char === "{") stack.push({ char, offset: at });
    const opening = closing[char];
    if (opening !== undefined) {
      const open = stack.pop();
      if (!open && close !== "") this.#fail(`"${char}" closes nothing.`, at, at + 1);
      if (open && open.char !== opening && close !== "" && this.#source.startsWith(close, at))
        this.#fail(`"${open.char}" is never closed before the tag ends.`, open.offset, at + close.length);
      if (open && open.char !== opening) this.#fail(`"${char}" does not close "${open.char}".`, at, at + 1);
    }
    return this.#take(type, at, at + 1);
  }

  #number(at: number): number {
    numberPattern.lastIndex = at;
    const text = numberPattern.exec(this.#source)?.[0] ?? "";
    const end = numberPattern.lastIndex;
    // After a dot digits are an index (`row.0.1`), never the whole part of a float.
    if (this.tokens.at(-1)?.value === "." && /^\d+\./.test(text)) {
      const digits = text.indexOf(".");
      return this.#take("int", at, at + digits);
    }
    asciiName.lastIndex = end;
    if (asciiName.test(this.#source) || /^\d/.test(this.#source.slice(end, end + 1)))
      this.#fail("A number is directly followed by a letter or digit.", at, end + 1);
    return this.#take(/^0[box]/i.test(text) || !/[.e]/i.test(text) ? "int" : "float", at, end);
  }

  #string(at: number): number {
    stringPattern.lastIndex = at;
    const literal = stringPattern.exec(this.#source)?.[0];
    if (literal === undefined) this.#fail("The string is never closed.", at, this.#source.length);
    const body = literal.slice(1, -1);
    const value = unescapeString(this.#hasReturns ? body.replace(/\r\n?/g, "\n") : body);
    if (value === undefined) this.#fail("The string holds an incomplete escape sequence.", at, at + literal.length);
    this.#push("string", value, at, at + literal.length);
    return at + literal.length;
  }

  #take(type: TokenType, at: number, end: number): number {
    this.#push(type, this.#source.slice(at, end), at, end);
    return end;
  }

  #push(type: TokenType, value: string, lineno: number, colno: number): void {
    this.tokens.push({ type, value, lineno, colno });
  }

  #skipSpace(at: number): number {
    space.lastIndex = at;
    space.exec(this.#source);
    return space.lastIndex;
  }

  #unclosed(tag: string, what: string, close: string, start: number): never {
    const opener = placeIn(this.#options.name, this.#source, start, start);
    const end = this.#source.length;
    throw new JinjaError(
      `The ${what} opened at line ${opener.line} is never closed: "${close}" is missing.`,
      placeIn(this.#options.name, this.#source, end, end),
      { type: "SyntaxError", opener: { tag, offset: start, line: opener.line, column: opener.column } },
    );
  }

  #fail(message: string, offset: number, endOffset: number): never {
    throw new JinjaError(message, placeIn(this.#options.name, this.#source, offset, endOffset), {
      type: "SyntaxError",
    });
  }
}
