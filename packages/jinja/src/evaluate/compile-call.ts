import { nearestNames } from "../nearest-names.ts";
import { getAttribute, getItem, methodNamed } from "../runtime/access.ts";
import { spend } from "../runtime/budget.ts";
import { iterate } from "../runtime/iterate.ts";
import { PythonError, UnknownNameError } from "../runtime/python-error.ts";
import { str } from "../runtime/text.ts";
import type { BodyNode, CallNode, FilterNode, IsNode, SyntaxNode } from "../syntax/nodes.ts";
import { PyDict } from "../values/dict.ts";
import { noKwargs, typeName, Undefined } from "../values/value.ts";
import type { Kwargs, Value } from "../values/value.ts";
import type { Compiler } from "./compiler.ts";
import type { Evaluate, Frame } from "./frame.ts";
import { unknownCall } from "./names.ts";
import type { StaticScope } from "./scope.ts";

export interface Arguments {
  readonly positional: (frame: Frame) => Value[];
  /** Undefined when the call has no keyword arguments at all. */
  readonly keywords: ((frame: Frame) => Map<string, Value>) | undefined;
}

/** Compiles the arguments of a call. */
export function compileArguments(children: readonly SyntaxNode[], scope: StaticScope, compiler: Compiler): Arguments {
  const last = children.at(-1);
  const pairs = last?.typename === "KeywordArgs" ? last.children : undefined;
  const plain = pairs ? children.slice(0, -1) : children;
  return {
    positional: compilePositional(plain, scope, compiler),
    keywords: pairs && compileKeywords(pairs, scope, compiler),
  };
}

function compilePositional(
  list: readonly SyntaxNode[],
  scope: StaticScope,
  compiler: Compiler,
): (frame: Frame) => Value[] {
  if (!list.some((node) => node.typename === "Spread")) {
    const parts = list.map((node) => compiler.expression(node, scope));
    const [first, second] = parts;
    if (!first) return () => [];
    if (parts.length === 1) return (frame) => [first(frame)];
    if (parts.length === 2 && second) return (frame) => [first(frame), second(frame)];
    return (frame) => parts.map((part) => part(frame));
  }
  const parts = list.map((node) => ({
    spread: node.typename === "Spread",
    value: compiler.expression(node.typename === "Spread" ? node.value : node, scope),
  }));
  return (frame) => {
    const values: Value[] = [];
    for (const { spread, value } of parts) {
      if (!spread) values.push(value(frame));
      else
        for (const item of iterate(value(frame))) {
          spend();
          values.push(item);
        }
    }
    return values;
  };
}

function compileKeywords(
  pairs: readonly Extract<SyntaxNode, { readonly typename: "Pair" | "Spread" }>[],
  scope: StaticScope,
  compiler: Compiler,
): (frame: Frame) => Map<string, Value> {
  const parts = pairs.map((pair) => ({
    name: pair.typename === "Pair" && pair.key.typename === "Symbol" ? pair.key.value : undefined,
    value: compiler.expression(pair.value, scope),
  }));
  return (frame) => {
    const kwargs = new Map<string, Value>();
    const put = (name: string, value: Value): void => {
      if (kwargs.has(name)) throw new PythonError("TypeError", `got multiple values for keyword argument '${name}'`);
      kwargs.set(name, value);
    };
    for (const { name, value } of parts) {
      const given = value(frame);
      if (name !== undefined) put(name, given);
      else {
        if (!(given instanceof PyDict))
          throw new PythonError("TypeError", `argument after ** must be a mapping, not ${typeName(given)}`);
        for (const [key, item] of given.entries()) put(str(key), item);
      }
    }
    return kwargs;
  };
}

/** Calls any callable value. */
export function invoke(callee: Value, args: readonly Value[], kwargs: Kwargs): Value | undefined {
  if (callee !== null && typeof callee === "object" && !Array.isArray(callee)) {
    if (callee.kind === "callable") return callee.call(args, kwargs);
    if (callee.kind === "object" && callee.protocol.call) return callee.protocol.call(args, kwargs);
  }
  return undefined;
}

