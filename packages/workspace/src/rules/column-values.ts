import type { Contract, ContractColumn, InputPort, Masking } from "@meshwork/contract";
import type { ColumnGraph } from "../column-graph.ts";
import type { Workspace } from "../workspace.ts";
import type { ReadableProduct } from "./upstream-reads.ts";
import { portNamed } from "./upstream-reads.ts";

interface End {
  readonly product: ReadableProduct;
  readonly column: ContractColumn;
}

/** A value of one product's port that another's port passes on, as it is or changed; not what is added up. */
export interface ValueFlow {
  readonly from: End;
  readonly to: End;
  readonly kind: "identity" | "transformation";
  readonly notNull: boolean;
  /** Masked where it leaves the producer or the consumer, or before, as the consumer's model says. */
  readonly masked: boolean;
}

const masks = (masking: Masking | undefined): boolean => masking !== undefined && masking !== "none";

/** The flows between products of the mesh, with the contracts' columns at both ends. */
export function valueFlows(workspace: Workspace, columns: ColumnGraph): ValueFlow[] {
  const end = ({ product: name, port, column }: ColumnGraph["flows"][number]["from"]): End | undefined => {
    const product = workspace.products.get(name);
    if (!product?.contract) return undefined;
    const found = portNamed(product.contract, port)?.columns.find((c) => c.name.toLowerCase() === column.toLowerCase());
    return found && { product: product as ReadableProduct, column: found };
  };
  return columns.flows.flatMap(({ from: source, to: target, kind, notNull, masked }) => {
    if (kind === "aggregation" || source.product === target.product) return [];
    const [from, to] = [end(source), end(target)];
    if (!from || !to) return [];
    const anyMask = masked === true || masks(from.column.masking) || masks(to.column.masking);
    return [{ from, to, kind, notNull: notNull === true, masked: anyMask }];
  });
}

/**
 * Whether the value itself arrives. Yes or no about a value (`email is not null`), or one of the words that the
 * contract lists (`case when … then 'known'`), is a statement about it.
 */
export const carriesValue = ({ kind, to: { column } }: ValueFlow): boolean =>
  kind === "identity" || (column.type.kind !== "boolean" && column.constraints.enum === undefined);

/** Whether an input reads this contract's product. */
export const readerOf = (input: InputPort, contract: Contract): boolean =>
  input.from.domain === contract.domain && input.from.product === contract.product;
