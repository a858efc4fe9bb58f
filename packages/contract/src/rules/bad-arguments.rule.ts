import { argumentProblems } from "../argument-problems.ts";
import { defineRule } from "../define-rule.ts";

export const badArguments = defineRule({
  code: "bad-arguments",
  severity: "error",
  message: (p: { check: string; reason: string }) => `The check "${p.check}" cannot run: ${p.reason}.`,
  check({ contract, source }, report) {
    for (const check of contract.ports.flatMap((port) => port.checks)) {
      for (const { reason, key, help } of argumentProblems(check)) {
        // A single value and the arguments of `sql` have other places than arguments by name.
        const paths =
          key === undefined
            ? []
            : [
                [...check.at, "value", key],
                [...check.at, key],
              ];
        const path = paths.find((each) => source.valueAt(each) !== undefined) ?? [...check.at, "value"];
        const missing = source.valueAt(path) === undefined;
        const place = missing ? [...check.at, check.sql === undefined ? "assertion" : "sql"] : path;
        report({ check: check.name, reason }, place, { help });
      }
    }
  },
});
