import type { Diagnostic, Span } from "@meshwork/diagnostics";
import type { Graph } from "./graph.ts";
import { sqlCodes } from "./sql.codes.ts";
import type { Dependency } from "./model.ts";

/** Something that reads others: a node, a metric, an exposure. */
export interface Reader {
  readonly name: string;
  readonly place: Span;
  readonly product?: string | undefined;
  readonly dependencies: readonly Dependency[];
}

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
  readerOf: (id: string) => Reader,
): { readonly ring: readonly string[]; readonly diagnostic: Diagnostic }[] {
  return graph.rings().map((ring) => {
    const edges = ring.map((id, i) => edge(readerOf, id, ring[(i + 1) % ring.length]!));
    const cut = likeliestCut(edges);
    const [first, ...rest] = edges;
    const related = rest.map((e) => ({ message: `${e.reader} reads ${e.read}`, span: e.place }));
    const names = ring.map((id) => readerOf(id).name);
    const { product } = readerOf(ring[0]!);
    return {
      ring,
      diagnostic: sqlCodes.create("cycle", { ring: names, cut }, { span: first!.place, related, product }),
    };
  });
}

function edge(readerOf: (id: string) => Reader, reader: string, read: string): Edge {
  const from = readerOf(reader);
  const dependency = from.dependencies.find((d) => d.kind === "node" && d.id === read);
  return { reader: from.name, read: readerOf(read).name, place: dependency?.place ?? from.place };
}

/** The edge that goes against the usual direction of layers, if one does. */
function likeliestCut(edges: readonly Edge[]): string | undefined {
  const against = edges.find((e) => layerOf(e.reader) >= 0 && layerOf(e.read) > layerOf(e.reader));
  if (against === undefined) return undefined;
  const { file, line, column } = against.place;
  return `the likeliest to take out: ${against.reader} reads ${against.read}, which usually comes after it (${file}:${line}:${column})`;
}
