import { defineChange, shown } from "../define-change.ts";
import { beyond, mediaOf } from "../media-types.ts";

export const mediaTypesNarrowed = defineChange({
  name: "media-types-narrowed",
  severity: "info",
  find: {
    column: (pair) => {
      const media = mediaOf(pair);
      const gone = media === undefined ? [] : beyond(media.from.types, media.to.types);
      return gone.length === 0
        ? undefined
        : {
            effect: "tightened",
            before: media!.from.types,
            after: media!.to.types,
            message: `column ${shown(pair.place.column)} no longer refers to ${gone.join(", ")}`,
          };
    },
  },
});
