import { defineChange, shown } from "../define-change.ts";

export const piiDeclared = defineChange({
  name: "pii-declared",
  severity: "error",
  find: {
    column: ({ before, after, place }) =>
      before && after && !before.pii && after.pii
        ? {
            effect: "loosened",
            before: before.pii,
            after: after.pii,
            message: `column ${shown(place.column)} is now personal data`,
          }
        : undefined,
  },
  grade: (_, { direction }) => ({
    level: direction === "input" ? "minor" : "major",
    reason: "Whoever reads it must now follow the rules for personal data.",
    approval: true,
  }),
  help: "have the data's steward agree",
});
