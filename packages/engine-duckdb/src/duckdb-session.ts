import type * as duckdbModule from "@duckdb/node-api";
import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBResult, DuckDBType } from "@duckdb/node-api";
import {
  EngineError,
  type Capabilities,
  type QueryOptions,
  type QueryResult,
  type Row,
  type RowBatch,
  type Session,
} from "@meshwork/engine";
import { duckdb as dialect, type Column, type SqlValue, type Statement } from "@meshwork/sql";
import { engineError } from "./duckdb-errors.ts";
import { decoder, logicalType } from "./duckdb-values.ts";

type DuckDB = typeof duckdbModule;

export const duckdbCapabilities: Capabilities = {
  engine: "duckdb",
  atomicReplace: "transaction",
  transactions: true,
  merge: true,
  files: true,
  maskingViews: false,
};

/** Rows of a chunk: DuckDB's vector size. */
const defaultBatchRows = 2048;
const int32 = 2 ** 31;
const int64 = 2n ** 63n;

function bind(prepared: DuckDBPreparedStatement, params: readonly SqlValue[], duckdb: DuckDB): void {
  params.forEach((value, i) => {
    const at = i + 1;
    if (value === null) prepared.bindNull(at);
    else if (typeof value === "string") prepared.bindVarchar(at, value);
    else if (typeof value === "boolean") prepared.bindBoolean(at, value);
    else if (typeof value === "bigint") {
      if (value >= -int64 && value < int64) prepared.bindBigInt(at, value);
      else prepared.bindHugeInt(at, value);
    } else if (typeof value === "number") {
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) prepared.bindDouble(at, value);
      else if (value >= -int32 && value < int32) prepared.bindInteger(at, value);
      else prepared.bindBigInt(at, BigInt(value));
    } else if (value instanceof Date) {
      prepared.bindTimestampTZ(at, new duckdb.DuckDBTimestampTZValue(BigInt(value.getTime()) * 1000n));
    } else prepared.bindBlob(at, value);
  });
}

/**
 * One connection. Statements run one after the other; a result that is still being read when the next statement
 * starts is read to its end first, because DuckDB drops an open stream without a word.
 */
export class DuckdbSession implements Session {
  readonly dialect = dialect;
  readonly capabilities = duckdbCapabilities;
  readonly #duckdb: DuckDB;
  readonly #connection: DuckDBConnection;
  #turn: Promise<unknown> = Promise.resolve();
  #open: DuckdbResult | undefined;
  #closed = false;
  #inTransaction = false;

  constructor(duckdb: DuckDB, connection: DuckDBConnection) {
    this.#duckdb = duckdb;
    this.#connection = connection;
  }

