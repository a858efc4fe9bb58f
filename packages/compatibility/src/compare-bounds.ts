import type { Constraints, ContractColumn } from "@meshwork/contract";

interface Bound {
  readonly value: number | string;
  readonly exclusive: boolean;
}

/** Which of two values comes first; undefined where they cannot be compared (a number and a date). */
export function compareValues(a: number | string, b: number | string): number | undefined {
  if (a === b) return 0;
  const [x, y] = [asNumber(a), asNumber(b)];
  if (x !== undefined && y !== undefined && x !== y) return x - y;
  if (x !== undefined && y !== undefined) return compareDecimals(String(a), String(b));
  const [s, t] = [asInstant(a), asInstant(b)];
  return s === undefined || t === undefined ? undefined : s - t;
}

const asNumber = (v: number | string): number | undefined =>
  typeof v === "number" ? v : /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i.test(v) ? Number(v) : undefined;

// Beyond 53 bits two texts may give one number and still differ.
function compareDecimals(a: string, b: string): number | undefined {
  const parts = [a, b].map((text) => /^\s*([+-]?)0*(\d*)\.?(\d*?)0*\s*$/.exec(text));
  if (parts.includes(null)) return 0;
  const scale = Math.max(...parts.map((p) => p![3]!.length));
  const [x, y] = parts.map((p) => BigInt(`${p![1] === "-" ? "-" : ""}${p![2]!}${p![3]!.padEnd(scale, "0")}` || "0"));
  return x === y ? 0 : x! < y! ? -1 : 1;
}

function asInstant(v: number | string): number | undefined {
  if (typeof v !== "string" || !/^\d{4}-\d{2}-\d{2}/.test(v)) return undefined;
  const text = v.replace(" ", "T");
  const at = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) || !text.includes("T") ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** The bound that holds of the two a column may name. */
export function boundOf(c: Constraints, side: "lower" | "upper"): Bound | undefined {
  const [plain, exclusive] = side === "lower" ? [c.min, c.exclusiveMin] : [c.max, c.exclusiveMax];
  if (plain === undefined) return exclusive === undefined ? undefined : { value: exclusive, exclusive: true };
  if (exclusive === undefined) return { value: plain, exclusive: false };
  const order = compareValues(plain, exclusive);
  const plainHolds = order !== undefined && (side === "lower" ? order > 0 : order < 0);
  return plainHolds ? { value: plain, exclusive: false } : { value: exclusive, exclusive: true };
}

export type BoundStep = "same" | "widened" | "narrowed" | "changed";

/** What became of one side of a column's range. */
export function compareBound(before: Constraints, after: Constraints, side: "lower" | "upper"): BoundStep {
  const [a, b] = [boundOf(before, side), boundOf(after, side)];
  if (a === undefined || b === undefined) return a === b ? "same" : b === undefined ? "widened" : "narrowed";
  const order = compareValues(a.value, b.value);
  if (order === undefined) return "changed";
  const inward = side === "lower" ? -order : order;
  if (inward !== 0) return inward > 0 ? "narrowed" : "widened";
  return a.exclusive === b.exclusive ? "same" : b.exclusive ? "narrowed" : "widened";
}

/** A range as text: `from 0`, `above 0, at most 10`. */
export function rangeText(c: Constraints): string {
  const [low, high] = [boundOf(c, "lower"), boundOf(c, "upper")];
  const parts = [
    low === undefined ? [] : [`${low.exclusive ? "above" : "from"} ${low.value}`],
    high === undefined ? [] : [`${high.exclusive ? "below" : "up to"} ${high.value}`],
  ].flat();
  return parts.length === 0 ? "any value" : parts.join(" ");
}

/** The most characters or bytes that a column takes, by its type and its constraint. */
export function longestOf(column: ContractColumn): number | undefined {
  const { type, constraints } = column;
  const declared = type.kind === "string" || type.kind === "binary" ? type.maxLength : undefined;
  const longest = Math.min(declared ?? Infinity, constraints.maxLength ?? Infinity);
  return longest === Infinity ? undefined : longest;
}
