import type { UpstreamReference } from "@meshwork/contract";
import { withMajor } from "@meshwork/contract";
import type { Path } from "@meshwork/diagnostics";
import type { Product, Workspace } from "./workspace.ts";
import { liveVersion } from "./workspace.ts";

/** How a consumer came to read a product. */
export type EdgeKind = "lineage" | "input" | "sql" | "typescript";

export interface Edge {
  /** The consumer, `domain.product` (or the name of a TypeScript package). */
  readonly from: string;
  /** The product that is read. */
  readonly to: string;
  readonly kind: EdgeKind;
  /** Where the consumer says so, inside its contract. */
  readonly path?: Path | undefined;
}

/** An upstream that a contract names, with the place. */
export interface NamedUpstream {
  readonly product: Product;
  readonly reference: UpstreamReference;
  readonly path: Path;
  readonly kind: "lineage" | "input";
}

/** All upstreams that contracts name, in and outside the mesh. */
export function namedUpstreams(workspace: Workspace): NamedUpstream[] {
  const out: NamedUpstream[] = [];
  for (const product of workspace.products.values()) {
    const contract = product.contract;
    if (!contract) continue;
    contract.inputs.forEach((input) =>
      out.push({ product, reference: withMajor(contract, input.from), path: [...input.at, "from"], kind: "input" }),
    );
    contract.lineage.upstream.forEach((reference, i) =>
      out.push({
        product,
        reference: withMajor(contract, reference),
        path: ["spec", "lineage", "upstream", i],
        kind: "lineage",
      }),
    );
  }
  return out;
}

/**
 * The product that a reference names, when the mesh has it: the live version of its major, the newest without one. Who
 * names a version that is gone reads the product all the same, and has to hear what becomes of it.
 */
export const producerOf = (workspace: Workspace, reference: UpstreamReference): Product | undefined => {
  const base = `${reference.domain}.${reference.product}`;
  return liveVersion(workspace, base, reference.major) ?? workspace.products.get(base);
};

export class ProductGraph {
  readonly edges: readonly Edge[];
  readonly #upstream = new Map<string, Set<string>>();
  readonly #downstream = new Map<string, Set<string>>();

  constructor(edges: readonly Edge[]) {
    this.edges = edges;
    for (const edge of edges) {
      if (edge.from === edge.to) continue;
      add(this.#upstream, edge.from, edge.to);
      add(this.#downstream, edge.to, edge.from);
    }
  }

  /** Products that this one reads directly, sorted. */
  upstream(name: string): string[] {
    return [...(this.#upstream.get(name) ?? [])].sort();
  }

  /** Who reads this one directly, sorted. */
  downstream(name: string): string[] {
    return [...(this.#downstream.get(name) ?? [])].sort();
  }

  /** Everyone who reads this one, at any distance, nearest first. */
  reach(name: string, direction: "upstream" | "downstream" = "downstream"): string[] {
    const seen = new Set([name]);
    const queue = [name];
    for (const at of queue) {
      for (const next of direction === "downstream" ? this.downstream(at) : this.upstream(at)) {
        if (!seen.has(next)) {
          seen.add(next);
          queue.push(next);
        }
      }
    }
    return queue.slice(1);
  }

  /**
   * The given products so that each comes after what it reads. Members of a cycle come last, by name:
   * lint reports the cycle, and nothing may run in an order that cannot be.
   */
  order(names: Iterable<string>): string[] {
    const wanted = new Set(names);
    const waiting = new Map<string, number>();
    for (const name of wanted) waiting.set(name, this.upstream(name).filter((u) => wanted.has(u)).length);
    const ready = [...wanted].filter((n) => waiting.get(n) === 0).sort();
    const out: string[] = [];
    while (ready.length > 0) {
      const name = ready.shift()!;
      out.push(name);
      for (const consumer of this.downstream(name)) {
        if (!wanted.has(consumer)) continue;
        const left = waiting.get(consumer)! - 1;
        waiting.set(consumer, left);
        if (left === 0) ready.push(consumer);
      }
      ready.sort();
    }
    const placed = new Set(out);
    return [...out, ...[...wanted].filter((n) => !placed.has(n)).sort()];
  }

  /** Each cycle once, as the ring of names that starts with its smallest. */
  cycles(): string[][] {
    const found: string[][] = [];
    for (const ring of stronglyConnected(this.#upstream)) {
      if (ring.length < 2) continue;
      const start = [...ring].sort()[0]!;
      found.push(shortestRing(start, new Set(ring), (n) => this.upstream(n)));
    }
    return found.sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
  }
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}

/** Tarjan's algorithm without recursion: a mesh of thousands of products is a deep graph. */
function stronglyConnected(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const onStack = new Set<string>();
  const stack: string[] = [];
  const out: string[][] = [];
  for (const root of [...edges.keys()].sort()) {
    if (index.has(root)) continue;
    const work: { node: string; rest: string[] }[] = [];
    const enter = (node: string) => {
      index.set(node, index.size);
      low.set(node, index.get(node)!);
      stack.push(node);
      onStack.add(node);
      work.push({ node, rest: [...(edges.get(node) ?? [])].sort() });
    };
    enter(root);
    while (work.length > 0) {
      const top = work.at(-1)!;
      const next = top.rest.shift();
      if (next === undefined) {
        work.pop();
        const parent = work.at(-1);
        if (parent) low.set(parent.node, Math.min(low.get(parent.node)!, low.get(top.node)!));
        if (low.get(top.node) === index.get(top.node)) {
          const at = stack.lastIndexOf(top.node);
          const ring = stack.splice(at);
          for (const node of ring) onStack.delete(node);
          out.push(ring);
        }
      } else if (!index.has(next)) enter(next);
      else if (onStack.has(next)) low.set(top.node, Math.min(low.get(top.node)!, index.get(next)!));
    }
  }
  return out;
}

function shortestRing(start: string, members: ReadonlySet<string>, upstream: (name: string) => string[]): string[] {
  const from = new Map<string, string>();
  const queue = [start];
  for (const at of queue) {
    for (const next of upstream(at)) {
      if (next === start) {
        const ring = [at];
        while (ring[0] !== start) ring.unshift(from.get(ring[0]!)!);
        return ring;
      }
      if (members.has(next) && !from.has(next)) {
        from.set(next, at);
        queue.push(next);
      }
    }
  }
  return [start];
}
