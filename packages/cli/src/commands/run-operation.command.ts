import type { Command } from "../command.ts";
import { text } from "../command.ts";
import { selectionOf } from "../dbt-verb.ts";
import { projectOptions } from "../selection-options.ts";
import { counted, nextOf } from "../wording.ts";
import { varsOf } from "../workspace-of.ts";

export const runOperationCommand: Command = {
  name: "run-operation",
  arguments: "<macro>",
  summary: "dbt's run-operation: calls a macro with the engine at hand. What it prints is the result.",
  examples: ["mesh run-operation pseudonym --args '{column: customer_id}' --project-dir domains/commerce"],
  options: [{ flags: "--args <args>", description: "the macro's arguments: JSON object or YAML" }, ...projectOptions],
  async run([macro = ""], options, context) {
    const { runOperation } = await import("@meshwork/workspace/operations");
    const done = await runOperation({
      ...(await selectionOf([], options, context)),
      macro,
      args: await varsOf(text(options["args"]), "--args"),
    });
    return { ...counted(done), lines: done.results, closing: `${macro} is done`, next: nextOf(done.diagnostics) };
  },
};
