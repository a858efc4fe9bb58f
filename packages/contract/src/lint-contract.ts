import { defineArea } from "@meshwork/diagnostics";
import type { Area, Diagnostic, Path, Span } from "@meshwork/diagnostics";
import type { Contract } from "./model.ts";
import { readingCodes } from "./reading-codes.ts";
import { contractRules } from "./rules/registry.ts";
import type { Read } from "./source.ts";
import { MAX_FINDINGS, tooMany } from "./yaml/reader.ts";

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
  const unread = diagnostics.flatMap(({ severity, path = [] }) =>
    severity === "error" && path.length > 0 ? [path] : [],
  );
  const broken = new Set(unread.map((path) => JSON.stringify(path)));
  const wholes = new Set(unread.flatMap((path) => path.map((_, n) => JSON.stringify(path.slice(0, n + 1)))));
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
    .filter(({ path = [] }) => broken.size === 0 || !concerns(path, broken, wholes));
  const all = [...diagnostics, ...found];
  if (all.length <= MAX_FINDINGS + 1) return all;
  const span = (): Span | undefined => source.spanOf([]);
  const more = contractArea.create("too-large" as never, { what: tooMany } as never, { path: [], span } as never);
  return [...all.slice(0, MAX_FINDINGS), more];
}

/** A finding about a part that could not be read, or about a whole (a service level, a port) of which a part could not. */
const concerns = (path: Path, broken: ReadonlySet<string>, wholes: ReadonlySet<string>): boolean =>
  path.some((_, n) => broken.has(JSON.stringify(path.slice(0, n + 1)))) ||
  (path.length > 1 && wholes.has(JSON.stringify(path)));
