import type { PolicyFinding } from "../define-policy.ts";
import { compliant, definePolicy, nameOf, violated } from "../define-policy.ts";

const levels = ["freshness", "availability", "completeness", "accuracy", "latency"] as const;

export const qualitySlo = definePolicy({
  name: "quality-slo",
  aliases: ["quality-slos", "slo", "data-quality"],
  summary: "A product promises service levels and has checks that hold it to them.",
  options: {
    min_checks: "least number of checks on the default port, 1 where absent",
    levels: "service levels that have to be there",
  },
  help: "add spec.sla, and a check under spec.quality.checks",
  evaluate({ product: { contract, infrastructure }, options }) {
    const name = nameOf(contract);
    const port = contract.ports.find((each) => each.default) ?? contract.ports[0];
    const promised = levels.filter((level) => contract.sla[level] !== undefined || port?.sla[level] !== undefined);
    const checks = (port?.checks.length ?? 0) + (infrastructure?.value.quality?.checks.length ?? 0);
    const least = options.number("min_checks") ?? 1;
    const missing = options.texts("levels").filter((level) => !promised.some((each) => each === level));
    const findings: PolicyFinding[] = [];
    if (promised.length === 0) {
      findings.push({ problem: `"${name}" promises no service level.`, path: ["spec", "sla"], part: "key" });
    } else if (missing.length > 0) {
      findings.push({
        problem: `"${name}" promises no ${missing.join(" and no ")}.`,
        path: ["spec", "sla"],
        part: "key",
      });
    }
    if (checks < least) {
      const problem =
        checks === 0
          ? `No check holds "${name}" to what it promises.`
          : `"${name}" has ${checks} of at least ${least} checks.`;
      findings.push({ problem, path: ["spec", "quality", "checks"], part: "key" });
    }
    return findings.length > 0 ? violated(...findings) : compliant(`${promised.join(", ")}; ${checks} checks`);
  },
});
