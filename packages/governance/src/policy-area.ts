import type { CodeDefinition } from "@meshwork/diagnostics";
import { defineArea } from "@meshwork/diagnostics";
import { policies } from "./policies/registry.ts";

export interface PolicyParams {
  readonly problem: string;
}

/** A policy's findings are as severe as its enforcement says; this is the one of `required`. */
const ofPolicies: Readonly<Record<string, CodeDefinition<PolicyParams>>> = Object.fromEntries(
  policies.map((policy) => [
    policy.name,
    { severity: "error", message: (p: PolicyParams) => p.problem, help: policy.help },
  ]),
);

type Code<P> = CodeDefinition<P>;

/** What is found about policies themselves, and about data whatever the policies. */
const ofTheMesh = {
  "unknown-policy": {
    severity: "error",
    message: (p: { name: string; suggestion: string }) =>
      `There is no policy "${p.name}", so nothing enforces it.${p.suggestion}`,
    help: "name one of the policies that mesh explain lists under policy/",
  } satisfies Code<{ name: string; suggestion: string }>,
  "policy-alias": {
    severity: "warning",
    message: (p: { name: string; policy: string }) => `"${p.name}" is another name of the policy ${p.policy}.`,
    help: (p: { name: string; policy: string }) => `write ${p.policy}`,
  } satisfies Code<{ name: string; policy: string }>,
  "unknown-option": {
    severity: "warning",
    message: (p: { policy: string; option: string; suggestion: string }) =>
      `The policy ${p.policy} has no option "${p.option}".${p.suggestion}`,
    help: "mesh explain tells the options of a policy",
  } satisfies Code<{ policy: string; option: string; suggestion: string }>,
  "undeclared-pii": {
    severity: "warning",
    message: (p: { column: string; port: string; looksLike: string }) =>
      `Column "${p.column}" of port "${p.port}" looks like ${p.looksLike}, and is not declared as personal data.`,
    help: "add pii: true and a masking to its constraints; classification: public says that it is none",
  } satisfies Code<{ column: string; port: string; looksLike: string }>,
  "double-claim": {
    severity: "warning",
    message: (p: { what: string; first: string; second: string }) =>
      `${p.what} is claimed by two domains: ${p.first} and ${p.second}.`,
    help: "let one domain own it, and the other read its product",
  } satisfies Code<{ what: string; first: string; second: string }>,
} as const;

const pages = { directory: new URL("./policies/", import.meta.url), suffix: ".policy.md" };

/** The codes that are named after policies. */
export const enforcedArea = defineArea("policy", pages, ofPolicies);
/** The other ones. */
export const meshwideArea = defineArea("policy", pages, ofTheMesh);

const all: Readonly<Record<string, CodeDefinition<never>>> = { ...ofPolicies, ...ofTheMesh };

/** All codes of policies, with their pages. */
export const policyArea = defineArea("policy", pages, all);
