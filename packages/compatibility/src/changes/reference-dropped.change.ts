import { defineChange, shown, valueStep } from "../define-change.ts";

export const referenceDropped = defineChange({
  name: "reference-dropped",
  severity: "error",
  find: {
    column: ({ before, after, place }) => {
      const step = before && after ? valueStep(before.constraints.references, after.constraints.references) : undefined;
      return step !== undefined && "gone" in step
        ? {
            effect: "loosened",
            before: before!.constraints.references,
            after: after!.constraints.references,
            message: `reference of column ${shown(place.column)} is gone: ${shown(step.gone)}`,
          }
        : undefined;
    },
  },
  help: "keep it, or set a new major version",
});
