import type { Scope } from "../environment.ts";
import type { Value } from "../values/value.ts";
import type { RenderState } from "./render-state.ts";

/** The variables of one scope while it runs. Scopes without variables of their own share their parent's frame. */
export class Frame {
  readonly slots: (Value | undefined)[] = [];
  readonly parent: Frame | undefined;
  readonly state: RenderState;
  /** Where names no scope has are looked up: the render's context, or a macro's package. */
  readonly context: Scope;
  constructor(state: RenderState, context: Scope, parent: Frame | undefined) {
    this.state = state;
    this.context = context;
    this.parent = parent;
  }
}

/** A compiled expression. */
export type Evaluate = (frame: Frame) => Value;

/** What a statement asks of the loop around it. */
export const goOn = 0;
export const breakLoop = 1;
export const continueLoop = 2;
export type Flow = typeof goOn | typeof breakLoop | typeof continueLoop;

/** A compiled statement. */
export type Execute = (frame: Frame) => Flow;
