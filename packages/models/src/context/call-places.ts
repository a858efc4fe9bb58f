import { findCalls } from "@meshwork/jinja";
import type { Definition, FoundArgument, FoundCall, Template } from "@meshwork/jinja";
import type { Span } from "@meshwork/diagnostics";
import type { SourceText } from "../source-text.ts";

const watched = new Set([
  ..."ref source var env_var config run_query statement builtins.ref builtins.source".split(" "),
  ..."exceptions.warn exceptions.raise_compiler_error adapter.get_relation load_result".split(" "),
]);

/** A call found in a template, with the places of the call and of the argument that names something. */
export interface CallPlace {
  readonly call: Span;
  readonly argument: Span;
  /** The argument is a constant text, so that a fix may replace it. */
  readonly exact: boolean;
}

/**
 * Where a template's calls stand. A call whose arguments are constants is found by them;
 * one that is computed gets the place of the first computed call of that name.
 */
export class CallPlaces {
  readonly #template: Template | Definition;
  readonly #text: SourceText;
  #calls: FoundCall[] | undefined;

  constructor(template: Template | Definition, text: SourceText) {
    this.#template = template;
    this.#text = text;
  }

  find(name: string, args: readonly string[]): CallPlace | undefined {
    this.#calls ??= findCalls(this.#template, watched);
    let computed: FoundCall | undefined;
    for (const call of this.#calls) {
      if (call.name !== name && call.name !== `builtins.${name}`) continue;
      if (args.every((arg, i) => call.args[i]?.constant === arg))
        return this.#place(call, Math.max(0, args.length - 1));
      if (!call.constant) computed ??= call;
    }
    return computed === undefined ? undefined : this.#place(computed, 0);
  }

  /** Every call of `name`, in source order. */
  calls(name: string): readonly FoundCall[] {
    this.#calls ??= findCalls(this.#template, watched);
    return this.#calls.filter((c) => c.name === name);
  }

  /** The place of a keyword argument of any call of `name`. */
  keyword(name: string, key: string): Span | undefined {
    this.#calls ??= findCalls(this.#template, watched);
    for (const call of this.#calls) {
      const found = call.name === name ? call.kwargs.get(key) : undefined;
      if (found !== undefined) return this.#text.span(found.offset, found.endOffset);
    }
    return undefined;
  }

  /** A keyword argument of any call of `name`. */
  argument(name: string, key: string): FoundArgument | undefined {
    this.#calls ??= findCalls(this.#template, watched);
    return this.#calls.find((c) => c.name === name && c.kwargs.has(key))?.kwargs.get(key);
  }

  #place(call: FoundCall, argument: number): CallPlace {
    const span = this.#text.span(call.offset, call.endOffset);
    const arg = call.args[argument];
    if (arg === undefined) return { call: span, argument: span, exact: false };
    return { call: span, argument: this.#text.span(arg.offset, arg.endOffset), exact: call.constant };
  }
}
