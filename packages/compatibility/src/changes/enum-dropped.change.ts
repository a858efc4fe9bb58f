import { defineChange, shown } from "../define-change.ts";

export const enumDropped = defineChange({
  name: "enum-dropped",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      const [from, to] = [before?.constraints.enum, after?.constraints.enum];
      return before && after && from !== undefined && to === undefined
        ? {
            effect: "loosened",
            before: from,
            after: to,
            message: `accepted values of column ${shown(place.column)} are no longer listed`,
          }
        : undefined;
    },
  },
  help: "keep the list, or set a new major version",
});
