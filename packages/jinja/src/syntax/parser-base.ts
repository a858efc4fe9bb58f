import untypedParser from "nunjucks/src/parser.js";
import { JinjaError, placeIn } from "../jinja-error.ts";
import type { JinjaErrorDetails } from "../jinja-error.ts";
import type { Token, TokenStream } from "./lexer.ts";
import type { NunjucksParser, SyntaxNode } from "./nodes.ts";

const { Parser } = untypedParser as { readonly Parser: new (tokens: TokenStream) => NunjucksParser };

/** Expressions inside one another; jinja2 itself stops near here, at Python's recursion limit. */
const maxNesting = 200;
/** Operands of one chain (`a + b + c …`, `x.y.z …`); each adds a level to the tree. */
const maxChain = 500;

/** nunjucks' `Parser` with placed errors, lookahead and limits. */
export class ParserBase extends Parser {
  declare readonly templateName: string;
  declare readonly source: string;
  declare readonly stream: TokenStream;
  declare nesting: number;

  constructor(tokens: TokenStream, templateName: string, source: string) {
    super(tokens);
    this.templateName = templateName;
    this.source = source;
    this.stream = tokens;
    this.nesting = 0;
  }

  isSymbol(token: Token, name: string): boolean {
    return token.type === "symbol" && token.value === name;
  }

  isOperator(token: Token, operator: string): boolean {
    return token.type === "operator" && token.value === operator;
  }

  take(type: Token["type"], label: string): Token {
    const token = this.nextToken();
    if (token.type !== type) this.failAt(`Expected ${label}, but got ${describe(token)}.`, token);
    return token;
  }

  nested<T>(parse: () => T): T {
    if (++this.nesting > maxNesting)
      this.failAt(`The template nests more than ${maxNesting} levels deep here.`, this.peekToken());
    const result = parse();
    this.nesting--;
    return result;
  }

  limitChain(count: number, node: SyntaxNode): void {
    if (count >= maxChain) this.failAt(`An expression may chain at most ${maxChain} operations.`, node);
  }

  failAt(
    message: string,
    at: { readonly lineno: number; readonly colno: number },
    details: Partial<JinjaErrorDetails> = {},
  ): never {
    throw new JinjaError(message, placeIn(this.templateName, this.source, at.lineno, at.colno), {
      type: "SyntaxError",
      ...details,
    });
  }
}

/** A token as messages name it. */
export function describe(token: Token): string {
  switch (token.type) {
    case "eof":
      return "the end";
    case "block-end":
    case "variable-end":
      return `the end of the tag ("${token.value}")`;
    case "string":
      return token.value.length > 40 ? "a string" : `the string '${token.value}'`;
    default:
      return `"${token.value}"`;
  }
}
