import { defineChange, shown } from "../define-change.ts";

export const columnMoved = defineChange({
  name: "column-moved",
  severity: "warning",
  schema: true,
  find: {
    columns: ({ before, after, place }) => {
      const [old, now] = [before!.map((c) => c.name), after!.map((c) => c.name)];
      const [from, to] = [old.filter((name) => now.includes(name)), now.filter((name) => old.includes(name))];
      const first = to.find((name, i) => name !== from[i]);
      return first === undefined
        ? undefined
        : {
            effect: "neutral",
            path: after!.find((c) => c.name === first)!.at,
            before: from,
            after: to,
            message: `columns${place.column === undefined ? "" : ` of ${shown(place.column)}`} stand in another order, from ${shown(first)} on`,
            shifts: true,
          };
    },
  },
  grade: (_, { positional }, usual) =>
    positional ? { level: "major", reason: "Readers take columns by position." } : usual,
  help: "keep the order and add new columns at the end",
});
