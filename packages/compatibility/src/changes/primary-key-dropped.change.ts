import { keyOf } from "../primary-key.ts";
import { defineChange } from "../define-change.ts";

export const primaryKeyDropped = defineChange({
  name: "primary-key-dropped",
  severity: "error",
  find: {
    columns: ({ before, after, place }) => {
      const [from, to] = [keyOf(before!), keyOf(after!)];
      return place.column === undefined && from.length > 0 && to.length === 0
        ? {
            effect: "loosened",
            path: before![0]?.at ?? [],
            before: from,
            after: to,
            message: `primary key (${from.join(", ")}) is gone`,
          }
        : undefined;
    },
  },
  help: "keep the key, or set a new major version",
});
