import { defineChange, shown, valueStep } from "../define-change.ts";

export const formatDropped = defineChange({
  name: "format-dropped",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      const step = before && after ? valueStep(before.constraints.format, after.constraints.format) : undefined;
      return step !== undefined && "gone" in step
        ? {
            effect: "loosened",
            before: before!.constraints.format,
            after: after!.constraints.format,
            message: `format of column ${shown(place.column)} is gone: ${shown(step.gone)}`,
          }
        : undefined;
    },
  },
  help: "keep it, or set a new major version",
});
