import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";

/** The same tables and statements on PGlite and on Postgres. */
export type Database = PgDatabase<PgQueryResultHKT>;

export interface OpenDatabase {
  readonly db: Database;
  close(): Promise<void>;
}

const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));
/** Any number that no other software on the same database is likely to lock: "mesh" in ASCII. */
const migrationLock = 0x6d657368;

/**
 * Opens (and on first use makes) the embedded database under `dir`. The caller holds the directory's lock:
 * PGlite is one process's. A new database is made beside and renamed, so that a killed first start leaves nothing
 * half made. Making one takes some seconds, opening it well under one.
 */
export async function openEmbedded(dir: string): Promise<OpenDatabase> {
  const [{ PGlite }, { drizzle }, { migrate }] = await Promise.all([
    import("@electric-sql/pglite"),
    import("drizzle-orm/pglite"),
    import("drizzle-orm/pglite/migrator"),
  ]);
  const data = join(dir, "pgdata");
  if (!existsSync(data)) {
    const draft = join(dir, "pgdata.new");
    await rm(draft, { recursive: true, force: true });
    await mkdir(dir, { recursive: true });
    // Small log files and no waiting for the disk: half the time, and what a power cut spoils is published again.
    const made = await PGlite.create({ dataDir: draft, initDbStartParams: ["--no-sync", "--wal-segsize=1"] });
    await made.close();
    await rename(draft, data);
  }
  const client = await PGlite.create({ dataDir: data });
  const db = drizzle(client);
  try {
    await migrate(db, { migrationsFolder });
  } catch (error) {
    await client.close();
    throw error;
  }
  return { db, close: () => client.close() };
}

/** Opens a Postgres database and brings its tables up to date; several servers may start at once. */
export async function openPostgres(url: string): Promise<OpenDatabase> {
  const [{ default: pg }, { drizzle }, { migrate }] = await Promise.all([
    import("pg"),
    import("drizzle-orm/node-postgres"),
    import("drizzle-orm/node-postgres/migrator"),
  ]);
  const pool = new pg.Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 10_000 });
  // An idle connection that the server drops is replaced on the next question; without a listener it ends the process.
  pool.on("error", () => {});
  try {
    const client = await pool.connect();
    try {
      await client.query("select pg_advisory_lock($1)", [migrationLock]);
      await migrate(drizzle(client), { migrationsFolder });
    } finally {
      await client.query("select pg_advisory_unlock($1)", [migrationLock]).catch(() => {});
      client.release();
    }
  } catch (error) {
    await pool.end();
    throw error;
  }
  return { db: drizzle(pool), close: () => pool.end() };
}
