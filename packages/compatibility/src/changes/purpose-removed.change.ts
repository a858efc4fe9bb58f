import { defineChange, shown } from "../define-change.ts";

export const purposeRemoved = defineChange({
  name: "purpose-removed",
  severity: "error",
  find: {
    contract: ({ before, after }) => {
      const removed = before!.access.purposes.filter((name) => !after!.access.purposes.includes(name)).sort();
      return removed.length === 0
        ? undefined
        : {
            effect: "loosened",
            path: ["spec", "access", "purposes"],
            before: before!.access.purposes,
            after: after!.access.purposes,
            message: `purpose ${removed.map(shown).join(", ")} is gone`,
          };
    },
  },
  help: "keep it, or set a new major version",
});
