import { defineChange, shown, valueStep } from "../define-change.ts";

export const embeddingChanged = defineChange({
  name: "embedding-changed",
  severity: "error",
  find: {
    column: ({ before, after, place }) => {
      const step = before && after ? valueStep(before.embedding, after.embedding) : undefined;
      return step === undefined
        ? undefined
        : {
            effect: "changed",
            before: before!.embedding,
            after: after!.embedding,
            message: `embedding of column ${shown(place.column)} is of another kind`,
          };
    },
  },
  help: "publish the new vectors as a column of their own",
});
