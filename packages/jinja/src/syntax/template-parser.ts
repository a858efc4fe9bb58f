import { placeIn } from "../jinja-error.ts";
import { nearestNames } from "../nearest-names.ts";
import type { BlockTag } from "../template.ts";
import { ExpressionParser } from "./expression-parser.ts";
import { describe } from "./parser-base.ts";
import type { Token, TokenStream } from "./lexer.ts";
import { nodes } from "./nodes.ts";
import type {
  BodyNode,
  IfNode,
  MacroNode,
  PairNode,
  SetNode,
  SignatureNode,
  SpreadNode,
  SymbolNode,
  SyntaxNode,
  TargetNode,
} from "./nodes.ts";

/** A definition block as the parser sees it. */
export interface ParsedBlock {
  readonly tag: string;
  readonly macro: MacroNode;
  readonly args: readonly SyntaxNode[];
  readonly kwargs: readonly PairNode[];
  readonly raw: boolean;
  readonly offset: number;
  readonly endOffset: number;
  readonly bodyOffset: number;
  readonly bodyEnd: number;
}

const statements = ["if", "for", "macro", "call", "set", "filter", "with", "do", "print", "break", "continue", "raw"];
const middles = new Map([
  ["elif", "if"],
  ["else", "if"],
  ["endif", "if"],
  ["endfor", "for"],
  ["endmacro", "macro"],
  ["endcall", "call"],
  ["endset", "set"],
  ["endfilter", "filter"],
  ["endwith", "with"],
  ["endraw", "raw"],
]);
const opening = new Set(["if", "elif", "else", "for", "call", "filter", "with"]);
/** Tags of jinja2 that take other templates; dbt has no template files to take. */
const foreign = new Set(["include", "import", "from", "extends", "block"]);

/** Jinja2's statements with dbt's definition blocks. */
export class TemplateParser extends ExpressionParser {
  declare readonly blocks: ParsedBlock[];
  declare readonly blockTags: ReadonlyMap<string, BlockTag>;
  declare readonly openers: { readonly tag: string; readonly token: Token }[];
  declare loops: number;

  constructor(tokens: TokenStream, name: string, source: string, blockTags: ReadonlyMap<string, BlockTag>) {
    super(tokens, name, source);
    this.blocks = [];
    this.blockTags = blockTags;
    this.openers = [];
    this.loops = 0;
  }

  override parseNodes(): SyntaxNode[] {
    const found: SyntaxNode[] = [];
    for (;;) {
      const token = this.nextToken();
      switch (token.type) {
        case "eof":
          if (this.breakOnBlocks) this.#unclosed(token);
          return found;
        case "data":
          found.push(new nodes.TemplateData(token.lineno, token.colno, token.value));
          break;
        case "variable-start": {
          const expression = this.parseTuple();
          const end = this.take("variable-end", 'an operator or "}}"');
          found.push(new nodes.Output(token.lineno, end.colno, [expression]));
          break;
        }
        case "block-start": {
          const statement = this.nested(() => this.#parseStatement(token));
          if (statement === undefined) return found;
          found.push(statement);
          break;
        }
        default:
          this.failAt(`Unexpected ${describe(token)}.`, token);
      }
    }
  }

  /** A statement; undefined when its tag ends the block being read. */
  #parseStatement(start: Token): SyntaxNode | undefined {
    const tag = this.peekToken();
    if (tag.type !== "symbol") this.failAt(`Expected a tag's name, but got ${describe(tag)}.`, tag);
    if (this.breakOnBlocks?.includes(tag.value)) return undefined;
    this.nextToken();
    switch (tag.value) {
      case "if":
        return this.#within("if", start, () => this.#parseIf(start));
      case "for":
        return this.#within("for", start, () => this.#parseFor(start));
      case "set":
        return this.#parseSet(start);
      case "do":
      case "print":
        return this.#parseDo(start, tag.value);
      case "macro":
        return this.#parseDefinition(start, tag, { body: "macro" });
      case "call":
        return this.#within("call", start, () => this.#parseCall(start));
      case "filter":
        return this.#within("filter", start, () => this.#parseFilterBlock(start));
      case "with":
        return this.#within("with", start, () => this.#parseWith(start));
      case "break":
      case "continue":
        return this.#parseJump(start, tag);
      default: {
        const block = this.blockTags.get(tag.value);
        return block ? this.#parseDefinition(start, tag, block) : this.#unknownTag(tag);
      }
    }
  }

