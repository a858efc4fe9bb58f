import { defineChange, shown } from "../define-change.ts";

export const notNullAdded = defineChange({
  name: "not-null-added",
  severity: "info",
  schema: true,
  find: {
    column: ({ before, after, place }) =>
      before && after && before.nullable && !after.nullable
        ? { effect: "tightened", before: true, after: false, message: `column ${shown(place.column)} is now required` }
        : undefined,
  },
});
