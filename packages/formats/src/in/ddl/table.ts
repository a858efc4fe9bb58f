import type { Constraints, ContractCheck } from "@meshwork/contract";
import type { Span } from "@meshwork/diagnostics";
import type { NamedPart, PartShape } from "../columns.ts";
import { defined } from "../columns.ts";
import type { ImportedReference, ReadContext } from "../define-import.ts";
import type { Cursor } from "./cursor.ts";
import type { Database } from "./database.ts";
import { readCondition } from "./read-condition.ts";
import type { Token, Tokens } from "./tokens.ts";

/** A table while its statements are read. */
export interface Table {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly span: Span | undefined;
  readonly columns: NamedPart[];
  readonly checks: ContractCheck[];
  readonly references: ImportedReference[];
  description: string | undefined;
}

/** What reading a statement needs. */
export interface Ddl {
  readonly database: Database;
  readonly context: ReadContext;
  readonly tokens: Tokens;
  /** Types that the text itself declares, by their names without a schema: enums and domains. */
  readonly types?: Map<string, DeclaredType> | undefined;
}

/** `CREATE TYPE … AS ENUM`, `CREATE DOMAIN`. */
export interface DeclaredType {
  readonly shape: PartShape;
  readonly values?: readonly string[] | undefined;
  readonly notNull: boolean;
}

/** A name as the database keeps it. */
export const nameOf = (token: Token, database: Database): string =>
  token.kind === "word" && database.folds ? token.text.toLowerCase() : token.text;

/** `a.b.c` as its parts; undefined where no name begins. */
export function qualifiedName(cursor: Cursor, database: Database): string[] | undefined {
  const parts: string[] = [];
  do {
    const token = cursor.peek();
    if (token.kind !== "word" && token.kind !== "name" && token.kind !== "text") return undefined;
    cursor.next();
    // BigQuery writes a whole path in one pair of quotes.
    if (token.kind === "name" && database.name === "bigquery" && token.text.includes("."))
      parts.push(...token.text.split("."));
    else parts.push(nameOf(token, database));
  } while (cursor.mark("."));
  return parts;
}

/** Changes a column in place. Quoted or not, a name may have come in another case. */
export function change(table: Table, name: string, to: (column: NamedPart) => NamedPart): boolean {
  const exact = table.columns.findIndex((column) => column.name === name);
  const at = exact >= 0 ? exact : table.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
  if (at < 0) return false;
  table.columns[at] = to(table.columns[at]!);
  return true;
}

export const constrain = (column: NamedPart, more: Constraints): NamedPart => ({
  ...column,
  constraints: { ...column.constraints, ...more },
});

/** A `CHECK`: what it says of single columns is theirs, all else is a check of the port with the condition as written. */
export function addCondition(condition: Cursor, named: string | undefined, table: Table, ddl: Ddl): void {
  const from = condition.peek();
  const start = condition.at;
  const found = readCondition(condition);
  const known = (name: string): NamedPart | undefined =>
    table.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  const fits = found?.every(({ column, constraints }) => {
    const part = known(column);
    return (
      part !== undefined &&
      Object.keys(constraints).every((key) => part.constraints?.[key as keyof Constraints] === undefined)
    );
  });
  if (found !== undefined && fits === true) {
    for (const { column, constraints, notNull } of found)
      change(table, column, (part) => ({
        ...constrain(part, constraints),
        nullable: notNull === true ? false : part.nullable,
      }));
    return;
  }
  condition.at = start;
  while (!condition.done) condition.next();
  const text = ddl.tokens.source(from, condition.last);
  const taken = new Set(table.checks.map((check) => check.name));
  const base = named ?? `check_${table.checks.length + 1}`;
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
  table.checks.push({
    name,
    assertion: "sql",
    // NULL is not false: a row for which the condition is unknown passes, as in the database.
    sql: `select count(*) from {port} where not (${text})`,
    arguments: { must_be: 0 },
    severity: "error",
    at: [],
  });
}

/** Columns in the order of the key. */
export function primaryKey(columns: readonly string[], table: Table): void {
  for (const [i, name] of columns.entries())
    change(table, name, (column) => ({
      ...constrain(column, defined({ primaryKey: true, primaryKeyPosition: columns.length > 1 ? i + 1 : undefined })),
      nullable: false,
    }));
}

/** One column is unique by itself, several together by a check of the port. */
export function unique(columns: readonly string[], named: string | undefined, table: Table): void {
  const [only] = columns;
  if (columns.length === 1 && only !== undefined) {
    change(table, only, (column) => constrain(column, { unique: true }));
    return;
  }
  if (columns.length === 0) return;
  const base = named ?? `unique_${columns.join("_")}`;
  table.checks.push({
    name: base,
    assertion: "unique",
    arguments: { columns: [...columns] },
    severity: "error",
    at: [],
  });
}
