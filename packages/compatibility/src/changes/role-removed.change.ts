import { defineChange, shown } from "../define-change.ts";

export const roleRemoved = defineChange({
  name: "role-removed",
  severity: "error",
  find: {
    contract: ({ before, after }) => {
      const removed = before!.access.roles.filter((name) => !after!.access.roles.includes(name)).sort();
      return removed.length === 0
        ? undefined
        : {
            effect: "loosened",
            path: ["spec", "access", "roles"],
            before: before!.access.roles,
            after: after!.access.roles,
            message: `role ${removed.map(shown).join(", ")} is gone`,
          };
    },
  },
  help: "keep it, or set a new major version",
});
