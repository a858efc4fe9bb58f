import untypedNodes from "nunjucks/src/nodes.js";
import type { Token } from "./lexer.ts";
import type { Value } from "../values/value.ts";

/**
 * nunjucks' nodes carry two integers, `lineno` and `colno`. Here they hold the source range:
 * `lineno` is the offset of the first character and `colno` the offset after the last.
 */
interface Ranged {
  lineno: number;
  colno: number;
}
interface Unary<Name extends string> extends Ranged {
  readonly typename: Name;
  target: SyntaxNode;
}
interface Binary<Name extends string> extends Ranged {
  readonly typename: Name;
  left: SyntaxNode;
  right: SyntaxNode;
}
interface List<Name extends string, Child = SyntaxNode> extends Ranged {
  readonly typename: Name;
  children: Child[];
}
export interface SymbolNode extends Ranged {
  readonly typename: "Symbol";
  value: string;
}
export interface LiteralNode extends Ranged {
  readonly typename: "Literal";
  value: Value;
}
export interface DataNode extends Ranged {
  readonly typename: "TemplateData";
  value: string;
}
export type BodyNode = List<"NodeList">;
export type TupleNode = List<"Tuple">;
export type RootNode = List<"Root">;
export type KeywordArgsNode = List<"KeywordArgs", PairNode | SpreadNode>;
export interface PairNode extends Ranged {
  readonly typename: "Pair";
  key: SyntaxNode;
  value: SyntaxNode;
}
/** `*items` or `**mapping` in a call. */
export interface SpreadNode extends Ranged {
  readonly typename: "Spread";
  value: SyntaxNode;
}
export interface LookupNode extends Ranged {
  readonly typename: "LookupVal";
  target: SyntaxNode;
  val: SyntaxNode;
  /** `a.b` and not `a['b']`. */
  dotted: boolean;
}
export interface SliceNode extends Ranged {
  readonly typename: "Slice";
  start: SyntaxNode | null;
  stop: SyntaxNode | null;
  step: SyntaxNode | null;
}
export interface CallNode extends Ranged {
  readonly typename: "FunCall";
  name: SyntaxNode;
  args: BodyNode;
}
export interface FilterNode extends Ranged {
  readonly typename: "Filter";
  name: SymbolNode;
  /** The filtered value first, then the arguments. */
  args: BodyNode;
}
export interface IsNode extends Ranged {
  readonly typename: "Is";
  left: SyntaxNode;
  right: CallNode;
}
export interface InlineIfNode extends Ranged {
  readonly typename: "InlineIf";
  cond: SyntaxNode;
  body: SyntaxNode;
  else_: SyntaxNode | null;
}
export interface CompareNode extends Ranged {
  readonly typename: "Compare";
  expr: SyntaxNode;
  ops: List<"NodeList", CompareOperandNode>;
}
export interface CompareOperandNode extends Ranged {
  readonly typename: "CompareOperand";
  expr: SyntaxNode;
  type: string;
}
export interface IfNode extends Ranged {
  readonly typename: "If";
  cond: SyntaxNode;
  body: BodyNode;
  else_: IfNode | BodyNode | null;
}
export interface LoopNode extends Ranged {
  readonly typename: "Loop";
  arr: SyntaxNode;
  name: TargetNode;
  body: BodyNode;
  else_: BodyNode | null;
  test: SyntaxNode | null;
  recursive: boolean;
}
export interface MacroNode extends Ranged {
  readonly typename: "Macro";
  name: SymbolNode;
  args: SignatureNode;
  body: BodyNode;
}
/** Parameters: a Symbol, or a Pair of Symbol and default. */
export type SignatureNode = List<"NodeList", SymbolNode | PairNode>;
export interface CallBlockNode extends Ranged {
  readonly typename: "CallBlock";
  call: CallNode;
  args: SignatureNode;
  body: BodyNode;
}
export interface SetNode extends Ranged {
  readonly typename: "Set";
  targets: TargetNode;
  value: SyntaxNode;
}
export interface NamespaceRefNode extends Ranged {
  readonly typename: "NamespaceRef";
  name: SymbolNode;
  attribute: string;
}
export type TargetNode = SymbolNode | TupleNode | NamespaceRefNode;
/** `{% set x | f %}…{% endset %}`; `value` is a Capture inside its filters. */
export interface CaptureNode extends Ranged {
  readonly typename: "Capture";
  body: BodyNode;
}
export interface WithNode extends Ranged {
  readonly typename: "With";
  targets: List<"NodeList", SetNode>;
  body: BodyNode;
}
export interface DoNode extends Ranged {
  readonly typename: "Do";
  value: SyntaxNode;
}
interface Bare<Name extends string> extends Ranged {
  readonly typename: Name;
}
/** A top-level definition; it writes nothing where it stands. A macro also binds its name. */
export interface DefinitionNode extends Ranged {
  readonly typename: "Definition";
  macro: MacroNode;
  binds: boolean;
}

