import { defineChange, shown, valueStep } from "../define-change.ts";

export const formatChanged = defineChange({
  name: "format-changed",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      const step = before && after ? valueStep(before.constraints.format, after.constraints.format) : undefined;
      return step !== undefined && "from" in step
        ? {
            effect: "changed",
            before: step.from,
            after: step.to,
            message: `format of column ${shown(place.column)} is ${shown(step.to)}, it was ${shown(step.from)}`,
          }
        : undefined;
    },
  },
  help: "set a new major version, or add a column",
});
