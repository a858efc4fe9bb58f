import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CatalogReader, CatalogWriter } from "@meshwork/catalog-api";
import { catalogClient } from "@meshwork/catalog-api";
import type { Diagnostic } from "@meshwork/diagnostics";
import { catalogArea } from "./catalog-codes.ts";
import { catalogStore } from "./catalog-store.ts";
import type { SqlCatalogStore } from "./catalog-store.ts";
import { openEmbedded, openPostgres } from "./database.ts";
import type { DirectoryLock } from "./directory-lock.ts";
import { tryLock } from "./directory-lock.ts";
import { embeddedKey } from "./keys.ts";
import { runningCatalog } from "./running.ts";

export type Opened<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

export interface OpenOptions {
  /** Folder of the embedded catalog; made where it is not there. */
  readonly dir: string;
  /** How long to wait for a process that holds it, in milliseconds; 60,000 where absent. */
  readonly waitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly now?: (() => Date) | undefined;
}

export interface CatalogConnection extends CatalogReader, CatalogWriter {
  /** `http`: a catalog serves this folder and is asked; `store`: the files are opened here. */
  readonly via: "http" | "store";
  readonly url?: string | undefined;
  close(): Promise<void>;
}

/**
 * Opens the embedded catalog from any process: through the catalog that serves the folder, else its files. Processes
 * that need the files at the same time take turns; who still waits after `waitMs` gets `catalog/in-use`.
 */
export async function openCatalog(options: OpenOptions): Promise<Opened<CatalogConnection>> {
  const dir = resolve(options.dir);
  const lock = await waitForLock(dir, options, async () => {
    const running = await runningCatalog(dir, options.fetch);
    if (running === undefined) return undefined;
    const { url } = running;
    const client = catalogClient({ url, key: await embeddedKey(dir), fetch: options.fetch, signal: options.signal });
    return { ...client, via: "http" as const, url, close: () => Promise.resolve() };
  });
  if (!lock.ok || "via" in lock.value) return lock as Opened<CatalogConnection>;
  const store = await openLocked(dir, lock.value, options.now);
  return store.ok ? { ok: true, value: { ...store.value, via: "store" } } : store;
}

/**
 * Takes the folder's lock, waiting for its holder. Between tries `otherwise` may find another way, and what it
 * returns is the answer.
 */
export async function waitForLock<T>(
  dir: string,
  options: Pick<OpenOptions, "waitMs" | "signal">,
  otherwise: () => Promise<T | undefined>,
): Promise<Opened<DirectoryLock | T>> {
  const until = performance.now() + (options.waitMs ?? 60_000);
  for (;;) {
    const other = await otherwise();
    if (other !== undefined) return { ok: true, value: other };
    const lock = await tryLock(dir);
    if ("release" in lock) return { ok: true, value: lock };
    if (performance.now() >= until)
      return {
        ok: false,
        diagnostic: catalogArea.create("in-use", { dir, holder: `process ${lock.pid} on ${lock.host}` }),
      };
    options.signal?.throwIfAborted();
    await sleep(50 + Math.random() * 50, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

/** Opens the files under a lock that is held; the store's `close` gives it back. */
export async function openLocked(dir: string, lock: DirectoryLock, now?: () => Date): Promise<Opened<SqlCatalogStore>> {
  try {
    const database = await openEmbedded(dir);
    const close = async () => {
      await database.close();
      await lock.release();
    };
    return { ok: true, value: catalogStore({ db: database.db, close }, now) };
  } catch (error) {
    await lock.release();
    return {
      ok: false,
      diagnostic: catalogArea.create("no-database", { where: `in ${dir}`, reason: reasonOf(error) }),
    };
  }
}

/** A catalog on Postgres. The address may hold a password and is never part of a message. */
export async function openPostgresCatalog(databaseUrl: string, now?: () => Date): Promise<Opened<SqlCatalogStore>> {
  try {
    return { ok: true, value: catalogStore(await openPostgres(databaseUrl), now) };
  } catch (error) {
    return {
      ok: false,
      diagnostic: catalogArea.create("no-database", { where: "at DATABASE_URL", reason: reasonOf(error) }),
    };
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof AggregateError ? error.errors[0] : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replace(/\w+:\/\/\S+/g, "…").replace(/[.\s]+$/, "");
}
