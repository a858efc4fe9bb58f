import { defineChange, shown } from "../define-change.ts";

export const enumValueAdded = defineChange({
  name: "enum-value-added",
  severity: "error",
  schema: true,
  find: {
    column: ({ before, after, place }) => {
      const [from, to] = [before?.constraints.enum, after?.constraints.enum];
      if (from === undefined || to === undefined) return undefined;
      const added = to.filter((value) => !from.includes(value));
      return added.length === 0
        ? undefined
        : {
            effect: "loosened",
            before: from,
            after: to,
            message: `column ${shown(place.column)} now takes ${added.map(shown).join(", ")}`,
          };
    },
  },
  help: "set a new major version, or tell readers and wait",
});
