import type { ContractCheck } from "@meshwork/contract";
import { canonicalCheck } from "@meshwork/contract";
import { compareValues } from "./compare-bounds.ts";
import { canonical } from "./define-change.ts";

type Step = "same" | "loosened" | "tightened" | "changed";

interface CheckPromise {
  readonly assertion: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly column: string | undefined;
  readonly sql: string | undefined;
  readonly where: string | undefined;
  /** Share of rows that must pass. */
  readonly threshold: number;
  readonly severity: string;
}

/** What a check promises, whichever of the known names it goes by: everything but its own name and texts. */
export function promiseOf(check: ContractCheck): CheckPromise {
  const { column, sql, where, threshold = 1, severity } = check;
  return { ...canonicalCheck(check.assertion, check.arguments), column, sql, where, threshold, severity };
}

/**
 * Whether a check lets more or less through than before. Arguments that are lower or upper bounds, sets of accepted
 * values, thresholds and severities are compared; anything else that differs cannot be graded: `changed`.
 */
export function compareChecks(before: ContractCheck, after: ContractCheck): Step {
  const [a, b] = [promiseOf(before), promiseOf(after)];
  const core = ({ assertion, column, sql, where }: CheckPromise): string =>
    canonical({ assertion, column, sql, where });
  if (core(a) !== core(b)) return "changed";
  const steps = [
    ordered(a.threshold, b.threshold, "lower"),
    ordered(a.severity === "error" ? 1 : 0, b.severity === "error" ? 1 : 0, "lower"),
    ...[...new Set([...Object.keys(a.arguments), ...Object.keys(b.arguments)])].map((key) =>
      argumentStep(key, own(a.arguments, key), own(b.arguments, key)),
    ),
  ];
  const found = new Set(steps.filter((step) => step !== "same"));
  return found.size === 0 ? "same" : found.size === 1 ? [...found][0]! : "changed";
}

const own = (record: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** Bounds from below and above by the names of ODCS, Great Expectations, SodaCL and ours. */
const lower = /^(?:min|min_value|minimum|at_least|strict_min|must_?be_?greater_?(?:than|or_?equal(?:_?to)?)|mostly)$/i;
const upper = /^(?:max|max_value|maximum|at_most|strict_max|must_?be_?less_?(?:than|or_?equal(?:_?to)?))$/i;
const accepted = /^(?:value_set|values|valid_?values|allowed_?values)$/i;

function argumentStep(key: string, a: unknown, b: unknown): Step {
  if (canonical(a) === canonical(b)) return "same";
  if (lower.test(key)) return bound(a, b, "lower");
  if (upper.test(key)) return bound(a, b, "upper");
  if (accepted.test(key) && Array.isArray(a) && Array.isArray(b)) {
    const [old, now] = [new Set(a.map(canonical)), new Set(b.map(canonical))];
    const more = [...now].some((value) => !old.has(value));
    const less = [...old].some((value) => !now.has(value));
    // Another order of the same values is no other promise, and `changed` would be too much to say.
    return more && less ? "changed" : more ? "loosened" : less ? "tightened" : "same";
  }
  return "changed";
}

function bound(a: unknown, b: unknown, side: "lower" | "upper"): Step {
  if (a === undefined || a === null) return "tightened";
  if (b === undefined || b === null) return "loosened";
  if (!comparable(a) || !comparable(b)) return "changed";
  return ordered(a, b, side);
}

const comparable = (value: unknown): value is number | string => typeof value === "number" || typeof value === "string";

function ordered(a: number | string, b: number | string, side: "lower" | "upper"): Step {
  const order = compareValues(a, b);
  if (order === undefined) return "changed";
  if (order === 0) return "same";
  return order < 0 === (side === "lower") ? "tightened" : "loosened";
}
