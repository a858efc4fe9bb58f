import type { Diagnostic } from "@meshwork/diagnostics";
import type { ProductGraph } from "../graph.ts";
import type { Workspace } from "../workspace.ts";

/** A rule that looks at the whole mesh. Contracts only: what needs the SQL is in `sql-join.ts`. */
export interface MeshRule {
  /** File name, and the codes it may report. */
  readonly codes: readonly string[];
  check(workspace: Workspace, graph: ProductGraph): Diagnostic[];
}
