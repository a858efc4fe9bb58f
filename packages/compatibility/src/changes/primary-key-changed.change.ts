import { keyOf } from "../primary-key.ts";
import { canonical, defineChange } from "../define-change.ts";

export const primaryKeyChanged = defineChange({
  name: "primary-key-changed",
  severity: "error",
  find: {
    columns: ({ before, after, place }) => {
      const [from, to] = [keyOf(before!), keyOf(after!)];
      if (place.column !== undefined || from.length === 0 || to.length === 0 || canonical(from) === canonical(to))
        return undefined;
      const reordered = canonical([...from].sort()) === canonical([...to].sort());
      return {
        effect: reordered ? "neutral" : "changed",
        path: after![0]?.at ?? [],
        before: from,
        after: to,
        message: `primary key is (${to.join(", ")}), it was (${from.join(", ")})`,
      };
    },
  },
  help: "publish the other grain as a port of its own",
});
