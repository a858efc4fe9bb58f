import type { ContractColumn } from "@meshwork/contract";
import type { ProjectNode } from "@meshwork/models";
import type { Workspace } from "./workspace.ts";

/**
 * Which columns of a failing test's rows are not shown: those that some contract of the mesh keeps above `internal` or
 * calls personal, and of a product that promises any such, all that its contract does not know.
 */
export function sampleMasks(workspace: Workspace): (node: ProjectNode, column: string) => boolean {
  const everywhere = new Set<string>();
  const known = new Map<string, ReadonlySet<string>>();
  for (const product of workspace.products.values()) {
    const columns = (product.contract?.ports ?? []).flatMap((p) => p.columns);
    const secrets = columns.filter(isSecret).map((c) => c.name.toLowerCase());
    for (const name of secrets) everywhere.add(name);
    if (secrets.length > 0) known.set(product.name, new Set(columns.map((c) => c.name.toLowerCase())));
  }
  // What dbt's tests call a count is a count.
  const counts = new Set(["n_records", "failures", "row_count"]);
  return (node, column) => {
    const name = column.toLowerCase();
    if (everywhere.size === 0 || counts.has(name)) return false;
    if (everywhere.has(name)) return true;
    const own = node.product === undefined ? new Set<string>() : known.get(node.product);
    return own !== undefined && !own.has(name);
  };
}

const isSecret = (column: ContractColumn): boolean =>
  column.pii ||
  column.classification === "confidential" ||
  column.classification === "restricted" ||
  (column.fields ?? []).some(isSecret) ||
  (column.element !== undefined && isSecret(column.element));
