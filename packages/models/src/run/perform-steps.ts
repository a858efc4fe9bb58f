import { EngineError } from "@meshwork/engine";
import type { Session } from "@meshwork/engine";
import type { Column, Relation } from "@meshwork/sql";
import type { Project } from "../model.ts";
import type { Step, Steps } from "./materialize.ts";
import type { RelationCatalog } from "./relations.ts";

export interface Work {
  readonly project: Project;
  readonly session: Session;
  readonly catalog: RelationCatalog;
  readonly fullRefresh: boolean;
  /** Nothing is read: seeds get no rows either. */
  readonly empty?: boolean | undefined;
  readonly signal: AbortSignal | undefined;
  /** The run's id, and the relations that can bear it as the mark of who made them. */
  readonly marks?: { readonly run: string; readonly on: (relation: Relation) => boolean } | undefined;
  /** Takes each statement as it was sent, for `target/run`. */
  readonly sent?: ((sql: string) => void) | undefined;
  /** Takes what templates say with `log()` and `print()`. */
  readonly onLog?: ((text: string, shown: boolean) => void) | undefined;
}

/** A statement that failed, with the node's query inside it where it has one. */
export class StepError extends Error {
  readonly step: Step;
  readonly error: EngineError;
  constructor(step: Step, error: EngineError) {
    super(error.message);
    this.step = step;
    this.error = error;
  }
}

/** Runs one statement. @throws {StepError} */
export async function runStep(work: Work, step: Step): Promise<number | undefined> {
  try {
    work.sent?.(step.sql);
    const result = await work.session.query(step.sql, { signal: work.signal });
    const rows = await result.rows();
    const { rowsChanged } = await result.stats();
    if (rowsChanged !== undefined) return rowsChanged;
    const [count] = rows[0] ?? [];
    return typeof count === "bigint" || typeof count === "number" ? Number(count) : undefined;
  } catch (error) {
    throw error instanceof EngineError ? new StepError(step, error) : error;
  }
}

/** Work in one transaction where the engine has them. */
export async function inTransaction<T>(work: Work, run: () => Promise<T>): Promise<T> {
  const { session } = work;
  return session.transaction !== undefined && session.capabilities.transactions ? session.transaction(run) : run();
}

/**
 * Builds beside the old relation, then swaps in one transaction together with the hooks that belong into it.
 * The rows that the counting statement changed come back.
 */
export async function performSteps(
  work: Work,
  steps: Steps,
  ending: () => Promise<void> = () => Promise.resolve(),
): Promise<number | undefined> {
  let rows: number | undefined;
  const all = async (list: readonly Step[]): Promise<void> => {
    for (const step of list) {
      const changed = await runStep(work, step);
      if (step.counts === true) rows = changed;
    }
  };
  try {
    await all(steps.build);
    if (work.signal?.aborted === true) throw cancelled();
    await inTransaction(work, async () => {
      await all(steps.swap);
      await ending();
    });
  } catch (error) {
    await cleanUp(work, steps.clean);
    throw error;
  }
  await cleanUp(work, steps.clean);
  return rows;
}

export const cancelled = (): StepError =>
  new StepError({ sql: "" }, new EngineError("cancelled", "The run was cancelled."));

/** Leftovers are dropped on the way out; what cannot be dropped is dropped by the next build. */
export async function cleanUp(work: Work, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    try {
      await work.session.query(step.sql);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
    }
  }
}

/** The columns of a relation. @throws {StepError} */
export async function columnsOf(work: Work, relation: Relation): Promise<readonly Column[]> {
  return columnsOfQuery(work, `select * from ${work.session.dialect.relation(relation)}`);
}

/** The columns that a query yields, without a row of it. @throws {StepError} */
export async function columnsOfQuery(work: Work, query: string): Promise<readonly Column[]> {
  const before = "select * from (\n";
  const step: Step = { sql: `${before}${query}\n) mesh_query where 1 = 0`, bodyAt: before.length };
  try {
    const result = await work.session.query(step.sql, { signal: work.signal });
    await result.rows();
    return result.columns;
  } catch (error) {
    throw error instanceof EngineError ? new StepError(step, error) : error;
  }
}
