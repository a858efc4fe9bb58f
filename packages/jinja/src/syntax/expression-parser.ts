import { nodes } from "./nodes.ts";
import type { SyntaxNode } from "./nodes.ts";
import { OperandParser } from "./operand-parser.ts";
import { describe } from "./parser-base.ts";

const compareOperators = new Set(["==", "!=", "<", ">", "<=", ">="]);
const mathBinary = { "*": nodes.Mul, "/": nodes.Div, "//": nodes.FloorDiv, "%": nodes.Mod } as const;

export interface TupleRules {
  /** Only names and targets, no operators: the left side of an assignment. */
  readonly simplified?: boolean | undefined;
  /** False where a following `if` belongs to the tag (`for x in y if z`). */
  readonly conditional?: boolean | undefined;
  /** A word that ends the list. */
  readonly until?: string | undefined;
}

/** Jinja2's operators, from the inline `if` down to the unary minus. */
export class ExpressionParser extends OperandParser {
  /** An expression that must be all there is. */
  parseWhole(): SyntaxNode {
    const node = this.parseTuple();
    const rest = this.nextToken();
    if (rest.type !== "eof") this.failAt(`Unexpected ${describe(rest)} after the expression.`, rest);
    return node;
  }

  override parseExpression(conditional = true): SyntaxNode {
    return this.nested(() => (conditional ? this.parseConditional() : this.parseOr()));
  }

  /** One expression, or several with commas between: a tuple without parentheses. */
  override parseTuple(rules: TupleRules = {}): SyntaxNode {
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
}
