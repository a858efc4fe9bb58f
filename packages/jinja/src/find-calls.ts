import type { Definition, Template } from "./template.ts";
import type { Value } from "./values/value.ts";

export interface FoundArgument {
  /** The value when it is a constant; undefined when it must be evaluated. */
  readonly constant: Value | undefined;
  readonly offset: number;
  readonly endOffset: number;
}

/** A call written in a template, whether or not rendering would reach it. */
export interface FoundCall {
  /** As written, dotted: `ref`, `dbt_utils.star`. */
  readonly name: string;
  readonly args: readonly FoundArgument[];
  readonly kwargs: ReadonlyMap<string, FoundArgument>;
  /** False when an argument is not constant, or `*args` or `**kwargs` is spread. */
  readonly constant: boolean;
  readonly offset: number;
  readonly endOffset: number;
  /** The definition the call stands in; undefined at the top level. */
  readonly inside: Definition | undefined;
}

/** Every call of one of `names` in source order, found without rendering. */
export function findCalls(template: Template | Definition, names: ReadonlySet<string>): FoundCall[] {
  throw new Error(`findCalls(${template.name}, ${[...names].join()}) is not built yet`);
}
