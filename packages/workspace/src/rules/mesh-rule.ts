import type { Diagnostic } from "@meshwork/diagnostics";
import type { ColumnGraph } from "../column-graph.ts";
import type { ProductGraph } from "../graph.ts";
import type { Workspace } from "../workspace.ts";

/** A rule that looks at the whole mesh. Contracts only: what needs the SQL is in `sql-join.ts`. */
export interface MeshRule {
  /** The codes it may report. */
  readonly codes: readonly string[];
  /** `today` is a date (`2026-11-21`), for rules that know deadlines. */
  check(workspace: Workspace, graph: ProductGraph, today: string): Diagnostic[];
}

/**
 * A rule that follows values from column to column. That needs every model bound, about a millisecond each, so
 * `mesh typecheck` runs these, which binds anyway, and `mesh lint` does not.
 */
export interface ColumnRule {
  readonly codes: readonly string[];
  check(workspace: Workspace, columns: ColumnGraph, today: string): Diagnostic[];
}
