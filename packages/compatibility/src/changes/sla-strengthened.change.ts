import { serviceLevelSteps } from "../service-level-steps.ts";
import { defineChange } from "../define-change.ts";

export const slaStrengthened = defineChange({
  name: "sla-strengthened",
  severity: "info",
  find: {
    contract: ({ before, after }) => serviceLevelSteps(before!.sla, after!.sla, "strengthened", ["spec", "sla"]),
    port: ({ before, after }) =>
      before && after ? serviceLevelSteps(before.sla, after.sla, "strengthened") : undefined,
    input: ({ before, after }) =>
      before && after
        ? serviceLevelSteps({ freshness: before.freshness }, { freshness: after.freshness }, "strengthened")
        : undefined,
  },
});
