import type { Value } from "./values/value.ts";

/** A constant or an expression written in a definition tag. */
export interface DefinitionArgument {
  /** The value when it is a constant. */
  readonly constant: Value | undefined;
  /** The text as written. */
  readonly source: string;
  readonly offset: number;
  readonly endOffset: number;
}

/** A parameter of a macro or test. */
export interface Parameter {
  readonly name: string;
  /** The default as written; undefined for a required parameter. */
  readonly default: DefinitionArgument | undefined;
}

/** A block at the top level of a template that defines something by name: `{% macro %}`, `{% snapshot %}` … */
export interface Definition {
  readonly tag: string;
  readonly name: string;
  /** Place of the name inside the tag. */
  readonly nameOffset: number;
  /** Words and values after the name, in order: `default` of `{% materialization table, default %}` (a bare word is its name). */
  readonly args: readonly DefinitionArgument[];
  /** `adapter` of `{% materialization table, adapter='duckdb' %}`. */
  readonly kwargs: ReadonlyMap<string, DefinitionArgument>;
  /** The signature in parentheses, for tags that have one. */
  readonly parameters: readonly Parameter[];
  /** From the opening `{%` to the closing `%}`. */
  readonly offset: number;
  readonly endOffset: number;
  /** The text between the tags; whitespace control of the tags is not applied to it. */
  readonly body: string;
  readonly bodyOffset: number;
  /** The template the definition stands in. */
  readonly template: Template;
}

/** A parsed template. It holds no state of any render and can be rendered by any environment. */
export interface Template {
  readonly name: string;
  readonly source: string;
  /** Definitions at the top level, in order. */
  readonly definitions: readonly Definition[];
}

/** How a top-level block tag is read. */
export interface BlockTag {
  /**
   * `template`: a body with Jinja in it (`snapshot`); `macro`: the same with a signature (`test`);
   * `raw`: text until the end tag (`docs`).
   */
  readonly body: "template" | "macro" | "raw";
  /** The closing tag; `end` + name when left out. */
  readonly end?: string | undefined;
}

export interface ParseOptions {
  /** The name errors and source maps show, usually a path. */
  readonly name: string;
  /** Definition tags besides `macro`. */
  readonly blockTags?: ReadonlyMap<string, BlockTag> | Readonly<Record<string, BlockTag>> | undefined;
  /**
   * What stands outside definition blocks: `template` (the default), or `text`, which is skipped unread,
   * as Markdown around `{% docs %}` must be.
   */
  readonly outside?: "template" | "text" | undefined;
}

/** A parsed expression, for `env.evaluate`. */
export interface Expression {
  readonly name: string;
  readonly source: string;
}
