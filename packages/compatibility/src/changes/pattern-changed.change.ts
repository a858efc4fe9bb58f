import { defineChange, shown, valueStep } from "../define-change.ts";

export const patternChanged = defineChange({
  name: "pattern-changed",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      const step = before && after ? valueStep(before.constraints.pattern, after.constraints.pattern) : undefined;
      return step !== undefined && "from" in step
        ? {
            effect: "changed",
            before: step.from,
            after: step.to,
            message: `pattern of column ${shown(place.column)} is ${shown(step.to)}, it was ${shown(step.from)}`,
          }
        : undefined;
    },
  },
  help: "set a new major version, or add a column",
});
