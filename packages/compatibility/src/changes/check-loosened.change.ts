import { compareChecks, promiseOf } from "../compare-checks.ts";
import { defineChange, shown } from "../define-change.ts";

export const checkLoosened = defineChange({
  name: "check-loosened",
  severity: "error",
  find: {
    check: ({ before, after, place }) =>
      before && after && compareChecks(before, after) === "loosened"
        ? {
            effect: "loosened",
            before: promiseOf(before),
            after: promiseOf(after),
            message: `check ${shown(place.check)} lets more through`,
          }
        : undefined,
  },
  help: "keep the check, or set a new major version",
});
