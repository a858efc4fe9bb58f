import type { Path } from "@meshwork/diagnostics";
import { canonicalCheck } from "../assertions.ts";
import { tablesOf, withNested } from "../columns.ts";
import { defineRule } from "../define-rule.ts";
import { shown } from "../names.ts";

/** A warning, because engines differ in what they take; what no engine takes is found here. */
export const badPattern = defineRule({
  code: "bad-pattern",
  severity: "warning",
  message: (p: { pattern: string; reason: string }) =>
    `The regular expression "${p.pattern}" cannot be read: ${p.reason}.`,
  help: "put it in single quotes, so that YAML leaves its backslashes alone, and balance its brackets",
  check({ contract }, report) {
    const look = (pattern: unknown, path: Path): void => {
      const reason = typeof pattern === "string" ? unreadable(pattern) : undefined;
      if (reason !== undefined) report({ pattern: shown(String(pattern)), reason }, path);
    };
    for (const { columns } of tablesOf(contract)) {
      for (const { column } of withNested(columns))
        look(column.constraints.pattern, [...column.at, "constraints", "pattern"]);
    }
    for (const check of contract.ports.flatMap((port) => port.checks)) {
      const { assertion, arguments: given } = canonicalCheck(check.assertion, check.arguments);
      if (assertion === "pattern") look(given["regex"], [...check.at, "value"]);
    }
  },
});

function unreadable(pattern: string): string | undefined {
  if (pattern.length > 1000) return "it is longer than 1000 characters";
  // Inline flags as POSIX and RE2 write them, which JavaScript lacks.
  const body = pattern.replace(/^\(\?[imsx]+\)/, "");
  try {
    RegExp(body);
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).replace(/^.*: /s, "").toLowerCase();
  }
}
