import type { GradedChange } from "@meshwork/compatibility";
import type { Approval, CompatibilitySettings, Contract } from "@meshwork/contract";
import type { Agreement } from "./operations/diff.ts";

/**
 * Whether mesh.yaml holds an agreement to a change of a product: by its code, for the very version that brings it, and by
 * the product's steward; where it has none, by who owns the domain or the product.
 */
export function agreementTo(
  change: Pick<GradedChange, "code" | "column">,
  product: string,
  contract: Contract,
  { approvals }: Pick<CompatibilitySettings, "approvals">,
): Agreement {
  const may = approversOf(contract);
  const given = approvals.filter((a) => covers(a, change, product, contract.version));
  if (given.some((a) => may.includes(a.by))) return { given: true };
  const who =
    may.length === 0
      ? "nobody is named who could agree: give the contract a steward"
      : `${may.join(" or ")} has to agree`;
  const wrong = given[0] === undefined ? "" : ` (${given[0].by} may not)`;
  const column = change.column === undefined ? "" : `, column: ${change.column}`;
  return {
    given: false,
    help: `${who}${wrong}: in mesh.yaml, compatibility.approvals: { rule: ${change.code}, product: ${product}, version: ${contract.version}${column}, by: ${may[0] ?? "…"} }`,
  };
}

const covers = (
  a: Approval,
  change: Pick<GradedChange, "code" | "column">,
  product: string,
  version: string,
): boolean =>
  a.rule === change.code &&
  a.product === product &&
  a.version === version &&
  (a.column === undefined || a.column === change.column);

function approversOf({ ownership, owner }: Contract): string[] {
  if (ownership.steward !== undefined) return [ownership.steward];
  return [...new Set([ownership.domainOwner, ownership.productOwner, owner].filter((who) => who !== undefined))];
}
