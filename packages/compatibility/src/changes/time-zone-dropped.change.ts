import { defineChange, shown, valueStep } from "../define-change.ts";

export const timeZoneDropped = defineChange({
  name: "time-zone-dropped",
  severity: "error",
  find: {
    column: ({ before, after, place }) => {
      const step = before && after ? valueStep(before.constraints.timezone, after.constraints.timezone) : undefined;
      return step !== undefined && "gone" in step
        ? {
            effect: "loosened",
            before: before!.constraints.timezone,
            after: after!.constraints.timezone,
            message: `time zone of column ${shown(place.column)} is gone: ${shown(step.gone)}`,
          }
        : undefined;
    },
  },
  help: "keep it, or set a new major version",
});
