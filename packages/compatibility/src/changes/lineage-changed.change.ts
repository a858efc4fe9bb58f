import { referenceName } from "../reference-name.ts";
import { canonical, defineChange } from "../define-change.ts";

export const lineageChanged = defineChange({
  name: "lineage-changed",
  severity: "info",
  find: {
    contract: ({ before, after }) =>
      (["upstream", "downstream"] as const).flatMap((side) => {
        const [from, to] = [before, after].map((c) => c!.lineage[side].map(referenceName).sort());
        return canonical(from) === canonical(to)
          ? []
          : [
              {
                effect: "neutral" as const,
                path: ["spec", "lineage", side],
                before: from,
                after: to,
                message: `${side} products changed`,
              },
            ];
      }),
  },
});
