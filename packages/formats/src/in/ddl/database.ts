import type { PartShape } from "../columns.ts";
import type { Quoting } from "./tokens.ts";

/** How one database writes tables, as far as reading needs to know. */
export interface Database {
  /** `postgres`; the format is `sql-postgres`. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  readonly quoting: Quoting;
  /** Names without quotes are read in lower case; others as written. */
  readonly folds: boolean;
  /** What words mean here and not elsewhere: lower case, one space between. Numbers are the arguments. */
  types(word: string, numbers: readonly number[]): PartShape | undefined;
  /** Digits of a decimal without any. */
  readonly decimal: readonly [precision: number, scale: number];
  /** Digits of a second's fraction where none are named. */
  readonly seconds: number;
  /** Whether a bare `timestamp` is a point in time. */
  readonly zonedTimestamp?: boolean | undefined;
  /** A list is never null, and holds no null. */
  readonly fullLists?: boolean | undefined;
  /** What tells a text in this language from one in another: 0 to 1 for each. */
  readonly marks: readonly (readonly [RegExp, number])[];
}
