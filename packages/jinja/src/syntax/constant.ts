import { unary } from "../runtime/arithmetic.ts";
import { PyDict } from "../values/dict.ts";
import { PyTuple } from "../values/value.ts";
import type { Value } from "../values/value.ts";
import type { SyntaxNode } from "./nodes.ts";

/** The value of an expression made of literals alone; undefined when it must be evaluated. */
export function constantOf(node: SyntaxNode): Value | undefined {
  switch (node.typename) {
    case "Literal":
      return node.value;
    case "Array":
      return all(node.children);
    case "Tuple": {
      const items = all(node.children);
      return items && new PyTuple(items);
    }
    case "Dict": {
      const dict = new PyDict();
      for (const pair of node.children) {
        const key = constantOf(pair.key);
        const value = constantOf(pair.value);
        if (key === undefined || value === undefined || (typeof key === "object" && key !== null)) return undefined;
        dict.set(key, value);
      }
      return dict;
    }
    case "Neg":
    case "Pos": {
      const value = constantOf(node.target);
      if (typeof value !== "number" && typeof value !== "bigint" && !isFloat(value)) return undefined;
      return unary(node.typename === "Neg" ? "-" : "+", value);
    }
    case "Concat":
    case "Add": {
      const parts = node.typename === "Concat" ? node.children : [node.left, node.right];
      const texts = parts.map(constantOf);
      return texts.every((text) => typeof text === "string") ? texts.join("") : undefined;
    }
    default:
      return undefined;
  }
}

function isFloat(value: Value | undefined): value is Extract<Value, { readonly kind: "float" }> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && value.kind === "float";
}

function all(nodes: readonly SyntaxNode[]): Value[] | undefined {
  const values: Value[] = [];
  for (const node of nodes) {
    const value = constantOf(node);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
