import { defineChange, shown } from "../define-change.ts";

export const roleAdded = defineChange({
  name: "role-added",
  severity: "info",
  find: {
    contract: ({ before, after }) => {
      const added = after!.access.roles.filter((name) => !before!.access.roles.includes(name)).sort();
      return added.length === 0
        ? undefined
        : {
            effect: "tightened",
            path: ["spec", "access", "roles"],
            before: before!.access.roles,
            after: after!.access.roles,
            message: `role ${added.map(shown).join(", ")} is new`,
          };
    },
  },
});
