import { compareBound, rangeText } from "../compare-bounds.ts";
import { defineChange, shown } from "../define-change.ts";

export const rangeChanged = defineChange({
  name: "range-changed",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) =>
      before &&
      after &&
      (["lower", "upper"] as const).some(
        (side) => compareBound(before.constraints, after.constraints, side) === "changed",
      )
        ? {
            effect: "changed",
            before: rangeText(before.constraints),
            after: rangeText(after.constraints),
            message: `range of column ${shown(place.column)} is ${rangeText(after.constraints)}, it was ${rangeText(before.constraints)}`,
          }
        : undefined,
  },
  help: "set a new major version",
});
