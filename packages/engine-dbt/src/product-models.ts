import type { Manifest, ManifestNode } from "./artifacts/manifest.ts";

/** Which nodes of a dbt project a product is made of: folders, names of models, `group:NAME`. */
export interface ProductModels {
  /** `domain.product` */
  readonly product: string;
  readonly models: readonly string[];
}

/** Whether one entry of a product's list means a node. */
export function selects(selector: string, node: ManifestNode): boolean {
  if (selector.startsWith("group:")) return node.group === selector.slice("group:".length);
  const path = selector.replace(/^\.\//, "").replace(/\/+$/, "");
  return node.name === path || node.file === path || node.file.startsWith(`${path}/`);
}

/**
 * The owner of each model, seed and snapshot. Of two products that name a node, the one whose entry is longer has it: a
 * folder inside another's folder is the inner one's.
 */
export function ownersOf(manifest: Manifest, products: readonly ProductModels[]): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const node of manifest.nodes.values()) {
    if (node.resourceType === "test") continue;
    let best: { product: string; weight: number } | undefined;
    for (const { product, models } of products) {
      for (const selector of models) {
        if (!selects(selector, node)) continue;
        // A model by its name is said more precisely than any folder, a group less than any.
        const weight = selector.startsWith("group:") ? 0 : node.name === selector ? 10_000 : selector.length;
        if (best === undefined || weight > best.weight) best = { product, weight };
      }
    }
    if (best !== undefined) owners.set(node.id, best.product);
  }
  // A test belongs to whom it is about; a singular one to whom it reads first.
  for (const node of manifest.nodes.values()) {
    if (node.resourceType !== "test") continue;
    const about = [node.test?.attachedTo, ...node.dependsOn].map((id) =>
      id === undefined ? undefined : owners.get(id),
    );
    const owner = about.find((o) => o !== undefined);
    if (owner !== undefined) owners.set(node.id, owner);
  }
  return owners;
}
