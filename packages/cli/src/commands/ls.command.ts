import type { Command } from "../command.ts";
import { list, text } from "../command.ts";
import { selectionOptions } from "../selection-options.ts";
import { counted, plural } from "../wording.ts";
import { varsOf, workspaceRoot } from "../workspace-of.ts";

export const lsCommand: Command = {
  name: "ls",
  arguments: "[products...]",
  summary: "Products; with --select or --project-dir the resources of dbt projects, as dbt lists them.",
  examples: ["mesh ls", "mesh ls behaviour", "mesh ls --select +sessions --output-format path"],
  options: [
    ...selectionOptions,
    { flags: "--output-format <form>", description: "of resources", choices: ["selector", "name", "path", "json"] },
    { flags: "--resource-type <type>", description: "model, seed, snapshot, test or source", many: true },
  ],
  async run(products, options, context) {
    const { ls } = await import("@meshwork/workspace");
    const done = await ls({
      root: await workspaceRoot(context),
      cwd: context.cwd,
      products: products.length === 0 ? undefined : products,
      select: list(options["select"]),
      exclude: list(options["exclude"]),
      projectDir: text(options["projectDir"]),
      target: text(options["target"]),
      vars: varsOf(text(options["vars"])),
      form: (text(options["outputFormat"]) ?? "selector") as "selector",
      resourceTypes: list(options["resourceType"]),
      env: context.env,
      now: context.now,
    });
    return {
      ...counted(done),
      lines: done.results,
      closing: plural(done.results.length, done.summary["products"] === undefined ? "resource" : "product"),
    };
  },
};
