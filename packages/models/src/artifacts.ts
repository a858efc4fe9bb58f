import { resultId } from "./run/outcome.ts";
import { dbtVersion } from "./dbt-version.ts";
import type { Project } from "./model.ts";
import type { NodeResult, RunOutcome } from "./run/outcome.ts";

/** A dbt artifact: plain data, to be written as JSON. */
export type Artifact = Readonly<Record<string, unknown>>;

export interface ArtifactOptions {
  readonly generatedAt: Date;
  readonly invocationId: string;
  /** Of the manifest: with compiled SQL. Default: true. */
  readonly compiled?: boolean | undefined;
  /** Of the manifest, for who writes it: entries of nodes are made each time they are looked at, so that none is held. */
  readonly fleeting?: boolean | undefined;
}

/** `target/run_results.json`, dbt's schema v6. */
export function runResults(
  project: Project,
  outcome: Pick<RunOutcome, "results">,
  options: ArtifactOptions & {
    readonly elapsedMs: number;
    readonly command: string;
    readonly args?: Artifact | undefined;
  },
): Artifact {
  return {
    metadata: {
      dbt_schema_version: "https://schemas.getdbt.com/dbt/run-results/v6.json",
      dbt_version: dbtVersion,
      generated_at: options.generatedAt.toISOString(),
      invocation_id: options.invocationId,
      env: {},
    },
    results: outcome.results.map((r) => resultEntry(project, r)),
    elapsed_time: options.elapsedMs / 1000,
    args: { ...options.args, which: options.command },
  };
}

function resultEntry(project: Project, result: NodeResult): Artifact {
  const { node } = result;
  const times = { started_at: result.startedAt.toISOString(), completed_at: result.completedAt.toISOString() };
  const compiled = node.resourceType !== "seed" && result.status !== "skipped";
  return {
    status: result.status,
    timing: [{ name: "execute", ...times }],
    thread_id: "Thread-1",
    execution_time: result.ms / 1000,
    adapter_response: result.rowsAffected === undefined ? {} : { rows_affected: result.rowsAffected },
    message: result.diagnostics[0]?.message ?? null,
    failures: result.failures ?? null,
    unique_id: resultId(result),
    compiled,
    compiled_code: compiled ? project.compile(node).sql : null,
    relation_name: node.resourceType === "test" ? null : project.dialect.relation(node.relation),
    batch_results:
      result.batches === undefined
        ? null
        : {
            successful: result.batches.successful.map((w) => [w.start, w.end]),
            failed: result.batches.failed.map((w) => [w.start, w.end]),
          },
  };
}
