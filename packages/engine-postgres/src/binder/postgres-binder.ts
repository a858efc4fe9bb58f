import { nearest } from "@meshwork/diagnostics";
import type { BindError, Binder, BoundColumn, ReadColumn } from "@meshwork/engine";
import { postgres as dialect, type Column, type Relation } from "@meshwork/sql";
import type { PGlite } from "@electric-sql/pglite";
import { newDatabaseInMemory } from "../pglite/prepared-data.ts";
import { engineError } from "../postgres-errors.ts";
import { logicalType, type NamedType } from "../postgres-values.ts";
import { splitStatements } from "../split-statements.ts";
import { queryOrigins } from "./query-origins.ts";

/** Functions that read relations which their arguments only name. */
const readingFunctions =
  "query_to_xml table_to_xml cursor_to_xml schema_to_xml database_to_xml query_to_xml_and_xmlschema table_to_xml_and_xmlschema schema_to_xml_and_xmlschema database_to_xml_and_xmlschema ts_stat ts_rewrite lo_get pg_read_file pg_read_binary_file";

interface Started {
  readonly database: PGlite;
  readonly strict: ReadonlySet<number>;
  readonly reading: ReadonlySet<number>;
  readonly close: () => Promise<void>;
}

interface Declared {
  readonly relation: Relation;
  readonly columns: readonly Column[];
}

/**
 * Says what a query in PostgreSQL's SQL yields, from empty tables in an embedded PostgreSQL (PGlite): each query
 * becomes a temporary view, and the server's own tree of that view tells where its columns come from. Nothing runs.
 * The database's name is that of the relations, which all have to be of one.
 */