  query(statement: Statement | string, options: QueryOptions = {}): Promise<QueryResult> {
    const text = typeof statement === "string" ? statement : statement.text;
    const params = typeof statement === "string" ? [] : statement.params;
    return this.exclusive(async () => {
      await this.#open?.buffer();
      this.#open = undefined;
      const started = performance.now();
      const result = await this.native(text, options.signal, () =>
        this.#run(text, params, typeof statement !== "string"),
      );
      const query = new DuckdbResult(this, this.#duckdb, result, text, options, performance.now() - started);
      if (query.streaming) this.#open = query;
      return query;
    });
  }

  /** Runs all statements of a text; the last one's result is the result, as in every SQL shell. */
  async #run(text: string, params: readonly SqlValue[], single: boolean): Promise<Running> {
    const { StatementType } = this.#duckdb;
    if (/^(?:\s|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/|;)*$/.test(text))
      return { result: undefined, again: undefined };
    const statements = await this.#connection.extractStatements(text);
    // A Statement is built around SQL of others: that must not end it and begin another.
    if (single && statements.count > 1)
      throw new EngineError("syntax", `Here is one statement allowed, and there are ${statements.count}.`);
    for (let i = 0; ; i++) {
      const prepared = await statements.prepare(i);
      try {
        const last = i === statements.count - 1;
        if (last && params.length > 0) bind(prepared, params, this.#duckdb);
        if (!last) await prepared.run();
        else if (prepared.statementType === StatementType.SELECT) {
          const result = await prepared.stream();
          return { result, again: () => prepared.run() };
        } else return { result: await prepared.run(), again: undefined };
      } catch (error) {
        prepared.destroySync();
        throw error;
      }
    }
  }

  /** One after the other on this connection. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#turn.then(() => {
      if (this.#closed) throw new EngineError("other", "The session is closed.");
      return work();
    });
    this.#turn = next.catch(() => {});
    return next;
  }

  /** A call into the engine: aborts reach it, errors come out as EngineError. */
  async native<T>(text: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (signal?.aborted) throw new EngineError("cancelled", "The query was cancelled.");
    let timer: NodeJS.Timeout | undefined;
    // An interrupt that comes before the engine has begun is forgotten by it, so it is repeated.
    const abort = (): void => {
      this.#connection.interrupt();
      timer = setInterval(() => this.#connection.interrupt(), 10);
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await work();
    } catch (error) {
      throw engineError(error, text, signal?.aborted === true && /INTERRUPT|Interrupted/.test(String(error)));
    } finally {
      signal?.removeEventListener("abort", abort);
      clearInterval(timer);
    }
  }

  forget(result: DuckdbResult): void {
    if (this.#open === result) this.#open = undefined;
  }

  interrupt(): void {
    this.#connection.interrupt();
  }

  /** All or nothing. A transaction within a transaction is part of the outer one. */
  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (this.#inTransaction) return work(this);
    await this.query("BEGIN TRANSACTION");
    this.#inTransaction = true;
    try {
      const value = await work(this);
      await this.query("COMMIT");
      return value;
    } catch (error) {
      // A failed COMMIT has rolled back already, and then there is nothing left to roll back.
      await this.query("ROLLBACK").catch(() => {});
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Waits for the running statement, then lets go of the connection. */
  async close(): Promise<void> {
    await this.#turn;
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.closeSync();
  }
}

interface Running {
  /** Absent for a text without a statement. */
  readonly result: DuckDBResult | undefined;
  /** Runs the same again, to learn what broke a stream. */
  readonly again: (() => Promise<unknown>) | undefined;
}

class DuckdbResult implements QueryResult {
  readonly columns: readonly Column[];
  readonly streaming: boolean;
  readonly #session: DuckdbSession;
  readonly #duckdb: DuckDB;
  readonly #running: Running;
  readonly #text: string;
  readonly #signal: AbortSignal | undefined;
  readonly #batchRows: number;
  readonly #elapsedMs: number;
  readonly #decoders: readonly ReturnType<typeof decoder>[];
  #ready: Row[] = [];
  #ended = false;
  #cancelled = false;
  #failure: EngineError | undefined;

  constructor(
    session: DuckdbSession,
    duckdb: DuckDB,
    running: Running,
    text: string,
    options: QueryOptions,
    elapsedMs: number,
  ) {
    this.#session = session;
    this.#duckdb = duckdb;
    this.#running = running;
    this.#text = text;
    this.#signal = options.signal;
    this.#batchRows = Math.max(1, options.batchRows ?? defaultBatchRows);
    this.#elapsedMs = elapsedMs;
    this.streaming = running.result?.isStreaming ?? false;
    const rows = running.result?.returnType === duckdb.ResultReturnType.QUERY_RESULT ? running.result : undefined;
    this.#ended = rows === undefined;
    const types: DuckDBType[] = rows?.columnTypes() ?? [];
    this.columns = types.map((type, i) => ({
      name: rows!.columnName(i),
      type: logicalType(duckdb, type),
      nullable: true,
    }));
    this.#decoders = types.map((type) => decoder(duckdb, type));
  }

  async rows(): Promise<Row[]> {
    const all: Row[] = [];
    for await (const batch of this) for (const row of batch) all.push(row);
    return all;
  }

  stats(): Promise<{ rowsChanged?: number | undefined; elapsedMs: number }> {
    const { result } = this.#running;
    const changed = result?.returnType === this.#duckdb.ResultReturnType.CHANGED_ROWS ? result.rowsChanged : undefined;
    return Promise.resolve({ rowsChanged: changed, elapsedMs: this.#elapsedMs });
  }

  async cancel(): Promise<void> {
    this.#cancelled = true;
    this.#ended = true;
    this.#ready = [];
    this.#session.forget(this);
  }

  /** Reads the rest into memory; the session calls it before it runs something else. */
  async buffer(): Promise<void> {
    try {
      while (!this.#ended) await this.#fetch();
    } catch (error) {
      // Whoever reads this result gets the error; the next statement is not to blame.
      this.#failure = engineError(error, this.#text);
    }
  }

  async *[Symbol.asyncIterator](): AsyncIterator<RowBatch> {
    try {
      for (;;) {
        while (this.#ready.length < this.#batchRows && !this.#ended)
          await this.#session.exclusive(async () => {
            if (!this.#ended) await this.#fetch();
          });
        if (this.#ready.length > 0) yield this.#ready.splice(0, this.#batchRows);
        else if (this.#failure !== undefined) throw this.#failure;
        else break;
      }
      if (this.#cancelled) throw new EngineError("cancelled", "The query was cancelled.");
    } finally {
      if (!this.#ended) await this.cancel();
    }
  }

  async #fetch(): Promise<void> {
    const { result, again } = this.#running;
    if (result === undefined) return;
    const chunk = await this.#session.native(this.#text, this.#signal, () => result.fetchChunk());
    if (chunk !== null && chunk.rowCount > 0) {
      const columns = this.#decoders.map((decode, i) => chunk.getColumnValues(i).map(decode));
      for (let r = 0; r < chunk.rowCount; r++) this.#ready.push(columns.map((values) => values[r]!));
      return;
    }
    this.#ended = true;
    this.#session.forget(this);
    // A stream that fails midway only stops; all that tells is that its kind has become invalid.
    if (this.streaming && result.returnType === this.#duckdb.ResultReturnType.INVALID) {
      if (this.#signal?.aborted) throw new EngineError("cancelled", "The query was cancelled.");
      if (again !== undefined) await this.#session.native(this.#text, this.#signal, again);
      throw new EngineError("other", "The query stopped before its last row, and DuckDB does not say why.");
    }
  }
}
