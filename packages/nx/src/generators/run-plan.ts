import type { GeneratorCallback, Tree } from "@nx/devkit";
import type { Answers, Plan, TemplateName } from "@meshwork/scaffold";
import { treeHost, treeView } from "./tree-host.ts";

/** Plans, writes through the tree, and leaves the summary for after Nx's list of files. Refusals are thrown in two lines. */
export async function runPlan<T extends TemplateName>(
  tree: Tree,
  template: T,
  answers: Answers[T],
): Promise<GeneratorCallback> {
  // Loaded here, so that `nx g … --help` and other generators do not pay for it.
  const { plan, summaryOf } = await import("@meshwork/scaffold");
  const made = plan(template, answers, treeView(tree));
  if (made.diagnostics.some((d) => d.severity === "error")) throw refusal(made.diagnostics);
  treeHost(tree).apply(made.actions);
  // In a dry run Nx does not call back: what it says of its own stands beside what was kept and why.
  const isDryRun = process.env["NX_DRY_RUN"] === "true";
  const lines = summaryOf(made, { verbose: process.env["NX_VERBOSE_LOGGING"] === "true", dryRun: isDryRun });
  if (isDryRun || made.actions.length === 0) print(lines);
  return isDryRun || made.actions.length === 0 ? () => undefined : () => print(lines);
}

const print = (lines: readonly string[]): void => console.log(lines.join("\n"));

/** An error that Nx prints without a stack: what is wrong, then what to do. */
export function refusal(diagnostics: Plan["diagnostics"]): Error {
  const lines = diagnostics
    .filter((d) => d.severity === "error")
    .flatMap((d) => [d.message, ...(d.help === undefined ? [] : [`${d.help}  [${d.code}]`])]);
  const error = new Error(lines.join("\n"));
  // Nx offers `--verbose` for a stack; a refusal has none that would help.
  error.stack = "";
  return error;
}
