import { compareTypes, typeText } from "../compare-types.ts";
import { defineChange, shown } from "../define-change.ts";

export const typeWidened = defineChange({
  name: "type-widened",
  severity: "warning",
  schema: true,
  find: {
    column: ({ before, after, place }) =>
      before && after && compareTypes(before.type, after.type) === "widened"
        ? {
            effect: "loosened",
            before: typeText(before.type),
            after: typeText(after.type),
            message: `type of column ${shown(place.column)} is wider: ${typeText(after.type)}, it was ${typeText(before.type)}`,
          }
        : undefined,
  },
  grade: (_, { direction, mode, strict }, usual) =>
    mode === "BACKWARD" || direction === "input" || !strict
      ? mode === "FULL"
        ? usual
        : { level: "minor", reason: "Every former value fits the wider type." }
      : { level: "major", reason: "Readers that keep the narrower type may fail." },
  help: "set a new major version if readers keep the narrower type",
});
