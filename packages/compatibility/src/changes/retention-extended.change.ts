import { defineChange } from "../define-change.ts";

export const retentionExtended = defineChange({
  name: "retention-extended",
  severity: "info",
  find: {
    contract: ({ before, after }) => {
      const [from, to] = [before!.retention?.period, after!.retention?.period];
      return to !== undefined && (from === undefined || to.seconds > from.seconds)
        ? {
            effect: "tightened",
            path: ["spec", "retention"],
            before: from?.text,
            after: to?.text,
            message: `rows are kept ${to?.text ?? "for a time nobody names"}${from === undefined ? "" : `, it was ${from.text}`}`,
          }
        : undefined;
    },
  },
});
