import type { ContractColumn } from "@meshwork/contract";
import { defined, toColumn } from "../columns.ts";
import type { Imported, ImportedPort, ImportSource, ReadContext } from "../define-import.ts";
import { Cursor } from "./cursor.ts";
import type { Database } from "./database.ts";
import { readDefinitions } from "./read-definitions.ts";
import { readType } from "./read-type.ts";
import type { Ddl, Table } from "./table.ts";
import { change, nameOf, qualifiedName } from "./table.ts";
import { tokensOf } from "./tokens.ts";
import type { Token } from "./tokens.ts";

/** Reads the tables that a text creates, with what later statements say of them. */
export function readTables(source: ImportSource, database: Database, context: ReadContext): Imported {
  const tokens = tokensOf(source.file, source.text, database.quoting);
  const ddl: Ddl = { database, context, tokens, types: new Map() };
  if (tokens.open !== undefined)
    context.report(
      "unreadable",
      { format: `SQL of ${database.title}`, reason: `a ${tokens.open.what} is not closed` },
      { span: tokens.open.at },
    );
  const tables = new Map<string, Table>();
  let from = 0;
  for (let at = 0; at < tokens.list.length; at++) {
    const token = tokens.list[at]!;
    if (token.kind !== "end" && !(token.kind === "mark" && token.text === ";")) continue;
    if (at > from) statement(new Cursor(tokens, from, at), tables, ddl);
    from = at + 1;
  }
  const found = [...tables.values()].filter((table) => table.columns.length > 0);
  if (found.length === 0)
    context.report("nothing-found", { what: "CREATE TABLE with columns" }, { span: tokens.spanOf(tokens.list[0]!) });
  return { ports: found.map(portOf) };
}

const portOf = (table: Table): ImportedPort =>
  defined({
    name: table.name,
    namespace: table.namespace,
    description: table.description,
    columns: table.columns.map((column): ContractColumn => toColumn(column)),
    checks: table.checks,
    references: table.references,
    span: table.span,
  });

/** Statements that create nothing and promise nothing. */
const silent = new Set([
  "begin",
  "commit",
  "start",
  "set",
  "use",
  "go",
  "end",
  "rollback",
  "if",
  "pragma",
  "load",
  "install",
  "print",
  "select",
  "drop",
  "truncate",
  "lock",
  "unlock",
  "analyze",
  "vacuum",
  "reset",
  "attach",
  "detach",
]);

function statement(cursor: Cursor, tables: Map<string, Table>, ddl: Ddl): void {
  // SQL Server ends batches by a line of its own.
  while (cursor.words("go"));
  if (cursor.done) return;
  const first = cursor.peek();
  if (cursor.words("create")) return create(cursor, first, tables, ddl);
  if (cursor.isWords("comment", "on")) return comment(cursor, tables, ddl);
  // Who owns a thing is nobody's promise.
  if (
    cursor.isWords("alter") &&
    [...new Cursor(ddl.tokens, cursor.at, cursor.end).each()].some((t) => t.text.toLowerCase() === "owner")
  )
    return;
  if (cursor.words("alter", "table")) return alter(cursor, first, tables, ddl);
  if ((cursor.isWords("exec") || cursor.isWords("execute")) && property(cursor, tables)) return;
  if (silent.has(cursor.word()) || cursor.isWords("exec") || cursor.isWords("execute")) return;
  const lost = ["insert", "grant", "revoke", "copy", "update", "delete", "merge"].includes(cursor.word());
  skipped(cursor, first, lost ? "rows and rights" : undefined, ddl);
}

/** Says of a statement that it was passed over: as lost where it is known, with a warning where it is not. */
function skipped(cursor: Cursor, first: Token, known: string | undefined, ddl: Ddl): void {
  const last = cursor.peek();
  const span = ddl.tokens.spanOf(first, last.kind === "end" ? first : last);
  const clause = ddl.tokens.source(first, cursor.peek(1).kind === "end" ? first : cursor.peek(1)).slice(0, 60);
  if (known !== undefined)
    ddl.context.lose({ feature: "statement", message: `${clause} …: a contract has no ${known}.`, span });
  else ddl.context.report("unknown-clause", { what: "The statement", clause: `${clause} …` }, { span });
}

