import { defineChange, shown } from "../define-change.ts";

export const accessPolicyAdded = defineChange({
  name: "access-policy-added",
  severity: "info",
  find: {
    contract: ({ before, after }) => {
      const added = after!.access.policies.filter((name) => !before!.access.policies.includes(name)).sort();
      return added.length === 0
        ? undefined
        : {
            effect: "tightened",
            path: ["spec", "access", "policies"],
            before: before!.access.policies,
            after: after!.access.policies,
            message: `access policy ${added.map(shown).join(", ")} is new`,
          };
    },
  },
  grade: () => ({ level: "minor", reason: "Readers keep to one more policy." }),
});
