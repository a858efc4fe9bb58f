import { nearestNames } from "../nearest-names.ts";
import { UnknownNameError } from "../runtime/python-error.ts";
import { undefinedMessage } from "../runtime/undefined.ts";
import type { SyntaxNode } from "../syntax/nodes.ts";
import { Undefined } from "../values/value.ts";
import type { Value } from "../values/value.ts";
import type { Evaluate, Frame } from "./frame.ts";
import type { StaticScope } from "./scope.ts";

/** Looks a name up outside the template: the context, the globals, the built-in functions. */
export function lookOutside(frame: Frame, name: string): Value {
  const found = frame.context.get(name);
  if (found !== undefined) return found;
  const { globals, builtins, undefined: behaviour } = frame.state.settings;
  const global = globals?.get(name);
  if (global !== undefined) return global;
  const builtin = builtins.get(name);
  return builtin === undefined ? new Undefined(name, {}, behaviour) : builtin;
}

/** A reader of a name. */
export function compileName(name: string, scope: StaticScope): Evaluate {
  const slots = scope.slots(name);
  const [first, ...rest] = slots;
  if (!first) return (frame) => lookOutside(frame, name);
  if (rest.length === 0) {
    const { hops, index } = first;
    // None is null, so ?? would take it for a variable that is not set.
    if (hops === 0)
      return (frame) => {
        const value = frame.slots[index];
        return value === undefined ? lookOutside(frame, name) : value;
      };
    if (hops === 1)
      return (frame) => {
        const value = (frame.parent as Frame).slots[index];
        return value === undefined ? lookOutside(frame, name) : value;
      };
  }
  return (frame) => {
    let at: Frame = frame;
    let reached = 0;
    for (const { hops, index } of slots) {
      for (; reached < hops; reached++) at = at.parent as Frame;
      const value = at.slots[index];
      if (value !== undefined) return value;
    }
    return lookOutside(frame, name);
  };
}

/** A writer of a name the innermost scope assigns. */
export function compileStore(name: string, scope: StaticScope): (frame: Frame, value: Value) => void {
  const { hops, index } = scope.target(name);
  if (hops === 0)
    return (frame, value) => {
      frame.slots[index] = value;
    };
  return (frame, value) => {
    let at: Frame = frame;
    for (let reached = 0; reached < hops; reached++) at = at.parent as Frame;
    at.slots[index] = value;
  };
}

/** The error for calling what does not exist, with the names it may be a slip of. */
export function unknownCall(
  callee: SyntaxNode,
  missing: Undefined,
  frame: Frame,
  scope: StaticScope,
  owner: Value | undefined,
): UnknownNameError {
  const written = dottedName(callee) ?? missing.name ?? "the value";
  let known: Iterable<string>;
  if (callee.typename === "LookupVal" && owner !== undefined) {
    const prefix = dottedName(callee.target);
    known = Array.from(attributeNames(owner), (name) => (prefix === undefined ? name : `${prefix}.${name}`));
  } else known = visibleNames(frame, scope);
  const candidates = nearestNames(written, known);
  const hint = candidates[0] === undefined ? "" : ` Did you mean '${candidates[0]}'?`;
  return new UnknownNameError(`${undefinedMessage(missing)}, so it cannot be called.${hint}`, written, candidates);
}

function* visibleNames(frame: Frame, scope: StaticScope): Generator<string> {
  yield* scope.names();
  yield* frame.context.keys();
  const { globals, builtins } = frame.state.settings;
  if (globals) yield* globals.keys();
  yield* builtins.keys();
}

function attributeNames(owner: Value): Iterable<string> {
  if (owner === null || typeof owner !== "object" || Array.isArray(owner)) return [];
  if (owner.kind === "dict") return Array.from(owner.keys()).filter((key) => typeof key === "string");
  return owner.kind === "object" ? (owner.protocol.attributeNames?.() ?? []) : [];
}

/** `a.b.c` as written; undefined for anything but names and attributes. */
export function dottedName(node: SyntaxNode): string | undefined {
  const parts: string[] = [];
  let at = node;
  while (at.typename === "LookupVal" && at.dotted && at.val.typename === "Literal") {
    parts.unshift(String(at.val.value));
    at = at.target;
  }
  return at.typename === "Symbol" ? [at.value, ...parts].join(".") : undefined;
}
