import { EngineError, type Engine, type Session } from "@meshwork/engine";
import { postgres as dialect } from "@meshwork/sql";
import type { Client } from "pg";
import type Cursor from "pg-cursor";
import { readTypes, runOn, type Connection } from "../connection.ts";
import { engineError } from "../postgres-errors.ts";
import { capabilities } from "../postgres-engine.ts";
import { PostgresSession } from "../postgres-session.ts";
import type { NamedType } from "../postgres-values.ts";
import { newDatabaseFolder, removeDatabaseFolder } from "./prepared-data.ts";
import { PgliteStream, startBackend, type Backend } from "./pglite-stream.ts";

export interface PgliteOptions {
  /** A folder with a database of PGlite's, made where missing; one of this process's own, gone at the end, when absent. */
  readonly path?: string | undefined;
  readonly settings?: Readonly<Record<string, string>> | undefined;
}

interface Running {
  readonly backend: Backend;
  readonly client: Client;
}

/**
 * PostgreSQL embedded (PGlite), in a worker. There is one backend: sessions take turns on it, a transaction keeps it
 * until its end. A statement that is cancelled takes the backend with it, as nothing can interrupt it: a new one starts
 * on the same data, an open transaction is rolled back, and what only the session had (temporary tables, settings by
 * SET) is gone.
 */
export function pgliteEngine(options: PgliteOptions = {}): Engine {
  const types = new Map<number, NamedType>();
  let folder: Promise<string> | undefined;
  let running: Promise<Running> | undefined;
  let generation = 0;
  let killing: Promise<void> | undefined;
  let turn: Promise<void> = Promise.resolve();

  const start = async (): Promise<Running> => {
    folder ??= options.path === undefined ? newDatabaseFolder() : Promise.resolve(options.path);
    const [backend, { default: pg }] = await Promise.all([folder.then(startBackend), import("pg")]);
    const client = new pg.Client({
      user: "postgres",
      database: "postgres",
      stream: () => new PgliteStream(backend.worker) as never,
    });
    client.on("error", () => {});
    try {
      await client.connect();
      for (const [name, value] of Object.entries({ DateStyle: "ISO", IntervalStyle: "postgres", ...options.settings }))
        await client.query("select pg_catalog.set_config($1, $2, false)", [name, value]);
    } catch (error) {
      await backend.kill();
      throw engineError(error);
    }
    return { backend, client };
  };
  const current = async (): Promise<{ client: Client; Cursor: typeof Cursor }> => {
    await killing;
    running ??= start();
    const [{ client }, cursor] = await Promise.all([running, import("pg-cursor")]);
    return { client, Cursor: cursor.default };
  };
  const shared: Connection = {
    types,
    learnTypes: async (oids) => readTypes(await current(), oids, types),
    run: async (text, params, rows) => runOn(await current(), text, params, rows),
    async interrupt() {
      if (running === undefined) return;
      const stopped = running;
      running = undefined;
      generation++;
      killing = stopped.then(
        ({ backend }) => backend.kill(),
        () => {},
      );
      await killing;
    },
    wasInterrupted: (error) => (error as Error).message.startsWith("Connection terminated"),
    settled: async () => killing,
    generation: () => generation,
    async take() {
      const before = turn;
      let release = (): void => {};
      turn = new Promise((resolve) => (release = resolve));
      await before;
      return release;
    },
    close: () => Promise.resolve(),
  };
  let closed = false;
  return {
    dialect,
    capabilities: capabilities(180_000),
    async open({ signal } = {}): Promise<Session> {
      if (closed) throw new Error("The engine is closed.");
      if (signal?.aborted) throw new EngineError("cancelled", "The query was cancelled.");
      await current();
      return new PostgresSession(shared, capabilities(180_000));
    },
    async close() {
      closed = true;
      await turn;
      const ending = running;
      running = undefined;
      if (ending !== undefined) {
        const { client, backend } = await ending;
        await client.end().catch(() => {});
        await backend.close();
      }
      if (folder !== undefined && options.path === undefined) removeDatabaseFolder(await folder);
    },
  };
}
