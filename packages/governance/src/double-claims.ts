import { snakeName } from "@meshwork/contract";
import type { ContractSource } from "@meshwork/contract";
import type { Diagnostic, Path } from "@meshwork/diagnostics";
import { nameOf } from "./define-policy.ts";
import type { PolicyInput } from "./evaluate-policies.ts";
import { meshwideArea } from "./policy-area.ts";

interface Claim {
  readonly what: string;
  readonly domain: string;
  readonly by: string;
  readonly product?: string | undefined;
  readonly source: ContractSource;
  readonly path: Path;
}

/**
 * Data that two domains claim: the same entity in both `domain.yaml`, or the same source outside the mesh read by
 * source-aligned products (those that read nothing of the mesh) of both. Each later claim is one finding, and the
 * first one is its related place.
 */
export function doubleClaims(input: PolicyInput): Diagnostic[] {
  const first = new Map<string, Claim>();
  const seen = new Set<string>();
  const found: Diagnostic[] = [];
  for (const [key, claim] of [...entities(input), ...externalSources(input)]) {
    const owner = first.get(key);
    if (owner === undefined) first.set(key, claim);
    if (owner === undefined || owner.domain === claim.domain || seen.has(`${key} ${claim.by}`)) continue;
    seen.add(`${key} ${claim.by}`);
    const place = owner.source.spanOf(owner.path);
    found.push(
      meshwideArea.create(
        "double-claim",
        { what: claim.what, first: owner.by, second: claim.by },
        {
          path: claim.path,
          span: () => claim.source.spanOf(claim.path),
          ...(claim.product === undefined ? {} : { product: claim.product }),
          related: place === undefined ? [] : [{ message: `claimed by ${owner.by} here`, span: place }],
        },
      ),
    );
  }
  return found;
}

const sorted = <T>(all: readonly T[], name: (item: T) => string): T[] =>
  [...all].sort((a, b) => (name(a) < name(b) ? -1 : 1));

function entities({ domains }: PolicyInput): [string, Claim][] {
  return sorted(domains, (domain) => domain.value.name).flatMap(({ value, source }) =>
    value.entities.map((entity, i): [string, Claim] => [
      `entity ${snakeName(entity)}`,
      { what: `The entity "${entity}"`, domain: value.name, by: value.name, source, path: ["spec", "entities", i] },
    ]),
  );
}

function externalSources({ products, domains }: PolicyInput): [string, Claim][] {
  const known = new Set([
    ...domains.map((domain) => domain.value.name),
    ...products.map((product) => product.contract.domain),
  ]);
  return sorted(products, (product) => nameOf(product.contract)).flatMap(({ contract, source }) => {
    const claims = [
      ...contract.inputs.map((input) => ({ from: input.from, path: [...input.at, "from"] as Path })),
      ...contract.lineage.upstream.map((from, i) => ({ from, path: ["spec", "lineage", "upstream", i] as Path })),
    ];
    if (claims.some(({ from }) => known.has(from.domain))) return [];
    const name = nameOf(contract);
    return claims.map(({ from, path }): [string, Claim] => [
      `source ${[from.domain, from.product, from.port ?? ""].map(snakeName).join(".")}`,
      { what: `The source "${from.text}"`, domain: contract.domain, by: name, product: name, source, path },
    ]);
  });
}
