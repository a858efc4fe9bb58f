import type { LineageGraph } from "@meshwork/workspace";

type End = LineageGraph["columns"][number]["from"];

const nameOf = (end: {
  readonly product: string;
  readonly port: string;
  readonly column?: string | undefined;
}): string =>
  `${end.product}${end.product.includes(".") ? "" : `.${end.port}`}${end.column === undefined ? "" : `.${end.column}`}`;
const keyOf = (end: End): string =>
  JSON.stringify([end.product, end.port.toLowerCase().replaceAll("-", "_"), end.column.toLowerCase()]);

/** What a column is made of (`upstream`), or what is made of it, drawn as a tree with the kind of each step. */
export function columnTree(graph: LineageGraph, column: string, direction: "upstream" | "downstream"): string[] {
  const [here, there] = direction === "upstream" ? (["to", "from"] as const) : (["from", "to"] as const);
  const lines: string[] = [];
  const draw = (of: (end: End) => boolean, indent: string, above: ReadonlySet<string>): void => {
    const next = graph.columns.filter((f) => of(f[here]) && !above.has(keyOf(f[there])));
    next.forEach((flow, i) => {
      const last = i === next.length - 1;
      lines.push(`${indent}${last ? "└─" : "├─"} ${nameOf(flow[there])}  (${flow.kind})`);
      const end = keyOf(flow[there]);
      draw((e) => keyOf(e) === end, `${indent}${last ? "   " : "│  "}`, new Set([...above, end]));
    });
  };
  // It may be of any port of the product.
  const start = (end: End) => end.product === graph.name && end.column.toLowerCase() === column.toLowerCase();
  draw(start, "  ", new Set());
  return lines;
}

/** What decides about a column or its rows, one line for each deciding column with all its kinds. */
export function deciders(graph: LineageGraph, direction: "upstream" | "downstream"): string[] {
  const [here, there] = direction === "upstream" ? (["to", "from"] as const) : (["from", "to"] as const);
  const kinds = new Map<string, Set<string>>();
  for (const flow of graph.deciding) {
    if (flow[here].product !== graph.name) continue;
    const name = nameOf(flow[there]);
    kinds.set(name, (kinds.get(name) ?? new Set()).add(flow.kind));
  }
  return [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, all]) => `  ${name}  (${[...all].sort().join(", ")})`);
}
