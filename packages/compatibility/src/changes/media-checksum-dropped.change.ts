import { defineChange, shown } from "../define-change.ts";
import { mediaOf } from "../media-types.ts";

export const mediaChecksumDropped = defineChange({
  name: "media-checksum-dropped",
  severity: "error",
  find: {
    column: (pair) => {
      const media = mediaOf(pair);
      return media?.from.checksum && !media.to.checksum
        ? {
            effect: "loosened",
            before: media.from.checksum,
            after: undefined,
            message: `the objects of column ${shown(pair.place.column)} have no checksum any more`,
          }
        : undefined;
    },
  },
  help: "keep it, or set a new major version",
});
