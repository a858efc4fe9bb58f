import type { Action, Plan } from "./action.ts";

/** What happened, in at most twelve lines for a person: folders instead of files, what was skipped, one next command. */
export function summaryOf(
  plan: Plan,
  { verbose = false, dryRun = false }: { verbose?: boolean; dryRun?: boolean } = {},
): string[] {
  const lines: string[] = [];
  for (const d of plan.diagnostics)
    lines.push(`${d.severity} ${d.code}: ${d.message}`, ...(d.help ? [`  help: ${d.help}`] : []));
  if (plan.diagnostics.some((d) => d.severity === "error")) return lines;
  if (plan.actions.length === 0)
    lines.push(
      plan.files === 0
        ? `${plan.subject}: nothing to do`
        : `${plan.subject} is up to date (${count(plan.files, "file")})`,
    );
  else lines.push(`${plan.subject}: ${counts(plan.actions, dryRun)}`);
  const reasons = { edited: "edited by hand", deleted: "deleted by hand", yours: "was there before" };
  const shown = verbose ? plan.kept : plan.kept.slice(0, 4);
  for (const kept of shown) lines.push(`  kept ${kept.path}: ${reasons[kept.reason]}`);
  if (shown.length < plan.kept.length)
    lines.push(`  kept ${plan.kept.length - shown.length} more (--verbose lists them)`);
  for (const note of plan.notes) lines.push(`  note: ${note}`);
  if (plan.next && plan.actions.length > 0 && !dryRun) lines.push(`next: ${plan.next}`);
  return lines;
}

function counts(actions: readonly Action[], dryRun: boolean): string {
  const created = actions.filter((a) => a.content !== null && a.expectedHash === undefined).length;
  const deleted = actions.filter((a) => a.content === null).length;
  const updated = actions.length - created - deleted;
  const parts = [
    created > 0 ? `${count(created, "file")} ${dryRun ? "to create" : "created"}` : "",
    updated > 0 ? `${count(updated, "file")} ${dryRun ? "to update" : "updated"}` : "",
    deleted > 0 ? `${count(deleted, "file")} ${dryRun ? "to delete" : "deleted"}` : "",
  ];
  return parts.filter((p) => p !== "").join(", ");
}

const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;
