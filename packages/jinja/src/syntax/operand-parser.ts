import { PyFloat } from "../values/value.ts";
import type { Token } from "./lexer.ts";
import { nodes } from "./nodes.ts";
import type { BodyNode, CallNode, PairNode, SpreadNode, SymbolNode, SyntaxNode, TupleNode } from "./nodes.ts";
import { describe, ParserBase } from "./parser-base.ts";

const constants = new Map<string, null | boolean>([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false],
  ["none", null],
  ["None", null],
]);
const afterTest = new Set(["else", "or", "and", "is"]);
/** Python itself refuses to read more digits than about this. */
const maxDigits = 4300;

/** What operators work on: literals, names, brackets, and the calls, lookups, filters and tests behind them. */
export abstract class OperandParser extends ParserBase {
  abstract parseExpression(conditional?: boolean): SyntaxNode;
  /** One expression, or several with commas between. */
  abstract parseTuple(): SyntaxNode;

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
        if (token.value.length > maxDigits) this.failAt(`A number may have at most ${maxDigits} digits.`, token);
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
}

function integerOf(text: string): number | bigint {
  const big = BigInt(text.replaceAll("_", ""));
  const small = Number(big);
  return Number.isSafeInteger(small) ? small : big;
}
