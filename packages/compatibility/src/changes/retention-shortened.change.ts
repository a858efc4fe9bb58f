import { defineChange } from "../define-change.ts";

export const retentionShortened = defineChange({
  name: "retention-shortened",
  severity: "error",
  find: {
    contract: ({ before, after }) => {
      const [from, to] = [before!.retention?.period, after!.retention?.period];
      return from !== undefined && (to === undefined || to.seconds < from.seconds)
        ? {
            effect: "loosened",
            path: ["spec", "retention"],
            before: from?.text,
            after: to?.text,
            message: `rows are kept ${to?.text ?? "for a time nobody names"}${from === undefined ? "" : `, it was ${from.text}`}`,
          }
        : undefined;
    },
  },
  help: "keep the longer period, or set a new major version",
});
