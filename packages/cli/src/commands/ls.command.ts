import type { Command } from "../command.ts";
import { text } from "../command.ts";
import { selectionOf } from "../dbt-verb.ts";
import { selectionOptions } from "../selection-options.ts";
import { counted, plural } from "../wording.ts";

export const lsCommand: Command = {
  name: "ls",
  arguments: "[products...]",
  summary: "Products; with --select or --project-dir the resources of dbt projects, as dbt lists them.",
  examples: ["mesh ls", "mesh ls behaviour", "mesh ls --select +sessions --output-format path"],
  options: [
    ...selectionOptions,
    { flags: "--output-format <form>", description: "of resources", choices: ["selector", "name", "path", "json"] },
  ],
  async run(products, options, context) {
    const { ls } = await import("@meshwork/workspace/operations");
    const done = await ls({
      ...(await selectionOf(products, options, context)),
      form: (text(options["outputFormat"]) ?? "selector") as "selector",
    });
    return {
      ...counted(done),
      lines: done.results,
      closing: plural(done.results.length, done.summary["products"] === undefined ? "resource" : "product"),
    };
  },
};
