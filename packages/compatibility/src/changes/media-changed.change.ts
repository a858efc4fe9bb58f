import type { Effect, Finding } from "../define-change.ts";
import { canonical, defineChange, shown } from "../define-change.ts";
import { beyond, mediaOf } from "../media-types.ts";

export const mediaChanged = defineChange({
  name: "media-changed",
  severity: "error",
  find: {
    column: (pair) => {
      const media = mediaOf(pair);
      if (media === undefined) return undefined;
      const { from, to } = media;
      const column = `column ${shown(pair.place.column)}`;
      const found: Finding[] = [];
      const tell = (effect: Effect, before: unknown, after: unknown, message: string): void => {
        if (canonical(before) !== canonical(after)) found.push({ effect, before, after, message });
      };
      tell("changed", from.base, to.base, `the objects of ${column} lie in another place: ${shown(to.base)}`);
      tell("changed", from.typeColumn, to.typeColumn, `the media type of ${column} stands in another column`);
      tell("changed", from.sizeColumn, to.sizeColumn, `the size of the objects of ${column} stands in another column`);
      const schemes = setEffect(from.schemes, to.schemes);
      tell(schemes, sorted(from.schemes), sorted(to.schemes), `references of ${column} have other schemes`);
      const limit = (to.maxBytes ?? Infinity) > (from.maxBytes ?? Infinity) ? "loosened" : "tightened";
      tell(limit, from.maxBytes, to.maxBytes, `the greatest size of the objects of ${column} is another`);
      const unchanged = beyond(from.types, to.types).length === 0 && beyond(to.types, from.types).length === 0;
      if (unchanged)
        tell(
          "neutral",
          sorted(from.types),
          sorted(to.types),
          `the media types of ${column} are written in another way`,
        );
      return found;
    },
  },
  help: "copy the objects, keep the old place for the readers that are there, or set a new major version",
});

const sorted = (words: readonly string[] | undefined): readonly string[] | undefined =>
  words === undefined ? undefined : [...words].sort();

/** No list allows everything. */
function setEffect(from: readonly string[] | undefined, to: readonly string[] | undefined): Effect {
  const more = to === undefined || (from !== undefined && to.some((word) => !from.includes(word)));
  const fewer = from === undefined || (to !== undefined && from.some((word) => !to.includes(word)));
  return more && fewer ? "changed" : more ? "loosened" : "tightened";
}
