import { compareTypes, typeText } from "../compare-types.ts";
import { defineChange, shown } from "../define-change.ts";

export const typeNarrowed = defineChange({
  name: "type-narrowed",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) =>
      before && after && compareTypes(before.type, after.type) === "narrowed"
        ? {
            effect: "changed",
            before: typeText(before.type),
            after: typeText(after.type),
            message: `type of column ${shown(place.column)} is narrower: ${typeText(after.type)}, it was ${typeText(before.type)}`,
          }
        : undefined,
  },
  grade: (_, { mode }, usual) =>
    mode === "FORWARD" ? { level: "minor", reason: "Former readers can read the narrower type." } : usual,
  help: "keep the type, or set a new major version",
});
