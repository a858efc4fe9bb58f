import { canonical, defineChange } from "../define-change.ts";

export const partitionChanged = defineChange({
  name: "partition-changed",
  severity: "error",
  find: {
    contract: ({ before, after }) => {
      const [from, to] = [before!.storage?.partitionBy ?? [], after!.storage?.partitionBy ?? []];
      return canonical(from) === canonical(to)
        ? undefined
        : {
            effect: "changed",
            path: ["spec", "storage", "partition_by"],
            before: from,
            after: to,
            message: `partitions are by ${to.join(", ") || "nothing"}, it was ${from.join(", ") || "nothing"}`,
          };
    },
  },
  help: "set a new major version, or keep the partitions",
});
