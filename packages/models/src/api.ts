import type { LoadOptions, Project, Selected } from "./model.ts";
import type { DescribeModels, RunNodes, RunOutcome } from "./run.ts";

const pending = (): never => {
  throw new Error("not built yet");
};

/** Reads, resolves and compiles the dbt project in `options.root`. Never throws for what the files say. */
export const loadProject: (options: LoadOptions) => Project = pending;

/** Builds nodes in order; see `RunOptions`. */
export const runNodes: RunNodes = pending;

/** Binds every model against its upstream columns: what `mesh typecheck` reports and column lineage starts from. */
export const describeModels: DescribeModels = pending;

/** The lines of `dbt ls`. */
export const listing: (
  project: Project,
  selected: Selected,
  output?: "selector" | "name" | "path" | "json",
) => readonly string[] = pending;

/** `target/manifest.json`, in the main parts of dbt's schema v12. */
export const manifest: (project: Project) => Readonly<Record<string, unknown>> = pending;

/** `target/run_results.json`, dbt's schema v6. */
export const runResults: (
  project: Project,
  outcome: RunOutcome,
  options: { readonly elapsedMs: number; readonly command: string },
) => Readonly<Record<string, unknown>> = pending;
