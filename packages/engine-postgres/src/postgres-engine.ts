import { EngineError, type Capabilities, type Engine, type Session } from "@meshwork/engine";
import { postgres as dialect } from "@meshwork/sql";
import type { ClientConfig } from "pg";
import { readTypes, runOn, type Connection } from "./connection.ts";
import { engineError } from "./postgres-errors.ts";
import { PostgresSession } from "./postgres-session.ts";
import type { NamedType } from "./postgres-values.ts";

export interface PostgresOptions {
  /** `postgresql://user@host:5432/database`; what stands beside it here wins over it. */
  readonly url?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly database?: string | undefined;
  readonly user?: string | undefined;
  /** Never printed; take it from the environment. */
  readonly password?: string | undefined;
  /** libpq's modes: `disable`, `require`, `verify-ca`, `verify-full`; `allow` and `prefer` encrypt where the server does. */
  readonly sslmode?: string | undefined;
  /** The text of a certificate authority's certificate, of the client's and of its key. */
  readonly ssl?: {
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
  };
  readonly connectTimeoutMs?: number | undefined;
  /** Settings of every session, by PostgreSQL's names: `search_path`, `TimeZone`, `statement_timeout`. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** The role that every session takes on. */
  readonly role?: string | undefined;
  readonly applicationName?: string | undefined;
}

/** Version 15 brought MERGE. */
export const capabilities = (version: number): Capabilities => ({
  engine: "postgres",
  atomicReplace: "transaction",
  transactions: true,
  merge: version >= 150_000,
  files: false,
  maskingViews: true,
});

/** What an engine may do before any connection told its version. */
const newest = capabilities(150_000);

/**
 * A PostgreSQL server; every session is a connection of its own. `pg` is loaded when the first one opens. A server
 * that cannot be reached, and one that refuses the user, is an EngineError `unreachable`.
 */
export function postgresEngine(options: PostgresOptions): Engine {
  const types = new Map<number, NamedType>();
  const open = new Set<Session>();
  let known = newest;
  let closed = false;
  return {
    dialect,
    get capabilities() {
      return known;
    },
    async open({ signal } = {}) {
      if (closed) throw new Error("The engine is closed.");
      if (signal?.aborted) throw new EngineError("cancelled", "The query was cancelled.");
      const { connection, version } = await connect(options, types);
      known = capabilities(version);
      const session = new PostgresSession(
        {
          ...connection,
          async close() {
            open.delete(session);
            await connection.close();
          },
        },
        known,
      );
      open.add(session);
      return session;
    },
    async close() {
      closed = true;
      for (const session of open) await session.close();
    },
  };
}

async function connect(
  options: PostgresOptions,
  types: Map<number, NamedType>,
): Promise<{ connection: Connection; version: number }> {
  const [{ default: pg }, { default: Cursor }] = await Promise.all([import("pg"), import("pg-cursor")]);
  const config = await clientConfig(options);
  const begin = async (): Promise<InstanceType<typeof pg.Client>> => {
    const client = new pg.Client(config);
    // A connection that breaks while it rests would end the process; the next statement tells.
    client.on("error", () => {});
    try {
      await client.connect();
    } catch (error) {
      // `prefer` and `allow` take a server without encryption too.
      if (config.ssl && optional.has(sslmodeOf(options) ?? "") && /does not support SSL/.test(String(error))) {
        config.ssl = false;
        return begin();
      }
      throw engineError(error);
    }
    return client;
  };
  const client = await begin();
  const driver = { client, Cursor };
  const interruptions = new Set<Promise<void>>();
  const {
    rows: [[pid, version]],
  } = await settle(driver, options);
  return {
    version: Number(version),
    connection: {
      types,
      learnTypes: (oids) => readTypes(driver, oids, types),
      run: (text, params, rows) => runOn(driver, text, params, rows),
      async interrupt() {
        const asking = (async () => {
          const other = await begin();
          try {
            await other.query("select pg_catalog.pg_cancel_backend($1)", [Number(pid)]);
          } finally {
            await other.end();
          }
        })().catch(() => {});
        interruptions.add(asking);
        await asking;
        interruptions.delete(asking);
      },
      wasInterrupted: (error) => (error as { code?: string }).code === "57014",
      async settled() {
        await Promise.all(interruptions);
      },
      generation: () => 0,
      close: () => client.end(),
    },
  };
}

/** Sets what every session has; dates are told in ISO form whatever the server prefers, as libpq's users do. */
async function settle(
  driver: Parameters<typeof runOn>[0],
  { settings = {}, role }: PostgresOptions,
): Promise<{ rows: [[string, string]] }> {
  try {
    // More rows are asked for than come: a portal that is not at its end would hold the connection.
    const all = Object.entries({ DateStyle: "ISO", IntervalStyle: "postgres", ...settings });
    const sets = all.map(
      ([name, value]) => `pg_catalog.set_config(${dialect.literal(name)}, ${dialect.literal(value)}, false)`,
    );
    await runOn(driver, `select ${sets.join(", ")}`, [], 2);
    if (role !== undefined) await runOn(driver, `set role ${dialect.identifier(role)}`, [], 2);
    const asked = await runOn(
      driver,
      "select pg_catalog.pg_backend_pid(), pg_catalog.current_setting('server_version_num')",
      [],
      2,
    );
    return asked as unknown as { rows: [[string, string]] };
  } catch (error) {
    await (driver.client as unknown as { end(): Promise<void> }).end();
    throw engineError(error);
  }
}

const optional = new Set(["prefer", "allow"]);

const sslmodeOf = (options: PostgresOptions): string | undefined =>
  options.sslmode ??
  (options.url === undefined ? undefined : (new URL(options.url).searchParams.get("sslmode") ?? undefined));

/** libpq's modes in `pg`'s words, which differ: `require` encrypts and trusts whoever answers. */
function sslOf(options: PostgresOptions): ClientConfig["ssl"] {
  const mode = sslmodeOf(options) ?? "disable";
  if (mode === "disable") return false;
  const files = { ca: options.ssl?.ca, cert: options.ssl?.cert, key: options.ssl?.key };
  const given = Object.fromEntries(Object.entries(files).filter(([, v]) => v !== undefined));
  if (mode === "verify-full") return { ...given, rejectUnauthorized: true };
  if (mode === "verify-ca") return { ...given, rejectUnauthorized: true, checkServerIdentity: () => undefined };
  return { ...given, rejectUnauthorized: false };
}

async function clientConfig(options: PostgresOptions): Promise<ClientConfig> {
  const from = options.url === undefined ? {} : urlConfig(options.url);
  const own: ClientConfig = {
    host: options.host,
    port: options.port,
    database: options.database,
    user: options.user,
    password: options.password,
  };
  const given = Object.fromEntries(Object.entries(own).filter(([, v]) => v !== undefined));
  return {
    ...from,
    ...given,
    ssl: sslOf(options),
    application_name: options.applicationName ?? "meshwork",
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    keepAlive: true,
  };
}

/** The parts of a connection URL; its `sslmode` is read apart, because `pg` gives it another meaning than libpq. */
function urlConfig(text: string): ClientConfig {
  const url = new URL(text);
  const part = (value: string): string | undefined => (value === "" ? undefined : decodeURIComponent(value));
  const host = url.searchParams.get("host") ?? part(url.hostname);
  return Object.fromEntries(
    Object.entries({
      host,
      port: url.port === "" ? undefined : Number(url.port),
      database: part(url.pathname.replace(/^\//, "")),
      user: part(url.username),
      password: part(url.password),
    }).filter(([, v]) => v !== undefined),
  );
}
