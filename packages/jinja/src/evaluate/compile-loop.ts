import { spend } from "../runtime/budget.ts";
import { equals, truth } from "../runtime/compare.ts";
import { iterate } from "../runtime/iterate.ts";
import { PythonError } from "../runtime/python-error.ts";
import type { LoopNode } from "../syntax/nodes.ts";
import { Callable, HostObject, Undefined } from "../values/value.ts";
import type { Value } from "../values/value.ts";
import { compileTarget } from "./assign.ts";
import type { Compiler } from "./compiler.ts";
import { breakLoop, Frame, goOn } from "./frame.ts";
import type { Execute } from "./frame.ts";
import { addTargets, assignedIn, hasClosures, mentions, StaticScope } from "./scope.ts";

interface LoopPosition {
  index: number;
  items: readonly Value[];
  readonly depth: number;
  changed: Value | undefined;
}

/** `{% for %}` with its filter, else branch and recursion. */
export function compileLoop(node: LoopNode, scope: StaticScope, compiler: Compiler): Execute {
  const usesLoop = node.recursive || mentions(node.body, "loop");
  const names = new Set<string>();
  addTargets(node.name, names);
  const own = new Set(names);
  if (usesLoop) own.add("loop");
  const inner = new StaticScope(scope, assignedIn(node.body, own));
  const iterable = compiler.expression(node.arr, scope);
  const assign = compileTarget(node.name, inner);
  const body = compiler.body(node.body, inner);
  const loopSlot = usesLoop ? inner.indexOf("loop") : -1;
  const testScope = new StaticScope(scope, names);
  const test = node.test && {
    value: compiler.expression(node.test, testScope),
    assign: compileTarget(node.name, testScope),
  };
  const otherwiseScope = node.else_ && new StaticScope(scope, assignedIn(node.else_));
  const otherwise = node.else_ && otherwiseScope && compiler.body(node.else_, otherwiseScope);
  // A macro or caller made in one turn must keep that turn's variables.
  const fresh = hasClosures(node.body);

  function* passing(frame: Frame, walk: Iterable<Value>): Generator<Value> {
    if (!test) return;
    for (const item of walk) {
      const own = new Frame(frame.state, frame.context, frame);
      test.assign(own, item);
      if (truth(test.value(own))) yield item;
      else spend();
    }
  }

  const run = (frame: Frame, value: Value, depth: number): number => {
    let walk = iterate(value);
    if (test) walk = passing(frame, walk);
    let position: LoopPosition | undefined;
    let loop: Value = null;
    if (usesLoop) {
      const all: Value[] = [];
      for (const item of walk) {
        spend();
        all.push(item);
      }
      walk = all;
      position = { index: -1, items: all, depth, changed: undefined };
      loop = loopObject(position, node.recursive ? (more) => again(frame, more, depth + 1) : undefined);
    }
    // Only turns that reach the end of the body keep the else branch from running: so jinja2 has it.
    let turns = 0;
    let own: Frame | undefined;
    for (const item of walk) {
      spend();
      if (own === undefined || fresh) own = new Frame(frame.state, frame.context, frame);
      else own.slots.length = 0;
      if (position) {
        position.index++;
        own.slots[loopSlot] = loop;
      }
      assign(own, item);
      const flow = body(own);
      if (flow === breakLoop) break;
      if (flow === goOn) turns++;
    }
    return turns;
  };

  const again = (frame: Frame, value: Value, depth: number): string => {
    const { state } = frame;
    const { node: place } = state;
    state.enter("loop");
    const call = state.call;
    try {
      return state.capture(() => run(frame, value, depth));
    } finally {
      state.depth--;
      state.call = call?.parent;
      state.node = place;
    }
  };

  return (frame) => {
    const value = iterable(frame);
    frame.state.node = node.arr;
    const turns = run(frame, value, 0);
    if (turns > 0 || !otherwise || !otherwiseScope) return goOn;
    return otherwise(otherwiseScope.isEmpty ? frame : new Frame(frame.state, frame.context, frame));
  };
}

/** The `loop` variable. */
function loopObject(position: LoopPosition, recurse: ((value: Value) => string) | undefined): HostObject {
  const around = (index: number): Value =>
    index in position.items
      ? (position.items[index] as Value)
      : new Undefined(undefined, { hint: index < 0 ? "there is no previous item" : "there is no next item" });
  const cycle = new Callable("cycle", (values) => {
    if (values.length === 0) throw new PythonError("TypeError", "no items for cycling given");
    return values[position.index % values.length] as Value;
  });
  const changed = new Callable("changed", (values) => {
    const same = position.changed !== undefined && equals(position.changed, [...values]);
    position.changed = [...values];
    return !same;
  });
  const attributes: Readonly<Record<string, () => Value>> = {
    index: () => position.index + 1,
    index0: () => position.index,
    revindex: () => position.items.length - position.index,
    revindex0: () => position.items.length - position.index - 1,
    first: () => position.index === 0,
    last: () => position.index === position.items.length - 1,
    length: () => position.items.length,
    previtem: () => around(position.index - 1),
    nextitem: () => around(position.index + 1),
    depth: () => position.depth + 1,
    depth0: () => position.depth,
    cycle: () => cycle,
    changed: () => changed,
  };
  return new HostObject({
    typeName: "LoopContext",
    attribute: (name) => (Object.hasOwn(attributes, name) ? attributes[name]?.() : undefined),
    attributeNames: () => Object.keys(attributes),
    call(args) {
      if (!recurse)
        throw new PythonError("TypeError", "The loop must have the 'recursive' marker to be called recursively.");
      return recurse(args[0] ?? null);
    },
    length: () => position.items.length,
    text: () => `<LoopContext ${position.index + 1}/${position.items.length}>`,
  });
}
