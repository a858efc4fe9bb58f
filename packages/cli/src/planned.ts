import { hasErrors } from "@meshwork/diagnostics";
import type { Answers, Plan, TemplateName } from "@meshwork/scaffold";
import type { CommandReport } from "./command.ts";

/** Carries out what a generator plans, or says what it would do: the same core as `nx g`. */
export async function planned<T extends TemplateName>(
  root: string,
  template: T,
  answers: Answers[T],
  dry: boolean,
  next: (made: Plan) => string | undefined,
): Promise<CommandReport> {
  const { diskHost, diskView, plan, summaryOf } = await import("@meshwork/scaffold");
  const made = plan(template, answers, diskView(root));
  const diagnostics = [
    ...made.diagnostics,
    ...(hasErrors(made.diagnostics) || dry ? [] : diskHost(root).apply(made.actions)),
  ];
  const files = hasErrors(diagnostics) ? [] : made.actions.map((a) => a.path);
  const [head, ...rest] = summaryOf({ ...made, diagnostics: [], next: undefined }, { dryRun: dry });
  return {
    exitCode: hasErrors(diagnostics) ? 1 : 0,
    diagnostics,
    summary: { files: files.length },
    results: { files },
    // Findings and the next step are the report's own; what is left of the summary is what happened to files.
    lines: hasErrors(diagnostics) ? [] : rest,
    closing: hasErrors(diagnostics) ? "nothing written" : head,
    next: dry || files.length === 0 ? undefined : next(made),
  };
}
