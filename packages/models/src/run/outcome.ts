import type { Diagnostic } from "@meshwork/diagnostics";
import type { Row, Session } from "@meshwork/engine";
import type { Column } from "@meshwork/sql";
import type { ProjectNode } from "../model.ts";

export type NodeStatus = "success" | "error" | "skipped" | "pass" | "fail" | "warn";

/** Failing rows of a test, when they were asked for. */
export interface RowSample {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export interface NodeResult {
  readonly node: ProjectNode;
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
  | { readonly kind: "start"; readonly node: ProjectNode; readonly index: number; readonly total: number }
  | { readonly kind: "finish"; readonly result: NodeResult; readonly index: number; readonly total: number };

export interface RunOptions {
  readonly nodes: readonly ProjectNode[];
  /** Nodes at once; above 1 needs `openSession`, because a session runs one statement at a time. */
  readonly threads?: number | undefined;
  readonly openSession?: (() => Promise<Session>) | undefined;
  readonly fullRefresh?: boolean | undefined;
  /** After the first node that fails nothing more is begun. */
  readonly failFast?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
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
  /** The signal ended the run before all nodes were done. */
  readonly cancelled: boolean;
}
