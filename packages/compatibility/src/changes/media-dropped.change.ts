import { defineChange, shown } from "../define-change.ts";

export const mediaDropped = defineChange({
  name: "media-dropped",
  severity: "error",
  find: {
    column: ({ before, after, place }) =>
      before && after && before.media !== undefined && after.media === undefined
        ? {
            effect: "loosened",
            before: before.media,
            after: undefined,
            message: `column ${shown(place.column)} no longer says which objects it refers to`,
          }
        : undefined,
  },
  help: "keep it, or set a new major version",
});
