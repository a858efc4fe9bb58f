import { longestOf } from "../compare-bounds.ts";
import { compareTypes } from "../compare-types.ts";
import { defineChange, shown } from "../define-change.ts";

export const lengthNarrowed = defineChange({
  name: "length-narrowed",
  severity: "info",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      if (!before || !after || compareTypes(before.type, after.type) !== "same") return undefined;
      const [from, to] = [longestOf(before), longestOf(after)];
      const least = { from: before.constraints.minLength, to: after.constraints.minLength };
      return (to ?? Infinity) < (from ?? Infinity) || (least.to ?? 0) > (least.from ?? 0)
        ? {
            effect: "tightened",
            before: { min: least.from, max: from },
            after: { min: least.to, max: to },
            message: `length of column ${shown(place.column)} is more limited: ${least.to ?? 0} to ${to ?? "any"}, it was ${least.from ?? 0} to ${from ?? "any"}`,
          }
        : undefined;
    },
  },
});