  #parseIf(start: Token): IfNode {
    const first = this.#parseBranch(start, ["elif", "else", "endif"]);
    let last = first;
    for (;;) {
      const tag = this.nextToken();
      if (tag.value === "elif") {
        const next = this.#parseBranch(tag, ["elif", "else", "endif"]);
        last.else_ = next;
        last = next;
        continue;
      }
      this.blockEnd(tag.value);
      if (tag.value === "endif") return first;
      last.else_ = this.parseUntilBlocks("endif");
      this.endTag("endif");
      return first;
    }
  }

  #parseBranch(start: Token, until: string[]): IfNode {
    const condition = this.parseTuple({ conditional: false });
    const end = this.blockEnd("if");
    return new nodes.If(start.lineno, end.colno, condition, this.parseUntilBlocks(...until), null);
  }

  #parseFor(start: Token): SyntaxNode {
    const target = this.checkTarget(this.parseTuple({ simplified: true, until: "in" }));
    if (!this.skipSymbol("in")) this.failAt(`Expected "in", but got ${describe(this.peekToken())}.`, this.peekToken());
    const iterable = this.parseTuple({ conditional: false, until: "recursive" });
    const test = this.skipSymbol("if") ? this.parseExpression() : null;
    const recursive = this.skipSymbol("recursive");
    const end = this.blockEnd("for");
    this.loops++;
    const body = this.parseUntilBlocks("else", "endfor");
    this.loops--;
    let otherwise: BodyNode | null = null;
    if (this.nextToken().value === "else") {
      this.blockEnd("else");
      otherwise = this.parseUntilBlocks("endfor");
      this.nextToken();
    }
    this.blockEnd("endfor");
    return new nodes.Loop(start.lineno, end.colno, iterable, target, body, otherwise, test, recursive);
  }

  #parseSet(start: Token): SyntaxNode {
    const target = this.#parseSetTarget();
    if (this.skipValue("operator", "=")) {
      const value = this.parseTuple();
      const end = this.blockEnd("set");
      return new nodes.Set(start.lineno, end.colno, target, value);
    }
    return this.#within("set", start, () => {
      const hole = new nodes.Capture(start.lineno, start.colno, new nodes.NodeList(0, 0, []));
      let value: SyntaxNode = hole;
      while (this.peekToken().type === "pipe") value = this.parseFilter(value);
      this.skip("colon");
      const end = this.take("block-end", '"=", "|" or "%}"');
      hole.body = this.parseUntilBlocks("endset");
      this.endTag("endset");
      return new nodes.Set(start.lineno, end.colno, target, value);
    });
  }

  #parseSetTarget(): TargetNode {
    const token = this.peekToken();
    if (token.type === "symbol" && this.isOperator(this.stream.look(0), ".")) {
      this.nextToken();
      this.nextToken();
      const attribute = this.take("symbol", "a name");
      const name = new nodes.Symbol(token.lineno, token.colno, token.value);
      return new nodes.NamespaceRef(token.lineno, attribute.colno, name, attribute.value);
    }
    return this.checkTarget(this.parseTuple({ simplified: true }));
  }

  #parseDo(start: Token, tag: string): SyntaxNode {
    const value = this.parseTuple();
    const end = this.blockEnd(tag);
    if (tag === "print") return new nodes.Output(start.lineno, end.colno, [value]);
    return new nodes.Do(start.lineno, end.colno, value);
  }

  #parseJump(start: Token, tag: Token): SyntaxNode {
    if (this.loops === 0) this.failAt(`{% ${tag.value} %} stands outside a loop.`, tag);
    const end = this.blockEnd(tag.value);
    return new (tag.value === "break" ? nodes.Break : nodes.Continue)(start.lineno, end.colno);
  }

  #parseCall(start: Token): SyntaxNode {
    const args = this.peekToken().type === "left-paren" ? this.#parseSignature() : this.#noParameters(start);
    const call = this.parseExpression();
    if (call.typename !== "FunCall") this.failAt("{% call %} needs a call, such as {% call name() %}.", call);
    const end = this.blockEnd("call");
    const body = this.#separateLoop(() => this.parseUntilBlocks("endcall"));
    this.endTag("endcall");
    return new nodes.CallBlock(start.lineno, end.colno, call, args, body);
  }

  #parseFilterBlock(start: Token): SyntaxNode {
    const hole = new nodes.Capture(start.lineno, start.colno, new nodes.NodeList(0, 0, []));
    let value = this.parseFilterCall(hole);
    while (this.peekToken().type === "pipe") value = this.parseFilter(value);
    const end = this.blockEnd("filter");
    hole.body = this.parseUntilBlocks("endfilter");
    this.endTag("endfilter");
    return new nodes.Output(start.lineno, end.colno, [value]);
  }

  #parseWith(start: Token): SyntaxNode {
    const targets: SetNode[] = [];
    while (this.peekToken().type !== "block-end") {
      if (targets.length > 0) this.take("comma", '"," or "%}"');
      const target = this.checkTarget(this.parsePrimary());
      if (!this.skipValue("operator", "=")) this.failAt('Expected "=".', this.peekToken());
      const value = this.parseExpression();
      targets.push(new nodes.Set(target.lineno, value.colno, target, value));
    }
    const end = this.blockEnd("with");
    const body = this.parseUntilBlocks("endwith");
    this.endTag("endwith");
    const list = new nodes.NodeList(start.lineno, end.colno, targets) as ConstructorParameters<typeof nodes.With>[2];
    return new nodes.With(start.lineno, end.colno, list, body);
  }

  #parseDefinition(start: Token, tag: Token, kind: BlockTag): SyntaxNode {
    if (tag.value !== "macro" && this.openers.length > 0)
      this.failAt(`{% ${tag.value} %} must stand at the top level, not inside {% ${this.openers.at(-1)?.tag} %}.`, tag);
    return this.#within(tag.value, start, () => {
      const nameToken = this.take("symbol", `a name after "${tag.value}"`);
      const name = new nodes.Symbol(nameToken.lineno, nameToken.colno, nameToken.value);
      const next = this.peekToken();
      if (tag.value === "macro" && next.type !== "left-paren")
        this.failAt(`Expected "(" after the macro's name, but got ${describe(next)}.`, next);
      const args =
        kind.body === "macro" && next.type === "left-paren" ? this.#parseSignature() : this.#noParameters(next);
      const extra = this.#parseBlockArguments(tag.value);
      this.skip("colon");
      const end = this.blockEnd(tag.value);
      const body = this.#separateLoop(() => this.parseUntilBlocks(kind.end ?? `end${tag.value}`));
      const closing = this.nextToken();
      const last = this.blockEnd(closing.value);
      const macro = new nodes.Macro(start.lineno, end.colno, name, args, body);
      if (this.openers.length > 1) return macro;
      this.blocks.push({
        tag: tag.value,
        macro,
        ...extra,
        raw: kind.body === "raw",
        offset: start.lineno,
        endOffset: last.colno,
        bodyOffset: end.colno,
        bodyEnd: this.source.lastIndexOf("{%", closing.lineno),
      });
      return new nodes.Definition(start.lineno, end.colno, macro, tag.value === "macro");
    });
  }

  /** What follows the name in a definition tag: `, default` or `, adapter='duckdb'`. */
  #parseBlockArguments(tag: string): { args: SyntaxNode[]; kwargs: PairNode[] } {
    const args: SyntaxNode[] = [];
    const kwargs: PairNode[] = [];
    for (;;) {
      const comma = this.skip("comma");
      const token = this.peekToken();
      if (token.type === "block-end" || token.type === "colon") return { args, kwargs };
      if (!comma || tag === "macro") this.failAt(`Expected "%}", but got ${describe(token)}.`, token);
      if (token.type === "symbol" && this.isOperator(this.stream.look(0), "=")) {
        this.nextToken();
        this.nextToken();
        const value = this.parseExpression();
        const key = new nodes.Symbol(token.lineno, token.colno, token.value);
        kwargs.push(new nodes.Pair(token.lineno, value.colno, key, value));
      } else args.push(this.parseExpression());
    }
  }

  #parseSignature(): SignatureNode {
    const open = this.take("left-paren", '"("');
    const parameters: (SymbolNode | PairNode | SpreadNode)[] = [];
    const seen = new Set<string>();
    let defaults = false;
    while (this.peekToken().type !== "right-paren") {
      if (parameters.length > 0) {
        this.take("comma", '"," or ")"');
      }
      const token = this.take("symbol", "a parameter's name");
      if (seen.has(token.value)) this.failAt(`The parameter "${token.value}" is declared twice.`, token);
      seen.add(token.value);
      const name = new nodes.Symbol(token.lineno, token.colno, token.value);
      if (this.skipValue("operator", "=")) {
        const value = this.parseExpression();
        parameters.push(new nodes.Pair(token.lineno, value.colno, name, value));
        defaults = true;
      } else if (defaults) this.failAt("A parameter without a default cannot follow one with a default.", token);
      else parameters.push(name);
    }
    return new nodes.NodeList(open.lineno, this.nextToken().colno, parameters) as SignatureNode;
  }

  #noParameters(at: Token): SignatureNode {
    return new nodes.NodeList(at.lineno, at.lineno, []) as SignatureNode;
  }

  /** A body that is a function of its own: `break` does not reach out of it. */
  #separateLoop<T>(parse: () => T): T {
    const outer = this.loops;
    this.loops = 0;
    const result = parse();
    this.loops = outer;
    return result;
  }

  #within<T>(tag: string, token: Token, parse: () => T): T {
    this.openers.push({ tag, token });
    const result = parse();
    this.openers.pop();
    return result;
  }

  /** The end of a tag; one that opens a body may have a colon before it, as in Python. */
  blockEnd(tag: string): Token {
    if (opening.has(tag)) this.skip("colon");
    return this.take("block-end", `"%}" at the end of {% ${tag} %}`);
  }

  endTag(name: string): void {
    this.nextToken();
    this.blockEnd(name);
  }

  #unclosed(end: Token): never {
    const { tag, token } = this.openers.at(-1) as { tag: string; token: Token };
    const place = placeIn(this.templateName, this.source, token.lineno, token.colno);
    const expected = this.breakOnBlocks?.at(-1) ?? `end${tag}`;
    return this.failAt(`{% ${tag} %} of line ${place.line} is never closed: {% ${expected} %} is missing.`, end, {
      opener: { tag, offset: token.lineno, line: place.line, column: place.column },
    });
  }

  #unknownTag(tag: Token): never {
    const open = this.openers.at(-1);
    const ends = [...this.blockTags].map(([name, kind]) => kind.end ?? `end${name}`);
    const known = [...statements, ...middles.keys(), ...this.blockTags.keys(), ...ends];
    if (middles.has(tag.value) || ends.includes(tag.value)) {
      if (!open) this.failAt(`{% ${tag.value} %} closes nothing: no block is open here.`, tag);
      const place = placeIn(this.templateName, this.source, open.token.lineno, open.token.colno);
      const expected = this.breakOnBlocks?.at(-1) ?? `end${open.tag}`;
      this.failAt(
        `{% ${tag.value} %} does not fit here: {% ${open.tag} %} of line ${place.line} is open and needs {% ${expected} %} first.`,
        tag,
        { opener: { tag: open.tag, offset: open.token.lineno, line: place.line, column: place.column } },
      );
    }
    const candidates = nearestNames(tag.value, known);
    const hint = foreign.has(tag.value)
      ? " Templates cannot take in other templates; use a macro."
      : candidates[0] === undefined
        ? ""
        : ` Did you mean "${candidates[0]}"?`;
    return this.failAt(`Unknown tag {% ${tag.value} %}.${hint}`, tag, { unknownName: tag.value, candidates });
  }
}
