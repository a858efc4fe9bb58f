import { compareTypes, typeText } from "../compare-types.ts";
import { defineChange, shown } from "../define-change.ts";

export const typeChanged = defineChange({
  name: "type-changed",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) =>
      before && after && compareTypes(before.type, after.type) === "changed"
        ? {
            effect: "changed",
            before: typeText(before.type),
            after: typeText(after.type),
            message: `type of column ${shown(place.column)} is another: ${typeText(after.type)}, it was ${typeText(before.type)}`,
          }
        : undefined,
  },
  help: "add a column of the new type and deprecate the old one",
});
