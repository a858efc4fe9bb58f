import { durationOf, type Duration } from "@meshwork/contract";
import { id, sql } from "@meshwork/sql";
import { textArgument } from "../arguments.ts";
import { defineCheck, refused, skipped, type CheckCall, type Scope } from "../check-kind.ts";
import { instantOf } from "../judge.ts";

const dayMs = 24 * 3600 * 1000;

/** The column whose newest value says how fresh the port is: named, or `retention.by`, or the only timestamp. */
function timeColumn(call: CheckCall, scope: Scope): string | undefined {
  const named = textArgument(call, "column") ?? call.column ?? scope.retentionBy;
  if (named !== undefined) return named;
  const times = scope.port.columns.filter((c) => c.type.kind === "timestamp");
  return times.length === 1 ? times[0]!.name : undefined;
}

const units = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
] as const;

/** 9000 as `2 h 30 min`: the two largest units. */
export function ageText(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [unit, size] of units) {
    if (rest >= size && parts.length < 2) parts.push(`${Math.floor(rest / size)} ${unit}`);
    rest %= size;
  }
  if (parts.length === 0) return `${rest} s`;
  return parts.join(" ");
}

/** The age of the newest row at the time of the run. A date counts until its day ends; times without a zone are UTC. */
export const freshnessCheck = defineCheck({
  code: "freshness",
  assertions: ["freshness"],
  plan(call, scope) {
    const given = call.arguments["max_age"] ?? call.arguments["value"];
    const limit: Duration | undefined = typeof given === "string" ? durationOf(given) : undefined;
    if (limit === undefined) return refused("it names no duration");
    const column = timeColumn(call, scope);
    if (column === undefined)
      return skipped("no column tells the time: name one in a freshness check, or as retention.by");
    return {
      form: "measure",
      columns: [column],
      expected: `a "${column}" of the last ${limit.text}`,
      expressions: [sql`max(${id(column)})`],
      judge([newest], { now }) {
        if (newest === null || newest === undefined)
          return { ok: false, actual: null, reason: "there is no time to go by" };
        const time = instantOf(newest);
        if (time === undefined) return { ok: false, actual: newest, reason: `"${String(newest)}" is no time` };
        const end = typeof newest === "string" && newest.length === 10 ? time + dayMs : time;
        const age = Math.max(0, (now.getTime() - end) / 1000);
        return { ok: age <= limit.seconds, actual: `${ageText(age)} old` };
      },
    };
  },
  message: (f) => `The newest row of port ${f.port} is ${f.actual}; promised: ${f.expected}.`,
  help: "see whether the upstream is late, or promise what it can keep",
});
