import { truth } from "../runtime/compare.ts";
import { stringRepr } from "../runtime/string-repr.ts";
import type { BodyNode, CallBlockNode, IfNode, MacroNode, RootNode, SyntaxNode, WithNode } from "../syntax/nodes.ts";
import { compileTarget } from "./assign.ts";
import { compileCall } from "./compile-call.ts";
import { compileExpression } from "./compile-expression.ts";
import { compileLoop } from "./compile-loop.ts";
import type { Compiler } from "./compiler.ts";
import { breakLoop, continueLoop, Frame, goOn } from "./frame.ts";
import type { Evaluate, Execute } from "./frame.ts";
import { callMacro, compileMacro, macroValue } from "./macro.ts";
import { current } from "./render-state.ts";
import { addTargets, assignedIn, StaticScope } from "./scope.ts";
import type { MappedSource } from "../source-map.ts";

/** A compiler for one template. */
export function compilerFor(source: MappedSource): Compiler {
  const compiler: Compiler = {
    source,
    expression: (node, scope) => compileExpression(node, scope, compiler),
    body: (node, scope) => compileBody(node, scope, compiler),
  };
  return compiler;
}

function compileBody(node: BodyNode | RootNode, scope: StaticScope, compiler: Compiler): Execute {
  const statements = node.children.map((child) => compileStatement(child, scope, compiler));
  const [only] = statements;
  if (!only) return () => goOn;
  if (statements.length === 1) return only;
  return (frame) => {
    for (let index = 0; index < statements.length; index++) {
      const flow = (statements[index] as Execute)(frame);
      if (flow !== goOn) return flow;
    }
    return goOn;
  };
}

function compileStatement(node: SyntaxNode, scope: StaticScope, compiler: Compiler): Execute {
  switch (node.typename) {
    case "TemplateData": {
      const { value, lineno, colno } = node;
      return (frame) => {
        frame.state.emitData(value, lineno, colno);
        return goOn;
      };
    }
    case "Output": {
      const value = compiler.expression(node.children[0] as SyntaxNode, scope);
      return (frame) => {
        const { state } = frame;
        const result = value(frame);
        state.node = node;
        state.emitValue(result, node);
        return goOn;
      };
    }
    case "If":
      return compileIf(node, scope, compiler);
    case "Loop":
      return compileLoop(node, scope, compiler);
    case "Set": {
      const value = compiler.expression(node.value, scope);
      const assign = compileTarget(node.targets, scope);
      return (frame) => {
        assign(frame, value(frame));
        return goOn;
      };
    }
    case "Do": {
      const value = compiler.expression(node.value, scope);
      return (frame) => {
        value(frame);
        return goOn;
      };
    }
    case "Macro":
      return compileMacroStatement(node, scope, compiler);
    case "Definition":
      return node.binds ? compileMacroStatement(node.macro, scope, compiler) : () => goOn;
    case "CallBlock":
      return compileCallBlock(node, scope, compiler);
    case "With":
      return compileWith(node, scope, compiler);
    case "Break":
      return () => breakLoop;
    case "Continue":
      return () => continueLoop;
    default:
      throw new Error(`${node.typename} is not a statement`);
  }
}

function compileIf(node: IfNode, scope: StaticScope, compiler: Compiler): Execute {
  const branches: { readonly condition: Evaluate; readonly body: Execute; readonly node: SyntaxNode }[] = [];
  let rest: IfNode | BodyNode | null = node;
  for (; rest?.typename === "If"; rest = rest.else_)
    branches.push({
      condition: compiler.expression(rest.cond, scope),
      body: compiler.body(rest.body, scope),
      node: rest.cond,
    });
  const otherwise = rest ? compiler.body(rest, scope) : undefined;
  return (frame) => {
    for (const branch of branches) {
      const value = branch.condition(frame);
      frame.state.node = branch.node;
      if (truth(value)) return branch.body(frame);
    }
    return otherwise ? otherwise(frame) : goOn;
  };
}

function compileMacroStatement(node: MacroNode, scope: StaticScope, compiler: Compiler): Execute {
  const macro = compileMacro(node.name.value, node.args, node.body, scope, compiler);
  const assign = compileTarget(node.name, scope);
  const label = `<Macro ${stringRepr(macro.name)}>`;
  return (frame) => {
    const value = macroValue(macro, label, (args, kwargs) =>
      callMacro(macro, current() ?? frame.state, frame.context, frame, args, kwargs, true),
    );
    assign(frame, value);
    return goOn;
  };
}

function compileCallBlock(node: CallBlockNode, scope: StaticScope, compiler: Compiler): Execute {
  const macro = compileMacro("caller", node.args, node.body, scope, compiler);
  const call = compileCall(node.call, scope, compiler, (frame) =>
    // return() in the block ends the macro that called it, not the block.
    macroValue(macro, "<Macro 'caller'>", (args, kwargs) =>
      callMacro(macro, frame.state, frame.context, frame, args, kwargs, false),
    ),
  );
  return (frame) => {
    const result = call(frame);
    frame.state.node = node;
    frame.state.emitValue(result, node);
    return goOn;
  };
}

function compileWith(node: WithNode, scope: StaticScope, compiler: Compiler): Execute {
  const names = new Set<string>();
  for (const set of node.targets.children) addTargets(set.targets, names);
  const inner = new StaticScope(scope, assignedIn(node.body, names));
  const sets = node.targets.children.map((set) => ({
    value: compiler.expression(set.value, scope),
    assign: compileTarget(set.targets, inner),
  }));
  const body = compiler.body(node.body, inner);
  return (frame) => {
    const own = inner.isEmpty ? frame : new Frame(frame.state, frame.context, frame);
    const values = sets.map((set) => set.value(frame));
    for (const [index, set] of sets.entries()) set.assign(own, values[index] ?? null);
    return body(own);
  };
}
