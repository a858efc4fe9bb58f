import type { Token, Tokens } from "./tokens.ts";

/** Walks over the tokens of one statement. */
export class Cursor {
  readonly tokens: Tokens;
  readonly #end: number;
  at: number;

  constructor(tokens: Tokens, from: number, end: number) {
    this.tokens = tokens;
    this.at = from;
    this.#end = end;
  }

  /** The first token that is no longer part of it. */
  get end(): number {
    return this.#end;
  }

  get done(): boolean {
    return this.at >= this.#end;
  }

  peek(ahead = 0): Token {
    const list = this.tokens.list;
    return this.at + ahead < this.#end ? list[this.at + ahead]! : list.at(-1)!;
  }

  next(): Token {
    const token = this.peek();
    if (this.at < this.#end) this.at++;
    return token;
  }

  /** Stops at each token that is left, then goes past it. */
  *each(): Generator<Token> {
    for (; !this.done; this.at++) yield this.peek();
  }

  /** The last token that was taken. */
  get last(): Token {
    return this.tokens.list[Math.max(0, this.at - 1)]!;
  }

  isMark(mark: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "mark" && token.text === mark;
  }

  mark(mark: string): boolean {
    if (!this.isMark(mark)) return false;
    this.at++;
    return true;
  }

  /** Whether these bare words come next, in any case. */
  isWords(...words: readonly string[]): boolean {
    return words.every((word, i) => {
      const token = this.peek(i);
      return token.kind === "word" && token.text.toLowerCase() === word;
    });
  }

  words(...words: readonly string[]): boolean {
    if (!this.isWords(...words)) return false;
    this.at += words.length;
    return true;
  }

  word(): string {
    const token = this.peek();
    return token.kind === "word" ? token.text.toLowerCase() : "";
  }

  /** Past a balanced group that begins here, if one does. */
  group(): boolean {
    if (!this.isMark("(") && !this.isMark("[") && !this.isMark("{")) return false;
    let depth = 0;
    do {
      const token = this.next();
      if (token.kind === "mark" && "([{".includes(token.text)) depth++;
      if (token.kind === "mark" && ")]}".includes(token.text)) depth--;
    } while (depth > 0 && !this.done);
    return true;
  }

  /** Past everything up to a comma or closing bracket of this level. */
  skipItem(): void {
    while (!this.done && !this.isMark(",") && !this.isMark(")")) if (!this.group()) this.at++;
  }

  /** A part of this text of its own: inside the brackets that open here; undefined where none do. */
  inside(): Cursor | undefined {
    if (!this.isMark("(")) return undefined;
    const from = this.at + 1;
    this.group();
    const closed = this.last.kind === "mark" && this.last.text === ")";
    return new Cursor(this.tokens, from, closed ? this.at - 1 : this.at);
  }
}
