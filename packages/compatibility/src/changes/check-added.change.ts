import { defineChange, shown } from "../define-change.ts";

export const checkAdded = defineChange({
  name: "check-added",
  severity: "info",
  find: {
    check: ({ before, after, place }) =>
      !before && after
        ? {
            effect: "tightened",
            before: undefined,
            after: after.assertion,
            message: `check ${shown(place.check)} is new`,
          }
        : undefined,
  },
});
