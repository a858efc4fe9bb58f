import { snakeName } from "@meshwork/contract";
import { nearest } from "@meshwork/diagnostics";
import type { ColumnFlow, ColumnGraph } from "../column-graph.ts";
import { columnFlows } from "../column-graph.ts";
import type { ColumnReader } from "../column-readers.ts";
import { portReaders } from "../column-readers.ts";
import { ownerOfConsumer } from "../consumers.ts";
import { describeProducts } from "../describe.ts";
import { LoadedMesh } from "../load-mesh.ts";
import type { OperationOptions, OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import type { OutsideReader } from "../outside-reader.ts";
import { OutsideReaders } from "../outside-readers.ts";
import { typeScriptReading } from "../typescript-readers.ts";
import type { Product } from "../workspace.ts";

export interface ImpactOptions extends OperationOptions {
  /** `domain.product`, `domain.product.column` or `domain.product.port.column`. */
  readonly name: string;
}

/** A product or a TypeScript package that a change would reach. */
export interface ImpactedConsumer {
  readonly name: string;
  readonly owner: string | null;
  /** 1: reads it directly. */
  readonly depth: number;
  /** Where its SQL reads the product or column; empty for those further away. */
  readonly reads: readonly ColumnReader[];
  /** Models of which is not known which columns they read. */
  readonly unknown: readonly string[];
  /** Its port columns that are made of the column, or of any column of the product. */
  readonly columns: readonly string[];
  /** Which rows it has hangs on the column, or on what is made of it. */
  readonly rows: boolean;
}

export interface Impact {
  readonly name: string;
  readonly column: string | null;
  readonly consumers: readonly ImpactedConsumer[];
  readonly outside: readonly OutsideReader[];
  /** Roles that may read it while no imported usage tells whether they do. */
  readonly unseen: readonly string[];
}

/** Whom a change of a product or of one of its columns would reach: products, columns, lines, owners, readers outside. */
export const impact = (options: ImpactOptions): Promise<OperationResult<Impact | null>> =>
  answering<Impact | null>(null, async () => {
    const mesh = new LoadedMesh({ ...options, products: undefined });
    const { product, ports, column } = namedIn(mesh, options.name);
    const depths = depthsOf(mesh, product.name);
    const products = [...depths.keys()].flatMap((name) => mesh.workspace.products.get(name) ?? []);
    const models = await describeProducts(mesh, [product, ...products], { signal: options.signal });
    const index = portReaders(mesh, products, models);
    const made = downstreamOf(columnFlows(mesh, [product, ...products], models), product.name, ports, column);
    // Who reads a product whose rows it decides about has other rows, too.
    const rows = new Set([...made.rows].flatMap((name) => [name, ...mesh.graph().reach(name)]));
    const scripts = mesh
      .consumers()
      .filter((c) => c.imports.some((i) => i.product === product.name))
      .map((c) => ({ name: c.name, reading: typeScriptReading(mesh.workspace.root, c, product) }));
    const reads = [
      ...ports.flatMap((port) => index.readersOf(product.name, port, column)),
      ...scripts.flatMap((s) => s.reading.reads.filter((r) => column === undefined || r.column === column)),
    ];
    const unknown = [
      ...ports.flatMap((port) => index.unknownOf(product.name, port)),
      ...scripts.flatMap((s) =>
        s.reading.whole.map(({ what, place }) => ({ product: s.name, model: `${place.file}:${place.line} (${what})` })),
      ),
    ];
    const consumers = [...depths].map(([name, depth]): ImpactedConsumer => ({
      name,
      owner: ownerOfConsumer(mesh, name),
      depth,
      reads: reads.filter((r) => r.product === name),
      unknown: unknown.filter((u) => u.product === name).map((u) => u.model),
      columns: [...(made.columns.get(name) ?? [])].sort(),
      rows: rows.has(name),
    }));
    // Of a column: only those whom it reaches, or of whom that is not known.
    const reached = consumers.filter(
      (c) => column === undefined || c.reads.length > 0 || c.unknown.length > 0 || c.columns.length > 0 || c.rows,
    );
    const { readers, unseen } = new OutsideReaders(mesh).of(product);
    const outside = readers.filter(
      (r) =>
        (r.port === null || ports.some((port) => snakeName(port) === snakeName(r.port!))) &&
        (column === undefined || r.columns === null || r.columns.some((c) => c.toLowerCase() === column.toLowerCase())),
    );
    return {
      exitCode: 0,
      diagnostics: [],
      summary: { consumers: reached.length, outside: outside.length },
      results: { name: product.name, column: column ?? null, consumers: reached, outside, unseen },
    };
  });

/** The product, those of its ports that are meant, and the column. */
export function namedIn(
  mesh: LoadedMesh,
  text: string,
): { product: Product; ports: string[]; column: string | undefined } {
  const [domain = "", productName = "", ...rest] = text.replace("/", ".").split(".");
  const name = productName === "" ? domain : `${domain}.${productName}`;
  const product = mesh.workspace.products.get(name);
  if (!product) {
    const near = nearest(name, mesh.workspace.products.keys())[0];
    throw new Refusal(`No product "${name}".${near ? ` Did you mean ${near}?` : ""}\nmesh ls lists them.`);
  }
  const all = product.contract?.ports ?? [];
  const named = rest.length > 1 ? all.filter((p) => p.name === rest[0]) : all;
  if (rest.length > 1 && named.length === 0)
    throw new Refusal(`"${name}" has no port "${rest[0]}".\nIts ports: ${all.map((p) => p.name).join(", ")}.`);
  const asked = rest.at(-1);
  if (asked === undefined) return { product, ports: all.map((p) => p.name), column: undefined };
  const columns = named.flatMap((p) => p.columns.map((c) => c.name));
  const column = columns.find((c) => c.toLowerCase() === asked.toLowerCase());
  if (column === undefined) {
    const near = nearest(asked, columns)[0];
    throw new Refusal(
      `"${name}" has no column "${asked}".${near ? ` Did you mean ${near}?` : ""}\nIts columns: ${columns.slice(0, 20).join(", ")}.`,
    );
  }
  return { product, ports: named.filter((p) => p.columns.some((c) => c.name === column)).map((p) => p.name), column };
}

/** All who read a product at any distance, nearest first. */
function depthsOf(mesh: LoadedMesh, name: string): Map<string, number> {
  const found = new Map<string, number>([[name, 0]]);
  for (const [at, depth] of found)
    for (const next of mesh.graph().downstream(at)) if (!found.has(next)) found.set(next, depth + 1);
  found.delete(name);
  return found;
}

/** Port columns made of a column at any distance, by product; and products whose rows it decides about. */
function downstreamOf(
  { flows, deciding }: ColumnGraph,
  product: string,
  ports: readonly string[],
  column: string | undefined,
): { columns: ReadonlyMap<string, Set<string>>; rows: ReadonlySet<string> } {
  type End = ColumnFlow["from"];
  const keyOf = (end: End) => `${end.product} ${snakeName(end.port)} ${end.column.toLowerCase()}`;
  const byFrom = new Map<string, ColumnFlow[]>();
  for (const flow of flows) {
    const key = keyOf(flow.from);
    const known = byFrom.get(key);
    if (known) known.push(flow);
    else byFrom.set(key, [flow]);
  }
  const isMeant = (end: End) =>
    end.product === product &&
    ports.some((port) => snakeName(port) === snakeName(end.port)) &&
    (column === undefined || end.column.toLowerCase() === column.toLowerCase());
  const seen = new Set(flows.filter((flow) => isMeant(flow.from)));
  const columns = new Map<string, Set<string>>();
  for (const { to } of seen) {
    if (to.product !== product) columns.set(to.product, (columns.get(to.product) ?? new Set()).add(to.column));
    for (const next of byFrom.get(keyOf(to)) ?? []) seen.add(next);
  }
  const carried = new Set([...seen].map((flow) => keyOf(flow.to)));
  const rows = deciding.flatMap(({ from, to }) =>
    to.column === undefined && to.product !== product && (isMeant(from) || carried.has(keyOf(from)))
      ? [to.product]
      : [],
  );
  return { columns, rows: new Set(rows) };
}
