import { defineChange, shown } from "../define-change.ts";

export const purposeAdded = defineChange({
  name: "purpose-added",
  severity: "info",
  find: {
    contract: ({ before, after }) => {
      const added = after!.access.purposes.filter((name) => !before!.access.purposes.includes(name)).sort();
      return added.length === 0
        ? undefined
        : {
            effect: "tightened",
            path: ["spec", "access", "purposes"],
            before: before!.access.purposes,
            after: after!.access.purposes,
            message: `purpose ${added.map(shown).join(", ")} is new`,
          };
    },
  },
});
