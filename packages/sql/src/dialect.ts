import type { Column, LogicalType } from "./logical-type.ts";
import type { Replacement } from "./replace-under-views.ts";
import type { Relation } from "./relation.ts";
import type { SqlValue } from "./sql-value.ts";

/** How one engine writes what all engines have. Pure: no connection, no clock. */
export interface Dialect {
  readonly name: string;
  identifier(name: string): string;
  relation(relation: Relation): string;
  /** The schema of a relation, as statements about the schema itself name it. */
  schema(relation: Pick<Relation, "database" | "schema">): string;
  literal(value: SqlValue): string;
  /** The mark of the parameter at a position, counted from 1: `?`, `$1`. */
  placeholder(position: number): string;
  type(type: LogicalType): string;
  /** What a type name of this engine means; `opaque` where the model has no word for it. */
  parseType(name: string): LogicalType;
  /**
   * Where views hold on to what they read: one statement that replaces a relation and makes the views above it again.
   * Absent where a relation may be dropped from under its views.
   */
  replaceUnderViews?(replacement: Replacement): string;
  createTable(relation: Relation, columns: readonly Column[]): string;
  /** A condition that is true where `subject` has a match of the regular expression anywhere in it. */
  matches(subject: string, pattern: string): string;
  /** The number of characters of a string expression. */
  length(subject: string): string;
}
