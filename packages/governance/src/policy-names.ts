import { didYouMean, nearest } from "@meshwork/diagnostics";
import type { Policy } from "./define-policy.ts";
import { policies } from "./policies/registry.ts";

const folded = (name: string): string => name.trim().toLowerCase().replaceAll("_", "-");

const byName = new Map<string, Policy>(
  policies.flatMap((policy) => [policy.name, ...(policy.aliases ?? [])].map((name) => [folded(name), policy] as const)),
);
const names = policies.map((policy) => policy.name);

/** A policy by its name or alias; `alias` is set where the name is not its own. */
export function policyNamed(name: string): { readonly policy: Policy; readonly alias: boolean } | undefined {
  const policy = byName.get(folded(name));
  return policy === undefined ? undefined : { policy, alias: policy.name !== name };
}

/** ` Did you mean "pii-masking"?`, or nothing. */
export const suggestionFor = (name: string): string => didYouMean(name, names);

export const nearestPolicy = (name: string): string | undefined => {
  const found = nearest(name, names);
  return found.length === 1 ? found[0] : undefined;
};
