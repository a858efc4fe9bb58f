import { defineChange, shown } from "../define-change.ts";

export const accessPolicyRemoved = defineChange({
  name: "access-policy-removed",
  severity: "warning",
  find: {
    contract: ({ before, after }) => {
      const removed = before!.access.policies.filter((name) => !after!.access.policies.includes(name)).sort();
      return removed.length === 0
        ? undefined
        : {
            effect: "loosened",
            path: ["spec", "access", "policies"],
            before: before!.access.policies,
            after: after!.access.policies,
            message: `access policy ${removed.map(shown).join(", ")} is gone`,
          };
    },
  },
  grade: () => ({ level: "minor", reason: "The policy guards the product no longer.", approval: true }),
  help: "have the data's steward agree",
});
