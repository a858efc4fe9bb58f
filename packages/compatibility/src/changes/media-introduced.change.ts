import { defineChange, shown } from "../define-change.ts";

export const mediaIntroduced = defineChange({
  name: "media-introduced",
  severity: "info",
  find: {
    column: ({ before, after, place }) =>
      before && after && before.media === undefined && after.media !== undefined
        ? {
            effect: "tightened",
            before: undefined,
            after: after.media,
            message: `column ${shown(place.column)} now refers to ${after.media.types.join(", ")}`,
          }
        : undefined,
  },
});
