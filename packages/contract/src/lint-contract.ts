import { defineArea } from "@meshwork/diagnostics";
import type { Area, Diagnostic, Path } from "@meshwork/diagnostics";
import type { Contract } from "./model.ts";
import { readingCodes } from "./reading-codes.ts";
import { contractRules } from "./rules/registry.ts";
import type { Read } from "./source.ts";

/** Every code that a single contract can yield, with its page. Problems of mesh.yaml and domain.yaml as files too. */
export const contractArea: Area = defineArea(
  "contract",
  { directory: new URL("./rules/", import.meta.url), suffix: ".rule.md" },
  { ...readingCodes, ...Object.fromEntries(contractRules.map((rule) => [rule.code, rule])) },
);

/** Codes that are off until mesh.yaml grades them; `applyRuleSettings` leaves them out. */
export const optInCodes: ReadonlySet<string> = new Set(
  contractRules.filter((rule) => rule.optIn).map((rule) => `contract/${rule.code}`),
);

export interface LintContext {
  /** `YYYY-MM-DD`. */
  readonly today: string;
}

/**
 * Everything that is wrong with one contract: what reading found, then what the rules find. A rule says nothing about
 * a place that could not be read, or not in full, because the reading error there already does.
 */
export function lintContract(read: Read<Contract>, context: LintContext): readonly Diagnostic[] {
  const { value: contract, source, diagnostics } = read;
  if (contract === undefined) return diagnostics;
  const broken = diagnostics.filter((d) => d.severity === "error" && d.path !== undefined).map((d) => d.path!);
  const ruleContext = {
    contract,
    source,
    // Passed on as a question: whoever keeps findings wants to know whether they rest on the day.
    get today() {
      return context.today;
    },
  };
  const found = contractRules
    .flatMap((rule) => rule.run(ruleContext))
    .filter((finding) => !broken.some((path) => path.length > 0 && concerns(finding.path ?? [], path)));
  return [...diagnostics, ...found];
}

/** A finding about a part that could not be read, or about a whole (a service level, a port) of which a part could not. */
const concerns = (finding: Path, broken: Path): boolean =>
  startsWith(finding, broken) || (finding.length > 1 && startsWith(broken, finding));

const startsWith = (path: Path, start: Path): boolean => start.every((step, i) => path[i] === step);
