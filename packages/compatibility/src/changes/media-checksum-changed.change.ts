import { defineChange, shown, valueStep } from "../define-change.ts";
import { mediaOf } from "../media-types.ts";

export const mediaChecksumChanged = defineChange({
  name: "media-checksum-changed",
  severity: "error",
  find: {
    column: (pair) => {
      const media = mediaOf(pair);
      const step =
        media?.from.checksum && media.to.checksum ? valueStep(media.from.checksum, media.to.checksum) : undefined;
      if (step === undefined) return undefined;
      const [from, to] = [media!.from.checksum!, media!.to.checksum!];
      const [what, was] =
        from.algorithm === to.algorithm ? [shown(to.column), shown(from.column)] : [to.algorithm, from.algorithm];
      return {
        effect: "changed",
        before: from,
        after: to,
        message: `checksum of the objects of column ${shown(pair.place.column)} is ${what}, it was ${was}`,
      };
    },
  },
  help: "add the new checksum in a column of its own beside the old one",
});