/** A call; `caller`, when given, is passed as the keyword argument of that name. */
export function compileCall(
  node: CallNode,
  scope: StaticScope,
  compiler: Compiler,
  caller?: ((frame: Frame) => Value) | undefined,
): Evaluate {
  const { positional, keywords } = compileArguments(node.args.children, scope, compiler);
  const keywordsOf = (frame: Frame): Kwargs => {
    if (!caller) return keywords ? keywords(frame) : noKwargs;
    const kwargs = keywords?.(frame) ?? new Map<string, Value>();
    return kwargs.set("caller", caller(frame));
  };
  const callee = node.name;
  const finish = (frame: Frame, fn: Value, owner: Value | undefined): Value => {
    const args = positional(frame);
    const kwargs = keywordsOf(frame);
    frame.state.node = node;
    const result = invoke(fn, args, kwargs);
    if (result !== undefined) return result;
    frame.state.node = callee;
    if (fn instanceof Undefined) throw unknownCall(callee, fn, frame, scope, owner);
    throw new PythonError("TypeError", `'${typeName(fn)}' object is not callable`);
  };
  if (callee.typename === "LookupVal" && callee.val.typename === "Literal" && typeof callee.val.value === "string") {
    const target = compiler.expression(callee.target, scope);
    const name = callee.val.value;
    const look = callee.dotted ? getAttribute : getItem;
    return (frame) => {
      const owner = target(frame);
      spend();
      frame.state.node = callee;
      const method = callee.dotted ? methodNamed(owner, name) : undefined;
      if (method) {
        const args = positional(frame);
        const kwargs = keywordsOf(frame);
        frame.state.node = node;
        return method(owner, args, kwargs);
      }
      return finish(frame, look(owner, name), owner);
    };
  }
  const fn = compiler.expression(callee, scope);
  return (frame) => {
    spend();
    return finish(frame, fn(frame), undefined);
  };
}

/** `value | name(args)`. */
export function compileFilter(node: FilterNode, scope: StaticScope, compiler: Compiler): Evaluate {
  const [subject, ...rest] = node.args.children as [SyntaxNode, ...SyntaxNode[]];
  const value = compiler.expression(subject, scope);
  const { positional, keywords } = compileArguments(rest, scope, compiler);
  const name = node.name.value;
  return (frame) => {
    const input = value(frame);
    const args = positional(frame);
    const kwargs = keywords?.(frame) ?? noKwargs;
    const { settings } = frame.state;
    frame.state.node = node;
    spend();
    const filter = settings.filters.get(name);
    if (!filter) {
      frame.state.node = node.name;
      throw unknownOf("filter", name, settings.filters.keys());
    }
    return filter(input, args, kwargs, settings.environment);
  };
}

/** `value is name(args)`. */
export function compileTest(node: IsNode, scope: StaticScope, compiler: Compiler): Evaluate {
  const value = compiler.expression(node.left, scope);
  const call: CallNode & { args: BodyNode } = node.right;
  const { positional, keywords } = compileArguments(call.args.children, scope, compiler);
  const name = (call.name as Extract<SyntaxNode, { readonly typename: "Symbol" }>).value;
  return (frame) => {
    const input = value(frame);
    const args = positional(frame);
    const kwargs = keywords?.(frame) ?? noKwargs;
    const { settings } = frame.state;
    frame.state.node = node;
    const test = settings.tests.get(name);
    if (!test) {
      frame.state.node = call.name;
      throw unknownOf("test", name, settings.tests.keys());
    }
    return test(input, args, kwargs, settings.environment);
  };
}

/** The error for a filter or test nobody defined. */
export function unknownOf(kind: "filter" | "test", name: string, known: Iterable<string>): UnknownNameError {
  const candidates = nearestNames(name, known);
  const hint = candidates[0] === undefined ? "" : ` Did you mean "${candidates[0]}"?`;
  return new UnknownNameError(`No ${kind} is named "${name}".${hint}`, name, candidates, "TemplateAssertionError");
}
