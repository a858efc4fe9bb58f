import type { Diagnostic } from "@meshwork/diagnostics";
import { withDomainDefaults } from "@meshwork/contract";
import { contractOf } from "./generated-files.ts";
import { domainOf } from "./mesh-facts.ts";
import { snake } from "./names.ts";
import { scaffoldCodes } from "./scaffold-codes.ts";
import type { UpstreamPort } from "./upstream.ts";
import type { DomainEntry, ProductEntry, WorkspaceView } from "./view.ts";
import { productsOf } from "./view.ts";

/** The ports that `--inputs` names, with their contracts; only those contracts are read. */
export function resolveInputs(
  view: WorkspaceView,
  domains: readonly DomainEntry[],
  self: string,
  inputs: readonly string[],
): { ports: UpstreamPort[]; diagnostics: Diagnostic[] } {
  const ports: UpstreamPort[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const input of new Set(
    inputs
      .map((i) =>
        i
          .trim()
          .replace("/", ".")
          .replace(/@v?\d.*$/, ""),
      )
      .filter((i) => i !== ""),
  )) {
    const [domainName, productName, ...portParts] = input.split(".");
    const domain = domains.find((d) => d.name === domainName);
    const product = domain && productsOf(view, domain).find((p) => p.product === productName);
    if (`${domainName}.${productName}` === self) {
      diagnostics.push(scaffoldCodes.create("upstream-is-itself", { product: self }));
      continue;
    }
    if (!product) {
      const near = domain ? [domain] : domains;
      const known = near.flatMap((d) => productsOf(view, d).map((p) => p.name)).filter((n) => n !== self);
      diagnostics.push(scaffoldCodes.create("unknown-upstream", { input, known }));
      continue;
    }
    const port = portOf(view, domain, product, input, portParts.join("."));
    if ("diagnostic" in port) diagnostics.push(port.diagnostic);
    else ports.push(port);
  }
  return { ports, diagnostics };
}

function portOf(
  view: WorkspaceView,
  domain: DomainEntry,
  product: ProductEntry,
  input: string,
  wanted: string,
): UpstreamPort | { diagnostic: Diagnostic } {
  const found = contractOf(view, product);
  if ("why" in found)
    return {
      diagnostic: scaffoldCodes.create("upstream-unreadable", { input, file: product.contractFile, why: found.why }),
    };
  const facts = domainOf(view, domain);
  const contract = facts ? withDomainDefaults(found.contract, facts) : found.contract;
  const port =
    wanted === ""
      ? (contract.ports.find((p) => p.default) ?? contract.ports[0])
      : contract.ports.find((p) => p.name === snake(wanted));
  if (port === undefined || port.columns.length === 0) {
    const known = contract.ports
      .filter((p) => p.columns.length > 0)
      .map((p) => (p.default ? product.name : `${product.name}.${p.name}`));
    return { diagnostic: scaffoldCodes.create("unknown-upstream", { input, known }) };
  }
  return { contract, port };
}
