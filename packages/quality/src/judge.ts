import type { Cell } from "@meshwork/engine";
import type { Bounds, Scalar } from "./arguments.ts";

/** A count out of an engine: exact, and never above 2^53 rows. */
export const toCount = (cell: Cell | undefined): number => (cell === null || cell === undefined ? 0 : Number(cell));

const exactNumber = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** Compares two numbers exactly where both are written out, else as doubles; `undefined` where one is none. */
function compareNumbers(a: string, b: string): number | undefined {
  const left = exactNumber.exec(a);
  const right = exactNumber.exec(b);
  if (left !== null && right !== null) {
    const scale = Math.max(left[3]?.length ?? 0, right[3]?.length ?? 0);
    const scaled = (m: RegExpExecArray): bigint =>
      BigInt(`${m[1] === "-" ? "-" : ""}${m[2]}${(m[3] ?? "").padEnd(scale, "0")}`);
    const x = scaled(left);
    const y = scaled(right);
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (a.trim() === "" || b.trim() === "") return undefined;
  const x = Number(a);
  const y = Number(b);
  if (Number.isNaN(x) || Number.isNaN(y)) return undefined;
  return x < y ? -1 : x > y ? 1 : 0;
}

const instant = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?$/;

/** Milliseconds of an ISO date or timestamp; one without a zone is UTC, as sessions are. */
export function instantOf(value: Cell | undefined): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value !== "string" || !instant.test(value)) return undefined;
  const dated = value.replace(" ", "T");
  const zoned = /(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(dated.slice(10)) || dated.length === 10 ? dated : `${dated}Z`;
  const time = Date.parse(zoned.replace(/([+-]\d\d)$/, "$1:00").replace(/(\.\d{3})\d+/, "$1"));
  return Number.isNaN(time) ? undefined : time;
}

/** Order of a measured value and one out of a contract: numbers, then instants, then text. */
export function compareCells(actual: Cell, wanted: Scalar): number {
  if (actual instanceof Date) return actual.getTime() - (instantOf(String(wanted)) ?? Number.NaN);
  const a = typeof actual === "object" ? JSON.stringify(actual) : String(actual);
  const b = String(wanted);
  const numbers = compareNumbers(a, b);
  if (numbers !== undefined) return numbers;
  const x = instantOf(a);
  const y = instantOf(b);
  if (x !== undefined && y !== undefined && x !== y) return x - y;
  if (x !== undefined && y !== undefined) return 0;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a measured value lies within. NULL never does: there is nothing that could. */
export function within(actual: Cell | undefined, bounds: Bounds): boolean {
  if (actual === null || actual === undefined) return false;
  if (typeof actual === "number" && Number.isNaN(actual)) return false;
  if (bounds.min !== undefined) {
    const low = compareCells(actual, bounds.min);
    if (!(bounds.strictMin ? low > 0 : low >= 0)) return false;
  }
  if (bounds.max !== undefined) {
    const high = compareCells(actual, bounds.max);
    if (!(bounds.strictMax ? high < 0 : high <= 0)) return false;
  }
  return true;
}

/** Great Expectations' rule: the share of passing rows, over those looked at, is at least the threshold; of no rows all pass. */
export const enough = (failing: number, total: number, threshold: number): boolean =>
  total === 0 || (total - failing) / total >= threshold;
