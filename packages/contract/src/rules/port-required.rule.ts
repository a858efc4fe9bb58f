import { defineRule } from "../define-rule.ts";

export const portRequired = defineRule({
  code: "port-required",
  severity: "error",
  message: (p: { product: string }) => `"${p.product}" offers no output port, so nobody can use it.`,
  help: "add spec.schema with fields, or spec.ports",
  check({ contract }, report) {
    if (contract.ports.length > 0) return;
    const severity = contract.status === "draft" ? "warning" : "error";
    report({ product: `${contract.domain}.${contract.product}` }, ["spec", "schema"], { part: "key", severity });
  },
});
