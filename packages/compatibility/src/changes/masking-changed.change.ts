import { defineChange, shown } from "../define-change.ts";

export const maskingChanged = defineChange({
  name: "masking-changed",
  severity: "error",
  find: {
    column: ({ before, after, place }) => {
      const [from, to] = [before?.masking ?? "none", after?.masking ?? "none"];
      return before && after && from !== to
        ? {
            effect: "changed",
            before: from,
            after: to,
            message: `masking of column ${shown(place.column)} is ${to}, it was ${from}`,
          }
        : undefined;
    },
  },
  grade: (change, _, usual) => ({
    ...usual,
    reason: "The values become others.",
    ...(change.after === "none" ? { approval: true } : {}),
  }),
  help: "offer the other form as a column of its own",
});
