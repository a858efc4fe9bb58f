import untypedParser from "nunjucks/src/parser.js";
import { JinjaError, placeIn } from "../jinja-error.ts";
import type { JinjaErrorDetails } from "../jinja-error.ts";
import { PyFloat } from "../values/value.ts";
import type { TokenStream, Token } from "./lexer.ts";
import { nodes } from "./nodes.ts";
import type {
  BodyNode,
  CallNode,
  NunjucksParser,
  PairNode,
  SpreadNode,
  SymbolNode,
  SyntaxNode,
  TupleNode,
} from "./nodes.ts";

const { Parser } = untypedParser as { readonly Parser: new (tokens: TokenStream) => NunjucksParser };

/** Expressions inside one another; jinja2 itself stops near here, at Python's recursion limit. */
const maxNesting = 200;
/** Operands of one chain (`a + b + c …`, `x.y.z …`); each adds a level to the tree. */
const maxChain = 500;

const constants = new Map<string, null | boolean>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);
const compareOperators = new Set(["==", "!=", "<", ">", "<=", ">="]);
const afterTest = new Set(["else", "or", "and", "is"]);
const mathBinary = { "*": nodes.Mul, "/": nodes.Div, "//": nodes.FloorDiv, "%": nodes.Mod } as const;

export interface TupleRules {
  /** Only names and targets, no operators: the left side of an assignment. */
  readonly simplified?: boolean | undefined;
  /** False where a following `if` belongs to the tag (`for x in y if z`). */
  readonly conditional?: boolean | undefined;
  /** A word that ends the list. */
  readonly until?: string | undefined;
}

/** Jinja2's expression grammar, on nunjucks' token plumbing. */
export class ExpressionParser extends Parser {
  declare readonly templateName: string;
  declare readonly source: string;
  declare nesting: number;

  constructor(tokens: TokenStream, templateName: string, source: string) {
    super(tokens);
    this.templateName = templateName;
    this.source = source;
    this.nesting = 0;
    this.stream = tokens;
  }
  declare stream: TokenStream;

  /** An expression that must be all there is. */
  parseWhole(): SyntaxNode {
    const node = this.parseTuple();
    const rest = this.nextToken();
    if (rest.type !== "eof") this.failAt(`Unexpected ${describe(rest)} after the expression.`, rest);
    return node;
  }

  parseExpression(conditional = true): SyntaxNode {
    return this.nested(() => (conditional ? this.parseConditional() : this.parseOr()));
  }

  /** One expression, or several with commas between: a tuple without parentheses. */
  parseTuple(rules: TupleRules = {}): SyntaxNode {
    const start = this.peekToken();
    const items: SyntaxNode[] = [];
    let isTuple = false;
    while (!this.#endsTuple(rules.until)) {
      items.push(rules.simplified ? this.parsePrimary() : this.parseExpression(rules.conditional ?? true));
      if (!this.skip("comma")) break;
      isTuple = true;
    }
    const only = items[0];
    if (!only) this.failAt(`Expected an expression, but got ${describe(start)}.`, start);
    return isTuple ? new nodes.Tuple(only.lineno, (items.at(-1) as SyntaxNode).colno, items) : only;
  }