/** Notes an enum or a domain, so that columns of that type are read. */
function declaration(cursor: Cursor, ddl: Ddl): boolean {
  const from = cursor.at;
  const kind = cursor.words("type") ? "type" : cursor.words("domain") ? "domain" : undefined;
  const name = kind === undefined ? undefined : qualifiedName(cursor, ddl.database)?.at(-1)?.toLowerCase();
  if (name !== undefined && kind === "type" && cursor.words("as", "enum")) {
    const values = [...(cursor.inside()?.each() ?? [])]
      .filter((token) => token.kind === "text")
      .map((token) => token.text);
    ddl.types?.set(name, { shape: { kind: "string" }, values, notNull: false });
    return true;
  }
  if (name !== undefined && kind === "domain") {
    cursor.words("as");
    const found = readType(cursor, ddl.database);
    if (found !== undefined && found.unknown === undefined) {
      let notNull = false;
      while (!cursor.done) {
        if (cursor.words("not", "null")) notNull = true;
        else if (cursor.isWords("check")) {
          ddl.context.lose({
            feature: "condition",
            message: `The condition of the domain ${name} is not kept.`,
            span: ddl.tokens.spanOf(cursor.peek()),
          });
          cursor.next();
        } else if (!cursor.group()) cursor.next();
      }
      ddl.types?.set(name, { shape: found.shape, values: found.values, notNull });
      return true;
    }
  }
  cursor.at = from;
  return false;
}

function create(cursor: Cursor, first: Token, tables: Map<string, Table>, ddl: Ddl): void {
  const { database, context, tokens } = ddl;
  if (declaration(cursor, ddl)) return;
  let steps = 0;
  while (!cursor.isWords("table") && cursor.peek().kind === "word" && steps++ < 6) {
    const word = cursor.word();
    if (
      [
        "view",
        "index",
        "sequence",
        "function",
        "procedure",
        "trigger",
        "type",
        "policy",
        "role",
        "user",
        "macro",
        "secret",
        "stage",
        "stream",
        "task",
        "domain",
        "extension",
      ].includes(word)
    )
      return skipped(cursor, first, `${word}s`, ddl);
    if (word === "schema" || word === "database") return;
    cursor.next();
  }
  if (!cursor.words("table")) return skipped(cursor, first, undefined, ddl);
  cursor.words("if", "not", "exists");
  const place = cursor.peek();
  const name = qualifiedName(cursor, database);
  if (name === undefined) {
    context.report(
      "unreadable",
      { format: `SQL of ${database.title}`, reason: "a table has no name" },
      { span: tokens.spanOf(place) },
    );
    return;
  }
  const key = keyOf(name);
  const table: Table = {
    name: name.at(-1)!,
    namespace: name.at(-2),
    span: tokens.spanOf(place, cursor.last),
    columns: [],
    checks: [],
    references: [],
    description: undefined,
  };
  const definitions = cursor.inside();
  if (definitions === undefined) {
    context.lose({
      feature: "statement",
      message: `The table "${table.name}" has no list of columns: its query would have to be run.`,
      port: table.name,
      span: table.span,
    });
    return;
  }
  if (tables.has(key)) {
    context.report(
      "duplicate-name",
      { what: "table", name: table.name, kept: "the first is read" },
      { span: table.span },
    );
    return;
  }
  tables.set(key, table);
  readDefinitions(definitions, table, ddl);
  tableOptions(cursor, table, ddl);
}

// Statements may leave the schema out; two tables of one name in two schemas are told apart by it.
const keyOf = (name: readonly string[]): string => JSON.stringify(name.slice(-2));

function tableNamed(name: readonly string[], tables: Map<string, Table>): Table | undefined {
  const exact = tables.get(keyOf(name));
  if (exact !== undefined) return exact;
  const same = [...tables.values()].filter((table) => table.name === name.at(-1));
  return same.length === 1 ? same[0] : undefined;
}

/** What stands behind the closing bracket: a comment is the description, the rest is how the table is stored. */
function tableOptions(cursor: Cursor, table: Table, ddl: Ddl): void {
  let first: Token | undefined;
  let last: Token | undefined;
  const flush = (): void => {
    if (first === undefined || last === undefined) return;
    const clause = ddl.tokens.source(first, last);
    ddl.context.lose({
      feature: "storage",
      message: `How "${table.name}" is stored is not kept: ${clause.length > 60 ? `${clause.slice(0, 59)}…` : clause}.`,
      port: table.name,
      span: ddl.tokens.spanOf(first, last),
    });
    first = last = undefined;
  };
  while (!cursor.done) {
    if (
      cursor.isWords("comment") &&
      (cursor.peek(1).kind === "text" || (cursor.isMark("=", 1) && cursor.peek(2).kind === "text"))
    ) {
      flush();
      cursor.next();
      cursor.mark("=");
      table.description = cursor.next().text;
    } else if (cursor.isWords("options") && cursor.isMark("(", 1)) {
      const from = cursor.next();
      const inside = cursor.inside()!;
      const before = inside.at;
      let others = false;
      while (!inside.done) {
        if (inside.isWords("description") && inside.isMark("=", 1) && inside.peek(2).kind === "text") {
          inside.at += 2;
          table.description = inside.next().text;
        } else {
          others ||= !inside.isMark(",");
          if (!inside.group()) inside.next();
        }
      }
      inside.at = before;
      if (others) {
        first ??= from;
        last = cursor.last;
      }
    } else {
      first ??= cursor.peek();
      if (!cursor.group()) cursor.next();
      last = cursor.last;
    }
  }
  flush();
}

