import { defineChange, shown, valueStep } from "../define-change.ts";

export const uniqueDropped = defineChange({
  name: "unique-dropped",
  severity: "error",
  find: {
    column: ({ before, after, place }) => {
      const step =
        before && after
          ? valueStep(
              before.constraints.unique === true ? true : undefined,
              after.constraints.unique === true ? true : undefined,
            )
          : undefined;
      return step !== undefined && "gone" in step
        ? {
            effect: "loosened",
            before: before!.constraints.unique === true ? true : undefined,
            after: after!.constraints.unique === true ? true : undefined,
            message: `uniqueness of column ${shown(place.column)} is gone`,
          }
        : undefined;
    },
  },
  help: "keep it, or set a new major version",
});
