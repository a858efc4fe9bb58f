import type {
  BlockTag,
  Definition,
  DefinitionArgument,
  Expression,
  Parameter,
  ParseOptions,
  Template,
} from "./template.ts";
import { JinjaError, placeIn } from "./jinja-error.ts";
import type { Evaluate, Execute } from "./evaluate/frame.ts";
import type { CompiledMacro } from "./evaluate/macro.ts";
import { constantOf } from "./syntax/constant.ts";
import { ExpressionParser } from "./syntax/expression-parser.ts";
import { lex, lexExpression } from "./syntax/lexer.ts";
import type { BodyNode, MacroNode, RootNode, SyntaxNode } from "./syntax/nodes.ts";
import { TemplateParser } from "./syntax/template-parser.ts";
import type { ParsedBlock } from "./syntax/template-parser.ts";
import type { Value } from "./values/value.ts";

export class ParsedTemplate implements Template {
  readonly name: string;
  readonly source: string;
  readonly root: RootNode;
  /** The compiled whole, made at the first render. */
  execute: Execute | undefined = undefined;
  readonly definitions: readonly ParsedDefinition[];

  constructor(name: string, source: string, root: RootNode, blocks: readonly ParsedBlock[]) {
    this.name = name;
    this.source = source;
    this.root = root;
    this.definitions = blocks.map((block) => new ParsedDefinition(this, block));
  }
}

export class ParsedDefinition implements Definition {
  readonly tag: string;
  readonly name: string;
  readonly nameOffset: number;
  readonly offset: number;
  readonly endOffset: number;
  readonly bodyOffset: number;
  readonly template: ParsedTemplate;
  readonly macro: MacroNode;
  /** The compiled body, and the compiled macro, made when first needed. */
  execute: Execute | undefined = undefined;
  compiled: CompiledMacro | undefined = undefined;
  readonly #block: ParsedBlock;

  constructor(template: ParsedTemplate, block: ParsedBlock) {
    this.template = template;
    this.#block = block;
    this.macro = block.macro;
    this.tag = block.tag;
    this.name = block.macro.name.value;
    this.nameOffset = block.macro.name.lineno;
    this.offset = block.offset;
    this.endOffset = block.endOffset;
    this.bodyOffset = block.bodyOffset;
  }
  get content(): BodyNode {
    return this.macro.body;
  }
  get body(): string {
    return this.template.source.slice(this.bodyOffset, this.#block.bodyEnd);
  }
  get args(): readonly DefinitionArgument[] {
    return this.#block.args.map((node) => this.#argument(node));
  }
  get kwargs(): ReadonlyMap<string, DefinitionArgument> {
    return new Map(
      this.#block.kwargs.map((pair) => [
        pair.key.typename === "Symbol" ? pair.key.value : "",
        this.#argument(pair.value),
      ]),
    );
  }
  get parameters(): readonly Parameter[] {
    return this.macro.args.children.map((child) => {
      if (child.typename === "Symbol") return { name: child.value, default: undefined };
      return { name: child.key.typename === "Symbol" ? child.key.value : "", default: this.#argument(child.value) };
    });
  }
  #argument(node: SyntaxNode): DefinitionArgument {
    const { lineno: offset, colno: endOffset } = node;
    return {
      // A bare word in a tag (`default`) is a word and not a variable.
      constant: node.typename === "Symbol" ? node.value : constantOf(node),
      source: this.template.source.slice(offset, endOffset),
      offset,
      endOffset,
    };
  }
}

export class ParsedExpression implements Expression {
  readonly name: string;
  readonly source: string;
  readonly node: SyntaxNode;
  evaluate: Evaluate | undefined = undefined;
  constructor(name: string, source: string, node: SyntaxNode) {
    this.name = name;
    this.source = source;
    this.node = node;
  }
}

function tagsOf(blockTags: ParseOptions["blockTags"]): ReadonlyMap<string, BlockTag> {
  if (blockTags === undefined) return new Map();
  return blockTags instanceof Map ? blockTags : new Map(Object.entries(blockTags));
}

/**
 * Reads a template.
 * @throws {JinjaError} of type `SyntaxError`; one for a block that is never closed has its `opener`.
 */
export function parseTemplate(source: string, options: ParseOptions): Template {
  const { name } = options;
  const blockTags = tagsOf(options.blockTags);
  const endOf = (tag: string, kind: BlockTag): string => kind.end ?? `end${tag}`;
  const rawTags = new Map<string, string>();
  const ends = new Map<string, string>([["macro", "endmacro"]]);
  for (const [tag, kind] of blockTags) {
    if (kind.body === "raw") rawTags.set(tag, endOf(tag, kind));
    ends.set(tag, endOf(tag, kind));
  }
  return guarded(name, source, () => {
    const tokens = lex(source, { name, rawTags, onlyInside: options.outside === "text" ? ends : undefined });
    const parser = new TemplateParser(tokens, name, source, blockTags);
    const root = parser.parseAsRoot();
    return new ParsedTemplate(name, source, root, parser.blocks);
  });
}

/** Reads an expression without braces. @throws {JinjaError} of type `SyntaxError`. */
export function parseExpression(source: string, options: { readonly name: string }): Expression {
  const { name } = options;
  return guarded(name, source, () => {
    const node = new ExpressionParser(lexExpression(source, name), name, source).parseWhole();
    return new ParsedExpression(name, source, node);
  });
}

/** The value of a Python literal (`[1, 'a', {'b': None}]`); undefined when `text` is none. */
export function parseLiteral(text: string): Value | undefined {
  try {
    const expression = parseExpression(text, { name: "<literal>" });
    return expression instanceof ParsedExpression ? constantOf(expression.node) : undefined;
  } catch (error) {
    if (error instanceof JinjaError) return undefined;
    throw error;
  }
}

/** Nesting is limited by count; this is for a stack that was nearly full before parsing began. */
function guarded<T>(name: string, source: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message))
      throw new JinjaError("The template nests too deeply.", placeIn(name, source, 0, 0), { type: "SyntaxError" });
    throw error;
  }
}
