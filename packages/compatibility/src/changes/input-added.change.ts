import { defineChange, shown } from "../define-change.ts";

export const inputAdded = defineChange({
  name: "input-added",
  severity: "info",
  find: {
    input: ({ before, after, place }) =>
      !before && after
        ? {
            effect: "tightened",
            before: undefined,
            after: after.from.text,
            message: `input ${shown(place.input)} from ${after.from.text} is new`,
          }
        : undefined,
  },
  help: "agree with the supplier",
});
