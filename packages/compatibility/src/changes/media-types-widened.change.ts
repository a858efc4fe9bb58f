import { defineChange, shown } from "../define-change.ts";
import { beyond, mediaOf } from "../media-types.ts";

export const mediaTypesWidened = defineChange({
  name: "media-types-widened",
  severity: "error",
  find: {
    column: (pair) => {
      const media = mediaOf(pair);
      const added = media === undefined ? [] : beyond(media.to.types, media.from.types);
      return added.length === 0
        ? undefined
        : {
            effect: "loosened",
            before: media!.from.types,
            after: media!.to.types,
            message: `column ${shown(pair.place.column)} now refers to ${added.join(", ")}, too`,
          };
    },
  },
  help: "publish the new kind in a column of its own, or set a new major version",
});
