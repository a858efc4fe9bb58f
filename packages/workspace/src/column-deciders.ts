import type { ModelDescription } from "@meshwork/models";
import type { ReadKind } from "./column-readers.ts";
import type { LoadedMesh } from "./load-mesh.ts";
import type { Product } from "./workspace.ts";

type End = { readonly product: string; readonly port: string; readonly column: string };

/** A column that decides which rows a port has, or which values one of its columns takes, without being part of them. */
export interface DecidingFlow {
  readonly from: End;
  /** Without a column it decides about all rows of the port. */
  readonly to: { readonly product: string; readonly port: string; readonly column?: string | undefined };
  readonly kind: Exclude<ReadKind, "identity" | "transformation" | "aggregation" | "property" | "name" | "test">;
}

type Decider = { readonly upstream: string; readonly column: string; readonly kind: DecidingFlow["kind"] };

/** Follows what decides about ports back to columns outside their projects; `endOf` names such a column. */
export function decidingFlows(
  mesh: LoadedMesh,
  products: readonly Product[],
  models: ReadonlyMap<string, ModelDescription>,
  endOf: (upstream: string, column: string) => End | undefined,
): DecidingFlow[] {
  const flows = new Map<string, DecidingFlow>();
  const columnOf = (id: string, name: string) =>
    models.get(id)?.columns.find((c) => c.name.toLowerCase() === name.toLowerCase());
  /** The outside columns that a column is made of or decided by. */
  const ends = (upstream: string, column: string, seen: ReadonlySet<string>): End[] => {
    const end = endOf(upstream, column);
    const key = `${upstream} ${column.toLowerCase()}`;
    if (end || seen.has(key)) return end ? [end] : [];
    const own = columnOf(upstream, column);
    const further = new Set([...seen, key]);
    return [...(own?.origins ?? []), ...(own?.indirect ?? [])].flatMap((o) => ends(o.upstream, o.column, further));
  };
  const add = (deciders: readonly Decider[] | undefined, to: DecidingFlow["to"]) => {
    for (const { upstream, column, kind } of deciders ?? [])
      for (const from of ends(upstream, column, new Set())) {
        const flow = { from, to, kind };
        flows.set(JSON.stringify(flow), flow);
      }
  };
  /** A column's own deciders, and those of the columns it is made of. */
  const ofColumn = (id: string, name: string, seen: Set<string>): Decider[] => {
    const column = columnOf(id, name);
    if (!column || seen.has(`${id} ${column.name}`)) return [];
    seen.add(`${id} ${column.name}`);
    return [...(column.indirect ?? []), ...(column.origins ?? []).flatMap((o) => ofColumn(o.upstream, o.column, seen))];
  };
  const ofRows = (id: string, seen: Set<string>): Decider[] => {
    const model = models.get(id);
    if (!model || seen.has(id)) return [];
    seen.add(id);
    const read = model.node.dependencies.flatMap((d) => (d.kind === "node" ? [d.id] : []));
    return [...(model.indirect ?? []), ...read.flatMap((r) => ofRows(r, seen))];
  };
  for (const product of products) {
    for (const port of product.contract?.ports ?? []) {
      const node = mesh.projects.modelOf(product, port);
      if (!node) continue;
      const to = { product: product.name, port: port.name };
      add(ofRows(node.id, new Set()), to);
      for (const { name } of port.columns) add(ofColumn(node.id, name, new Set()), { ...to, column: name });
    }
  }
  return [...flows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, flow]) => flow);
}
