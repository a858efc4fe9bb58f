import { nearest } from "@meshwork/diagnostics";
import { assertions } from "../assertions.ts";
import { defineRule } from "../define-rule.ts";
import { shown } from "../names.ts";

export const unknownAssertion = defineRule({
  code: "unknown-assertion",
  severity: "error",
  message: (p: { assertion: string }) =>
    `"${p.assertion}" is no assertion that Meshwork knows, so the check would never run.`,
  help: "use one of ours (not_null, unique, accepted_values, range, pattern, row_count, freshness …), a Great Expectations name, or sql:",
  check({ contract }, report) {
    for (const check of contract.ports.flatMap((port) => port.checks)) {
      if (assertions.has(check.assertion)) continue;
      const candidates = nearest(check.assertion, assertions.keys());
      const [near] = candidates;
      report(
        { assertion: shown(check.assertion) },
        [...check.at, "assertion"],
        near === undefined
          ? {}
          : {
              help: `did you mean ${candidates.map((each) => `"${each}"`).join(" or ")}?`,
              replace: { title: `replace it with "${near}"`, text: near, safe: candidates.length === 1 },
            },
      );
    }
  },
});
