import type { Scope } from "../environment.ts";
import { spend } from "../runtime/budget.ts";
import { PythonError, ReturnSignal } from "../runtime/python-error.ts";
import type { BodyNode, SignatureNode } from "../syntax/nodes.ts";
import { PyDict } from "../values/dict.ts";
import { Callable, PyTuple, Undefined } from "../values/value.ts";
import type { Kwargs, Value } from "../values/value.ts";
import type { Compiler } from "./compiler.ts";
import { Frame } from "./frame.ts";
import type { Evaluate, Execute } from "./frame.ts";
import type { RenderState } from "./render-state.ts";
import { assignedIn, mentions, StaticScope } from "./scope.ts";

/** A macro or caller, compiled: what does not depend on where it is defined at run time. */
export interface CompiledMacro {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly defaults: readonly (Evaluate | undefined)[];
  readonly slots: { readonly caller: number; readonly varargs: number; readonly kwargs: number };
  readonly parameterSlots: readonly number[];
  readonly body: Execute;
  readonly compiler: Compiler;
}

/** Compiles a signature and body; the body's own compilation waits for the first call. */
export function compileMacro(
  name: string,
  args: SignatureNode,
  bodyNode: BodyNode,
  scope: StaticScope | undefined,
  compiler: Compiler,
): CompiledMacro {
  const parameters = args.children.map((child) => (child.typename === "Symbol" ? child.value : keyOf(child.key)));
  const special = ["caller", "varargs", "kwargs"].filter(
    (word) => !parameters.includes(word) && mentions(bodyNode, word),
  );
  const inner = new StaticScope(scope, [...parameters, ...special, ...assignedIn(bodyNode)], true);
  const slot = (word: string): number => (special.includes(word) ? inner.indexOf(word) : -1);
  let compiled: Execute | undefined;
  return {
    name,
    parameters,
    defaults: args.children.map((child) =>
      child.typename === "Symbol" ? undefined : compiler.expression(child.value, inner),
    ),
    slots: { caller: slot("caller"), varargs: slot("varargs"), kwargs: slot("kwargs") },
    parameterSlots: parameters.map((parameter) => inner.indexOf(parameter)),
    body: (frame) => (compiled ??= compiler.body(bodyNode, inner))(frame),
    compiler,
  };
}

function keyOf(key: { readonly typename: string; readonly value?: unknown }): string {
  return String(key.value);
}

/** Puts a call's arguments into the macro's variables. */
function bind(macro: CompiledMacro, frame: Frame, args: readonly Value[], given: Kwargs): void {
  const { parameters, parameterSlots, slots } = macro;
  let used = 0;
  for (const [index, name] of parameters.entries()) {
    const at = parameterSlots[index] as number;
    const positional = args[index];
    const named = given.get(name);
    if (named !== undefined) used++;
    if (positional !== undefined) {
      if (named !== undefined)
        throw new PythonError("TypeError", `macro '${macro.name}' got multiple values for argument '${name}'`);
      frame.slots[at] = positional;
    } else if (named !== undefined) frame.slots[at] = named;
  }
  const extra = args.slice(parameters.length);
  if (slots.varargs >= 0) frame.slots[slots.varargs] = new PyTuple(extra);
  else if (extra.length > 0)
    throw new PythonError("TypeError", `macro '${macro.name}' takes not more than ${parameters.length} argument(s)`);
  const rest = used === given.size ? undefined : new Map([...given].filter(([name]) => !parameters.includes(name)));
  if (slots.caller >= 0) {
    const caller = rest?.get("caller");
    frame.slots[slots.caller] = caller === undefined ? new Undefined("caller", { hint: "No caller defined" }) : caller;
    rest?.delete("caller");
  }
  if (slots.kwargs >= 0) frame.slots[slots.kwargs] = new PyDict(rest);
  else if (rest && rest.size > 0) {
    const [first] = rest.keys();
    if (first === "caller")
      throw new PythonError(
        "TypeError",
        `macro '${macro.name}' does not use caller(), so {% call %} cannot give it a body`,
      );
    throw new PythonError("TypeError", `macro '${macro.name}' takes no keyword argument '${first}'`);
  }
  for (const [index, name] of parameters.entries()) {
    const at = parameterSlots[index] as number;
    if (frame.slots[at] !== undefined) continue;
    const evaluate = macro.defaults[index];
    frame.slots[at] = evaluate
      ? evaluate(frame)
      : new Undefined(name, { hint: `parameter '${name}' was not provided` }, frame.state.settings.undefined);
  }
}

/** Runs a macro and gives its text, or what `return()` gave. */
export function callMacro(
  macro: CompiledMacro,
  state: RenderState,
  context: Scope,
  parent: Frame | undefined,
  args: readonly Value[],
  kwargs: Kwargs,
  catchesReturn: boolean,
): Value {
  spend();
  const { node, source, call, depth } = state;
  state.enter(macro.name);
  try {
    const frame = new Frame(state, context, parent);
    bind(macro, frame, args, kwargs);
    state.source = macro.compiler.source;
    return state.capture(() => macro.body(frame));
  } catch (error) {
    if (error instanceof ReturnSignal) {
      if (catchesReturn) return error.value as Value;
      throw error;
    }
    throw state.placed(error);
  } finally {
    state.node = node;
    state.source = source;
    state.call = call;
    state.depth = depth;
  }
}

/** A macro as templates see it. */
export function macroValue(
  macro: CompiledMacro,
  label: string,
  call: (args: readonly Value[], kwargs: Kwargs) => Value,
): Callable {
  const attributes = new Map<string, Value>([
    ["name", macro.name],
    ["arguments", new PyTuple(macro.parameters)],
    ["catch_kwargs", macro.slots.kwargs >= 0],
    ["catch_varargs", macro.slots.varargs >= 0],
    ["caller", macro.slots.caller >= 0],
  ]);
  return new Callable(macro.name, call, { attributes, label });
}
