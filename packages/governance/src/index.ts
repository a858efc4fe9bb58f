export { evaluatePolicies } from "./evaluate-policies.ts";
export type { PolicyInput } from "./evaluate-policies.ts";
export { complianceReport } from "./compliance-report.ts";
export type { ComplianceEntry, ComplianceStatus } from "./compliance-report.ts";
export { definePolicy } from "./define-policy.ts";
export type {
  GovernedProduct,
  Placed,
  Policy,
  PolicyContext,
  PolicyFinding,
  PolicyOptions,
  Verdict,
} from "./define-policy.ts";
export { policies } from "./policies/registry.ts";
export { policyNamed } from "./policy-names.ts";
export { policyArea } from "./policy-area.ts";
export { personalLook } from "./undeclared-pii.ts";
