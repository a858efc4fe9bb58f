import type { Dialect } from "./dialect.ts";
import type { Relation } from "./relation.ts";
import type { SqlValue } from "./sql-value.ts";

/** A statement ready to run: text with the dialect's mark for each parameter, in order. */
export interface Statement {
  readonly text: string;
  readonly params: readonly SqlValue[];
}

const fragment = Symbol("sql fragment");

/** A part of a statement, not yet printed: identifiers wait for a dialect to quote them. */
export interface Fragment {
  readonly [fragment]: true;
  print(dialect: Dialect, params: SqlValue[]): string;
}

const make = (print: Fragment["print"]): Fragment => ({ [fragment]: true, print });
const isFragment = (value: unknown): value is Fragment =>
  typeof value === "object" && value !== null && fragment in value;

/**
 * Builds a fragment. Plain values become parameters; names go through `id` or `relation`,
 * so nothing out of a contract reaches a statement unquoted.
 */
export function sql(parts: TemplateStringsArray, ...values: readonly (Fragment | SqlValue)[]): Fragment {
  return make((dialect, params) => {
    let text = parts[0]!;
    values.forEach((value, i) => {
      text += (isFragment(value) ? value : param(value)).print(dialect, params) + parts[i + 1]!;
    });
    return text;
  });
}

/** A bound parameter. */
export const param = (value: SqlValue): Fragment => make((dialect, params) => dialect.placeholder(params.push(value)));

/** A value written into the text, where an engine takes no parameter (DDL, file options). */
export const literal = (value: SqlValue): Fragment => make((dialect) => dialect.literal(value));

/** A quoted name; several make a dotted path. */
export const id = (...names: readonly string[]): Fragment =>
  make((dialect) => names.map((name) => dialect.identifier(name)).join("."));

export const relation = (r: Relation): Fragment => make((dialect) => dialect.relation(r));

/** Text that is already SQL: compiled models and our own constants. Never a name or a value from a file. */
export const raw = (text: string): Fragment => make(() => text);

export const join = (fragments: readonly Fragment[], separator = ", "): Fragment =>
  make((dialect, params) => fragments.map((f) => f.print(dialect, params)).join(separator));

export function statement(f: Fragment, dialect: Dialect): Statement {
  const params: SqlValue[] = [];
  return { text: f.print(dialect, params), params };
}
