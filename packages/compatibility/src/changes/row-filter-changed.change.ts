import { defineChange, valueStep } from "../define-change.ts";

export const rowFilterChanged = defineChange({
  name: "row-filter-changed",
  severity: "error",
  find: {
    contract: ({ before, after }) => {
      const step = valueStep(before!.access.rowFilter, after!.access.rowFilter);
      if (step === undefined) return undefined;
      return {
        effect: "gone" in step ? "tightened" : "added" in step ? "loosened" : "changed",
        path: ["spec", "access", "row_filter"],
        before: before!.access.rowFilter,
        after: after!.access.rowFilter,
        message:
          "gone" in step
            ? "the row filter is gone"
            : "added" in step
              ? "a row filter hides rows"
              : "the row filter changed",
      };
    },
  },
  grade: (change, _, usual) => (change.after === undefined ? { ...usual, approval: true } : usual),
  help: "set a new major version",
});
