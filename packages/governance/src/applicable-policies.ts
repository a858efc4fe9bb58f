import type { DomainPolicy } from "@meshwork/contract";
import type { Severity } from "@meshwork/diagnostics";
import type { GovernedProduct, Policy } from "./define-policy.ts";
import type { PolicyInput } from "./evaluate-policies.ts";
import { policyNamed } from "./policy-names.ts";

type Enforcement = DomainPolicy["enforcement"];

/** A policy as it holds for one product. */
export interface AppliedPolicy {
  readonly policy: Policy;
  readonly enforcement: Enforcement;
  readonly severity: Severity;
  /** Set while a required policy only warns. */
  readonly graceUntil?: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

const severities: Readonly<Record<Enforcement, Severity>> = {
  required: "error",
  recommended: "warning",
  optional: "info",
};
const rank: Readonly<Record<Severity, number>> = { error: 2, warning: 1, info: 0 };

/**
 * What holds for a product: the mesh's policies for all or for its domain, its domain's own, and those that its
 * contract names itself (as recommended, where nobody says more). Listed more than once, the strictest counts.
 */
export function policiesFor(product: GovernedProduct, input: PolicyInput): readonly AppliedPolicy[] {
  const { domain } = product.contract;
  const ofDomain = input.domains.find((each) => each.value.name === domain)?.value.policies ?? [];
  const found = new Map<string, AppliedPolicy>();
  const add = (
    listed: Pick<DomainPolicy, "name" | "enforcement" | "graceUntil" | "options">,
    everywhere: boolean,
  ): void => {
    const policy = policyNamed(listed.name)?.policy;
    if (policy === undefined || (everywhere && policy.about !== undefined && policy.about !== domain)) return;
    const applied = appliedPolicy(policy, listed, input.today);
    const known = found.get(policy.name);
    if (known === undefined || rank[applied.severity] > rank[known.severity]) found.set(policy.name, applied);
  };
  for (const listed of input.mesh?.value.policies ?? []) {
    if (listed.domains.includes(domain)) add(listed, false);
    else if (listed.domains.includes("all") || listed.domains.includes("*")) add(listed, true);
  }
  for (const listed of ofDomain) add(listed, false);
  for (const name of product.contract.access.policies) {
    const policy = policyNamed(name)?.policy;
    if (policy !== undefined && !found.has(policy.name)) add({ name, enforcement: "recommended", options: {} }, false);
  }
  return [...found.values()];
}

function appliedPolicy(
  policy: Policy,
  { enforcement, graceUntil, options }: Pick<DomainPolicy, "enforcement" | "graceUntil" | "options">,
  today: string,
): AppliedPolicy {
  const grace = enforcement === "required" && graceUntil !== undefined && today.slice(0, 10) < graceUntil.slice(0, 10);
  return {
    policy,
    enforcement,
    severity: grace ? "warning" : severities[enforcement],
    options,
    ...(grace ? { graceUntil } : {}),
  };
}