export function postgresBinder(): Binder {
  let started: Promise<Started> | undefined;
  let databaseName: string | undefined;
  const schemas = new Set<string>(["public"]);
  const byName = new Map<string, { oid: number; declared: Declared }>();
  const relations = new Map<number, readonly ReadColumn[]>();
  const types = new Map<number, NamedType>();
  let turn: Promise<unknown> = Promise.resolve();

  const start = (): Promise<Started> => (started ??= startDatabase());
  /** One after the other: there is one backend, and a bind is a transaction. */
  const exclusive = <T>(work: () => Promise<T>): Promise<T> => {
    const next = turn.then(work);
    turn = next.catch(() => {});
    return next;
  };

  async function declare(relation: Relation, columns: readonly Column[]): Promise<void> {
    const { database } = await start();
    const name = dialect.relation({ schema: relation.schema, name: relation.name });
    const key = name.toLowerCase();
    try {
      if (relation.database !== undefined && relation.database !== databaseName) {
        // PostgreSQL reads one database at a time: who reads another is told so by the server.
        if (databaseName !== undefined) return;
        databaseName = relation.database;
        await renameDatabase(database, relation.database);
      }
      const text = dialect.createTable(
        { schema: relation.schema, name: relation.name },
        columns.map((c) => ({ ...c, nullable: true })),
      );
      const before = [];
      if (relation.schema !== undefined && !schemas.has(relation.schema))
        before.push(`create schema if not exists ${dialect.identifier(relation.schema)}`);
      if (byName.has(key)) before.push(`drop table if exists ${name} cascade`);
      const [answer] = (
        await database.exec(
          [...before, text, `select ${dialect.literal(name)}::pg_catalog.regclass::pg_catalog.oid as oid`].join(";\n"),
        )
      ).slice(-1);
      if (relation.schema !== undefined) schemas.add(relation.schema);
      const oid = Number((answer!.rows[0] as { oid: number }).oid);
      byName.set(key, { oid, declared: { relation, columns } });
      const read = { schema: relation.schema, name: relation.name };
      relations.set(
        oid,
        columns.map((c) => ({ key: JSON.stringify([oid, c.name]), relation: read, column: c.name })),
      );
    } catch (error) {
      throw engineError(error);
    }
  }

  async function bind(sql: string): ReturnType<Binder["bind"]> {
    const statements = splitStatements(sql);
    if (statements.length === 0) return refused("There is no statement.");
    if (statements.length > 1) return refused(`A model is one query; here are ${statements.length} statements.`);
    const { database, strict, reading } = await start();
    const [{ start: from, end }] = statements as [{ start: number; end: number }];
    const text = sql.slice(from, end);
    let names: { name: string; dataTypeID: number }[];
    try {
      names = (await database.describeQuery(text)).resultFields;
    } catch (error) {
      const { code, message, offset, candidates } = engineError(error, text);
      const at = offset === undefined ? undefined : offset + from;
      const offered = candidates.length > 0 ? candidates : offeredNames(code, sql, at, byName);
      return { ok: false, code, message, offset: at, candidates: offered };
    }
    if (names.length === 0) return refused("A model is a query; this statement yields no rows.");
    const view = await viewOf(database, text, names.length);
    if (view === undefined) {
      if (!/^(?:select|with|values|table|\()/i.test(text))
        return refused("A model is a query; this statement is none.");
      // A row type, say, that no view can hold: the types are known, the origins are not.
      await learnTypes(
        database,
        names.map((n) => n.dataTypeID),
        types,
      );
      const columns = names.map((n) => ({
        name: n.name,
        type: logicalType(n.dataTypeID, -1, types),
        nullable: true,
        origins: undefined,
      }));
      return { ok: true, columns, indirect: undefined };
    }
    await learnTypes(
      database,
      view.columns.map((c) => c.oid),
      types,
    );
    const origins = queryOrigins(view.tree, names.length, { relations, strict, reading });
    const columns = names.map((n, i): BoundColumn => {
      const { origins: own, indirect, notNull } = origins.columns[i]!;
      const { oid, modifier } = view.columns[i]!;
      const type = logicalType(oid, modifier, types);
      return { name: n.name, type, nullable: true, origins: own, indirect, ...(notNull ? { notNull: true } : {}) };
    });
    return { ok: true, columns, indirect: origins.indirect };
  }

  return {
    declare: (relation, columns) => exclusive(() => declare(relation, columns)),
    bind(sql, signal) {
      return exclusive(() => {
        signal?.throwIfAborted();
        return bind(sql);
      });
    },
    reset: () =>
      exclusive(async () => {
        if (started === undefined) return;
        const { database } = await started;
        const own = [...schemas]
          .filter((s) => s !== "public")
          .map((s) => `drop schema ${dialect.identifier(s)} cascade`);
        const plain = [...byName.values()].flatMap(({ declared: { relation } }) =>
          relation.schema === undefined || relation.schema === "public"
            ? [`drop table if exists ${dialect.relation({ schema: "public", name: relation.name })} cascade`]
            : [],
        );
        await database.exec([...own, ...plain].join(";\n"));
        databaseName = undefined;
        schemas.clear();
        schemas.add("public");
        byName.clear();
        relations.clear();
      }),
    async close() {
      await turn;
      const running = started;
      started = undefined;
      await running?.then(
        ({ close }) => close(),
        () => {},
      );
    },
  };
}

async function startDatabase(): Promise<Started> {
  try {
    const database = await newDatabaseInMemory();
    const functions = await database.query<{ oid: number; proisstrict: boolean; reading: boolean }>(
      "select oid::int as oid, proisstrict, proname = any($1) as reading from pg_catalog.pg_proc where proisstrict or proname = any($1)",
      [readingFunctions.split(" ")],
    );
    const ids = (which: "proisstrict" | "reading") => new Set(functions.rows.filter((f) => f[which]).map((f) => f.oid));
    return { database, strict: ids("proisstrict"), reading: ids("reading"), close: () => database.close() };
  } catch (error) {
    throw engineError(error);
  }
}

/** dbt writes the database in front of every relation, and PostgreSQL wants it to be the current one. */
async function renameDatabase(database: PGlite, name: string): Promise<void> {
  await database.exec(
    `set allow_system_table_mods = on;
     update pg_catalog.pg_database set datname = ${dialect.literal(name)} where datname = pg_catalog.current_database();
     set allow_system_table_mods = off`,
  );
}

interface ViewShape {
  readonly columns: readonly { readonly oid: number; readonly modifier: number }[];
  readonly tree: string;
}

/** Makes a query a view, reads what the server has made of it, and takes it back. `undefined` where it can be none. */
async function viewOf(database: PGlite, text: string, width: number): Promise<ViewShape | undefined> {
  // Columns get names of ours, as a query may have two of one name.
  const names = Array.from({ length: width }, (_, i) => `c${i}`).join(", ");
  try {
    // One statement it is: more than one could not have been described before.
    const answers = await database.exec(
      `begin;
create temp view mesh_bind (${names}) as
${text}
;
select r.ev_action::text as tree, (select pg_catalog.json_agg(pg_catalog.json_build_array(a.atttypid::int8, a.atttypmod) order by a.attnum)
  from pg_catalog.pg_attribute a where a.attrelid = r.ev_class) as columns
from pg_catalog.pg_rewrite r where r.ev_class = 'pg_temp.mesh_bind'::pg_catalog.regclass;
rollback`,
    );
    const found = answers.map((a) => a.rows[0]).find((r) => r !== undefined) as
      | { columns: [number, number][]; tree: string }
      | undefined;
    return found && { tree: found.tree, columns: found.columns.map(([oid, modifier]) => ({ oid, modifier })) };
  } catch {
    await database.exec("rollback");
    return undefined;
  }
}

/** Names of types that are not built in. */
async function learnTypes(database: PGlite, oids: readonly number[], known: Map<number, NamedType>): Promise<void> {
  const { isBuiltIn } = await import("../postgres-values.ts");
  const missing = [...new Set(oids)].filter((oid) => !isBuiltIn(oid) && !known.has(oid));
  if (missing.length === 0) return;
  const { rows } = await database.query<{ oid: number; name: string; element: number; base: number; category: string }>(
    `select oid::int8 as oid, format_type(oid, null) as name, typelem::int8 as element, typbasetype::int8 as base, typcategory as category
     from pg_catalog.pg_type where oid in (${missing.join(", ")})`,
  );
  for (const { oid, name, element, base, category } of rows)
    known.set(Number(oid), {
      name,
      element: category === "A" && element > 0 ? Number(element) : undefined,
      base: base > 0 ? Number(base) : undefined,
    });
  await learnTypes(
    database,
    rows.flatMap((r) => [Number(r.element), Number(r.base)]).filter((oid) => oid > 0),
    known,
  );
}

const refused = (message: string): BindError => ({
  ok: false,
  code: "syntax",
  message,
  offset: undefined,
  candidates: [],
});

/** Where the server offers no name: those of the relations that the query reads, the nearest first. */
function offeredNames(
  code: BindError["code"],
  sql: string,
  offset: number | undefined,
  known: ReadonlyMap<string, { readonly declared: Declared }>,
): readonly string[] {
  const word =
    offset === undefined
      ? undefined
      : /^(?:"?[\p{L}_][\p{L}\p{N}_$]*"?\s*\.\s*)*"?([\p{L}_][\p{L}\p{N}_$]*)"?/u.exec(sql.slice(offset))?.[1];
  if (word === undefined) return [];
  const all = [...known.values()].map((k) => k.declared);
  if (code === "unknown-relation")
    return nearest(
      word,
      all.map((d) => d.relation.name),
    );
  if (code !== "unknown-column") return [];
  const words = new Set(sql.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_$]*/gu));
  const read = all.filter((d) => words.has(d.relation.name.toLowerCase()));
  const columns = [...new Set(read.flatMap((d) => d.columns.map((c) => c.name)))];
  const near = nearest(word, columns);
  return near.length > 0 ? near : columns.slice(0, 8);
}
