import type { Diagnostic } from "@meshwork/diagnostics";
import type { Row, Session } from "@meshwork/engine";
import type { Column, Relation } from "@meshwork/sql";
import type { ProjectNode, UnitTest } from "../model.ts";
import type { IntervalLedger } from "./interval-ledger.ts";
import type { Window } from "./microbatch.ts";

export type NodeStatus = "success" | "error" | "skipped" | "pass" | "fail" | "warn" | "partial success";

/** Failing rows of a test, when they were asked for. */
export interface RowSample {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Batches of a `microbatch` model by how they came out. */
export interface BatchResults {
  readonly successful: readonly Window[];
  readonly failed: readonly Window[];
  /** Filled before, and left alone; neighbours are one window. */
  readonly kept?: readonly Window[] | undefined;
  /** Not built, because something upstream failed for them. */
  readonly skipped?: readonly Window[] | undefined;
}

export interface NodeResult {
  /** Of a unit test the model that it tests. */
  readonly node: ProjectNode;
  readonly unitTest?: UnitTest | undefined;
  readonly batches?: BatchResults | undefined;
  readonly status: NodeStatus;
  /** Milliseconds of work, without waiting. */
  readonly ms: number;
  readonly startedAt: Date;
  readonly completedAt: Date;
  /** Of tables and incremental models, where the engine tells. */
  readonly rowsAffected?: number | undefined;
  /** Of tests: what the test's query counted. */
  readonly failures?: number | undefined;
  readonly sample?: RowSample | undefined;
  /** Why it was skipped: the id of the node that failed. */
  readonly skippedFor?: string | undefined;
  /** Relative to the project's root; only when `write` was given. */
  readonly compiledPath?: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export type RunEvent =
  | {
      readonly kind: "batch";
      readonly node: ProjectNode;
      readonly window: Window;
      readonly index: number;
      readonly total: number;
    }
  | { readonly kind: "start"; readonly node: ProjectNode; readonly index: number; readonly total: number }
  | { readonly kind: "finish"; readonly result: NodeResult; readonly index: number; readonly total: number };

/** The id of what a result is of, as in dbt's manifest. */
export const resultId = (result: Pick<NodeResult, "node" | "unitTest">): string =>
  result.unitTest?.id ?? result.node.id;

export interface RunOptions {
  readonly nodes: readonly ProjectNode[];
  /** Each runs before its model, where that is among the nodes. */
  readonly unitTests?: readonly UnitTest[] | undefined;
  /** Everything that is read is read empty: the SQL runs, and no data moves. */
  readonly empty?: boolean | undefined;
  /** What `microbatch` models are built for, in place of what their settings say. */
  readonly eventTimeStart?: string | undefined;
  readonly eventTimeEnd?: string | undefined;
  /** Batches to build again, by model; all others of the model stay. */
  readonly batches?: ReadonlyMap<string, readonly Window[]> | undefined;
  /** What is known of filled batches; without it each run builds dbt's. */
  readonly intervals?: { readonly ledger: IntervalLedger; readonly again?: boolean | undefined } | undefined;
  /** Marks what is made as made by this run, in the relation's comment; nothing is marked without it. */
  readonly runId?: string | undefined;
  /** Failing rows of tests are kept in tables, unless a test says otherwise. */
  readonly storeFailures?: boolean | undefined;
  /** Relations of another state, by node: read where the node's own is not among the nodes (and not there). */
  readonly deferred?: ReadonlyMap<string, Relation> | undefined;
  /** The other state is read even where the node is built here. */
  readonly favorState?: boolean | undefined;
  /** `on-run-start` and `on-run-end` of the project run too. */
  readonly projectHooks?: boolean | undefined;
  /** How a file that `write` was given is named to the reader. */
  readonly shownPath?: ((relativePath: string) => string) | undefined;
  /** Whether values of a column are kept out of what is printed. */
  readonly masks?: ((node: ProjectNode, column: string) => boolean) | undefined;
  /** What templates say with `log()` and `print()`. */
  readonly onLog?: ((text: string, shown: boolean) => void) | undefined;
  /** Nodes at once; above 1 needs `openSession`, because a session runs one statement at a time. */
  readonly threads?: number | undefined;
  readonly openSession?: (() => Promise<Session>) | undefined;
  readonly fullRefresh?: boolean | undefined;
  /** After the first node that fails nothing more is begun. */
  readonly failFast?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** After each job: how the whole run stands, what was not reached as skipped. For a record that outlives a kill. */
  readonly onState?: ((results: () => readonly NodeResult[]) => void) | undefined;
  /** The present of `microbatch` models, one for the whole run; the clock's where absent. */
  readonly asOf?: Date | undefined;
  /** The clock of `startedAt`, `completedAt` and `ms`. */
  readonly now: () => Date;
  /** Rows of a failing test to fetch; 0 fetches none. */
  readonly sampleRows?: number | undefined;
  /** Writes a file below the project's root (`target/compiled/…`); nothing is written without it. */
  readonly write?: ((relativePath: string, text: string) => void) | undefined;
}

export interface RunOutcome {
  /** In order of completion. */
  readonly results: readonly NodeResult[];
  readonly ok: boolean;
  /** What belongs to no node: hooks of the run. */
  readonly diagnostics: readonly Diagnostic[];
  /** The signal ended the run before all nodes were done. */
  readonly cancelled: boolean;
}