export type BinaryName = "Add" | "Sub" | "Mul" | "Div" | "FloorDiv" | "Mod" | "Pow";
export type SyntaxNode =
  | SymbolNode
  | LiteralNode
  | DataNode
  | BodyNode
  | TupleNode
  | RootNode
  | KeywordArgsNode
  | List<"Array">
  | List<"Dict", PairNode>
  | List<"Concat">
  | List<"Output">
  | PairNode
  | SpreadNode
  | LookupNode
  | SliceNode
  | CallNode
  | FilterNode
  | IsNode
  | InlineIfNode
  | CompareNode
  | CompareOperandNode
  | IfNode
  | LoopNode
  | MacroNode
  | CallBlockNode
  | SetNode
  | NamespaceRefNode
  | CaptureNode
  | WithNode
  | DoNode
  | DefinitionNode
  | Bare<"Break">
  | Bare<"Continue">
  | Unary<"Not">
  | Unary<"Neg">
  | Unary<"Pos">
  | Binary<"And">
  | Binary<"Or">
  | Binary<BinaryName>;

type Make<Node, Args extends readonly unknown[]> = new (lineno: number, colno: number, ...args: Args) => Node;
type MakeBinary<Name extends string> = Make<Binary<Name>, [left: SyntaxNode, right: SyntaxNode]>;
type MakeUnary<Name extends string> = Make<Unary<Name>, [target: SyntaxNode]>;
interface Extensible {
  extend(name: string, members?: { readonly fields: readonly string[] }): unknown;
}

export interface NunjucksNodes {
  readonly Node: Extensible;
  readonly NodeList: Make<BodyNode, [children?: SyntaxNode[]]> & Extensible;
  readonly Root: Make<RootNode, [children: SyntaxNode[]]>;
  readonly Symbol: Make<SymbolNode, [value: string]>;
  readonly Literal: Make<LiteralNode, [value: Value]>;
  readonly TemplateData: Make<DataNode, [value: string]>;
  readonly Output: Make<List<"Output">, [children: SyntaxNode[]]>;
  readonly Array: Make<List<"Array">, [children: SyntaxNode[]]>;
  readonly Dict: Make<List<"Dict", PairNode>, [children: PairNode[]]>;
  readonly Pair: Make<PairNode, [key: SyntaxNode, value: SyntaxNode]>;
  readonly KeywordArgs: Make<KeywordArgsNode, [children: (PairNode | SpreadNode)[]]>;
  readonly LookupVal: Extensible;
  readonly FunCall: Make<CallNode, [name: SyntaxNode, args: BodyNode]>;
  readonly Filter: Make<FilterNode, [name: SymbolNode, args: BodyNode]>;
  readonly Is: Make<IsNode, [left: SyntaxNode, right: CallNode]>;
  readonly InlineIf: Make<InlineIfNode, [cond: SyntaxNode, body: SyntaxNode, else_: SyntaxNode | null]>;
  readonly Compare: Make<CompareNode, [expr: SyntaxNode, ops: List<"NodeList", CompareOperandNode>]>;
  readonly CompareOperand: Make<CompareOperandNode, [expr: SyntaxNode, type: string]>;
  readonly If: Make<IfNode, [cond: SyntaxNode, body: BodyNode, else_: IfNode | BodyNode | null]>;
  readonly For: Extensible;
  readonly Macro: Make<MacroNode, [name: SymbolNode, args: SignatureNode, body: BodyNode]>;
  readonly Set: Make<SetNode, [targets: TargetNode, value: SyntaxNode]>;
  readonly Capture: Make<CaptureNode, [body: BodyNode]>;
  readonly Not: MakeUnary<"Not">;
  readonly Neg: MakeUnary<"Neg">;
  readonly Pos: MakeUnary<"Pos">;
  readonly And: MakeBinary<"And">;
  readonly Or: MakeBinary<"Or">;
  readonly Add: MakeBinary<"Add">;
  readonly Sub: MakeBinary<"Sub">;
  readonly Mul: MakeBinary<"Mul">;
  readonly Div: MakeBinary<"Div">;
  readonly FloorDiv: MakeBinary<"FloorDiv">;
  readonly Mod: MakeBinary<"Mod">;
  readonly Pow: MakeBinary<"Pow">;
}

/** What this package uses of nunjucks' `Parser`: the token plumbing and the walk from block to block. */
export interface NunjucksParser {
  breakOnBlocks: readonly string[] | null;
  nextToken(): Token;
  peekToken(): Token;
  pushToken(token: Token): void;
  skip(type: Token["type"]): boolean;
  skipValue(type: Token["type"], value: string): boolean;
  skipSymbol(name: string): boolean;
  parseUntilBlocks(...names: string[]): BodyNode;
  parseAsRoot(): RootNode;
  parseNodes(): SyntaxNode[];
}

const nunjucksNodes = untypedNodes as NunjucksNodes;

