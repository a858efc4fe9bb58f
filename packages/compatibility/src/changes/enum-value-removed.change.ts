import { defineChange, shown } from "../define-change.ts";

export const enumValueRemoved = defineChange({
  name: "enum-value-removed",
  severity: "info",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      const [from, to] = [before?.constraints.enum, after?.constraints.enum];
      if (from === undefined || to === undefined) return undefined;
      const removed = from.filter((value) => !to.includes(value));
      return removed.length === 0
        ? undefined
        : {
            effect: "tightened",
            before: from,
            after: to,
            message: `column ${shown(place.column)} no longer takes ${removed.map(shown).join(", ")}`,
          };
    },
  },
});
