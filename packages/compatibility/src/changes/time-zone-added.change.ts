import { defineChange, shown, valueStep } from "../define-change.ts";

export const timeZoneAdded = defineChange({
  name: "time-zone-added",
  severity: "info",
  find: {
    column: ({ before, after, place }) => {
      const step = before && after ? valueStep(before.constraints.timezone, after.constraints.timezone) : undefined;
      return step !== undefined && "added" in step
        ? {
            effect: "tightened",
            before: before!.constraints.timezone,
            after: after!.constraints.timezone,
            message: `time zone of column ${shown(place.column)} is new: ${shown(step.added)}`,
          }
        : undefined;
    },
  },
});