const extended = {
  Tuple: nunjucksNodes.NodeList.extend("Tuple") as Make<TupleNode, [children: SyntaxNode[]]>,
  /** nunjucks' Concat has two operands; ours any number, so that long chains stay flat. */
  Concat: nunjucksNodes.NodeList.extend("Concat") as Make<List<"Concat">, [children: SyntaxNode[]]>,
  LookupVal: nunjucksNodes.Node.extend("LookupVal", { fields: ["target", "val", "dotted"] }) as Make<
    LookupNode,
    [target: SyntaxNode, val: SyntaxNode, dotted: boolean]
  >,
  Slice: nunjucksNodes.Node.extend("Slice", { fields: ["start", "stop", "step"] }) as Make<
    SliceNode,
    [start: SyntaxNode | null, stop: SyntaxNode | null, step: SyntaxNode | null]
  >,
  Spread: nunjucksNodes.Node.extend("Spread", { fields: ["value"] }) as Make<SpreadNode, [value: SyntaxNode]>,
  Loop: nunjucksNodes.Node.extend("Loop", { fields: ["arr", "name", "body", "else_", "test", "recursive"] }) as Make<
    LoopNode,
    [
      arr: SyntaxNode,
      name: TargetNode,
      body: BodyNode,
      else_: BodyNode | null,
      test: SyntaxNode | null,
      recursive: boolean,
    ]
  >,
  CallBlock: nunjucksNodes.Node.extend("CallBlock", { fields: ["call", "args", "body"] }) as Make<
    CallBlockNode,
    [call: CallNode, args: SignatureNode, body: BodyNode]
  >,
  NamespaceRef: nunjucksNodes.Node.extend("NamespaceRef", { fields: ["name", "attribute"] }) as Make<
    NamespaceRefNode,
    [name: SymbolNode, attribute: string]
  >,
  With: nunjucksNodes.Node.extend("With", { fields: ["targets", "body"] }) as Make<
    WithNode,
    [targets: List<"NodeList", SetNode>, body: BodyNode]
  >,
  Do: nunjucksNodes.Node.extend("Do", { fields: ["value"] }) as Make<DoNode, [value: SyntaxNode]>,
  Definition: nunjucksNodes.Node.extend("Definition", { fields: ["macro", "binds"] }) as Make<
    DefinitionNode,
    [macro: MacroNode, binds: boolean]
  >,
  Break: nunjucksNodes.Node.extend("Break", { fields: [] }) as Make<Bare<"Break">, []>,
  Continue: nunjucksNodes.Node.extend("Continue", { fields: [] }) as Make<Bare<"Continue">, []>,
};

/** nunjucks' node classes, and those it lacks. */
export const nodes = {
  Root: nunjucksNodes.Root,
  NodeList: nunjucksNodes.NodeList,
  Symbol: nunjucksNodes.Symbol,
  Literal: nunjucksNodes.Literal,
  TemplateData: nunjucksNodes.TemplateData,
  Output: nunjucksNodes.Output,
  Array: nunjucksNodes.Array,
  Dict: nunjucksNodes.Dict,
  Pair: nunjucksNodes.Pair,
  KeywordArgs: nunjucksNodes.KeywordArgs,
  FunCall: nunjucksNodes.FunCall,
  Filter: nunjucksNodes.Filter,
  Is: nunjucksNodes.Is,
  InlineIf: nunjucksNodes.InlineIf,
  Compare: nunjucksNodes.Compare,
  CompareOperand: nunjucksNodes.CompareOperand,
  If: nunjucksNodes.If,
  Macro: nunjucksNodes.Macro,
  Set: nunjucksNodes.Set,
  Capture: nunjucksNodes.Capture,
  Not: nunjucksNodes.Not,
  Neg: nunjucksNodes.Neg,
  Pos: nunjucksNodes.Pos,
  And: nunjucksNodes.And,
  Or: nunjucksNodes.Or,
  Add: nunjucksNodes.Add,
  Sub: nunjucksNodes.Sub,
  Mul: nunjucksNodes.Mul,
  Div: nunjucksNodes.Div,
  FloorDiv: nunjucksNodes.FloorDiv,
  Mod: nunjucksNodes.Mod,
  Pow: nunjucksNodes.Pow,
  ...extended,
};

const ownFields = new WeakMap<object, readonly string[]>();

/** Visits a node and everything under it, in no particular order and without recursion. */
export function walk(root: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  const open: SyntaxNode[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    visit(node);
    const fields = node as unknown as Readonly<Record<string, unknown>> & { readonly fields: readonly string[] };
    const prototype = Object.getPrototypeOf(node) as object;
    let names = ownFields.get(prototype);
    if (!names) ownFields.set(prototype, (names = fields.fields));
    for (const name of names) {
      const value = fields[name];
      if (Array.isArray(value)) {
        for (const child of value) open.push(child as SyntaxNode);
      } else if (isNode(value)) open.push(value);
    }
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "lineno" in value && "typename" in value;
}
