import { canonical, defineChange } from "../define-change.ts";

export const ownerChanged = defineChange({
  name: "owner-changed",
  severity: "info",
  find: {
    contract: ({ before, after }) => {
      const [from, to] = [before, after].map((c) => ({ owner: c!.owner, ...c!.ownership }));
      return canonical(from) === canonical(to)
        ? undefined
        : {
            effect: "neutral",
            path: ["spec", "owner"],
            before: from,
            after: to,
            message: "the owner or another role changed",
          };
    },
  },
});
