import type { Session } from "@meshwork/engine";
import type { Relation } from "@meshwork/sql";
import type { Project, ProjectNode } from "../model.ts";

/** What a relation's comment says of the build that made it. A relation without it was made by somebody else. */
export interface OwnershipMark {
  /** Name of the dbt project. */
  readonly project: string;
  /** Name of the target and its schema: two developers of one project build beside each other. */
  readonly target: string;
  readonly schema: string;
  readonly node: string;
  /** Of the run that made the relation, not of those that added rows to it. */
  readonly run: string;
}

/** A relation with our mark. */
export interface MarkedRelation {
  readonly relation: Relation;
  readonly type: "table" | "view";
  readonly mark: OwnershipMark;
}

const start = "Made by Meshwork: ";
const lastLine = /(?:^|\n)Made by Meshwork: (\{[^\n]*\})$/;
const keys = ["project", "target", "schema", "node", "run"] as const;

export const ownershipMark = (project: Project, node: ProjectNode, run: string): OwnershipMark => ({
  project: project.name,
  target: project.target.name,
  schema: project.target.schema,
  node: node.id,
  run,
});

/** The mark as the last line of a comment. */
export function markText(mark: OwnershipMark): string {
  return `${start}${JSON.stringify(Object.fromEntries(keys.map((k) => [k, mark[k]])))}`;
}

export function markOf(comment: string | null | undefined): OwnershipMark | undefined {
  const found = lastLine.exec(comment ?? "")?.[1];
  if (found === undefined) return undefined;
  try {
    const value = JSON.parse(found) as Record<string, unknown> | null;
    return keys.every((k) => typeof value?.[k] === "string") ? (value as unknown as OwnershipMark) : undefined;
  } catch {
    // Whoever wrote such a line, it was not us.
    return undefined;
  }
}

/** A comment without our line: what the author says of the relation. */
export function withoutMark(comment: string | null): string | null {
  const rest = comment?.replace(lastLine, "");
  return rest === undefined || rest === "" ? null : rest;
}

/** Databases whose relations can bear a comment: DuckDB attaches others as well. */
export async function commentable(session: Session, signal?: AbortSignal): Promise<(relation: Relation) => boolean> {
  const { engine } = session.capabilities;
  if (engine === "postgres") return () => true;
  if (engine !== "duckdb") return () => false;
  const found = await session.query(
    "select database_name, type, database_name = current_database() from duckdb_databases() where not readonly",
    { signal },
  );
  const own = new Set<string>();
  let current = false;
  for (const [name, type, here] of await found.rows()) {
    if (type !== "duckdb") continue;
    own.add(String(name).toLowerCase());
    if (here === true) current = true;
  }
  return ({ database }) => (database === undefined ? current : own.has(database.toLowerCase()));
}

/** Every table and view that bears our mark, whoever's project made it. */
export async function markedRelations(session: Session, signal?: AbortSignal): Promise<readonly MarkedRelation[]> {
  const { engine } = session.capabilities;
  const sql =
    engine === "duckdb"
      ? `select database_name, schema_name, table_name, 'table', comment from duckdb_tables() where comment like '%${start}%' union all select database_name, schema_name, view_name, 'view', comment from duckdb_views() where comment like '%${start}%'`
      : engine === "postgres"
        ? `select current_database(), n.nspname, c.relname, case when c.relkind in ('v', 'm') then 'view' else 'table' end, d.description from pg_catalog.pg_description d join pg_catalog.pg_class c on c.oid = d.objoid and d.classoid = 'pg_catalog.pg_class'::regclass and d.objsubid = 0 join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'v') and d.description like '%${start}%'`
        : undefined;
  if (sql === undefined) return [];
  const found: MarkedRelation[] = [];
  for (const [database, schema, name, type, comment] of await (await session.query(sql, { signal })).rows()) {
    const mark = markOf(String(comment));
    const relation = { database: String(database), schema: String(schema), name: String(name) };
    if (mark !== undefined) found.push({ relation, type: type === "view" ? "view" : "table", mark });
  }
  return found.sort((a, b) => (placeOf(a.relation) < placeOf(b.relation) ? -1 : 1));
}

const placeOf = (r: Relation): string => JSON.stringify([r.database ?? "", r.schema ?? "", r.name]);

/** The mark of one relation, where it has one. */
export async function markOn(
  session: Session,
  relation: Relation,
  signal?: AbortSignal,
): Promise<OwnershipMark | undefined> {
  const { dialect } = session;
  const { engine } = session.capabilities;
  const is = (column: string, value: string | undefined, otherwise: string): string =>
    `${column} = ${value === undefined ? otherwise : dialect.literal(value)}`;
  const sql =
    engine === "duckdb"
      ? `select comment from duckdb_tables() where ${is("database_name", relation.database, "current_database()")} and ${is("schema_name", relation.schema, "current_schema()")} and table_name = ${dialect.literal(relation.name)}`
      : engine === "postgres"
        ? `select pg_catalog.obj_description(c.oid, 'pg_class') from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where ${is("n.nspname", relation.schema, "current_schema()")} and c.relname = ${dialect.literal(relation.name)} and c.relkind in ('r', 'v')`
        : undefined;
  if (sql === undefined) return undefined;
  const [row] = await (await session.query(sql, { signal })).rows();
  const comment = row?.[0];
  return typeof comment === "string" ? markOf(comment) : undefined;
}
