import { walk } from "../syntax/nodes.ts";
import type { BodyNode, IfNode, RootNode, SyntaxNode, TargetNode } from "../syntax/nodes.ts";

/** Where a variable may live: so many frames out, at an index. */
export interface Slot {
  readonly hops: number;
  readonly index: number;
}

/**
 * The names a stretch of template assigns, known before it is compiled. A name is looked up in every enclosing scope
 * that assigns it, innermost first, skipping those that have not assigned it yet, and at last in the context.
 */
export class StaticScope {
  readonly parent: StaticScope | undefined;
  readonly #indices = new Map<string, number>();

  /** `framed` scopes get a frame even when they assign nothing: a macro, whose frame holds its call. */
  readonly #framed: boolean;

  constructor(parent: StaticScope | undefined, names: Iterable<string>, framed = false) {
    this.parent = parent;
    this.#framed = framed;
    for (const name of names) if (!this.#indices.has(name)) this.#indices.set(name, this.#indices.size);
  }

  /** Without names of its own a scope needs no frame at run time. */
  get isEmpty(): boolean {
    return this.#indices.size === 0 && !this.#framed;
  }

  indexOf(name: string): number {
    return this.#indices.get(name) ?? -1;
  }

  /** Slots that may hold `name`, innermost first. */
  slots(name: string): Slot[] {
    const found: Slot[] = [];
    let hops = 0;
    for (let scope: StaticScope | undefined = this as StaticScope; scope; scope = scope.parent) {
      if (scope.isEmpty) continue;
      const index = scope.#indices.get(name);
      if (index !== undefined) found.push({ hops, index });
      hops++;
    }
    return found;
  }

  /** Where an assignment to `name` goes: the innermost scope with names that lists it. */
  target(name: string): Slot {
    const [slot] = this.slots(name);
    if (!slot) throw new Error(`No scope declares ${name}`);
    return slot;
  }

  /** Every name visible here, for "did you mean". */
  *names(): Generator<string> {
    for (let scope: StaticScope | undefined = this as StaticScope; scope; scope = scope.parent)
      yield* scope.#indices.keys();
  }
}

/** Names a body assigns in its own scope: not those of loops, macros and captured blocks inside it. */
export function assignedIn(body: BodyNode | RootNode, names: Set<string> = new Set()): Set<string> {
  for (const node of body.children) {
    if (node.typename === "Set") addTargets(node.targets, names);
    else if (node.typename === "Macro") names.add(node.name.value);
    else if (node.typename === "Definition" && node.binds) names.add(node.macro.name.value);
    else if (node.typename === "If") {
      for (let branch: IfNode | BodyNode | null = node; branch; branch = branch.typename === "If" ? branch.else_ : null)
        assignedIn(branch.typename === "If" ? branch.body : branch, names);
    }
  }
  return names;
}

/** Adds the plain names of an assignment's left side. */
export function addTargets(target: TargetNode, names: Set<string>): void {
  if (target.typename === "Symbol") names.add(target.value);
  else if (target.typename === "Tuple") for (const child of target.children) addTargets(child as TargetNode, names);
}

/** Whether any of `names` is read anywhere under a node. */
export function mentions(node: SyntaxNode, name: string): boolean {
  let found = false;
  walk(node, (inner) => {
    if (inner.typename === "Symbol" && inner.value === name) found = true;
  });
  return found;
}

/** Whether something under a node keeps its variables alive after it ran: a macro or a caller. */
export function hasClosures(node: SyntaxNode): boolean {
  let found = false;
  walk(node, (inner) => {
    if (inner.typename === "Macro" || inner.typename === "CallBlock") found = true;
  });
  return found;
}
