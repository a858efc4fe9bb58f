import { defineChange, shown } from "../define-change.ts";

export const inputRemoved = defineChange({
  name: "input-removed",
  severity: "info",
  find: {
    input: ({ before, after, place }) =>
      before && !after
        ? {
            effect: "loosened",
            before: before.from.text,
            after: undefined,
            message: `input ${shown(place.input)} from ${before.from.text} is gone`,
          }
        : undefined,
  },
  grade: () => ({ level: "none", reason: "Who expects less asks nothing of anyone." }),
});
