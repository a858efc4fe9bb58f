import { compareBound, rangeText } from "../compare-bounds.ts";
import { defineChange, shown } from "../define-change.ts";

export const rangeNarrowed = defineChange({
  name: "range-narrowed",
  severity: "info",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      if (!before || !after) return undefined;
      const sides = (["lower", "upper"] as const).map((side) =>
        compareBound(before.constraints, after.constraints, side),
      );
      return sides.includes("narrowed")
        ? {
            effect: "tightened",
            before: rangeText(before.constraints),
            after: rangeText(after.constraints),
            message: `range of column ${shown(place.column)} is narrower: ${rangeText(after.constraints)}, it was ${rangeText(before.constraints)}`,
          }
        : undefined;
    },
  },
});
