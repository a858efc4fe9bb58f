import { defineChange, shown } from "../define-change.ts";

export const enumIntroduced = defineChange({
  name: "enum-introduced",
  severity: "info",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      const [from, to] = [before?.constraints.enum, after?.constraints.enum];
      return before && after && from === undefined && to !== undefined
        ? {
            effect: "tightened",
            before: from,
            after: to,
            message: `accepted values of column ${shown(place.column)} are now listed`,
          }
        : undefined;
    },
  },
});
