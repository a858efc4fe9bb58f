import {
  EngineError,
  type Capabilities,
  type QueryOptions,
  type QueryResult,
  type Row,
  type RowBatch,
  type Session,
} from "@meshwork/engine";
import { postgres as dialect, type Column, type SqlValue, type Statement } from "@meshwork/sql";
import type { Connection, Fetch, FieldDescription } from "./connection.ts";
import { engineError } from "./postgres-errors.ts";
import { decoder, isBuiltIn, logicalType } from "./postgres-values.ts";
import { splitStatements } from "./split-statements.ts";

const defaultBatchRows = 2048;

/**
 * One connection. Statements run one after the other; a result that is still being read when the next statement
 * starts is read to its end first, because a connection has one result at a time.
 */
export class PostgresSession implements Session {
  readonly dialect = dialect;
  readonly capabilities: Capabilities;
  readonly #connection: Connection;
  #open: PostgresResult | undefined;
  #closed = false;
  #inTransaction = false;
  #release: (() => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(connection: Connection, capabilities: Capabilities) {
    this.#connection = connection;
    this.capabilities = capabilities;
  }

  /**
   * Runs a statement. A text may hold several: all run, as one transaction unless they begin one of their own, and
   * the last one's result is the result. A `Statement` is one.
   */
  query(statement: Statement | string, options: QueryOptions = {}): Promise<QueryResult> {
    const text = typeof statement === "string" ? statement : statement.text;
    const params = typeof statement === "string" ? [] : statement.params;
    return this.exclusive(async () => {
      await this.#open?.buffer();
      this.#open = undefined;
      const several = typeof statement === "string" && splitStatements(text).length !== 1;
      const started = performance.now();
      const result = new PostgresResult(this, this.#connection, text, options);
      await result.start(several ? undefined : params, started);
      if (!result.ended) this.#open = result;
      return result;
    });
  }

  /** One after the other in this session, and alone on the connection where sessions share it. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(async () => {
      if (this.#closed) throw new EngineError("other", "The session is closed.");
      const release = this.#release === undefined ? await this.#connection.take?.() : undefined;
      try {
        return await work();
      } finally {
        // Another session may take the connection only when no result is open on it.
        if (this.#connection.take !== undefined && this.#release === undefined) {
          await this.#open?.buffer();
          this.#open = undefined;
        }
        release?.();
      }
    });
    this.#turn = next.catch(() => {});
    return next;
  }

  /** A call to the server: aborts reach it, errors come out as EngineError. */
  async native<T>(text: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (signal?.aborted) throw new EngineError("cancelled", "The query was cancelled.");
    let timer: NodeJS.Timeout | undefined;
    const abort = (): void => {
      void this.#connection.interrupt();
      // A cancellation that comes before the statement has begun is forgotten by the server, so it is repeated.
      timer = setInterval(() => void this.#connection.interrupt(), 250);
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await work();
    } catch (error) {
      const stopped = signal?.aborted === true && this.#connection.wasInterrupted(error);
      throw engineError(error, text, { cancelled: stopped });
    } finally {
      signal?.removeEventListener("abort", abort);
      clearInterval(timer);
      if (signal?.aborted) await this.#connection.settled();
    }
  }

  forget(result: PostgresResult): void {
    if (this.#open === result) this.#open = undefined;
  }

  /** All or nothing. A transaction within a transaction is part of the outer one. */
  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (this.#inTransaction) return work(this);
    this.#release = await this.#connection.take?.();
    this.#inTransaction = true;
    try {
      const generation = this.#connection.generation();
      await this.query("BEGIN");
      const value = await work(this);
      if (this.#connection.generation() !== generation)
        throw new EngineError("cancelled", "The transaction ended when one of its statements was cancelled.");
      const committed = await this.query("COMMIT");
      // A COMMIT after an error that somebody swallowed is answered by a ROLLBACK and no error.
      if (((await committed.stats()) as { command?: string }).command === "ROLLBACK")
        throw new EngineError("other", "A statement of the transaction had failed, so nothing of it was kept.");
      return value;
    } catch (error) {
      await this.query("ROLLBACK").catch(() => {});
      throw error;
    } finally {
      this.#inTransaction = false;
      this.#release?.();
      this.#release = undefined;
    }
  }

  /** Waits for the running statement, then lets go of the connection. */
  async close(): Promise<void> {
    await this.#turn;
    if (this.#closed) return;
    await this.#open?.cancel();
    this.#closed = true;
    await this.#connection.close();
  }
}

class PostgresResult implements QueryResult {
  columns: readonly Column[] = [];
  readonly #session: PostgresSession;
  readonly #connection: Connection;
  readonly #text: string;
  readonly #signal: AbortSignal | undefined;
  readonly #batchRows: number;
  #fetch: Fetch | undefined;
  #decoders: readonly ReturnType<typeof decoder>[] = [];
  #ready: Row[] = [];
  #elapsedMs = 0;
  #cancelled = false;
  #failure: EngineError | undefined;
  #changed: number | undefined;
  #command: string | undefined;

  constructor(session: PostgresSession, connection: Connection, text: string, options: QueryOptions) {
    this.#session = session;
    this.#connection = connection;
    this.#text = text;
    this.#signal = options.signal;
    this.#batchRows = Math.max(1, options.batchRows ?? defaultBatchRows);
  }

  get ended(): boolean {
    return this.#fetch === undefined;
  }

  /** Sends the statement and waits for its first rows; without parameters it may be several statements. */
  async start(params: readonly SqlValue[] | undefined, started: number): Promise<void> {
    await this.#session.native(this.#text, this.#signal, async () => {
      const fetch = await this.#connection.run(this.#text, params?.map(bound), this.#batchRows);
      this.#fetch = fetch.ended ? undefined : fetch;
      await this.#describe(fetch.fields);
      this.#take(fetch.rows);
      this.#finish(fetch);
    });
    this.#elapsedMs = performance.now() - started;
  }

  async #describe(fields: readonly FieldDescription[]): Promise<void> {
    if (fields.some((f) => !isBuiltIn(f.oid) && !this.#connection.types.has(f.oid))) {
      // The connection has to be free to ask what the types are.
      await this.#readAll();
      await this.#connection.learnTypes(fields.map((f) => f.oid));
    }
    const { types } = this.#connection;
    this.columns = fields.map((f) => ({ name: f.name, type: logicalType(f.oid, f.modifier, types), nullable: true }));
    this.#decoders = fields.map((f) => decoder(f.oid, types));
    const waiting = this.#undecoded;
    this.#undecoded = [];
    for (const rows of waiting) this.#take(rows);
  }

  #undecoded: (readonly (readonly (string | null)[])[])[] = [];

  async #readAll(): Promise<void> {
    while (this.#fetch !== undefined) {
      const next: Fetch = await this.#fetch.next(this.#batchRows);
      this.#undecoded.push(next.rows);
      this.#fetch = next.ended ? undefined : next;
      this.#finish(next);
    }
  }

  #finish(fetch: Fetch): void {
    if (!fetch.ended) return;
    this.#command = fetch.command;
    this.#changed = fetch.command === "SELECT" && fetch.fields.length > 0 ? undefined : (fetch.count ?? undefined);
    this.#session.forget(this);
  }

  #take(rows: readonly (readonly (string | null)[])[]): void {
    for (const row of rows) this.#ready.push(row.map((v, i) => (v === null ? null : this.#decoders[i]!(v))));
  }

  async rows(): Promise<Row[]> {
    const all: Row[] = [];
    for await (const batch of this) for (const row of batch) all.push(row);
    return all;
  }

  stats(): Promise<{ rowsChanged?: number | undefined; elapsedMs: number; command?: string | undefined }> {
    return Promise.resolve({ rowsChanged: this.#changed, elapsedMs: this.#elapsedMs, command: this.#command });
  }

  async cancel(): Promise<void> {
    this.#cancelled = true;
    this.#ready = [];
    const fetch = this.#fetch;
    this.#fetch = undefined;
    this.#session.forget(this);
    await fetch?.drop();
  }

  /** Reads the rest into memory; the session calls it before it runs something else. */
  async buffer(): Promise<void> {
    try {
      while (this.#fetch !== undefined) await this.#next();
    } catch (error) {
      // Whoever reads this result gets the error; the next statement is not to blame.
      this.#fetch = undefined;
      this.#failure = engineError(error, this.#text);
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<RowBatch> {
    try {
      for (;;) {
        while (this.#ready.length < this.#batchRows && this.#fetch !== undefined)
          await this.#session.exclusive(async () => {
            if (this.#fetch !== undefined) await this.#next();
          });
        if (this.#ready.length > 0) yield this.#ready.splice(0, this.#batchRows);
        else if (this.#failure !== undefined) throw this.#failure;
        else break;
      }
      if (this.#cancelled) throw new EngineError("cancelled", "The query was cancelled.");
    } finally {
      if (this.#fetch !== undefined) await this.cancel();
    }
  }

  async #next(): Promise<void> {
    const fetch = this.#fetch!;
    try {
      const next = await this.#session.native(this.#text, this.#signal, () => fetch.next(this.#batchRows));
      this.#fetch = next.ended ? undefined : next;
      this.#take(next.rows);
      this.#finish(next);
    } catch (error) {
      this.#fetch = undefined;
      this.#session.forget(this);
      throw error;
    }
  }
}

/** A parameter as its text (bytes stay bytes): the server reads it as the type that the statement wants there. */
function bound(value: SqlValue): string | Buffer | null {
  if (value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return String(value);
}
