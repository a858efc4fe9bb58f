import type { Command } from "../command.ts";
import { selectionOf } from "../dbt-verb.ts";
import { projectOptions } from "../selection-options.ts";
import { counted, nextOf, plural } from "../wording.ts";

export const parseCommand: Command = {
  name: "parse",
  arguments: "[products...]",
  summary: "dbt's parse: reads projects, says what is wrong with them, and writes target/manifest.json.",
  examples: ["mesh parse", "mesh parse --project-dir domains/commerce"],
  options: projectOptions,
  async run(products, options, context) {
    const { parse } = await import("@meshwork/workspace/operations");
    const done = await parse(await selectionOf(products, options, context));
    return {
      ...counted(done),
      closing: `${plural(done.results.length, "resource")} read`,
      next: nextOf(done.diagnostics),
    };
  },
};
