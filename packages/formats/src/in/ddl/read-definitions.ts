import { defined } from "../columns.ts";
import type { NamedPart, PartShape } from "../columns.ts";
import type { Cursor } from "./cursor.ts";
import { optionText, readType } from "./read-type.ts";
import { addCondition, change, constrain, nameOf, primaryKey, qualifiedName, unique } from "./table.ts";
import type { Ddl, Table } from "./table.ts";
import type { Token } from "./tokens.ts";

/** The columns and constraints between the brackets of a table, or behind `ALTER TABLE … ADD`. */
export function readDefinitions(cursor: Cursor, table: Table, ddl: Ddl): void {
  // Conditions may name columns that come later.
  const conditions: (() => void)[] = [];
  while (!cursor.done) {
    if (cursor.mark(",")) continue;
    const at = cursor.at;
    if (!tableConstraint(cursor, table, ddl, conditions)) {
      cursor.words("column");
      column(cursor, table, ddl, conditions);
    }
    // Whatever was not understood has been reported; the walk goes on.
    if (cursor.at === at) cursor.next();
  }
  for (const add of conditions) add();
}

function unknownClause(from: Token, cursor: Cursor, ddl: Ddl, what: string): void {
  const text = ddl.tokens.source(from, cursor.last);
  const clause = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  ddl.context.report("unknown-clause", { what, clause }, { span: ddl.tokens.spanOf(from, cursor.last) });
}

/** Names of a bracketed list, whatever stands behind each (`ASC`, a length). */
function names(cursor: Cursor, ddl: Ddl): string[] {
  const inside = cursor.inside();
  const found: string[] = [];
  if (inside === undefined) return found;
  while (!inside.done) {
    found.push(nameOf(inside.next(), ddl.database));
    inside.skipItem();
    inside.mark(",");
  }
  return found;
}

function tableConstraint(cursor: Cursor, table: Table, ddl: Ddl, conditions: (() => void)[]): boolean {
  const from = cursor.at;
  const first = cursor.peek();
  let named: string | undefined;
  if (cursor.isWords("constraint") && ["word", "name"].includes(cursor.peek(1).kind)) {
    cursor.next();
    // A column may be called "constraint": then a type follows.
    const bare = ["primary", "unique", "check", "foreign", "exclude", "not"].includes(cursor.word());
    if (!bare) named = nameOf(cursor.next(), ddl.database);
  }
  const lost = (feature: string, message: string): true => {
    cursor.skipItem();
    ddl.context.lose({ feature, message, port: table.name, span: ddl.tokens.spanOf(first, cursor.last) });
    return true;
  };
  if (cursor.words("primary", "key")) {
    while (!cursor.done && !cursor.isMark("(") && !cursor.isMark(",")) cursor.next();
    const key = names(cursor, ddl);
    primaryKey(key, table);
    cursor.skipItem();
    return true;
  }
  if (
    cursor.isWords("unique") &&
    (cursor.isMark("(", 1) ||
      cursor.isWords("unique", "key") ||
      cursor.isWords("unique", "index") ||
      cursor.isWords("unique", "clustered") ||
      cursor.isWords("unique", "nonclustered") ||
      cursor.isWords("unique", "nulls"))
  ) {
    while (!cursor.done && !cursor.isMark("(") && !cursor.isMark(",")) cursor.next();
    const columns = names(cursor, ddl);
    unique(columns, named, table);
    cursor.skipItem();
    return true;
  }
  if (cursor.isWords("check") && cursor.isMark("(", 1)) {
    cursor.next();
    const condition = cursor.inside()!;
    conditions.push(() => addCondition(condition, named, table, ddl));
    cursor.skipItem();
    return true;
  }
  if (cursor.words("foreign", "key")) {
    while (!cursor.done && !cursor.isMark("(") && !cursor.isMark(",")) cursor.next();
    const columns = names(cursor, ddl);
    if (cursor.words("references")) return reference(columns, cursor, first, table, ddl);
    return lost("references", "A reference without a target is not kept.");
  }
  if (
    (cursor.isWords("index") || cursor.isWords("key") || cursor.isWords("fulltext") || cursor.isWords("spatial")) &&
    (cursor.isMark("(", 1) || cursor.isMark("(", 2) || cursor.isMark("(", 3))
  )
    return lost("index", "An index is no promise to readers.");
  if (
    cursor.isWords("like") ||
    cursor.isWords("exclude") ||
    cursor.isWords("period", "for") ||
    cursor.isWords("inherits")
  )
    return lost("statement", `What ${cursor.word().toUpperCase()} says is not kept.`);
  cursor.at = from;
  return false;
}

