import type { Relation } from "@meshwork/sql";
import type { SchemaNode } from "../tree/schema-tree.ts";
import type { Lose } from "../tree/schema-tree.ts";

/** How one database writes the tables of a contract. A printer here only writes; the engines' dialects also read. */
export interface Warehouse {
  /** `postgres`; the format is `sql-postgres`. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  identifier(name: string): string;
  /** A literal of a text. */
  text(value: string): string;
  /** Reports what the type cannot hold. `key` is true for columns of a key, which some databases want limited. */
  type(node: SchemaNode, lose: Lose, key: boolean): string;
  /** The statements around a table. */
  readonly createSchema: (relation: Relation) => string | undefined;
  /** How keys are declared: `""` where enforced, `NOT ENFORCED` … where informative; undefined where there are none. */
  readonly primaryKey?: string | undefined;
  readonly unique?: string | undefined;
  /** `CHECK` constraints: in the table, by `ALTER TABLE`, or none. */
  readonly checks?: "table" | "alter" | undefined;
  /** A condition that is true where `subject` has a match of the pattern; undefined where it cannot say. */
  matches?(subject: string, pattern: string): string | undefined;
  length?(subject: string): string;
  /** A date or a point in time of a type, where the database has no `CAST` to it. */
  cast?(value: string, type: string): string;
  /** Where descriptions go: behind the column, or statements of their own. */
  readonly comments: "column" | "statement" | "options" | undefined;
  /** Behind the closing bracket, before the semicolon. */
  readonly tableComment?: ((text: string) => string) | undefined;
  /** Whether fields of a struct and elements say that they are never null. */
  readonly nestedNotNull?: boolean | undefined;
}
