import type { BodyNode, RootNode, SyntaxNode } from "../syntax/nodes.ts";
import type { Evaluate, Execute } from "./frame.ts";
import type { StaticScope } from "./scope.ts";
import type { MappedSource } from "../source-map.ts";

/** Turns syntax into closures. Expressions hold blocks and blocks expressions, so each side reaches the other through here. */
export interface Compiler {
  readonly source: MappedSource;
  expression(node: SyntaxNode, scope: StaticScope): Evaluate;
  body(node: BodyNode | RootNode, scope: StaticScope): Execute;
}