/** `REFERENCES table (column) …`, at the name of the table. */
function reference(columns: readonly string[], cursor: Cursor, first: Token, table: Table, ddl: Ddl): true {
  const target = qualifiedName(cursor, ddl.database);
  const to = names(cursor, ddl);
  cursor.skipItem();
  const span = ddl.tokens.spanOf(first, cursor.last);
  const [column] = columns;
  if (target !== undefined && columns.length === 1 && column !== undefined)
    table.references.push(defined({ column, port: target.at(-1)!, namespace: target.at(-2), to: to[0], span }));
  else
    ddl.context.lose({
      feature: "references",
      message: `A reference of ${columns.length} columns together has no word in a contract.`,
      port: table.name,
      span,
    });
  return true;
}

function column(cursor: Cursor, table: Table, ddl: Ddl, conditions: (() => void)[]): void {
  const first = cursor.peek();
  if (first.kind !== "word" && first.kind !== "name" && first.kind !== "text") {
    cursor.skipItem();
    unknownClause(first, cursor, ddl, "The definition");
    return;
  }
  cursor.next();
  const name = nameOf(first, ddl.database);
  const found = cursor.isMark(",") || cursor.done ? undefined : readType(cursor, ddl.database);
  if (found === undefined) {
    cursor.skipItem();
    unknownClause(first, cursor, ddl, "The definition");
    return;
  }
  const span = ddl.tokens.spanOf(first, cursor.last);
  const own = found.unknown === undefined ? undefined : ddl.types?.get(found.unknown.toLowerCase());
  if (found.unknown !== undefined && own === undefined) {
    const type = found.word.length > 60 ? `${found.word.slice(0, 59)}…` : found.word;
    ddl.context.report("unknown-type", { type, column: name, taken: "text" }, { span });
    ddl.context.lose({
      feature: "type",
      message: `A contract has no type ${type}.`,
      port: table.name,
      column: name,
      span,
    });
  }
  if (found.tooDeep === true) ddl.context.report("too-deep", { what: `The type of "${name}"`, limit: 40 }, { span });
  if (table.columns.some((each) => each.name === name)) {
    ddl.context.report("duplicate-name", { what: "column", name, kept: "the first is read" }, { span });
    cursor.skipItem();
    return;
  }
  // Values of elements are no rule of the list.
  const values = found.shape.kind === "array" ? undefined : (found.values ?? own?.values);
  const part: NamedPart = defined({
    name,
    shape: own === undefined ? found.shape : declaredShape(found.shape, own.shape),
    nullable:
      !/^(?:small|big)?serial\d?$/i.test(found.word) &&
      !(ddl.database.fullLists === true && found.shape.kind === "array") &&
      own?.notNull !== true,
    constraints: values === undefined ? undefined : { enum: values },
  });
  table.columns.push(part);
  rules(name, cursor, table, ddl, conditions);
}

/** A list of a declared type is a list of what that type is. */
function declaredShape(written: PartShape, declared: PartShape): PartShape {
  return written.kind === "array"
    ? { ...written, element: { ...written.element, shape: declaredShape(written.element.shape, declared) } }
    : declared;
}

/** Clauses of a column that say how values come about or are stored, by their first words; what follows is theirs. */
const stored: readonly (readonly [words: readonly string[], feature: string])[] = [
  [["default"], "default"],
  [["generated"], "default"],
  [["as"], "default"],
  [["identity"], "default"],
  [["auto_increment"], "default"],
  [["autoincrement"], "default"],
  [["on", "update"], "default"],
  [["collate"], "collation"],
  [["character", "set"], "collation"],
  [["charset"], "collation"],
  [["encode"], "storage"],
  [["distkey"], "storage"],
  [["sortkey"], "storage"],
  [["compression"], "storage"],
  [["storage"], "storage"],
  [["sparse"], "storage"],
  [["rowguidcol"], "storage"],
  [["invisible"], "storage"],
  [["with"], "storage"],
  [["masking", "policy"], "masking"],
  [["mask"], "masking"],
  [["masked"], "masking"],
  [["tag"], "tags"],
];
/** Words that end a clause of unknown length. */
const starts = new Set(
  "not null primary unique check references comment options constraint default generated collate encode identity auto_increment autoincrement distkey sortkey masking tag".split(
    " ",
  ),
);

