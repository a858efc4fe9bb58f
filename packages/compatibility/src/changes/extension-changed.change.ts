import type { Finding } from "../define-change.ts";
import { canonical, defineChange, shown } from "../define-change.ts";

const extension = (before: unknown, after: unknown, of: string): Finding[] =>
  canonical(before) === canonical(after)
    ? []
    : [{ effect: "neutral", before, after, message: `extensions of ${of} changed` }];

export const extensionChanged = defineChange({
  name: "extension-changed",
  severity: "info",
  find: {
    contract: ({ before, after }) => extension(before!.extensions, after!.extensions, "the product"),
    column: ({ before, after, place }) =>
      before && after ? extension(before.extensions, after.extensions, `column ${shown(place.column)}`) : undefined,
  },
});
