import type { Contract, UpstreamReference } from "@meshwork/contract";
import type { GovernedProduct } from "./define-policy.ts";
import { nameOf } from "./define-policy.ts";

/** What a contract names as its sources, inputs first, each once. */
export function sourcesOf(contract: Contract): readonly UpstreamReference[] {
  const all = [...contract.inputs.map((input) => input.from), ...contract.lineage.upstream];
  return [
    ...new Map(
      all.map((reference) => [`${reference.domain}.${reference.product}.${reference.port ?? ""}`, reference]),
    ).values(),
  ];
}

/** Every product that can be reached from `name` against or along the flow of data, itself included. */
export function reachable(
  name: string,
  products: ReadonlyMap<string, GovernedProduct>,
  direction: "upstream" | "downstream",
): ReadonlySet<string> {
  const next = new Map<string, string[]>();
  for (const { contract } of products.values()) {
    for (const source of sourcesOf(contract)) {
      const [from, to] =
        direction === "upstream" ? [nameOf(contract), nameOf(source)] : [nameOf(source), nameOf(contract)];
      next.set(from, [...(next.get(from) ?? []), to]);
    }
  }
  const found = new Set([name]);
  for (const each of found) for (const other of next.get(each) ?? []) found.add(other);
  return found;
}
