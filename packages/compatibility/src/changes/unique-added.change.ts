import { defineChange, shown, valueStep } from "../define-change.ts";

export const uniqueAdded = defineChange({
  name: "unique-added",
  severity: "info",
  find: {
    column: ({ before, after, place }) => {
      const step =
        before && after
          ? valueStep(
              before.constraints.unique === true ? true : undefined,
              after.constraints.unique === true ? true : undefined,
            )
          : undefined;
      return step !== undefined && "added" in step
        ? {
            effect: "tightened",
            before: before!.constraints.unique === true ? true : undefined,
            after: after!.constraints.unique === true ? true : undefined,
            message: `uniqueness of column ${shown(place.column)} is new`,
          }
        : undefined;
    },
  },
});
