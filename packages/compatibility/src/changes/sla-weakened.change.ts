import { serviceLevelSteps } from "../service-level-steps.ts";
import { defineChange } from "../define-change.ts";

export const slaWeakened = defineChange({
  name: "sla-weakened",
  severity: "error",
  find: {
    contract: ({ before, after }) => serviceLevelSteps(before!.sla, after!.sla, "weakened", ["spec", "sla"]),
    port: ({ before, after }) => (before && after ? serviceLevelSteps(before.sla, after.sla, "weakened") : undefined),
    input: ({ before, after }) =>
      before && after
        ? serviceLevelSteps({ freshness: before.freshness }, { freshness: after.freshness }, "weakened")
        : undefined,
  },
  help: "keep the level, or set a new major version",
});
