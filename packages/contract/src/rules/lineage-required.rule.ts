import { defineRule } from "../define-rule.ts";

/** A warning, because the models may know more: the graph of the mesh joins both. */
export const lineageRequired = defineRule({
  code: "lineage-required",
  severity: "warning",
  message: (p: { product: string }) => `"${p.product}" does not say where its data comes from.`,
  help: "name its sources under spec.inputs or spec.lineage.upstream",
  check({ contract }, report) {
    if (contract.inputs.length > 0 || contract.lineage.upstream.length > 0) return;
    report({ product: `${contract.domain}.${contract.product}` }, ["spec", "lineage", "upstream"], { part: "key" });
  },
});
