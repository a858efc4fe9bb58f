import { defineChange, shown, valueStep } from "../define-change.ts";

export const formatAdded = defineChange({
  name: "format-added",
  severity: "info",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      const step = before && after ? valueStep(before.constraints.format, after.constraints.format) : undefined;
      return step !== undefined && "added" in step
        ? {
            effect: "tightened",
            before: before!.constraints.format,
            after: after!.constraints.format,
            message: `format of column ${shown(place.column)} is new: ${shown(step.added)}`,
          }
        : undefined;
    },
  },
});
