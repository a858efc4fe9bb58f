import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import type { Diagnostic } from "@meshwork/diagnostics";
import { livePages } from "@meshwork/catalog-web";
import { StorageClosed, catalogApp } from "./app.ts";
import { catalogArea } from "./catalog-codes.ts";
import type { SqlCatalogStore } from "./catalog-store.ts";
import { embeddedKey } from "./keys.ts";
import type { Opened } from "./open-catalog.ts";
import { openLocked, openPostgresCatalog, waitForLock } from "./open-catalog.ts";
import { announce, runningCatalog, withdraw } from "./running.ts";

export interface CatalogOptions {
  /** Folder of the embedded catalog. One of `dir` and `databaseUrl` is given. */
  readonly dir?: string | undefined;
  /** A Postgres address. */
  readonly databaseUrl?: string | undefined;
  /** 127.0.0.1 where absent. */
  readonly host?: string | undefined;
  /** 0 for any; the first free one from 4400 where absent. */
  readonly port?: number | undefined;
  /** The key for writing (MESH_CATALOG_KEY). An embedded catalog on loopback makes its own. */
  readonly key?: string | undefined;
  /** Whether anybody may read; where absent, on loopback only. */
  readonly openReads?: boolean | undefined;
  readonly now?: (() => Date) | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

export interface RunningCatalog {
  readonly url: string;
  /** The port is open at once; the first start of an embedded catalog takes some seconds more to make its database. */
  readonly ready: Promise<Opened<null>>;
  close(): Promise<void>;
}

const firstPort = 4400;
const portsTried = 20;
const loopback = new Set(["127.0.0.1", "localhost", "::1"]);

/** Serves a catalog until `close`. Requests that come before the storage is open wait for it. */
export async function startCatalog(options: CatalogOptions): Promise<Opened<RunningCatalog>> {
  const { host = "127.0.0.1", databaseUrl, now = () => new Date(), log = () => {} } = options;
  const dir = databaseUrl === undefined ? resolve(options.dir ?? ".mesh/catalog") : undefined;
  const isLocal = loopback.has(host);

  const given = options.key === undefined || options.key === "" ? undefined : options.key;
  if (given === undefined && (dir === undefined || !isLocal))
    return {
      ok: false,
      diagnostic: catalogArea.create("missing-key", { where: dir === undefined ? "on Postgres" : `on ${host}` }),
    };

  if (dir !== undefined) {
    const other = await runningCatalog(dir);
    if (other !== undefined)
      return { ok: false, diagnostic: catalogArea.create("in-use", { dir, holder: `the catalog at ${other.url}` }) };
  }

  // An embedded catalog takes its own key too: that is the one other processes on this machine find.
  const keys = [...(given === undefined ? [] : [given]), ...(dir === undefined ? [] : [await embeddedKey(dir)])];
  const instance = randomUUID();
  const stop = new AbortController();
  let isReady = false;
  let opened: Opened<SqlCatalogStore> | undefined;
  let storage: Promise<Opened<SqlCatalogStore>> | undefined;
  const store = async () => {
    storage ??= open(dir, databaseUrl, now, stop.signal);
    opened = await storage;
    if (!opened.ok) throw new StorageClosed(opened.diagnostic.message);
    isReady = true;
    return opened.value;
  };

  const app = catalogApp({
    store,
    isReady: () => isReady,
    pages: (reader) => livePages(reader, { now }),
    keys,
    openReads: options.openReads ?? isLocal,
    hosts: isLocal ? ["127.0.0.1", "localhost", "[::1]"] : undefined,
    instance,
    startedAt: now(),
    log,
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  const port = await listen(server, host, options.port);
  if (port === undefined)
    return { ok: false, diagnostic: catalogArea.create("port-taken", { host, port: options.port ?? firstPort }) };
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (dir !== undefined) await announce(dir, url, instance);

  const ready = store().then(
    () => ({ ok: true as const, value: null }),
    (): Opened<null> => (opened?.ok === false ? opened : { ok: false, diagnostic: unopened(dir) }),
  );
  return {
    ok: true,
    value: {
      url,
      ready,
      async close() {
        if (dir !== undefined) await withdraw(dir, instance);
        stop.abort();
        await new Promise<void>((done) => {
          server.close(() => done());
          server.closeIdleConnections();
          setTimeout(() => server.closeAllConnections(), 2_000).unref();
        });
        const last = await storage?.catch(() => undefined);
        if (last?.ok === true) await last.value.close();
      },
    },
  };
}

const unopened = (dir: string | undefined): Diagnostic =>
  catalogArea.create("no-database", {
    where: dir === undefined ? "at DATABASE_URL" : `in ${dir}`,
    reason: "it was stopped while opening",
  });

async function open(
  dir: string | undefined,
  databaseUrl: string | undefined,
  now: () => Date,
  signal: AbortSignal,
): Promise<Opened<SqlCatalogStore>> {
  if (dir === undefined) return await openPostgresCatalog(databaseUrl ?? "", now);
  const lock = await waitForLock(dir, { signal }, () => Promise.resolve(undefined));
  if (!lock.ok) return lock;
  return lock.value === undefined ? { ok: false, diagnostic: unopened(dir) } : await openLocked(dir, lock.value, now);
}

/** The port that is open now; undefined where it (or all that are tried) is taken. */
async function listen(server: Server, host: string, port: number | undefined): Promise<number | undefined> {
  const candidates = port === undefined ? Array.from({ length: portsTried }, (_, at) => firstPort + at) : [port];
  for (const candidate of candidates) {
    const error = await new Promise<NodeJS.ErrnoException | undefined>((done) => {
      server.once("error", done);
      server.listen(candidate, host, () => {
        server.removeListener("error", done);
        done(undefined);
      });
    });
    if (error === undefined) return (server.address() as AddressInfo).port;
    if (error.code !== "EADDRINUSE" && error.code !== "EACCES") throw error;
  }
  return undefined;
}
