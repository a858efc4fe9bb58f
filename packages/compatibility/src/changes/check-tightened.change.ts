import { compareChecks, promiseOf } from "../compare-checks.ts";
import { defineChange, shown } from "../define-change.ts";

export const checkTightened = defineChange({
  name: "check-tightened",
  severity: "info",
  find: {
    check: ({ before, after, place }) =>
      before && after && compareChecks(before, after) === "tightened"
        ? {
            effect: "tightened",
            before: promiseOf(before),
            after: promiseOf(after),
            message: `check ${shown(place.check)} lets less through`,
          }
        : undefined,
  },
});
