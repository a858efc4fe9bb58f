import { getAttribute, getItem, getSlice } from "../runtime/access.ts";
import { add, arithmetic, unary } from "../runtime/arithmetic.ts";
import { checkLength } from "../runtime/budget.ts";
import { equals, ordered, truth } from "../runtime/compare.ts";
import { contains } from "../runtime/iterate.ts";
import { str } from "../runtime/text.ts";
import type { CompareNode, InlineIfNode, LookupNode, SyntaxNode } from "../syntax/nodes.ts";
import { PyDict } from "../values/dict.ts";
import { PyTuple, Undefined } from "../values/value.ts";
import type { BinaryOperator, Value } from "../values/value.ts";
import { compileCall, compileFilter, compileTest } from "./compile-call.ts";
import type { Compiler } from "./compiler.ts";
import type { Evaluate, Frame } from "./frame.ts";
import { Frame as ScopeFrame } from "./frame.ts";
import { compileName } from "./names.ts";
import { assignedIn, StaticScope } from "./scope.ts";

const operators: Readonly<Record<string, BinaryOperator>> = {
  Sub: "-",
  Mul: "*",
  Div: "/",
  FloorDiv: "//",
  Mod: "%",
  Pow: "**",
};

/** Compiles an expression to a closure. */
export function compileExpression(node: SyntaxNode, scope: StaticScope, compiler: Compiler): Evaluate {
  const compile = (inner: SyntaxNode): Evaluate => compiler.expression(inner, scope);
  switch (node.typename) {
    case "Literal": {
      const { value } = node;
      return () => value;
    }
    case "Symbol":
      return compileName(node.value, scope);
    case "Array": {
      const parts = node.children.map(compile);
      return (frame) => parts.map((part) => part(frame));
    }
    case "Tuple": {
      const parts = node.children.map(compile);
      return (frame) => new PyTuple(parts.map((part) => part(frame)));
    }
    case "Dict": {
      const pairs = node.children.map((pair) => [compile(pair.key), compile(pair.value)] as const);
      return (frame) => {
        const dict = new PyDict();
        for (const [key, value] of pairs) {
          const name = key(frame);
          const item = value(frame);
          frame.state.node = node;
          dict.set(name, item);
        }
        return dict;
      };
    }
    case "LookupVal":
      return compileLookup(node, compile);
    case "FunCall":
      return compileCall(node, scope, compiler);
    case "Filter":
      return compileFilter(node, scope, compiler);
    case "Is":
      return compileTest(node, scope, compiler);
    case "InlineIf":
      return compileInlineIf(node, compile);
    case "And": {
      const left = compile(node.left);
      const right = compile(node.right);
      return (frame) => {
        const value = left(frame);
        return truth(value) ? right(frame) : value;
      };
    }
    case "Or": {
      const left = compile(node.left);
      const right = compile(node.right);
      return (frame) => {
        const value = left(frame);
        return truth(value) ? value : right(frame);
      };
    }
    case "Not": {
      const target = compile(node.target);
      return (frame) => {
        const value = target(frame);
        frame.state.node = node;
        return !truth(value);
      };
    }
    case "Neg":
    case "Pos": {
      const target = compile(node.target);
      const operator = node.typename === "Neg" ? "-" : "+";
      return (frame) => {
        const value = target(frame);
        frame.state.node = node;
        return unary(operator, value);
      };
    }
    case "Concat":
      return compileConcat(node, node.children.map(compile));
    case "Compare":
      return compileCompare(node, compile);
    case "Capture": {
      const inner = new StaticScope(scope, assignedIn(node.body));
      const body = compiler.body(node.body, inner);
      return (frame) =>
        frame.state.capture(() => {
          body(inner.isEmpty ? frame : new ScopeFrame(frame.state, frame.context, frame));
        });
    }
    case "Add":
    case "Sub":
    case "Mul":
    case "Div":
    case "FloorDiv":
    case "Mod":
    case "Pow": {
      const left = compile(node.left);
      const right = compile(node.right);
      const operator = operators[node.typename];
      return (frame) => {
        const a = left(frame);
        const b = right(frame);
        frame.state.node = node;
        return operator === undefined ? add(a, b) : arithmetic(operator, a, b);
      };
    }
    default:
      throw new Error(`${node.typename} is not an expression`);
  }
}

function compileLookup(node: LookupNode, compile: (inner: SyntaxNode) => Evaluate): Evaluate {
  const target = compile(node.target);
  if (node.val.typename === "Slice") {
    const { start, stop, step } = node.val;
    const parts = [start, stop, step].map((part) => (part ? compile(part) : () => null));
    return (frame) => {
      const value = target(frame);
      const [from = null, to = null, by = null] = parts.map((part) => part(frame));
      frame.state.node = node;
      return getSlice(value, { start: from, stop: to, step: by });
    };
  }
  if (node.dotted && node.val.typename === "Literal" && typeof node.val.value === "string") {
    const name = node.val.value;
    return (frame) => {
      const value = target(frame);
      frame.state.node = node;
      return getAttribute(value, name);
    };
  }
  const key = compile(node.val);
  return (frame) => {
    const value = target(frame);
    const index = key(frame);
    frame.state.node = node;
    return getItem(value, index);
  };
}

function compileInlineIf(node: InlineIfNode, compile: (inner: SyntaxNode) => Evaluate): Evaluate {
  const condition = compile(node.cond);
  const body = compile(node.body);
  const otherwise = node.else_ ? compile(node.else_) : undefined;
  return (frame) => {
    if (truth(condition(frame))) return body(frame);
    if (otherwise) return otherwise(frame);
    const hint = "the inline if-expression evaluated to false and no else section was defined.";
    // jinja2 keeps this one printable even where undefined values are strict.
    return new Undefined(undefined, { hint }, frame.state.settings.undefined === "lenient" ? "lenient" : "default");
  };
}

function compileConcat(node: SyntaxNode, parts: readonly Evaluate[]): Evaluate {
  return (frame) => {
    let text = "";
    for (const part of parts) {
      const value = part(frame);
      frame.state.node = node;
      text += typeof value === "string" ? value : str(value);
      checkLength(text.length);
    }
    return text;
  };
}

function compileCompare(node: CompareNode, compile: (inner: SyntaxNode) => Evaluate): Evaluate {
  const first = compile(node.expr);
  const operands = node.ops.children.map((operand) => ({
    test: comparison(operand.type),
    value: compile(operand.expr),
    node: operand,
  }));
  const [only] = operands;
  if (only && operands.length === 1) {
    const { test, value } = only;
    return (frame: Frame) => {
      const left = first(frame);
      const right = value(frame);
      frame.state.node = node;
      return test(left, right);
    };
  }
  return (frame) => {
    let left = first(frame);
    for (const { test, value } of operands) {
      const right = value(frame);
      frame.state.node = node;
      if (!test(left, right)) return false;
      left = right;
    }
    return true;
  };
}

function comparison(operator: string): (a: Value, b: Value) => boolean {
  if (operator === "==") return (a, b) => equals(a, b);
  if (operator === "!=") return (a, b) => !equals(a, b);
  if (operator === "in") return (a, b) => contains(b, a);
  if (operator === "not in") return (a, b) => !contains(b, a);
  return (a, b) => ordered(operator, a, b);
}
