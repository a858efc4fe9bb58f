import type { DuckDBInstance } from "@duckdb/node-api";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { EngineError } from "@meshwork/engine";
import { duckdb as dialect } from "@meshwork/sql";
import { engineError } from "./duckdb-errors.ts";
import { isGone } from "./lake/process-identity.ts";

export interface DuckdbOptions {
  /** A database file, made with its folder where missing; in memory when absent or `:memory:`. */
  readonly path?: string | undefined;
  readonly readOnly?: boolean | undefined;
  readonly threads?: number | undefined;
  /** `4GB`, `500MB`. */
  readonly memoryLimit?: string | undefined;
  /** Further settings by DuckDB's names, in force before anything else runs. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /**
   * Closes the engine in: statements reach files below these folders (and the database file) only, load no
   * extension, use no network and cannot change any setting. For SQL that others wrote.
   */
  readonly onlyBelow?: readonly string[] | undefined;
}

/** Nothing is fetched from a network because a statement happens to name it. */
const offline = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false",
};

let instances = 0;

/** Containers that share a folder for temporary files do not see each other's processes: only what rests is an orphan. */
const restingMs = 3_600_000;

/** A process that was killed leaves what it spilled. What cannot be looked at or removed is somebody else's. */
function removeOrphanedSpills(): void {
  const quietly = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch {
      return undefined;
    }
  };
  for (const name of quietly(() => readdirSync(tmpdir())) ?? []) {
    const [, pid] = /^meshwork-duckdb-(\d+)-\d+$/.exec(name) ?? [];
    if (pid === undefined || !isGone({ host: hostname(), pid: Number(pid) })) continue;
    const folder = join(tmpdir(), name);
    const touched = quietly(() => statSync(folder).mtimeMs) ?? Date.now();
    if (Date.now() - touched > restingMs) quietly(() => rmSync(folder, { recursive: true, force: true }));
  }
}

/** DuckDB keeps other processes off a file, yet not a second database of its own process: that would corrupt it. */
const openFiles = new Set<string>();

/** An open database; `closeSync` lets go of its file and of what it spilled. */
export interface Database {
  connect: DuckDBInstance["connect"];
  closeSync(): void;
}

/** Opens a database with the settings that Meshwork relies on. Loads the native module. */
export async function openDatabase(options: DuckdbOptions): Promise<Database> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const path = options.path === undefined || options.path === ":memory:" ? undefined : resolve(options.path);
  // Spills of two processes, or of two databases in one, must not meet.
  if (instances === 0) removeOrphanedSpills();
  const spill = join(tmpdir(), `meshwork-duckdb-${process.pid}-${++instances}`);
  if (path !== undefined) {
    if (openFiles.has(path))
      throw new EngineError("locked", `The database file ${path} is already open in this process.`, {
        retryable: true,
      });
    mkdirSync(dirname(path), { recursive: true });
    openFiles.add(path);
  }
  const settings: Record<string, string> = {
    ...offline,
    errors_as_json: "true",
    temp_directory: spill,
    ...(options.readOnly ? { access_mode: "READ_ONLY" } : {}),
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
    ...options.settings,
  };
  let made: DuckDBInstance | undefined;
  const letGo = (): void => {
    made?.closeSync();
    if (path !== undefined) openFiles.delete(path);
    rmSync(spill, { recursive: true, force: true });
  };
  try {
    made = await DuckDBInstance.create(path ?? ":memory:", settings);
    const connection = await made.connect();
    // Belongs to an extension that is there only once the database is open.
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    if (options.onlyBelow !== undefined) {
      const folders = [...options.onlyBelow.map((f) => resolve(f)), spill].map((f) => dialect.literal(f));
      await connection.run(`SET GLOBAL allowed_directories = [${folders.join(", ")}]`);
      await connection.run("SET GLOBAL enable_external_access = false");
      await connection.run("SET GLOBAL lock_configuration = true");
    }
    connection.closeSync();
    const instance = made;
    return { connect: () => instance.connect(), closeSync: letGo };
  } catch (error) {
    letGo();
    throw engineError(error);
  }
}
