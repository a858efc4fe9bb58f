import { LimitError, PythonError } from "./python-error.ts";
import { typeName } from "../values/value.ts";
import type { Value } from "../values/value.ts";

/** What is left of a render's limits. One is active at a time: rendering is synchronous. */
export interface Budget {
  steps: number;
  /** The next count of steps at which limits and the signal are looked at. */
  nextCheck: number;
  readonly maxSteps: number;
  readonly maxChars: number;
  readonly signal: { readonly aborted: boolean } | undefined;
}

const pollEvery = 4096;
const idle: Budget = { steps: 0, nextCheck: Infinity, maxSteps: Infinity, maxChars: 1 << 26, signal: undefined };
let active: Budget = idle;

/** Makes `budget` the one that is spent from; gives the one before, to be put back. */
export function activate(budget: Budget): Budget {
  const previous = active;
  active = budget;
  return previous;
}

export function budgetOf(
  maxSteps: number,
  maxChars: number,
  signal: { readonly aborted: boolean } | undefined,
): Budget {
  return { steps: 0, nextCheck: Math.min(maxSteps + 1, signal ? 1 : Infinity), maxSteps, maxChars, signal };
}

/** Counts work: a loop turn, a call, an element walked. */
export function spend(steps = 1): void {
  active.steps += steps;
  if (active.steps >= active.nextCheck) check();
}

function check(): void {
  if (active.steps > active.maxSteps)
    throw new LimitError(
      "steps",
      `The template does more than ${active.maxSteps.toLocaleString("en")} steps; is there an endless loop?`,
    );
  if (active.signal?.aborted) throw new LimitError("signal", "Rendering was cancelled.");
  active.nextCheck = Math.min(active.maxSteps + 1, active.signal ? active.steps + pollEvery : Infinity);
}

/** Refuses a text longer than the limit before it is built. */
export function checkLength(length: number): void {
  if (length > active.maxChars)
    throw new LimitError(
      "outputChars",
      `The text would be longer than ${active.maxChars.toLocaleString("en")} characters.`,
    );
}

/** Refuses a list longer than the steps that are left, before it is built. */
export function checkItems(count: number): void {
  if (count > 1024) spend(count);
}

/** An integer argument as a JavaScript number. */
export function indexOf(value: Value, what = "index"): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "bigint") return value > 0n ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
  throw new PythonError("TypeError", `${what} must be an integer, not ${typeName(value)}`);
}
