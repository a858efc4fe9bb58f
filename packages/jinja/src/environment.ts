import type { Definition, Expression, Template } from "./template.ts";
import type { SourceMap } from "./source-map.ts";
import type { Callable, Kwargs, Value } from "./values/value.ts";

/** Names a template sees. A `Map` is one; a package lookup may answer lazily. */
export interface Scope {
  get(name: string): Value | undefined;
  /** For "did you mean". */
  keys(): Iterable<string>;
}

/** A filter: `value | name(args)`. */
export type Filter = (value: Value, args: readonly Value[], kwargs: Kwargs, env: Environment) => Value;
/** A test: `value is name(args)`. */
export type Test = (value: Value, args: readonly Value[], kwargs: Kwargs, env: Environment) => boolean;

export interface Limits {
  /** Loop turns, calls and elements walked in one render. Default 10,000,000. */
  readonly steps?: number | undefined;
  /** Longest text a render may build, in UTF-16 units. Default 64 Mi. */
  readonly outputChars?: number | undefined;
  /** Macro calls inside one another. Default 200. */
  readonly depth?: number | undefined;
}

/**
 * What a missing name does. `default` is jinja2's: it prints as nothing, is false, and reading from it fails.
 * `lenient` is dbt's: attributes and items of it are missing too. `strict`: any use of it fails.
 * Calling a missing name fails in all three.
 */
export type UndefinedBehaviour = "default" | "lenient" | "strict";

export interface EnvironmentOptions {
  /** Seen by every template and macro, under the context. */
  readonly globals?: Scope | undefined;
  /** Added to the built-in filters, and in place of those of the same name. */
  readonly filters?: ReadonlyMap<string, Filter> | undefined;
  readonly tests?: ReadonlyMap<string, Test> | undefined;
  readonly limits?: Limits | undefined;
  readonly undefined?: UndefinedBehaviour | undefined;
}

export interface RenderOptions {
  /** Also gives `map`. */
  readonly sourceMap?: boolean | undefined;
  /** Polled while rendering; may be backed by shared memory. */
  readonly signal?: { readonly aborted: boolean } | undefined;
}

export interface Rendered {
  readonly text: string;
  readonly map: SourceMap | undefined;
}

/** Renders templates. It knows filters, tests and globals, and keeps no state between renders. */
export interface Environment {
  /** Filters and tests by name, the built-in ones included. */
  readonly filters: ReadonlyMap<string, Filter>;
  readonly tests: ReadonlyMap<string, Test>;
  /** The functions every template has: `range`, `dict`, `namespace` … */
  readonly functions: ReadonlyMap<string, Value>;
  /** Renders a template or the body of a definition (`{% snapshot %}`). @throws {JinjaError} */
  render(template: Template | Definition, context: Scope, options?: RenderOptions): Rendered;
  /**
   * Renders to a native value, as dbt does for configuration: a template that is one `{{ expression }}` gives
   * the expression's value, any other gives its text. @throws {JinjaError}
   */
  renderNative(template: Template | Definition, context: Scope, options?: RenderOptions): Value;
  /** The value of an expression (without braces). @throws {JinjaError} */
  evaluate(expression: string | Expression, context: Scope, options?: RenderOptions): Value;
  /**
   * A macro definition as a callable value. Inside it names come from its parameters, then `scope`, then the globals;
   * the caller's context is not seen, so give a scope that holds it. `return()` ends it with a value.
   */
  macro(definition: Definition, scope: Scope): Callable;
}
