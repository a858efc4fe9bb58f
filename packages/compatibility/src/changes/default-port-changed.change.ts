import { defineChange, shown } from "../define-change.ts";

export const defaultPortChanged = defineChange({
  name: "default-port-changed",
  severity: "error",
  find: {
    port: ({ before, after, place }) =>
      before && after && before.default !== after.default
        ? {
            effect: "changed",
            before: before.default,
            after: after.default,
            message: `port ${shown(place.port)} is ${after.default ? "now" : "no longer"} the default port`,
          }
        : undefined,
  },
  help: "keep the default port",
});
