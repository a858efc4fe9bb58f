import type { Column, Dialect, Relation, Statement } from "@meshwork/sql";

/** What an engine can do. What it cannot is a diagnostic before anything runs, never a surprise. */
export interface Capabilities {
  readonly engine: string;
  /** How a relation is replaced under its readers. */
  readonly atomicReplace: "transaction" | "replace" | "rename" | "none";
  readonly transactions: boolean;
  readonly merge: boolean;
  /** Reads files in place (Parquet, CSV, JSON). */
  readonly files: boolean;
  /** Row filters and masks per reader. */
  readonly maskingViews: boolean;
}

export interface QueryOptions {
  readonly signal?: AbortSignal | undefined;
  readonly batchRows?: number | undefined;
}

/** A cell: exact decimals and integers above 2^53 come as strings and bigints, never rounded. */
export type Cell =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | Date
  | readonly Cell[]
  | { readonly [name: string]: Cell };
export type Row = readonly Cell[];
export type RowBatch = readonly Row[];

export interface QueryStats {
  readonly rowsChanged?: number | undefined;
  readonly elapsedMs: number;
}

export interface QueryResult extends AsyncIterable<RowBatch> {
  readonly columns: readonly Column[];
  /** All rows at once: for results known to be small. */
  rows(): Promise<Row[]>;
  stats(): Promise<QueryStats>;
  cancel(): Promise<void>;
}

export interface Session {
  readonly dialect: Dialect;
  readonly capabilities: Capabilities;
  query(statement: Statement | string, options?: QueryOptions): Promise<QueryResult>;
  transaction?<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface Engine {
  readonly dialect: Dialect;
  readonly capabilities: Capabilities;
  open(options?: { readonly signal?: AbortSignal | undefined }): Promise<Session>;
  close(): Promise<void>;
}

/** Kinds of trouble that the layers above tell apart. */
export type EngineErrorCode =
  | "syntax"
  | "unknown-relation"
  | "unknown-column"
  | "ambiguous-column"
  | "type-mismatch"
  | "constraint"
  | "conversion"
  | "disk-full"
  | "locked"
  | "cancelled"
  | "unreachable"
  | "out-of-memory"
  | "other";

/** What drivers throw. `offset` counts UTF-16 units into the statement's text, where the engine tells. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;
  readonly retryable: boolean;
  readonly offset: number | undefined;
  /** Names the engine offers in place of an unknown one. */
  readonly candidates: readonly string[];

  constructor(
    code: EngineErrorCode,
    message: string,
    options: { retryable?: boolean; offset?: number | undefined; candidates?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.offset = options.offset;
    this.candidates = options.candidates ?? [];
  }
}

/** A column that a query's output reads, and how. */
export interface ColumnOrigin {
  readonly relation: Relation;
  readonly column: string;
  readonly kind: "identity" | "transformation" | "aggregation";
}

/** What decides which rows or groups there are, or which of two values is taken, and is no part of the value. */
export type IndirectKind = "filter" | "join" | "group" | "sort" | "window" | "condition";

export interface IndirectOrigin {
  readonly relation: Relation;
  readonly column: string;
  readonly kind: IndirectKind;
}

export interface BoundColumn extends Column {
  /** Filters or joins leave out every row in which it would be NULL. Absent where that is not known. */
  readonly notNull?: true | undefined;
  /** `undefined` when the engine's plan does not tell: unknown is said, never guessed. */
  readonly origins: readonly ColumnOrigin[] | undefined;
  /** What decides about this column alone: CASE conditions, an aggregate's FILTER, a window's frame. `undefined`: not known. */
  readonly indirect?: readonly IndirectOrigin[] | undefined;
}

export interface BoundQuery {
  readonly ok: true;
  readonly columns: readonly BoundColumn[];
  /** What decides which rows there are, of all columns alike. `undefined`: not known. */
  readonly indirect?: readonly IndirectOrigin[] | undefined;
}

export interface BindError {
  readonly ok: false;
  readonly code: EngineErrorCode;
  readonly message: string;
  readonly offset: number | undefined;
  readonly candidates: readonly string[];
}

/** Knows relations by their columns only, and says what a query over them yields. No data. */
export interface Binder {
  declare(relation: Relation, columns: readonly Column[]): Promise<void>;
  bind(sql: string, signal?: AbortSignal): Promise<BoundQuery | BindError>;
  /** Forgets all relations, where that is cheaper than a new binder. */
  reset?(): Promise<void>;
  close(): Promise<void>;
}
