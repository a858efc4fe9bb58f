import type { ModelDescription } from "@meshwork/models";
import type { DecidingFlow } from "./column-deciders.ts";
import { decidingFlows } from "./column-deciders.ts";
import type { LoadedMesh } from "./load-mesh.ts";
import { describeProducts } from "./describe.ts";
import type { Product } from "./workspace.ts";

/** A value that flows from one port's column into another's. */
export interface ColumnFlow {
  readonly from: { readonly product: string; readonly port: string; readonly column: string };
  readonly to: { readonly product: string; readonly port: string; readonly column: string };
  readonly kind: "identity" | "transformation" | "aggregation";
  /** Rows in which it is NULL are left out on the way. */
  readonly notNull?: true | undefined;
  /** The consumer's model says of its column that the values are masked already (`meta: { masked: true }`). */
  readonly masked?: true | undefined;
}

export interface ColumnGraph {
  readonly flows: readonly ColumnFlow[];
  /** Port columns whose origin the plan does not tell, as `domain.product.port.column`: said, never guessed. */
  readonly unknown: readonly string[];
  /** What decides about rows and values and is no part of them. */
  readonly deciding: readonly DecidingFlow[];
}

/** Follows the columns of the products' ports back to ports of other products and to outside sources. */
export async function columnGraph(mesh: LoadedMesh, products: readonly Product[]): Promise<ColumnGraph> {
  return columnFlows(mesh, products, await describeProducts(mesh, products));
}

/** The same from models that are bound already, as `describeProducts` gives them. */
export function columnFlows(
  mesh: LoadedMesh,
  products: readonly Product[],
  models: ReadonlyMap<string, ModelDescription>,
): ColumnGraph {
  const roots = rootsOf(models);
  const flows: ColumnFlow[] = [];
  const unknown: string[] = [];
  for (const product of products) {
    for (const port of product.contract?.ports ?? []) {
      const node = mesh.projects.modelOf(product, port);
      const columns = node && roots.get(node.id);
      const masked = new Set(
        [...(node?.columns.values() ?? [])].flatMap((c) => (c.meta.get("masked") === true ? c.name.toLowerCase() : [])),
      );
      for (const column of port.columns) {
        const to = { product: product.name, port: port.name, column: column.name };
        const origins = columns?.get(column.name.toLowerCase());
        if (!origins) unknown.push(`${product.name}.${port.name}.${column.name}`);
        for (const { upstream, column: name, kind, notNull } of origins ?? []) {
          const from = sourceOf(upstream, name);
          const said = masked.has(column.name.toLowerCase()) ? { masked: true as const } : {};
          if (from) flows.push({ from, to, kind, ...(notNull ? { notNull } : {}), ...said });
        }
      }
    }
  }
  return { flows, unknown, deciding: decidingFlows(mesh, products, models, sourceOf) };
}

type Described = ModelDescription["columns"][number];
type Origin = NonNullable<Described["origins"]>[number] & { readonly notNull?: true | undefined };
/** By column in lower case; `undefined` where some model on the way does not tell. */
type Roots = ReadonlyMap<string, readonly Origin[] | undefined>;

const strength = { identity: 0, transformation: 1, aggregation: 2 } as const;

/** Origins of every model's columns outside the project: a staging model in between is followed through. */
function rootsOf(models: ReadonlyMap<string, ModelDescription>): ReadonlyMap<string, Roots> {
  const out = new Map<string, Roots>();
  // In building order: what a model reads comes before it.
  for (const [id, model] of models)
    out.set(id, new Map(model.columns.map((c) => [c.name.toLowerCase(), followed(c, out)])));
  return out;
}

function followed(
  { origins, notNull: guarded }: Described,
  known: ReadonlyMap<string, Roots>,
): readonly Origin[] | undefined {
  if (!origins) return undefined;
  const out = new Map<string, Origin>();
  for (const origin of origins) {
    const outside = origin.upstream.startsWith("port:") || origin.upstream.startsWith("source.");
    const roots: readonly Origin[] | undefined = outside
      ? [origin]
      : known.get(origin.upstream)?.get(origin.column.toLowerCase());
    if (!roots) return undefined;
    for (const root of roots) {
      const key = `${root.upstream} ${root.column.toLowerCase()}`;
      const before = out.get(key);
      const kinds = [root.kind, origin.kind, before?.kind ?? "identity"] as const;
      const kind = kinds.reduce((a, b) => (strength[b] > strength[a] ? b : a));
      const notNull = (guarded ?? root.notNull) && (before === undefined || before.notNull);
      const { upstream, product, column } = root;
      out.set(key, { upstream, product, column, kind, ...(notNull ? { notNull } : {}) });
    }
  }
  return [...out.values()];
}

/** `port:<domain>.<product>.<port>` and `source.<project>.<source>.<table>` as ends of a flow. Seeds are the product's own. */
function sourceOf(upstream: string, column: string): ColumnFlow["from"] | undefined {
  if (upstream.startsWith("port:")) {
    const [domain, product, port] = upstream.slice("port:".length).split(".");
    return domain && product && port ? { product: `${domain}.${product}`, port, column } : undefined;
  }
  if (upstream.startsWith("source.")) {
    const [, , source, table] = upstream.split(".");
    return source && table ? { product: source, port: table, column } : undefined;
  }
  return undefined;
}
