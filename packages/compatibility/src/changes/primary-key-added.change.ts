import { keyOf } from "../primary-key.ts";
import { defineChange } from "../define-change.ts";

export const primaryKeyAdded = defineChange({
  name: "primary-key-added",
  severity: "info",
  find: {
    columns: ({ before, after, place }) => {
      const [from, to] = [keyOf(before!), keyOf(after!)];
      return place.column === undefined && from.length === 0 && to.length > 0
        ? {
            effect: "tightened",
            path: after![0]?.at ?? [],
            before: from,
            after: to,
            message: `primary key (${to.join(", ")}) is new`,
          }
        : undefined;
    },
  },
});
