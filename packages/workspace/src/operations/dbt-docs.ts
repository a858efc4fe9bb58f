import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { Session } from "@meshwork/engine";
import type { Project } from "@meshwork/models";
import { withoutMark } from "@meshwork/models";
import type { Relation } from "@meshwork/sql";
import type { DbtOptions } from "../dbt/dbt-options.ts";
import { artifactOptions, writeTarget } from "../dbt/dbt-place.ts";
import { openPlaces } from "../dbt/open-places.ts";
import type { OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import { compile } from "./dbt-read.ts";

export interface DocsOptions extends DbtOptions {
  /** Leaves out the compiled SQL. */
  readonly noCompile?: boolean | undefined;
  /** Asks no engine: a catalog without relations. */
  readonly emptyCatalog?: boolean | undefined;
}

/** dbt's `docs generate`: `manifest.json` and `catalog.json`, which documentation sites and catalogs read. */
export const docsGenerate = (options: DocsOptions): Promise<OperationResult<readonly string[]>> =>
  answering([], async () => {
    const compiled = options.noCompile === true ? undefined : await compile(options);
    if (compiled?.problem !== undefined) return { ...compiled, results: [] };
    const opened = await openPlaces(options);
    const results: string[] = [];
    const found: Diagnostic[] = [...(compiled?.diagnostics ?? [])];
    for (const place of opened.places) {
      const { project } = place;
      const entries: CatalogEntries = { nodes: {}, sources: {} };
      if (options.emptyCatalog !== true) {
        const connection = await place.connect(options.signal);
        try {
          await fill(project, connection.session, options.signal, entries);
        } finally {
          await connection.close();
        }
      }
      const { generatedAt, invocationId } = artifactOptions(opened);
      writeTarget(place, "catalog.json", {
        metadata: {
          dbt_schema_version: "https://schemas.getdbt.com/dbt/catalog/v1.json",
          dbt_version: "1.10.0",
          generated_at: generatedAt.toISOString(),
          invocation_id: invocationId,
          env: {},
        },
        nodes: sorted(entries.nodes),
        sources: sorted(entries.sources),
        errors: null,
      });
      results.push(...Object.keys(entries.nodes), ...Object.keys(entries.sources));
    }
    return {
      exitCode: hasErrors(found) ? 1 : 0,
      diagnostics: found,
      summary: { relations: results.length },
      results: results.sort(),
    };
  });

interface CatalogColumn {
  readonly type: string;
  readonly index: number;
  readonly name: string;
  readonly comment: string | null;
}

interface CatalogEntry {
  readonly metadata: {
    readonly type: string;
    readonly schema: string;
    readonly name: string;
    readonly database: string | null;
    readonly comment: string | null;
    readonly owner: string | null;
  };
  readonly columns: Record<string, CatalogColumn>;
  readonly stats: object;
  readonly unique_id: string;
}

interface CatalogEntries {
  readonly nodes: Record<string, CatalogEntry>;
  readonly sources: Record<string, CatalogEntry>;
}

const noStats = {
  has_stats: {
    id: "has_stats",
    label: "Has Stats?",
    value: false,
    include: false,
    description: "No figures are kept.",
  },
};

async function fill(
  project: Project,
  session: Session,
  signal: AbortSignal | undefined,
  entries: CatalogEntries,
): Promise<void> {
  const nodes = [...project.nodes.values()].filter(
    (n) => n.resourceType !== "test" && n.config.materialized !== "ephemeral",
  );
  const sources = [...project.sources.values()].filter((s) => s.location === undefined);
  const wanted = [...nodes, ...sources].map((n) => ({ id: n.id, relation: n.relation }));
  const schemas = [...new Set(wanted.flatMap((w) => w.relation.schema ?? []))].sort();
  if (schemas.length === 0) return;
  const known = await relationsIn(session, schemas, signal);
  for (const { id, relation } of wanted) {
    const entry = known.find((k) => isSame(k, relation));
    if (entry === undefined) continue;
    const into = id.startsWith("source.") ? entries.sources : entries.nodes;
    into[id] = {
      metadata: {
        type: entry.type,
        schema: entry.schema,
        name: entry.name,
        database: entry.database,
        comment: entry.comment,
        owner: session.capabilities.engine === "duckdb" ? "" : null,
      },
      columns: entry.columns,
      stats: noStats,
      unique_id: id,
    };
  }
}

interface Known {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly type: string;
  readonly comment: string | null;
  readonly columns: Record<string, CatalogColumn>;
}

const isSame = (known: Known, relation: Relation): boolean =>
  known.name.toLowerCase() === relation.name.toLowerCase() &&
  known.schema.toLowerCase() === relation.schema?.toLowerCase() &&
  (relation.database === undefined || known.database.toLowerCase() === relation.database.toLowerCase());

async function relationsIn(
  session: Session,
  schemas: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly Known[]> {
  const { dialect, capabilities } = session;
  const list = schemas.map((s) => dialect.literal(s)).join(", ");
  const duckdb = capabilities.engine === "duckdb";
  const tables = await session.query(
    duckdb
      ? `select database_name, schema_name, table_name, 'BASE TABLE', comment from duckdb_tables() where schema_name in (${list}) union all select database_name, schema_name, view_name, 'VIEW', comment from duckdb_views() where schema_name in (${list})`
      : `select table_catalog, table_schema, table_name, table_type, ${capabilities.engine === "postgres" ? "obj_description((quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass, 'pg_class')" : "null"} from information_schema.tables where table_schema in (${list})`,
    { signal },
  );
  const found = new Map<string, Known>();
  const key = (parts: readonly unknown[]): string => JSON.stringify(parts.slice(0, 3));
  for (const row of await tables.rows()) {
    const [database, schema, name, type, comment] = row;
    found.set(key(row), {
      database: String(database),
      schema: String(schema),
      name: String(name),
      type: String(type),
      comment: withoutMark(comment === null || comment === undefined ? null : String(comment)),
      columns: {},
    });
  }
  const columns = await session.query(
    duckdb
      ? `select database_name, schema_name, table_name, column_name, data_type, column_index, comment from duckdb_columns() where schema_name in (${list}) order by column_index`
      : `select table_catalog, table_schema, table_name, column_name, data_type, ordinal_position, null from information_schema.columns where table_schema in (${list}) order by ordinal_position`,
    { signal },
  );
  for (const row of await columns.rows()) {
    const [, , , name, type, index, comment] = row;
    const entry = found.get(key(row));
    if (entry === undefined) continue;
    entry.columns[String(name)] = {
      type: String(type),
      index: Number(index),
      name: String(name),
      comment: comment === null || comment === undefined ? null : String(comment),
    };
  }
  return [...found.values()];
}

const sorted = <T>(entries: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
