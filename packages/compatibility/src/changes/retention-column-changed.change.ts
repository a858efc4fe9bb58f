import { defineChange, shown } from "../define-change.ts";

export const retentionColumnChanged = defineChange({
  name: "retention-column-changed",
  severity: "error",
  find: {
    contract: ({ before, after }) => {
      const [from, to] = [before!.retention, after!.retention];
      return from && to && from.by !== to.by
        ? {
            effect: "changed",
            path: ["spec", "retention", "by"],
            before: from.by,
            after: to.by,
            message: `rows go by the age of ${shown(to.by)}, it was ${shown(from.by)}`,
          }
        : undefined;
    },
  },
  help: "keep the column, or set a new major version",
});
