import { compareBound, rangeText } from "../compare-bounds.ts";
import { defineChange, shown } from "../define-change.ts";

export const rangeWidened = defineChange({
  name: "range-widened",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      if (!before || !after) return undefined;
      const sides = (["lower", "upper"] as const).map((side) =>
        compareBound(before.constraints, after.constraints, side),
      );
      return sides.includes("widened")
        ? {
            effect: "loosened",
            before: rangeText(before.constraints),
            after: rangeText(after.constraints),
            message: `range of column ${shown(place.column)} is wider: ${rangeText(after.constraints)}, it was ${rangeText(before.constraints)}`,
          }
        : undefined;
    },
  },
  help: "keep the range, or set a new major version",
});
