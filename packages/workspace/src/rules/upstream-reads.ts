import type { Contract, InputPort, OutputPort } from "@meshwork/contract";
import { snakeName } from "@meshwork/contract";
import type { Path, Span } from "@meshwork/diagnostics";
import type { ProductGraph } from "../graph.ts";
import { namedUpstreams, producerOf } from "../graph.ts";
import type { Product, Workspace } from "../workspace.ts";

export type ReadableProduct = Product & { readonly contract: Contract };

/** One product that another reads. */
export interface UpstreamRead {
  readonly consumer: ReadableProduct;
  readonly producer: ReadableProduct;
  /** The port that is named, or the default one; absent where the named one does not exist. */
  readonly port: OutputPort | undefined;
  /** The input that says so, with what it expects. */
  readonly input: InputPort | undefined;
  /** The major version that is asked for. */
  readonly major: number | undefined;
  /** Where the consumer's contract says so; its lineage where only SQL or a program does. */
  readonly path: Path;
  /** The place of `path`. */
  span(): Span | undefined;
}

const readable = (product: Product | undefined): ReadableProduct | undefined =>
  product?.contract ? (product as ReadableProduct) : undefined;

export const defaultPort = (contract: Contract): OutputPort | undefined =>
  contract.ports.find((p) => p.default) ?? contract.ports[0];

export const portNamed = (contract: Contract, name: string | undefined): OutputPort | undefined =>
  name === undefined
    ? defaultPort(contract)
    : contract.ports.find((p) => p.name === name || snakeName(p.name) === snakeName(name));

/** Who reads which port, each pair once: as inputs say, then lineage, then what SQL and programs add. */
export function upstreamReads(workspace: Workspace, graph: ProductGraph): UpstreamRead[] {
  const out: UpstreamRead[] = [];
  const seen = new Set<string>();
  const add = (
    consumer: ReadableProduct,
    producer: ReadableProduct,
    path: Path,
    more: { port?: string | undefined; input?: InputPort | undefined; major?: number | undefined },
  ): void => {
    const pair = `${consumer.name} ${producer.name}`;
    // A lineage entry without a port says no more than an input that has named one.
    const key = more.port === undefined ? pair : `${pair} ${more.port}`;
    if (consumer === producer || (more.input === undefined && (seen.has(key) || seen.has(pair)))) return;
    seen.add(key);
    seen.add(pair);
    const port = portNamed(producer.contract, more.port);
    const { input, major } = more;
    out.push({ consumer, producer, port, input, major, path, span: () => consumer.read.source.spanOf(path) });
  };
  const inputs = new Map<string, InputPort>();
  for (const product of workspace.products.values())
    for (const input of product.contract?.inputs ?? []) inputs.set(`${product.name} ${input.at.join(".")}`, input);
  for (const { product, reference, path, kind } of namedUpstreams(workspace)) {
    const [consumer, producer] = [readable(product), readable(producerOf(workspace, reference))];
    if (!consumer || !producer) continue;
    const input = kind === "input" ? inputs.get(`${product.name} ${path.slice(0, -1).join(".")}`) : undefined;
    add(consumer, producer, path, { port: reference.port, input, major: reference.major });
  }
  for (const edge of graph.edges) {
    if (edge.kind !== "sql" && edge.kind !== "typescript") continue;
    const [consumer, producer] = [
      readable(workspace.products.get(edge.from)),
      readable(workspace.products.get(edge.to)),
    ];
    if (consumer && producer) add(consumer, producer, ["spec", "lineage"], {});
  }
  return out;
}

/** The same, by consumer. */
export function readsByConsumer(
  workspace: Workspace,
  graph: ProductGraph,
): ReadonlyMap<ReadableProduct, UpstreamRead[]> {
  const out = new Map<ReadableProduct, UpstreamRead[]>();
  for (const read of upstreamReads(workspace, graph)) {
    const known = out.get(read.consumer);
    if (known) known.push(read);
    else out.set(read.consumer, [read]);
  }
  return out;
}
