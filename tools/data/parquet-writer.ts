import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  type DuckDBAppender,
  DuckDBDataChunk,
  DuckDBInstance,
  DOUBLE,
  INTEGER,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from "@duckdb/node-api";
import type { ColumnKind, Table } from "./tables.ts";

/** Rows per Parquet file: bounds the memory at any number of events. */
const rowsPerFile = 200_000;
const rowsPerChunk = 2_048;

/** Numbers are staged as doubles (exact up to 2^53) because a 64-bit integer would cost a BigInt per value. */
const staging: Record<ColumnKind, DuckDBType> = {
  text: VARCHAR,
  integer: INTEGER,
  bigint: DOUBLE,
  instant: DOUBLE,
  date: DOUBLE,
  money: DOUBLE,
};

const stored: Record<ColumnKind, (name: string) => string> = {
  text: (name) => name,
  integer: (name) => name,
  bigint: (name) => `${name}::bigint as ${name}`,
  instant: (name) => `make_timestamp(${name}::bigint * 1000) as ${name}`,
  date: (name) => `make_timestamp(${name}::bigint * 1000)::date as ${name}`,
  money: (name) => `(${name}::decimal(18, 0) * 0.01)::decimal(12, 2) as ${name}`,
};

/** One DuckDB for all tables. A single thread, so that equal rows give equal files. */
export class ParquetStore {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #directory: string;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, directory: string) {
    this.#instance = instance;
    this.#connection = connection;
    this.#directory = directory;
  }

  static async open(directory: string): Promise<ParquetStore> {
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    return new ParquetStore(instance, await instance.connect(), directory);
  }

  /** Starts a table afresh: files of an earlier run go. */
  async table<Row>(table: Table<Row>): Promise<TableWriter<Row>> {
    const folder = join(this.#directory, table.folder);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return await TableWriter.create(this.#connection, table, folder);
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

export class TableWriter<Row> {
  readonly #connection: DuckDBConnection;
  readonly #table: Table<Row>;
  readonly #folder: string;
  readonly #stage: string;
  readonly #types: DuckDBType[];
  #columns: DuckDBValue[][];
  #appender: DuckDBAppender | undefined;
  #chunk: DuckDBDataChunk | undefined;
  #staged = 0;
  #files = 0;
  #rows = 0;

  private constructor(connection: DuckDBConnection, table: Table<Row>, folder: string) {
    this.#connection = connection;
    this.#table = table;
    this.#folder = folder;
    this.#stage = `stage_${table.folder.replaceAll("/", "_")}`;
    this.#types = table.columns.map((column) => staging[column.kind]);
    this.#columns = table.columns.map(() => []);
  }

  static async create<Row>(connection: DuckDBConnection, table: Table<Row>, folder: string): Promise<TableWriter<Row>> {
    const writer = new TableWriter(connection, table, folder);
    await writer.#createStage();
    return writer;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Takes a row; returns a promise to wait for when a chunk is full, and nothing otherwise. */
  add(row: Row): Promise<void> | undefined {
    const columns = this.#table.columns;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      if (column) this.#columns[index]?.push(row[column.from] as DuckDBValue);
    }
    this.#rows += 1;
    return (this.#columns[0]?.length ?? 0) >= rowsPerChunk ? this.#spill() : undefined;
  }

  /** Writes what is left; an empty table still gets one file, so that its columns are known. */
  async close(): Promise<void> {
    await this.#appendChunk();
    if (this.#staged > 0 || this.#files === 0) await this.#flush();
    await this.#connection.run(`drop table ${this.#stage}`);
  }

  async #createStage(): Promise<void> {
    const columns = this.#table.columns.map((column, index) => `${column.name} ${this.#types[index]}`);
    await this.#connection.run(`create table ${this.#stage} (${columns.join(", ")})`);
  }

  async #spill(): Promise<void> {
    await this.#appendChunk();
    if (this.#staged >= rowsPerFile) await this.#flush();
  }

  async #appendChunk(): Promise<void> {
    const count = this.#columns[0]?.length ?? 0;
    if (count === 0) return;
    // One chunk for all: its memory is outside the JavaScript heap, so that thousands of them would pile up unseen.
    const chunk = (this.#chunk ??= DuckDBDataChunk.create(this.#types));
    chunk.reset();
    chunk.rowCount = count;
    chunk.setColumns(this.#columns);
    this.#appender ??= await this.#connection.createAppender(this.#stage);
    this.#appender.appendDataChunk(chunk);
    this.#staged += count;
    this.#columns = this.#columns.map(() => []);
  }

  async #flush(): Promise<void> {
    this.#appender?.closeSync();
    this.#appender = undefined;
    const file = join(this.#folder, `part-${String(this.#files).padStart(5, "0")}.parquet`);
    const select = this.#table.columns.map((column) => stored[column.kind](column.name)).join(", ");
    await this.#connection.run(
      `copy (select ${select} from ${this.#stage}) to '${file.replaceAll("'", "''")}' (format parquet, compression zstd)`,
    );
    // Dropped and not emptied: an in-memory table keeps the memory of its deleted rows.
    await this.#connection.run(`drop table ${this.#stage}`);
    await this.#createStage();
    this.#files += 1;
    this.#staged = 0;
  }
}
