import { defineChange, shown, valueStep } from "../define-change.ts";

export const patternAdded = defineChange({
  name: "pattern-added",
  severity: "info",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      const step = before && after ? valueStep(before.constraints.pattern, after.constraints.pattern) : undefined;
      return step !== undefined && "added" in step
        ? {
            effect: "tightened",
            before: before!.constraints.pattern,
            after: after!.constraints.pattern,
            message: `pattern of column ${shown(place.column)} is new: ${shown(step.added)}`,
          }
        : undefined;
    },
  },
});
