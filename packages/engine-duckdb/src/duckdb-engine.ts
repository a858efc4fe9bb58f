import type { Engine, Session } from "@meshwork/engine";
import { duckdb as dialect } from "@meshwork/sql";
import { duckdbCapabilities, DuckdbSession } from "./duckdb-session.ts";
import { openDatabase, type Database, type DuckdbOptions } from "./open-database.ts";

/**
 * The embedded engine. The native module is loaded when the first session opens; all sessions of an engine share
 * one database, which belongs to this process until `close`. A file that another process has open is an
 * EngineError `locked` whose message names that process.
 */
export function duckdbEngine(options: DuckdbOptions = {}): Engine {
  let database: Promise<Database> | undefined;
  let closed = false;
  const sessions = new Set<DuckdbSession>();

  return {
    dialect,
    capabilities: duckdbCapabilities,
    async open({ signal } = {}): Promise<Session> {
      if (closed) throw new Error("The engine is closed.");
      signal?.throwIfAborted();
      const opening = (database ??= openDatabase(options));
      try {
        const connection = await (await opening).connect();
        const session = new DuckdbSession(await import("@duckdb/node-api"), connection);
        for (const known of sessions) if (known.isClosed) sessions.delete(known);
        sessions.add(session);
        return session;
      } catch (error) {
        // The next attempt tries anew: the file may have been let go.
        if (database === opening) database = undefined;
        throw error;
      }
    },
    async close() {
      closed = true;
      const opening = database;
      database = undefined;
      // A connection that is left open keeps its database alive: a second one on the same file would lose what it writes.
      for (const session of sessions) await session.close();
      sessions.clear();
      await opening?.then(
        (open) => open.closeSync(),
        () => {},
      );
    },
  };
}
