import type { ServiceLevels } from "@meshwork/contract";
import type { Path } from "@meshwork/diagnostics";
import type { Finding } from "./define-change.ts";

/** Times are better when short, shares when high. */
const levels = ["freshness", "latency", "availability", "completeness", "accuracy"] as const;

/** A number that is greater the more is promised; undefined where nothing is. */
function strength(sla: ServiceLevels, level: (typeof levels)[number]): number | undefined {
  if (level === "freshness" || level === "latency") {
    const time = sla[level];
    return time === undefined ? undefined : -time.seconds;
  }
  return sla[level]?.value;
}

/** The service levels that became weaker or stronger, each as a finding. */
export function serviceLevelSteps(
  before: ServiceLevels,
  after: ServiceLevels,
  which: "weakened" | "strengthened",
  path?: Path,
): Finding[] {
  return levels.flatMap((level) => {
    const [from, to] = [strength(before, level), strength(after, level)];
    if (from === to) return [];
    const weaker = to === undefined || (from !== undefined && to < from);
    if (weaker !== (which === "weakened")) return [];
    const [a, b] = [before[level]?.text, after[level]?.text];
    const message =
      b === undefined
        ? `${level} is promised no longer`
        : a === undefined
          ? `${level} is ${b}`
          : `${level} is ${b}, it was ${a}`;
    const effect = weaker ? "loosened" : "tightened";
    return [
      { effect, before: a, after: b, message, ...(path === undefined ? {} : { path: [...path, level] }) } as const,
    ];
  });
}
