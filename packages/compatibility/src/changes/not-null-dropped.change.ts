import { defineChange, shown } from "../define-change.ts";

export const notNullDropped = defineChange({
  name: "not-null-dropped",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) =>
      before && after && !before.nullable && after.nullable
        ? { effect: "loosened", before: false, after: true, message: `column ${shown(place.column)} may now be null` }
        : undefined,
  },
  help: "keep it filled, or set a new major version",
});
