import { compliant, definePolicy, nameOf, violated } from "../define-policy.ts";

export const dataLineage = definePolicy({
  name: "data-lineage",
  aliases: ["lineage"],
  summary: "A product says where its data comes from.",
  help: "name the sources under spec.inputs or spec.lineage.upstream",
  evaluate({ product: { contract } }) {
    const sources = contract.inputs.length + contract.lineage.upstream.length;
    if (sources > 0) return compliant(`${sources} sources named`);
    const problem = `"${nameOf(contract)}" names no source of its data.`;
    return violated({ problem, path: ["spec", "lineage", "upstream"], part: "key" });
  },
});
