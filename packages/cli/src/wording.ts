import type { Diagnostic } from "@meshwork/diagnostics";
import { inReadingOrder } from "@meshwork/diagnostics";
import type { OperationResult } from "@meshwork/workspace";
import type { CommandReport } from "./command.ts";
import { CannotRun, UsageError } from "./command.ts";

/** `1 product`, `3 products`; `checks` and the like get their `s` the plain way. */
export const plural = (n: number, noun: string): string => `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;

/** The parts of a report that come straight from an operation. A refusal ends the command here. */
export function counted(
  done: OperationResult,
): Pick<CommandReport, "exitCode" | "diagnostics" | "summary" | "results"> {
  if (done.problem !== undefined)
    throw done.exitCode === 2 ? new UsageError(done.problem) : new CannotRun(done.problem);
  return { exitCode: done.exitCode, diagnostics: done.diagnostics, summary: done.summary, results: done.results };
}

/** What to type next about findings: the command that mends them, the page of the gravest. */
export function nextOf(
  diagnostics: readonly Diagnostic[],
  ...first: readonly (string | undefined)[]
): string | undefined {
  const sorted = inReadingOrder(diagnostics);
  const worst = sorted.find((d) => d.severity === "error") ?? sorted.find((d) => d.severity === "warning");
  return [...first, worst && `mesh explain ${worst.code}`].filter((t) => t !== undefined).join(", or ") || undefined;
}

/** `2 built, 1 failed`, without what is not there. */
export const tally = (counts: readonly (readonly [number, string])[]): string =>
  counts
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${n.toLocaleString("en-US")} ${word}`)
    .join(", ");

/** `12 min ago`, for ages on a page of status. */
export function ago(then: Date, now: Date): string {
  const minutes = Math.max(0, Math.round((now.getTime() - then.getTime()) / 60_000));
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60 ? `${minutes % 60} min ` : ""}ago`;
  return `${Math.floor(minutes / 1440)} days ago`;
}

/** A time of an interval without what is plain: `2026-01-31`, `2026-01-31T05:00`. */
export const shortTime = (iso: string): string => iso.replace(/T00:00:00\.000Z$/, "").replace(/:00\.000Z$/, "");
