import type { ModelDescription } from "@meshwork/models";
import type { LoadedMesh } from "./load-mesh.ts";
import { describeProducts } from "./describe.ts";
import type { Product } from "./workspace.ts";

/** A value that flows from one port's column into another's. */
export interface ColumnFlow {
  readonly from: { readonly product: string; readonly port: string; readonly column: string };
  readonly to: { readonly product: string; readonly port: string; readonly column: string };
  readonly kind: "identity" | "transformation" | "aggregation";
}

export interface ColumnGraph {
  readonly flows: readonly ColumnFlow[];
  /** Port columns whose origin the plan does not tell, as `domain.product.port.column`: said, never guessed. */
  readonly unknown: readonly string[];
}

/** Follows the columns of the products' ports back to ports of other products and to outside sources. */
export async function columnGraph(mesh: LoadedMesh, products: readonly Product[]): Promise<ColumnGraph> {
  const models = await describeProducts(mesh, products);
  const flows: ColumnFlow[] = [];
  const unknown: string[] = [];
  for (const product of products) {
    for (const port of product.contract?.ports ?? []) {
      const node = mesh.projects.modelOf(product, port);
      const described = node && models.get(node.id);
      for (const column of port.columns) {
        const to = { product: product.name, port: port.name, column: column.name };
        const origins = described && columnOf(described, column.name)?.origins;
        if (!origins) unknown.push(`${product.name}.${port.name}.${column.name}`);
        for (const origin of origins ?? []) {
          const from = sourceOf(origin.upstream, origin.column);
          if (from) flows.push({ from, to, kind: origin.kind });
        }
      }
    }
  }
  return { flows, unknown };
}

const columnOf = (described: ModelDescription, name: string) =>
  described.columns.find((c) => c.name.toLowerCase() === name.toLowerCase());

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
