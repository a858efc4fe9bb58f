import type { Deprecation } from "@meshwork/contract";
import type { Path } from "@meshwork/diagnostics";
import type { Finding } from "../define-change.ts";
import { canonical, defineChange, shown } from "../define-change.ts";

function steps(before: Deprecation | undefined, after: Deprecation | undefined, what: string, path?: Path): Finding[] {
  if (before === undefined || canonical(before) === canonical(after)) return [];
  const earlier = before.until !== undefined && after?.until !== undefined && after.until < before.until;
  const message =
    after === undefined
      ? `${what} stays: its deprecation is withdrawn`
      : earlier
        ? `${what} goes from ${after.until}, ${before.until} was announced`
        : `what is announced of ${what} changed`;
  return [
    { effect: earlier ? "loosened" : "neutral", before, after, message, ...(path === undefined ? {} : { path }) },
  ];
}

export const deprecationChanged = defineChange({
  name: "deprecation-changed",
  severity: "warning",
  find: {
    contract: ({ before, after }) =>
      steps(before!.deprecation, after!.deprecation, "the product", ["spec", "deprecation"]),
    column: ({ before, after, place }) =>
      before && after ? steps(before.deprecated, after.deprecated, `column ${shown(place.column)}`) : undefined,
  },
  grade: (change, { direction }, usual) =>
    direction === "input" && change.effect === "loosened"
      ? { level: "patch", reason: "An expectation is announced to go earlier." }
      : usual,
  help: "keep the announced date",
});
