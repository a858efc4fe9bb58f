import { defineChange, shown } from "../define-change.ts";

export const checkRemoved = defineChange({
  name: "check-removed",
  severity: "error",
  find: {
    check: ({ before, after, place }) =>
      before && !after
        ? {
            effect: "loosened",
            before: before.assertion,
            after: undefined,
            message: `check ${shown(place.check)} is gone`,
          }
        : undefined,
  },
  help: "keep the check, or set a new major version",
});
