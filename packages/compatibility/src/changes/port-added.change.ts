import { defineChange, shown } from "../define-change.ts";

export const portAdded = defineChange({
  name: "port-added",
  severity: "info",
  schema: true,
  find: {
    port: ({ before, after, place }) =>
      !before && after
        ? { effect: "tightened", before: undefined, after: after.name, message: `port ${shown(place.port)} is new` }
        : undefined,
  },
});
