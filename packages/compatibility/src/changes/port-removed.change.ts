import { windowGrade } from "../deprecation-window.ts";
import { defineChange, shown } from "../define-change.ts";

export const portRemoved = defineChange({
  name: "port-removed",
  severity: "error",
  schema: true,
  find: {
    port: ({ before, after, place, contracts }) =>
      before && !after
        ? {
            effect: "loosened",
            before: before.name,
            after: undefined,
            message: `port ${shown(place.port)} is gone`,
            announced: contracts.before.deprecation,
          }
        : undefined,
  },
  grade: (change, { today }, usual) => windowGrade(change, today, usual),
  help: "keep the port, or deprecate the product with a date and set a new major version",
});
