import { defineChange, shown, valueStep } from "../define-change.ts";

export const referenceAdded = defineChange({
  name: "reference-added",
  severity: "info",
  find: {
    column: ({ before, after, place }) => {
      const step = before && after ? valueStep(before.constraints.references, after.constraints.references) : undefined;
      return step !== undefined && "added" in step
        ? {
            effect: "tightened",
            before: before!.constraints.references,
            after: after!.constraints.references,
            message: `reference of column ${shown(place.column)} is new: ${shown(step.added)}`,
          }
        : undefined;
    },
  },
});
