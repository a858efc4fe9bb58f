import { longestOf } from "../compare-bounds.ts";
import { compareTypes } from "../compare-types.ts";
import { defineChange, shown } from "../define-change.ts";

export const lengthWidened = defineChange({
  name: "length-widened",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      if (!before || !after || compareTypes(before.type, after.type) !== "same") return undefined;
      const [from, to] = [longestOf(before), longestOf(after)];
      const least = { from: before.constraints.minLength, to: after.constraints.minLength };
      return (to ?? Infinity) > (from ?? Infinity) || (least.to ?? 0) < (least.from ?? 0)
        ? {
            effect: "loosened",
            before: { min: least.from, max: from },
            after: { min: least.to, max: to },
            message: `length of column ${shown(place.column)} is less limited: ${least.to ?? 0} to ${to ?? "any"}, it was ${least.from ?? 0} to ${from ?? "any"}`,
          }
        : undefined;
    },
  },
  help: "keep the length, or set a new major version",
});
