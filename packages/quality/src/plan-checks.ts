import type { Capabilities } from "@meshwork/engine";
import type { Dialect } from "@meshwork/sql";
import type { Check } from "./compile-checks.ts";

/** Checks that are measured together. */
export type Pass =
  /** Aggregates of all of them in one scan. */
  | { readonly kind: "shared"; readonly checks: readonly Check[] }
  /** A statement of its own: groups, joins, queries. */
  | { readonly kind: "own"; readonly check: Check }
  /** Judged by the columns alone. */
  | { readonly kind: "columns"; readonly checks: readonly Check[] }
  /** Cannot or need not be measured. */
  | { readonly kind: "none"; readonly check: Check; readonly status: "error" | "skipped"; readonly reason: string };

export interface CheckPlan {
  readonly checks: readonly Check[];
  readonly passes: readonly Pass[];
}

/** So many aggregates in one statement: more costs the engine memory for each and gains nothing. */
const mostShared = 200;

/**
 * Decides which checks share a scan. Counting and aggregating checks of one source go into one pass: on files that
 * are parsed on every scan it is the scan that costs, and small tables cost a round trip a statement. What groups or
 * joins has a statement of its own.
 */
export function planChecks(
  checks: readonly Check[],
  engine: { readonly capabilities: Capabilities; readonly dialect: Dialect },
): CheckPlan {
  const passes: Pass[] = [];
  const shared = new Map<string, Check[][]>();
  const columns: Check[] = [];
  for (const check of checks) {
    const { plan } = check;
    const lacking = check.kind?.supported?.(engine.capabilities);
    if (plan.form === "refused") passes.push({ kind: "none", check, status: "error", reason: plan.reason });
    else if (plan.form === "skipped") passes.push({ kind: "none", check, status: "skipped", reason: plan.reason });
    else if (lacking !== undefined) passes.push({ kind: "none", check, status: "error", reason: lacking });
    else if (plan.form === "columns") columns.push(check);
    else if (plan.form === "statement") passes.push({ kind: "own", check });
    else {
      const source = check.source.print(engine.dialect, []);
      const groups = shared.get(source) ?? [];
      shared.set(source, groups);
      const open = groups.at(-1);
      if (open === undefined || open.length >= mostShared) groups.push([check]);
      else open.push(check);
    }
  }
  if (columns.length > 0) passes.unshift({ kind: "columns", checks: columns });
  for (const group of [...shared.values()].flat()) passes.push({ kind: "shared", checks: group });
  return { checks, passes };
}
