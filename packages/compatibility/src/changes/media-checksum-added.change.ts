import { defineChange, shown } from "../define-change.ts";
import { mediaOf } from "../media-types.ts";

export const mediaChecksumAdded = defineChange({
  name: "media-checksum-added",
  severity: "info",
  find: {
    column: (pair) => {
      const media = mediaOf(pair);
      return media?.to.checksum && !media.from.checksum
        ? {
            effect: "tightened",
            before: undefined,
            after: media.to.checksum,
            message: `the objects of column ${shown(pair.place.column)} have a checksum in ${shown(media.to.checksum.column)}`,
          }
        : undefined;
    },
  },
});
