import type { Deprecation } from "@meshwork/contract";
import { defineChange, shown } from "../define-change.ts";

const when = (d: Deprecation): string => (d.until === undefined ? " at a time not named" : ` from ${d.until}`);

export const deprecated = defineChange({
  name: "deprecated",
  severity: "info",
  find: {
    contract: ({ before, after }) =>
      before!.deprecation === undefined && after!.deprecation !== undefined
        ? {
            effect: "tightened",
            path: ["spec", "deprecation"],
            before: undefined,
            after: after!.deprecation,
            message: `the product goes${when(after!.deprecation)}`,
          }
        : undefined,
    column: ({ before, after, place }) =>
      before && after && before.deprecated === undefined && after.deprecated !== undefined
        ? {
            effect: "tightened",
            before: undefined,
            after: after.deprecated,
            message: `column ${shown(place.column)} goes${when(after.deprecated)}`,
          }
        : undefined,
  },
  grade: (_, { direction }) =>
    direction === "input"
      ? { level: "patch", reason: "An expectation is announced to go." }
      : { level: "minor", reason: "Readers are told in time." },
  help: "tell the readers; the date decides when it may go",
});
