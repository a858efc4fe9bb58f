import { referenceName } from "../reference-name.ts";
import { defineChange, shown } from "../define-change.ts";

export const inputSourceChanged = defineChange({
  name: "input-source-changed",
  severity: "warning",
  find: {
    input: ({ before, after, place }) =>
      before && after && referenceName(before.from) !== referenceName(after.from)
        ? {
            effect: "changed",
            before: before.from.text,
            after: after.from.text,
            message: `input ${shown(place.input)} reads ${after.from.text}, it was ${before.from.text}`,
          }
        : undefined,
  },
  help: "check that the new source means the same",
});
