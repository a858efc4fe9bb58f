import { defineRule } from "../define-rule.ts";

export const slaRequired = defineRule({
  code: "sla-required",
  severity: "error",
  message: (p: { product: string }) => `"${p.product}" promises no service level.`,
  help: "add spec.sla with freshness or availability: { freshness: 24h, availability: 99.5% }",
  check({ contract }, report) {
    // The Open Data Product Standard leaves service levels to the contracts of its ports.
    if (contract.dialect.startsWith("odps/")) return;
    const promised = [contract, ...contract.ports].some(({ sla }) => Object.keys(sla).length > 0);
    if (!promised) report({ product: `${contract.domain}.${contract.product}` }, ["spec", "sla"], { part: "key" });
  },
});
