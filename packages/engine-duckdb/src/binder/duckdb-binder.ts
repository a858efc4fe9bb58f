import type * as duckdbModule from "@duckdb/node-api";
import type { BindError, Binder, BoundColumn, BoundQuery } from "@meshwork/engine";
import { duckdb as dialect } from "@meshwork/sql";
import { engineError } from "../duckdb-errors.ts";
import { logicalType } from "../duckdb-values.ts";
import { openDatabase } from "../open-database.ts";
import { clearerError } from "./clearer-errors.ts";
import { nullGuards } from "./plan-guards.ts";
import { planOrigins } from "./plan-origins.ts";

export interface DuckdbBinderOptions {
  /** Folders whose files a query may name (`read_parquet('…')`): binding opens them to see their columns. */
  readonly onlyBelow?: readonly string[] | undefined;
}

type DuckDB = typeof duckdbModule;
type Connection = Awaited<ReturnType<Awaited<ReturnType<DuckDB["DuckDBInstance"]["create"]>>["connect"]>>;

/**
 * Says what a query yields, from empty tables in memory. Nothing runs, and only files below `onlyBelow` can be
 * opened. What a column may be NULL is not inferred: every bound column is nullable.
 */
export function duckdbBinder(options: DuckdbBinderOptions = {}): Binder {
  let started: Promise<{ duckdb: DuckDB; connection: Connection; close: () => void }> | undefined;
  const schemas = new Set<string>(["main"]);
  const start = (): NonNullable<typeof started> =>
    (started ??= (async () => {
      const database = await openDatabase({ path: ":memory:", threads: 1, onlyBelow: options.onlyBelow ?? [] });
      const connection = await database.connect();
      // Nothing runs here, so plans need not be good ones: binding takes a third of the time.
      await connection.run("PRAGMA disable_optimizer");
      return { duckdb: await import("@duckdb/node-api"), connection, close: () => database.closeSync() };
    })());

  const binder: Binder = {
    async declare(relation, columns) {
      const { connection } = await start();
      const name = dialect.relation({ schema: relation.schema, name: relation.name });
      // Replaced rather than created: whoever binds again after an edit declares again.
      const body = columns.map((c) => `${dialect.identifier(c.name)} ${dialect.type(c.type)}`).join(", ");
      try {
        if (relation.schema !== undefined && !schemas.has(relation.schema)) {
          await connection.run(`CREATE SCHEMA IF NOT EXISTS ${dialect.identifier(relation.schema)}`);
          schemas.add(relation.schema);
        }
        await connection.run(`CREATE OR REPLACE TABLE ${name} (${body})`);
      } catch (error) {
        throw engineError(error);
      }
    },
    async bind(sql, signal) {
      const bound = await bindAsIs(sql, signal);
      return bound.ok ? bound : clearerError(bound, sql, (other) => bindAsIs(other, signal));
    },
    async close() {
      const running = started;
      started = undefined;
      await running?.then(
        ({ connection, close }) => {
          connection.closeSync();
          close();
        },
        () => {},
      );
    },
  };
  return binder;

  async function bindAsIs(sql: string, signal?: AbortSignal): Promise<BoundQuery | BindError> {
    signal?.throwIfAborted();
    const { duckdb, connection } = await start();
    const failed = (error: unknown): BindError => {
      const { code, message, offset, candidates } = engineError(error, sql);
      return { ok: false, code, message, offset, candidates };
    };
    const refused = (message: string): BindError => ({
      ok: false,
      code: "syntax",
      message,
      offset: undefined,
      candidates: [],
    });
    if (blank.test(sql)) return refused("There is no statement.");
    try {
      const statements = await connection.extractStatements(sql);
      if (statements.count !== 1) return refused(`A model is one query; here are ${statements.count} statements.`);
      const prepared = await statements.prepare(0);
      let columns: BoundColumn[];
      try {
        if (prepared.statementType !== duckdb.StatementType.SELECT)
          return refused("A model is a query; this statement yields no rows.");
        columns = Array.from({ length: prepared.columnCount }, (_, i) => ({
          name: prepared.columnName(i),
          type: logicalType(duckdb, prepared.columnType(i)),
          nullable: true,
          origins: undefined,
        }));
      } finally {
        prepared.destroySync();
      }
      const plan = await connection
        .runAndReadAll(
          `SELECT json_serialize_plan(${dialect.literal(sql)}, optimize := false, skip_null := true, skip_default := true)`,
        )
        .then(
          (reader) => String(reader.value(0, 0)),
          // Lineage is extra: some plans cannot be written down.
          () => "",
        );
      const origins = planOrigins(plan, columns.length);
      const guarded = nullGuards(plan, columns.length);
      return {
        ok: true,
        columns: columns.map((column, i) => ({
          ...column,
          ...origins.columns[i],
          ...(guarded[i] ? { notNull: true } : {}),
        })),
        indirect: origins.indirect,
      };
    } catch (error) {
      return failed(error);
    }
  }
}

const blank = /^(?:\s|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/|;)*$/;
