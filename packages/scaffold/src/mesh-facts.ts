import type { Domain, Mesh } from "@meshwork/contract";
import { emptyMesh, readContract, readDomain, readMesh } from "@meshwork/contract";
import type { DomainEntry, ProductEntry, WorkspaceView } from "./view.ts";

/** mesh.yaml as far as it can be read; `mesh lint` tells what is wrong with it. */
export const meshOf = (view: WorkspaceView): Mesh =>
  readMesh({ file: "mesh.yaml", text: view.read("mesh.yaml") ?? "" }).value ?? emptyMesh();

/** A domain.yaml as far as it can be read. */
export const domainOf = (view: WorkspaceView, domain: DomainEntry): Domain | undefined =>
  readDomain({ file: domain.file, text: view.read(domain.file) ?? "" }, { domain: domain.name }).value;

/** Who answers for a product, for messages: a broken contract gives nothing. */
export function ownerOf(
  view: WorkspaceView,
  product: Pick<ProductEntry, "contractFile" | "domain" | "product">,
): string | undefined {
  const text = view.read(product.contractFile) ?? "";
  return readContract({ file: product.contractFile, text }, { domain: product.domain, product: product.product }).value
    ?.owner;
}
