import { defineRule } from "../define-rule.ts";

export const ownerRequired = defineRule({
  code: "owner-required",
  severity: "error",
  message: (p: { product: string }) => `Nobody owns "${p.product}".`,
  help: "add spec.owner with the team's e-mail address, or roles under spec.ownership",
  check({ contract }, report) {
    const { owner, ownership } = contract;
    if (owner ?? ownership.domainOwner ?? ownership.businessOwner) return;
    report({ product: `${contract.domain}.${contract.product}` }, ["spec", "owner"], { part: "key" });
  },
});
