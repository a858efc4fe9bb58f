import type { Environment, Filter, Scope, Test, UndefinedBehaviour } from "../environment.ts";
import { JinjaError, placeIn } from "../jinja-error.ts";
import type { CallFrame } from "../jinja-error.ts";
import { setUndefinedBehaviour } from "../runtime/access.ts";
import { activate, budgetOf, checkLength } from "../runtime/budget.ts";
import type { Budget } from "../runtime/budget.ts";
import { LimitError, PythonError, ReturnSignal, UnknownNameError } from "../runtime/python-error.ts";
import { str } from "../runtime/text.ts";
import type { MappedSource } from "../source-map.ts";
import type { Value } from "../values/value.ts";
import { MapBuilder } from "./map-builder.ts";
import type { OpenCall } from "./map-builder.ts";

/** What of an environment the evaluator needs. */
export interface Settings {
  readonly environment: Environment;
  readonly globals: Scope | undefined;
  readonly builtins: ReadonlyMap<string, Value>;
  readonly filters: ReadonlyMap<string, Filter>;
  readonly tests: ReadonlyMap<string, Test>;
  readonly undefined: UndefinedBehaviour;
  readonly steps: number;
  readonly outputChars: number;
  readonly depth: number;
}

interface Positioned {
  readonly lineno: number;
  readonly colno: number;
}

let running: RenderState | undefined;

/** The render that is under way on this thread. */
export function current(): RenderState | undefined {
  return running;
}

function resume(state: RenderState | undefined): void {
  running = state;
}

/** Everything that changes while one template renders. */
export class RenderState {
  readonly settings: Settings;
  readonly map: MapBuilder | undefined;
  readonly #budget: Budget;
  /** Text written so far to the innermost buffer. */
  out = "";
  /** Values printed at the top, when a native value is wanted. */
  natives: Value[] | undefined;
  buffers = 0;
  /** The node being evaluated: where an error happens. */
  node: Positioned = { lineno: 0, colno: 0 };
  source: MappedSource;
  call: OpenCall | undefined;
  depth = 0;
  #overflow: { source: MappedSource; node: Positioned; call: OpenCall | undefined } | undefined;

  constructor(settings: Settings, source: MappedSource, options: { sourceMap: boolean; signal: Budget["signal"] }) {
    this.settings = settings;
    this.source = source;
    this.map = options.sourceMap ? new MapBuilder() : undefined;
    this.#budget = budgetOf(settings.steps, settings.outputChars, options.signal);
  }

  /** Runs `work` as the render of this thread; every error leaves it as a JinjaError with a place. */
  run<T>(work: () => T): T {
    const outer = running;
    const budget = activate(this.#budget);
    const behaviour = setUndefinedBehaviour(this.settings.undefined);
    resume(this);
    try {
      return work();
    } catch (error) {
      if (error instanceof ReturnSignal)
        throw this.placed(new PythonError("SyntaxError", "return() works only inside a macro."));
      throw this.placed(error, true);
    } finally {
      resume(outer);
      activate(budget);
      setUndefinedBehaviour(behaviour);
    }
  }

  emitData(text: string, offset: number, end: number): void {
    this.map?.data(this.out.length, this.source, offset, end, this.call);
    this.#write(text);
    if (this.natives && this.buffers === 0) this.natives.push(text);
  }

  emitValue(value: Value, node: Positioned): void {
    const text = typeof value === "string" ? value : str(value);
    if (this.natives && this.buffers === 0) this.natives.push(value);
    if (text === "") return;
    this.map?.value(this.out.length, text, this.source, node.lineno, node.colno, this.call);
    this.#write(text);
  }

  #write(text: string): void {
    checkLength(this.out.length + text.length);
    this.out += text;
  }

  /** What `write` writes, as a text of its own. */
  capture(write: () => void): string {
    const outer = this.out;
    const segments = this.map?.begin();
    this.out = "";
    this.buffers++;
    try {
      write();
      const text = this.out;
      if (segments) this.map?.end(segments, text);
      return text;
    } catch (error) {
      if (segments) this.map?.drop(segments);
      throw error;
    } finally {
      this.out = outer;
      this.buffers--;
    }
  }

  /**
   * Gives an error its place and the macro calls that led there; a JinjaError already has them.
   * A stack overflow stays as it is while the stack is nearly full; only its place is noted.
   */
  placed(error: unknown, atTop = false): unknown {
    if (error instanceof JinjaError) return error;
    if (isStackOverflow(error)) {
      this.#overflow ??= { source: this.source, node: this.node, call: this.call };
      if (!atTop) return error;
      const { source, node, call } = this.#overflow;
      const place = placeIn(source.name, source.source, node.lineno, node.colno);
      return new JinjaError("The template recurses too deeply.", place, {
        type: "LimitError",
        frames: callFrames(call),
      });
    }
    const place = placeIn(this.source.name, this.source.source, this.node.lineno, this.node.colno);
    const frames = callFrames(this.call);
    if (error instanceof UnknownNameError) {
      const { unknownName, candidates, type } = error;
      return new JinjaError(error.message, place, { type, frames, unknownName, candidates });
    }
    if (error instanceof PythonError)
      return new JinjaError(error.message, place, { type: error.type, frames, cause: error });
    const message = error instanceof Error ? error.message : String(error);
    return new JinjaError(message, place, { type: "HostError", frames, cause: error });
  }

  /** Opens a macro call. @throws {LimitError} when too many are open. */
  enter(macro: string): void {
    if (++this.depth > this.settings.depth) {
      this.depth--;
      throw new LimitError(
        "depth",
        `More than ${this.settings.depth} macro calls are open inside one another; does "${macro}" call itself without end?`,
      );
    }
    const { lineno: offset, colno: endOffset } = this.node;
    this.call = { macro, source: this.source, offset, endOffset, parent: this.call };
  }
}

/** V8 reports a full stack as a RangeError, or, when it was compiling a pattern, as a SyntaxError. */
function isStackOverflow(error: unknown): boolean {
  if (error instanceof RangeError) return error.message.startsWith("Maximum call stack");
  return error instanceof SyntaxError && error.message.endsWith("Stack overflow");
}

function callFrames(innermost: OpenCall | undefined): CallFrame[] {
  const frames: CallFrame[] = [];
  for (let call = innermost; call; call = call.parent) {
    const { macro, source, offset, endOffset } = call;
    frames.push({ macro, place: placeIn(source.name, source.source, offset, endOffset) });
  }
  return frames;
}