  #endsTuple(until: string | undefined): boolean {
    const token = this.peekToken();
    if (token.type === "symbol") return token.value === until;
    return (
      token.type === "variable-end" ||
      token.type === "block-end" ||
      token.type === "right-paren" ||
      token.type === "eof"
    );
  }

  parseConditional(): SyntaxNode {
    let node = this.parseOr();
    for (let count = 0; this.skipSymbol("if"); count++) {
      this.limitChain(count, node);
      const condition = this.parseOr();
      const otherwise = this.skipSymbol("else") ? this.parseExpression() : null;
      node = new nodes.InlineIf(node.lineno, (otherwise ?? condition).colno, condition, node, otherwise);
    }
    return node;
  }

  parseOr(): SyntaxNode {
    let node = this.parseAnd();
    for (let count = 0; this.skipSymbol("or"); count++) {
      this.limitChain(count, node);
      const right = this.parseAnd();
      node = new nodes.Or(node.lineno, right.colno, node, right);
    }
    return node;
  }

  parseAnd(): SyntaxNode {
    let node = this.parseNot();
    for (let count = 0; this.skipSymbol("and"); count++) {
      this.limitChain(count, node);
      const right = this.parseNot();
      node = new nodes.And(node.lineno, right.colno, node, right);
    }
    return node;
  }

  parseNot(): SyntaxNode {
    const token = this.peekToken();
    if (!this.skipSymbol("not")) return this.parseCompare();
    const target = this.nested(() => this.parseNot());
    return new nodes.Not(token.lineno, target.colno, target);
  }

  parseCompare(): SyntaxNode {
    const first = this.parseAdd();
    const operands = [];
    for (;;) {
      const token = this.peekToken();
      let operator: string | undefined;
      if (token.type === "operator" && compareOperators.has(token.value)) operator = token.value;
      else if (token.type === "symbol" && token.value === "in") operator = "in";
      else if (token.type === "symbol" && token.value === "not" && this.isSymbol(this.stream.look(0), "in")) {
        this.nextToken();
        operator = "not in";
      }
      if (operator === undefined) break;
      this.nextToken();
      const operand = this.parseAdd();
      operands.push(new nodes.CompareOperand(token.lineno, operand.colno, operand, operator));
    }
    if (operands.length === 0) return first;
    const end = (operands.at(-1) as SyntaxNode).colno;
    const list = new nodes.NodeList(first.lineno, end, operands) as ConstructorParameters<typeof nodes.Compare>[3];
    return new nodes.Compare(first.lineno, end, first, list);
  }

  parseAdd(): SyntaxNode {
    let node = this.parseConcat();
    for (let count = 0; ; count++) {
      const token = this.peekToken();
      if (token.type !== "operator" || (token.value !== "+" && token.value !== "-")) return node;
      this.limitChain(count, node);
      this.nextToken();
      const right = this.parseConcat();
      node = new (token.value === "+" ? nodes.Add : nodes.Sub)(node.lineno, right.colno, node, right);
    }
  }

  parseConcat(): SyntaxNode {
    const first = this.parseMultiply();
    if (this.peekToken().type !== "tilde") return first;
    const parts = [first];
    while (this.skip("tilde")) parts.push(this.parseMultiply());
    return new nodes.Concat(first.lineno, (parts.at(-1) as SyntaxNode).colno, parts);
  }

  parseMultiply(): SyntaxNode {
    let node = this.parsePower();
    for (let count = 0; ; count++) {
      const token = this.peekToken();
      if (token.type !== "operator" || !Object.hasOwn(mathBinary, token.value)) return node;
      this.limitChain(count, node);
      this.nextToken();
      const right = this.parsePower();
      node = new mathBinary[token.value as keyof typeof mathBinary](node.lineno, right.colno, node, right);
    }
  }

  parsePower(): SyntaxNode {
    let node = this.parseUnary(true);
    for (let count = 0; this.skipValue("operator", "**"); count++) {
      this.limitChain(count, node);
      const right = this.parseUnary(true);
      node = new nodes.Pow(node.lineno, right.colno, node, right);
    }
    return node;
  }

  parseUnary(withFilters: boolean): SyntaxNode {
    const token = this.peekToken();
    let node: SyntaxNode;
    if (token.type === "operator" && (token.value === "-" || token.value === "+")) {
      this.nextToken();
      const target = this.nested(() => this.parseUnary(false));
      node = new (token.value === "-" ? nodes.Neg : nodes.Pos)(token.lineno, target.colno, target);
    } else node = this.parsePrimary();
    node = this.parsePostfix(node);
    return withFilters ? this.parseFilters(node) : node;
  }

  parsePrimary(): SyntaxNode {
    const token = this.nextToken();
    switch (token.type) {
      case "symbol": {
        const constant = constants.get(token.value);
        if (constant !== undefined) return new nodes.Literal(token.lineno, token.colno, constant);
        return new nodes.Symbol(token.lineno, token.colno, token.value);
      }
      case "string": {
        let text = token.value;
        let end = token.colno;
        for (let next = this.peekToken(); next.type === "string"; next = this.peekToken()) {
          text += next.value;
          end = this.nextToken().colno;
        }
        return new nodes.Literal(token.lineno, end, text);
      }
      case "int":
        return new nodes.Literal(token.lineno, token.colno, integerOf(token.value));
      case "float":
        return new nodes.Literal(token.lineno, token.colno, new PyFloat(Number(token.value.replaceAll("_", ""))));
      case "left-paren":
        return this.nested(() => this.#parseGroup(token));
      case "left-bracket":
        return this.nested(() => this.#parseList(token));
      case "left-curly":
        return this.nested(() => this.#parseDict(token));
      default:
        return this.failAt(`Expected an expression, but got ${describe(token)}.`, token);
    }
  }

  #parseGroup(open: Token): SyntaxNode {
    if (this.skip("right-paren")) return new nodes.Tuple(open.lineno, open.colno + 1, []);
    const inner = this.parseTuple();
    this.take("right-paren", '")"');
    return inner;
  }

  #parseList(open: Token): SyntaxNode {
    const items = this.#parseItems("right-bracket", '"]"', () => this.parseExpression());
    return new nodes.Array(open.lineno, items.end, items.children);
  }

  #parseDict(open: Token): SyntaxNode {
    const pairs = this.#parseItems("right-curly", '"}"', () => {
      const key = this.parseExpression();
      this.take("colon", '":" after the key');
      const value = this.parseExpression();
      return new nodes.Pair(key.lineno, value.colno, key, value);
    });
    return new nodes.Dict(open.lineno, pairs.end, pairs.children);
  }

  #parseItems<T>(close: Token["type"], label: string, item: () => T): { children: T[]; end: number } {
    const children: T[] = [];
    while (this.peekToken().type !== close) {
      if (children.length > 0) {
        this.take("comma", `"," or ${label}`);
        if (this.peekToken().type === close) break;
      }
      children.push(item());
    }
    return { children, end: this.nextToken().colno };
  }

  parsePostfix(start: SyntaxNode): SyntaxNode {
    let node = start;
    for (let count = 0; ; count++) {
      const token = this.peekToken();
      if (token.type === "left-paren") node = this.parseCallOf(node);
      else if (token.type === "left-bracket") node = this.#parseSubscript(node);
      else if (token.type === "operator" && token.value === ".") node = this.#parseAttribute(node);
      else return node;
      this.limitChain(count, node);
    }
  }

  #parseAttribute(target: SyntaxNode): SyntaxNode {
    this.nextToken();
    const name = this.nextToken();
    if (name.type === "symbol")
      return this.#lookup(target, new nodes.Literal(name.lineno, name.colno, name.value), name.colno, true);
    if (name.type === "int")
      return this.#lookup(target, new nodes.Literal(name.lineno, name.colno, integerOf(name.value)), name.colno, false);
    return this.failAt(`Expected a name or number after ".", but got ${describe(name)}.`, name);
  }

  #lookup(target: SyntaxNode, key: SyntaxNode, end: number, dotted: boolean): SyntaxNode {
    return new nodes.LookupVal(target.lineno, end, target, key, dotted);
  }

  #parseSubscript(target: SyntaxNode): SyntaxNode {
    this.nextToken();
    const keys: SyntaxNode[] = [];
    while (this.peekToken().type !== "right-bracket") {
      if (keys.length > 0) this.take("comma", '"," or "]"');
      keys.push(this.nested(() => this.#parseKey()));
    }
    const close = this.nextToken();
    const first = keys[0];
    if (!first) this.failAt("Expected an index or key between the brackets.", close);
    const key = keys.length === 1 ? first : new nodes.Tuple(first.lineno, close.lineno, keys);
    return this.#lookup(target, key, close.colno, false);
  }

  #parseKey(): SyntaxNode {
    const start = this.peekToken();
    const parts: [SyntaxNode | null, SyntaxNode | null, SyntaxNode | null] = [null, null, null];
    let colons = 0;
    for (;;) {
      const token = this.peekToken();
      if (token.type === "right-bracket" || token.type === "comma") break;
      if (token.type === "colon" && colons < 2) {
        this.nextToken();
        colons++;
      } else if (parts[colons]) this.failAt(`Expected "]", but got ${describe(token)}.`, token);
      else parts[colons] = this.parseExpression();
    }
    if (colons > 0) return new nodes.Slice(start.lineno, this.peekToken().lineno, ...parts);
    return parts[0] ?? this.failAt(`Expected an index or key, but got ${describe(start)}.`, start);
  }

  parseCallOf(callee: SyntaxNode): CallNode {
    const { args, end } = this.parseArguments();
    return new nodes.FunCall(callee.lineno, end, callee, args);
  }

  /** `(a, *b, c=1, **d)`: the last child is a KeywordArgs when there are any. */
  parseArguments(): { args: BodyNode; end: number } {
    const open = this.take("left-paren", '"("');
    const positional: SyntaxNode[] = [];
    const keywords: (PairNode | SpreadNode)[] = [];
    let spread = false;
    let spreadKeywords = false;
    while (this.peekToken().type !== "right-paren") {
      if (positional.length + keywords.length > 0) {
        this.take("comma", '"," or ")"');
        if (this.peekToken().type === "right-paren") break;
      }
      const token = this.peekToken();
      const order = (valid: boolean): void => {
        if (!valid) this.failAt("This argument cannot stand after the ones before it.", token);
      };
      if (this.skipValue("operator", "*")) {
        order(!spread && !spreadKeywords);
        spread = true;
        const value = this.parseExpression();
        positional.push(new nodes.Spread(token.lineno, value.colno, value));
      } else if (this.skipValue("operator", "**")) {
        order(!spreadKeywords);
        spreadKeywords = true;
        const value = this.parseExpression();
        keywords.push(new nodes.Spread(token.lineno, value.colno, value));
      } else if (token.type === "symbol" && this.isOperator(this.stream.look(0), "=")) {
        order(!spreadKeywords);
        this.nextToken();
        this.nextToken();
        const key = new nodes.Symbol(token.lineno, token.colno, token.value);
        const value = this.parseExpression();
        keywords.push(new nodes.Pair(token.lineno, value.colno, key, value));
      } else {
        order(!spread && keywords.length === 0);
        positional.push(this.parseExpression());
      }
    }
    const end = this.nextToken().colno;
    if (keywords.length > 0) positional.push(new nodes.KeywordArgs(open.lineno, end, keywords));
    return { args: new nodes.NodeList(open.lineno, end, positional), end };
  }

  parseFilters(start: SyntaxNode): SyntaxNode {
    let node = start;
    for (let count = 0; ; count++) {
      const token = this.peekToken();
      if (token.type === "pipe") node = this.parseFilter(node);
      else if (this.isSymbol(token, "is")) node = this.#parseTest(node);
      else if (token.type === "left-paren") node = this.parseCallOf(node);
      else return node;
      this.limitChain(count, node);
    }
  }

  /** `| name(args)` on `target`. */
  parseFilter(target: SyntaxNode): SyntaxNode {
    this.nextToken();
    return this.parseFilterCall(target);
  }

  parseFilterCall(target: SyntaxNode): SyntaxNode {
    const name = this.parseDottedName("a filter's name");
    const call = this.peekToken().type === "left-paren" ? this.parseArguments() : undefined;
    const end = call?.end ?? name.colno;
    const args = new nodes.NodeList(name.lineno, end, [target, ...(call?.args.children ?? [])]);
    return new nodes.Filter(name.lineno, end, name, args);
  }

  #parseTest(target: SyntaxNode): SyntaxNode {
    this.nextToken();
    const negated = this.skipSymbol("not");
    const name = this.parseDottedName("a test's name");
    const next = this.peekToken();
    let args = new nodes.NodeList(name.colno, name.colno, []);
    if (next.type === "left-paren") args = this.parseArguments().args;
    else if (
      (next.type === "symbol" && !afterTest.has(next.value)) ||
      next.type === "string" ||
      next.type === "int" ||
      next.type === "float" ||
      next.type === "left-bracket" ||
      next.type === "left-curly"
    ) {
      // `x is none if …` and `x is defined and …` end here; only a value can follow.
      if (!(next.type === "symbol" && (next.value === "if" || next.value === "not" || next.value === "in"))) {
        const argument = this.parsePostfix(this.parsePrimary());
        args = new nodes.NodeList(argument.lineno, argument.colno, [argument]);
      }
    }
    if (this.isSymbol(this.peekToken(), "is")) this.failAt('Tests cannot be chained with "is".', this.peekToken());
    const call = new nodes.FunCall(name.lineno, args.colno, name, args);
    const node = new nodes.Is(target.lineno, args.colno, target, call);
    return negated ? new nodes.Not(target.lineno, args.colno, node) : node;
  }

  parseDottedName(what: string): SymbolNode {
    const first = this.take("symbol", what);
    let name = first.value;
    let end = first.colno;
    while (this.skipValue("operator", ".")) {
      const part = this.take("symbol", "a name");
      name += `.${part.value}`;
      end = part.colno;
    }
    return new nodes.Symbol(first.lineno, end, name);
  }

  /** The left side of `for` or `set`: names, with commas and parentheses. */
  checkTarget(node: SyntaxNode): SymbolNode | TupleNode {
    if (node.typename === "Symbol") return node;
    if (node.typename === "Tuple") {
      for (const item of node.children) this.checkTarget(item);
      return node;
    }
    return this.failAt("Only names can be assigned to.", node);
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

function integerOf(text: string): number | bigint {
  const big = BigInt(text.replaceAll("_", ""));
  const small = Number(big);
  return Number.isSafeInteger(small) ? small : big;
}