function rules(name: string, cursor: Cursor, table: Table, ddl: Ddl, conditions: (() => void)[]): void {
  let named: string | undefined;
  const set = (to: (part: NamedPart) => NamedPart): void => void change(table, name, to);
  while (!cursor.done && !cursor.isMark(",")) {
    const first = cursor.peek();
    if (cursor.words("constraint")) {
      named = nameOf(cursor.next(), ddl.database);
      continue;
    }
    if (cursor.words("not", "null")) set((part) => ({ ...part, nullable: false }));
    else if (cursor.words("null")) continue;
    else if (cursor.words("primary", "key"))
      set((part) => ({ ...constrain(part, { primaryKey: true }), nullable: false }));
    else if (cursor.words("unique")) {
      cursor.words("key");
      set((part) => constrain(part, { unique: true }));
    } else if (cursor.isWords("check") && cursor.isMark("(", 1)) {
      cursor.next();
      const condition = cursor.inside()!;
      const label = named;
      conditions.push(() => addCondition(condition, label, table, ddl));
      named = undefined;
    } else if (cursor.words("references")) {
      const target = qualifiedName(cursor, ddl.database);
      const to = cursor.isMark("(") ? names(cursor, ddl) : [];
      const span = ddl.tokens.spanOf(first, cursor.last);
      if (target !== undefined)
        table.references.push(
          defined({ column: name, port: target.at(-1)!, namespace: target.at(-2), to: to[0], span }),
        );
      while (cursor.words("on") || cursor.words("match")) {
        cursor.next();
        cursor.next();
        cursor.words("action");
        cursor.words("null");
      }
    } else if (cursor.words("comment") && cursor.peek().kind === "text") {
      const description = cursor.next().text;
      set((part) => ({ ...part, description }));
    } else if (cursor.isWords("options") && cursor.isMark("(", 1)) {
      cursor.next();
      const description = optionText(cursor, "description");
      if (description !== undefined) set((part) => ({ ...part, description }));
    } else if (quiet(cursor)) continue;
    else storedOrUnknown(name, first, cursor, table, ddl);
  }
}

/** Words that change nothing of what the clause before them says. */
function quiet(cursor: Cursor): boolean {
  return (
    cursor.words("not", "enforced") ||
    cursor.words("enforced") ||
    cursor.words("not", "deferrable") ||
    cursor.words("deferrable") ||
    cursor.words("initially", "deferred") ||
    cursor.words("initially", "immediate") ||
    cursor.words("disable", "novalidate") ||
    cursor.words("norely") ||
    cursor.words("rely") ||
    cursor.words("clustered") ||
    cursor.words("nonclustered") ||
    cursor.words("asc") ||
    cursor.words("desc")
  );
}

function storedOrUnknown(name: string, first: Token, cursor: Cursor, table: Table, ddl: Ddl): void {
  const clause = stored.find(([words]) => cursor.isWords(...words));
  if (!cursor.group()) cursor.next();
  // The value of a clause is one operand at least: `DEFAULT NULL` must not read as a rule.
  if (clause !== undefined && clause[0].length === 1 && cursor.isWords("null")) cursor.next();
  while (!cursor.done && !cursor.isMark(",") && !(cursor.peek().kind === "word" && starts.has(cursor.word())))
    if (!cursor.group()) cursor.next();
  if (clause === undefined) {
    unknownClause(first, cursor, ddl, `"${name}":`);
    return;
  }
  const text = ddl.tokens.source(first, cursor.last);
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  ddl.context.lose({
    feature: clause[1],
    message: `${shown} is not kept.`,
    port: table.name,
    column: name,
    span: ddl.tokens.spanOf(first, cursor.last),
  });
}
