import type { Embedding } from "@meshwork/contract";
import { defineChange, shown, valueStep } from "../define-change.ts";

/** The number of dimensions is part of the type, and told as another type. */
const withoutDimensions = (embedding: Embedding | undefined): Omit<Embedding, "dimensions"> | undefined => {
  if (embedding === undefined) return undefined;
  const { dimensions: _, ...rest } = embedding;
  return rest;
};

export const embeddingChanged = defineChange({
  name: "embedding-changed",
  severity: "error",
  find: {
    column: ({ before, after, place }) => {
      const step =
        before && after
          ? valueStep(withoutDimensions(before.embedding), withoutDimensions(after.embedding))
          : undefined;
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
