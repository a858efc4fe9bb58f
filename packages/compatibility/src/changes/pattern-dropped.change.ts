import { defineChange, shown, valueStep } from "../define-change.ts";

export const patternDropped = defineChange({
  name: "pattern-dropped",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      const step = before && after ? valueStep(before.constraints.pattern, after.constraints.pattern) : undefined;
      return step !== undefined && "gone" in step
        ? {
            effect: "loosened",
            before: before!.constraints.pattern,
            after: after!.constraints.pattern,
            message: `pattern of column ${shown(place.column)} is gone: ${shown(step.gone)}`,
          }
        : undefined;
    },
  },
  help: "keep it, or set a new major version",
});
