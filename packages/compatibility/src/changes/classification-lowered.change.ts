import { classificationOf, rankOf, sensitivityOf } from "../classification.ts";
import { defineChange, shown } from "../define-change.ts";

export const classificationLowered = defineChange({
  name: "classification-lowered",
  severity: "warning",
  find: {
    contract: ({ before, after }) => {
      const [from, to] = [sensitivityOf(before!), sensitivityOf(after!)];
      return rankOf(to) < rankOf(from)
        ? {
            effect: "tightened",
            path: ["spec", "sensitivity"],
            before: from,
            after: to,
            message: `the product is ${to}, it was ${from}`,
          }
        : undefined;
    },
    column: ({ before, after, contracts, place }) => {
      // A column that names no class of its own goes with the product.
      if (!before || !after || (before.classification === undefined && after.classification === undefined))
        return undefined;
      const [from, to] = [classificationOf(before, contracts.before), classificationOf(after, contracts.after)];
      return rankOf(to) < rankOf(from)
        ? {
            effect: "tightened",
            before: from,
            after: to,
            message: `column ${shown(place.column)} is ${to}, it was ${from}`,
          }
        : undefined;
    },
  },
  grade: () => ({ level: "minor", reason: "More readers may see what was guarded.", approval: true }),
  help: "have the data's steward agree",
});
