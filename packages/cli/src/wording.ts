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

/** `12 min ago`, for ages on a page of status. */
export function ago(then: Date, now: Date): string {
  const minutes = Math.max(0, Math.round((now.getTime() - then.getTime()) / 60_000));
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60 ? `${minutes % 60} min ` : ""}ago`;
  return `${Math.floor(minutes / 1440)} days ago`;
}
