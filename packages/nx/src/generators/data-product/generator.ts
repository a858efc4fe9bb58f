import type { GeneratorCallback, Tree } from "@nx/devkit";
import { askDomain } from "../ask-domain.ts";
import { runPlan } from "../run-plan.ts";

/** The answers of schema.json. */
export interface DataProductSchema {
  readonly name: string;
  readonly domain?: string | undefined;
  readonly preset?: string | undefined;
  readonly inputs?: readonly string[] | undefined;
  readonly owner?: string | undefined;
  readonly description?: string | undefined;
  readonly contractFormat?: "datamesh" | "odcs" | undefined;
}

/** `nx g data-product orders/order-events`: a data product that builds green at once, or the same one again. */
export default async function dataProductGenerator(tree: Tree, options: DataProductSchema): Promise<GeneratorCallback> {
  const { inputs, ...rest } = options;
  const domain = options.domain ?? (await askDomain(tree, options.name));
  // One flag may hold several: --inputs=orders.order-events,content.page-catalog
  return runPlan(tree, "data-product", { ...rest, domain, inputs: inputs?.flatMap((i) => i.split(",")) });
}
