import { defineChange, shown } from "../define-change.ts";

export const piiUndeclared = defineChange({
  name: "pii-undeclared",
  severity: "warning",
  find: {
    column: ({ before, after, place }) =>
      before && after && before.pii && !after.pii
        ? {
            effect: "tightened",
            before: before.pii,
            after: after.pii,
            message: `column ${shown(place.column)} is no longer personal data`,
          }
        : undefined,
  },
  grade: () => ({ level: "minor", reason: "Rules for personal data no longer hold for it.", approval: true }),
  help: "have the data's steward agree",
});
