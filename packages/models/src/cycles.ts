import type { Diagnostic, Span } from "@meshwork/diagnostics";
import type { Graph } from "./graph.ts";
import { sqlCodes } from "./sql.codes.ts";
import type { Unit } from "./unit.ts";

interface Edge {
  readonly reader: string;
  readonly read: string;
  readonly place: Span;
}

/** How far down the road a model usually stands, by the beginning of its name. */
const layers: readonly RegExp[] = [
  /^(?:raw|src|base)_/,
  /^(?:stg|staging)_/,
  /^(?:int|intermediate)_/,
  /^(?:fct|fact|dim|mart|agg|rpt|report)_/,
];
const layerOf = (name: string): number => layers.findIndex((l) => l.test(name));

/** A finding for each ring, at its first edge, with the other edges beside it. */
export function cycleDiagnostics(
  graph: Graph,
  units: ReadonlyMap<string, Unit>,
): { readonly ring: readonly string[]; readonly diagnostic: Diagnostic }[] {
  return graph.rings().map((ring) => {
    const edges = ring.map((id, i) => edge(units, id, ring[(i + 1) % ring.length]!));
    const cut = likeliestCut(edges);
    const [first, ...rest] = edges;
    const related = rest.map((e) => ({ message: `${e.reader} reads ${e.read}`, span: e.place }));
    const names = ring.map((id) => units.get(id)!.node.name);
    const product = units.get(ring[0]!)!.node.product;
    return {
      ring,
      diagnostic: sqlCodes.create("cycle", { ring: names, cut }, { span: first!.place, related, product }),
    };
  });
}

function edge(units: ReadonlyMap<string, Unit>, reader: string, read: string): Edge {
  const from = units.get(reader)!.node;
  const dependency = from.dependencies.find((d) => d.kind === "node" && d.id === read);
  return { reader: from.name, read: units.get(read)!.node.name, place: dependency?.place ?? from.place };
}

/** The edge that goes against the usual direction of layers, if one does. */
function likeliestCut(edges: readonly Edge[]): string | undefined {
  const against = edges.find((e) => layerOf(e.reader) >= 0 && layerOf(e.read) > layerOf(e.reader));
  if (against === undefined) return undefined;
  const { file, line, column } = against.place;
  return `the likeliest to take out: ${against.reader} reads ${against.read}, which usually comes after it (${file}:${line}:${column})`;
}
