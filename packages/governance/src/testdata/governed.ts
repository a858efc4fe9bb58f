import { readAnyDocument } from "@meshwork/contract";
import type { Contract, ContractSource, Domain, Infrastructure, Mesh } from "@meshwork/contract";
import type { GovernedProduct, Placed } from "../define-policy.ts";
import type { PolicyInput } from "../evaluate-policies.ts";

export const today = "2026-11-21";

/** Documents of one text, parted by `---`, as policies take them; infrastructure belongs to the product of its name. */
export function governed(text: string, policies = ""): PolicyInput {
  const products: GovernedProduct[] = [];
  const domains: Placed<Domain>[] = [];
  const infrastructure: Placed<Infrastructure>[] = [];
  let mesh: Placed<Mesh> | undefined;
  const head = "apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: acme }\n";
  const parts = [...text.split(/^---$/m), ...(policies === "" ? [] : [`${head}spec: { policies: ${policies} }`])];
  parts.forEach((part, i) => {
    const read = readAnyDocument({ file: `${i}.yaml`, text: part.replace(/^\n/, "") });
    const errors = read.diagnostics.filter((d) => d.severity === "error");
    if (errors.length > 0 || read.value === undefined) throw new Error(`${errors.map((e) => e.message).join("\n")}\n${part}`);
    const { value, source } = read as { value: Contract | Domain | Infrastructure | Mesh; source: ContractSource };
    if (value.kind === "Mesh") mesh = { value, source };
    else if (value.kind === "Domain") domains.push({ value, source });
    else if (value.kind === "DataProduct") products.push({ contract: value, source });
    else infrastructure.push({ value, source });
  });
  return {
    products: products.map((product) => {
      const own = infrastructure.find((each) => each.value.name === product.contract.product);
      return own === undefined ? product : { ...product, infrastructure: own };
    }),
    domains,
    ...(mesh === undefined ? {} : { mesh }),
    today,
  };
}

/** A contract of one line of `spec`. */
export const product = (spec: string, name = "facts", domain = "orders"): string =>
  `apiVersion: datamesh.io/v1\nkind: DataProduct\nmetadata: { name: ${name}, domain: ${domain}, version: 1.0.0 }\nspec: { ${spec} }\n`;

export const domain = (name: string, spec: string): string =>
  `apiVersion: datamesh.io/v1\nkind: Domain\nmetadata: { name: ${name} }\nspec: { ${spec} }\n`;

export const infrastructure = (spec: string, name = "facts"): string =>
  `apiVersion: platform/v1\nkind: DataProductInfrastructure\nmetadata: { name: ${name}, namespace: orders }\nspec: { ${spec} }\n`;
