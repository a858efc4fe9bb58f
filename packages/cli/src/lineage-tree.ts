import type { LineageGraph } from "@meshwork/workspace";

type End = LineageGraph["columns"][number]["from"];

const nameOf = (end: {
  readonly product: string;
  readonly port: string;
  readonly column?: string | undefined;
}): string =>
  `${end.product}${end.product.includes(".") ? "" : `.${end.port}`}${end.column === undefined ? "" : `.${end.column}`}`;
const keyOf = (end: End): string => `${end.product} ${end.column.toLowerCase()}`;

/** What a column is made of (`upstream`), or what is made of it, drawn as a tree with the kind of each step. */
export function columnTree(graph: LineageGraph, start: string, direction: "upstream" | "downstream"): string[] {
  const [here, there] = direction === "upstream" ? (["to", "from"] as const) : (["from", "to"] as const);
  const lines: string[] = [];
  const draw = (key: string, indent: string, above: ReadonlySet<string>): void => {
    const next = graph.columns.filter((f) => keyOf(f[here]) === key && !above.has(keyOf(f[there])));
    next.forEach((flow, i) => {
      const last = i === next.length - 1;
      lines.push(`${indent}${last ? "└─" : "├─"} ${nameOf(flow[there])}  (${flow.kind})`);
      const end = keyOf(flow[there]);
      draw(end, `${indent}${last ? "   " : "│  "}`, new Set([...above, end]));
    });
  };
  draw(start, "  ", new Set([start]));
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
