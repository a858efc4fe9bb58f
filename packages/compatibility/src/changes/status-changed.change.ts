import type { ProductStatus } from "@meshwork/contract";
import { windowGrade } from "../deprecation-window.ts";
import { defineChange } from "../define-change.ts";

export const statusChanged = defineChange({
  name: "status-changed",
  severity: "error",
  find: {
    contract: ({ before, after }) => {
      if (before!.status === after!.status) return undefined;
      const promises = (status: ProductStatus) => status === "active" || status === "deprecated";
      return {
        effect: promises(before!.status) && !promises(after!.status) ? "loosened" : "tightened",
        path: ["metadata", "status"],
        before: before!.status,
        after: after!.status,
        message: `the product is ${after!.status}, it was ${before!.status}`,
        announced: before!.deprecation,
      };
    },
  },
  grade: (change, { direction, today }, usual) =>
    direction === "input"
      ? { level: "patch", reason: "A supplier is not asked for anything else." }
      : change.effect === "loosened"
        ? windowGrade(change, today, usual)
        : usual,
  help: "deprecate the product with a date before it is retired",
});