function comment(cursor: Cursor, tables: Map<string, Table>, ddl: Ddl): void {
  const first = cursor.peek();
  cursor.words("comment", "on");
  const what = cursor.next().text.toLowerCase();
  const name = qualifiedName(cursor, ddl.database);
  if (name === undefined || !cursor.words("is")) return skipped(cursor, first, undefined, ddl);
  const text = cursor.peek().kind === "text" ? cursor.next().text : undefined;
  if (what === "table") {
    const table = tableNamed(name, tables);
    if (table !== undefined) table.description = text;
  } else if (what === "column") {
    const table = tableNamed(name.slice(0, -1), tables);
    if (table !== undefined) change(table, name.at(-1)!, (column) => ({ ...column, description: text }));
  }
}

/** SQL Server keeps descriptions as properties: `EXEC sp_addextendedproperty @name = N'MS_Description', …`. */
function property(cursor: Cursor, tables: Map<string, Table>): boolean {
  const values = new Map<string, string>();
  const from = cursor.at;
  let described = false;
  for (; !cursor.done; cursor.next()) {
    if (cursor.isWords("sp_addextendedproperty")) described = true;
    const name = cursor.word();
    if (name.startsWith("@") && cursor.isMark("=", 1) && ["text", "word", "name"].includes(cursor.peek(2).kind))
      values.set(name, cursor.peek(2).text);
  }
  cursor.at = from;
  if (!described || values.get("@name")?.toLowerCase() !== "ms_description") return false;
  const [text, tableName, column] = [values.get("@value"), values.get("@level1name"), values.get("@level2name")];
  const schema = values.get("@level0name");
  const table =
    tableName === undefined ? undefined : tableNamed(schema === undefined ? [tableName] : [schema, tableName], tables);
  if (table === undefined) return true;
  if (column === undefined) table.description = text;
  else change(table, column, (part) => ({ ...part, description: text }));
  return true;
}

function alter(cursor: Cursor, first: Token, tables: Map<string, Table>, ddl: Ddl): void {
  cursor.words("only");
  cursor.words("if", "exists");
  cursor.words("only");
  const name = qualifiedName(cursor, ddl.database);
  const table = name === undefined ? undefined : tableNamed(name, tables);
  cursor.words("with", "check");
  cursor.words("with", "nocheck");
  if (table === undefined) return skipped(cursor, first, undefined, ddl);
  if (cursor.words("add")) {
    const rest = new Cursor(ddl.tokens, cursor.at, ddl.tokens.list.indexOf(cursor.peek()) + remaining(cursor));
    return readDefinitions(rest, table, ddl);
  }
  if (cursor.words("alter", "column") || cursor.words("alter")) {
    const column = nameOf(cursor.next(), ddl.database);
    if (cursor.words("set", "not", "null")) {
      change(table, column, (part) => ({ ...part, nullable: false }));
      return;
    }
    if (cursor.words("comment") && cursor.peek().kind === "text") {
      const description = cursor.next().text;
      change(table, column, (part) => ({ ...part, description }));
      return;
    }
    if (
      cursor.isWords("set", "default") ||
      cursor.isWords("set", "statistics") ||
      cursor.isWords("set", "storage") ||
      cursor.isWords("add", "generated")
    )
      return skipped(cursor, first, "defaults", ddl);
  }
  if (
    cursor.isWords("owner") ||
    cursor.isWords("check") ||
    cursor.isWords("enable") ||
    cursor.isWords("cluster") ||
    cursor.isWords("replica")
  )
    return;
  skipped(cursor, first, undefined, ddl);
}

function remaining(cursor: Cursor): number {
  const from = cursor.at;
  while (!cursor.done) cursor.next();
  const count = cursor.at - from;
  cursor.at = from;
  return count;
}
