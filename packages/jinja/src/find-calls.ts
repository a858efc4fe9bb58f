import { dottedName } from "./evaluate/names.ts";
import { ParsedDefinition, ParsedTemplate } from "./parse.ts";
import { constantOf } from "./syntax/constant.ts";
import { walk } from "./syntax/nodes.ts";
import type { CallNode, SyntaxNode } from "./syntax/nodes.ts";
import type { Definition, Template } from "./template.ts";
import type { Value } from "./values/value.ts";

export interface FoundArgument {
  /** The value when it is a constant; undefined when it must be evaluated. */
  readonly constant: Value | undefined;
  readonly offset: number;
  readonly endOffset: number;
}

/** A call written in a template, whether or not rendering would reach it. */
export interface FoundCall {
  /** As written, dotted: `ref`, `dbt_utils.star`. */
  readonly name: string;
  readonly args: readonly FoundArgument[];
  readonly kwargs: ReadonlyMap<string, FoundArgument>;
  /** False when an argument is not constant, or `*args` or `**kwargs` is spread. */
  readonly constant: boolean;
  readonly offset: number;
  readonly endOffset: number;
  /** The definition the call stands in; undefined at the top level. */
  readonly inside: Definition | undefined;
}

/** Every call of one of `names` in source order, found without rendering. Without `names`: every call of a dotted name. */
export function findCalls(template: Template | Definition, names?: ReadonlySet<string> | undefined): FoundCall[] {
  if (!(template instanceof ParsedTemplate || template instanceof ParsedDefinition))
    throw new TypeError("A template must come from parseTemplate.");
  const definitions = template instanceof ParsedTemplate ? template.definitions : [template];
  const found: FoundCall[] = [];
  const root: SyntaxNode = template instanceof ParsedTemplate ? template.root : template.macro;
  const tests = new Set<SyntaxNode>();
  walk(root, (node) => {
    // The right side of `is` has the shape of a call and is none. An Is is visited before what is under it.
    if (node.typename === "Is") tests.add(node.right);
    if (node.typename !== "FunCall" || tests.has(node)) return;
    const name = dottedName(node.name);
    if (name === undefined || (names && !names.has(name))) return;
    const inside = definitions.find((each) => node.lineno >= each.offset && node.colno <= each.endOffset);
    found.push(describeCall(name, node, inside));
  });
  return found.sort((a, b) => a.offset - b.offset || b.endOffset - a.endOffset);
}

function describeCall(name: string, node: CallNode, inside: Definition | undefined): FoundCall {
  const args: FoundArgument[] = [];
  const kwargs = new Map<string, FoundArgument>();
  let constant = true;
  const argument = (value: SyntaxNode): FoundArgument => {
    const known = constantOf(value);
    if (known === undefined) constant = false;
    return { constant: known, offset: value.lineno, endOffset: value.colno };
  };
  for (const child of node.args.children) {
    if (child.typename === "KeywordArgs") {
      for (const pair of child.children) {
        if (pair.typename === "Pair" && pair.key.typename === "Symbol")
          kwargs.set(pair.key.value, argument(pair.value));
        else constant = false;
      }
    } else args.push(argument(child));
  }
  return { name, args, kwargs, constant, offset: node.lineno, endOffset: node.colno, inside };
}
