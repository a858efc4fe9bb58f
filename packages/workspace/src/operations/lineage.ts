import type { DecidingFlow } from "../column-deciders.ts";
import type { ColumnFlow } from "../column-graph.ts";
import { columnGraph } from "../column-graph.ts";
import { namedUpstreams } from "../graph.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";
import type { OutsideReader } from "../outside-reader.ts";
import { OutsideReaders } from "../outside-readers.ts";
import { namedIn } from "./impact.ts";

export interface LineageOptions extends OperationOptions {
  /** `domain.product` or `domain.product.column`. */
  readonly name: string;
  /** Steps that are followed in each direction. Default: all. */
  readonly depth?: number | undefined;
}

export interface LineageGraph {
  readonly name: string;
  readonly column: string | undefined;
  /** Products and outside sources that are read, with their distance. */
  readonly upstream: readonly { readonly name: string; readonly depth: number; readonly external: boolean }[];
  readonly downstream: readonly { readonly name: string; readonly depth: number }[];
  /** Flows between columns on the way; of one column when one was asked for. */
  readonly columns: readonly ColumnFlow[];
  /** Columns that decide about the rows or values on the way without being part of them. */
  readonly deciding: readonly DecidingFlow[];
  /** Columns whose origin is not known. */
  readonly unknown: readonly string[];
  /** Who reads it from outside the workspace, as far as is known. */
  readonly outside: readonly OutsideReader[];
  /** Roles that may read it while no imported usage tells whether they do. */
  readonly unseen: readonly string[];
}

/** Where a product or one of its columns comes from, and who reads it. */
export const lineage = (options: LineageOptions): Promise<OperationResult<LineageGraph | null>> =>
  answering<LineageGraph | null>(null, async () => {
    const mesh = new LoadedMesh({ ...options, products: undefined });
    const { product, column } = namedIn(mesh, options.name);
    const { name } = product;
    const graph = mesh.graph();
    const deepest = options.depth ?? Infinity;
    const depths = (direction: "upstream" | "downstream") => {
      const found = new Map<string, number>([[name, 0]]);
      for (const [at, depth] of found)
        if (depth < deepest)
          for (const next of direction === "upstream" ? graph.upstream(at) : graph.downstream(at))
            if (!found.has(next)) found.set(next, depth + 1);
      found.delete(name);
      return [...found].map(([n, depth]) => ({ name: n, depth }));
    };
    const up = depths("upstream");
    const reached = [product, ...up.flatMap((u) => mesh.workspace.products.get(u.name) ?? [])];
    const outside = namedUpstreams(mesh.workspace)
      .filter((u) => reached.includes(u.product) && !mesh.workspace.domains.has(u.reference.domain))
      .map((u) => ({
        name: u.reference.text,
        depth: (u.product === product ? 0 : up.find((x) => x.name === u.product.name)!.depth) + 1,
        external: true,
      }))
      .filter((o) => o.depth <= deepest);
    const readers = depths("downstream");
    const involved = [...reached, ...readers.flatMap((r) => mesh.workspace.products.get(r.name) ?? [])];
    const all = await columnGraph(mesh, involved);
    const flows =
      column === undefined
        ? all.flows.filter((f) => f.to.product === name || f.from.product === name)
        : connected(all.flows, name, column, deepest);
    const upstream = [
      ...up.map((u) => ({ ...u, external: false })),
      ...new Map(outside.map((o) => [o.name, o])).values(),
    ];
    const { readers: outsiders, unseen } = new OutsideReaders(mesh).of(product);
    return {
      exitCode: 0,
      diagnostics: [],
      summary: { upstream: upstream.length, downstream: readers.length },
      results: {
        name,
        column,
        upstream: upstream.sort((a, b) => a.depth - b.depth || (a.name < b.name ? -1 : 1)),
        downstream: readers,
        columns: flows,
        deciding: all.deciding.filter((d) => decides(d, name, column)),
        unknown: all.unknown.filter(
          (u) => u.startsWith(`${name}.`) && (column === undefined || u.endsWith(`.${column}`)),
        ),
        outside: outsiders.filter(
          (r) =>
            column === undefined ||
            r.columns === null ||
            r.columns.some((c) => c.toLowerCase() === column.toLowerCase()),
        ),
        unseen,
      },
    };
  });

/** Whether it decides about the product or column that was asked for, or the other way round. */
const decides = ({ from, to }: DecidingFlow, product: string, column: string | undefined): boolean =>
  (to.product === product && (column === undefined || to.column === undefined || to.column === column)) ||
  (from.product === product && (column === undefined || from.column.toLowerCase() === column.toLowerCase()));

/** The flows that lead into a column and out of it, at any distance. */
function connected(flows: readonly ColumnFlow[], product: string, column: string, deepest: number): ColumnFlow[] {
  const kept = new Set<ColumnFlow>();
  const follow = (here: "from" | "to", there: "from" | "to") => {
    // The column that was asked for may be of any port of its product; those on the way are of one.
    const queue: { product: string; column: string; port?: string; depth: number }[] = [{ product, column, depth: 0 }];
    const seen = new Set<string>();
    for (const at of queue) {
      const key = JSON.stringify([at.product, at.port && portKey(at.port), at.column.toLowerCase()]);
      if (seen.has(key) || at.depth >= deepest) continue;
      seen.add(key);
      for (const f of flows) {
        const end = f[here];
        if (end.product !== at.product || end.column.toLowerCase() !== at.column.toLowerCase()) continue;
        if (at.port !== undefined && portKey(at.port) !== portKey(end.port)) continue;
        kept.add(f);
        queue.push({ ...f[there], depth: at.depth + 1 });
      }
    }
  };
  follow("to", "from");
  follow("from", "to");
  return flows.filter((f) => kept.has(f));
}

/** SQL names a port in snake case. */
const portKey = (port: string): string => port.toLowerCase().replaceAll("-", "_");
