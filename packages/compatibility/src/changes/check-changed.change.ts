import { compareChecks, promiseOf } from "../compare-checks.ts";
import { defineChange, shown } from "../define-change.ts";

export const checkChanged = defineChange({
  name: "check-changed",
  severity: "error",
  find: {
    check: ({ before, after, place }) =>
      before && after && compareChecks(before, after) === "changed"
        ? {
            effect: "changed",
            before: promiseOf(before),
            after: promiseOf(after),
            message: `check ${shown(place.check)} asks something else`,
          }
        : undefined,
  },
  help: "keep the check, or set a new major version",
});
