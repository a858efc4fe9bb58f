import { applyRuleSettings } from "@meshwork/contract";
import { nameOf } from "./define-policy.ts";
import type { Judgement, PolicyInput } from "./evaluate-policies.ts";
import { judge } from "./evaluate-policies.ts";
import { policies } from "./policies/registry.ts";
import { policyArea } from "./policy-area.ts";

export type ComplianceStatus = "compliant" | "violated" | "waived" | "not-applicable";

export interface ComplianceEntry {
  readonly product: string;
  readonly policy: string;
  readonly status: ComplianceStatus;
  /** Absent where the policy does not hold for the product. */
  readonly enforcement?: "required" | "recommended" | "optional" | undefined;
  /** While a required policy only warns: until when. */
  readonly graceUntil?: string | undefined;
  /** What shows it, why it does not apply, why it is waived, or what is wrong. */
  readonly details: readonly string[];
}

/** Each policy against each product, sorted: `mesh status`, the catalog. Waivers are `ignore` entries of mesh.yaml. */
export function complianceReport(input: PolicyInput): ComplianceEntry[] {
  const judged = new Map(
    judge(input).map((judgement) => [
      `${nameOf(judgement.product.contract)} ${judgement.applied.policy.name}`,
      judgement,
    ]),
  );
  return input.products
    .map((product) => nameOf(product.contract))
    .sort()
    .flatMap((product) =>
      policies.map(({ name }): ComplianceEntry => {
        const judgement = judged.get(`${product} ${name}`);
        if (judgement === undefined)
          return { product, policy: name, status: "not-applicable", details: ["no policy of the mesh or domain"] };
        return entryOf(product, judgement, input);
      }),
    );
}

function entryOf(product: string, { applied, verdict }: Judgement, input: PolicyInput): ComplianceEntry {
  const { enforcement, graceUntil, policy } = applied;
  const base = { product, policy: policy.name, enforcement, ...(graceUntil === undefined ? {} : { graceUntil }) };
  if (verdict.status === "compliant") return { ...base, status: "compliant", details: [verdict.evidence] };
  if (verdict.status === "not-applicable") return { ...base, status: "not-applicable", details: [verdict.reason] };
  const waiver = waiverOf(product, policy.name, input);
  if (waiver !== undefined) return { ...base, status: "waived", details: [waiver] };
  return { ...base, status: "violated", details: verdict.findings.map((finding) => finding.problem) };
}

/** Why a finding is accepted, where it is: exactly what `ignore` and `rules` would leave out of a report. */
function waiverOf(product: string, policy: string, { mesh, today }: PolicyInput): string | undefined {
  if (mesh === undefined) return undefined;
  const code = `${policyArea.name}/${policy}`;
  const finding = { code, severity: "error", message: "", product } as const;
  if (applyRuleSettings([finding], mesh.value, today).length > 0) return undefined;
  const entry = mesh.value.ignore.find(
    (each) => applyRuleSettings([finding], { rules: {}, ignore: [each] }, today).length === 0,
  );
  if (entry === undefined) return "turned off in mesh.yaml";
  return entry.until === undefined ? entry.reason : `${entry.reason} (until ${entry.until})`;
}
