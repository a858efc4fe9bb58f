import type { Command } from "../command.ts";
import { flag, UsageError } from "../command.ts";
import { selectionOf } from "../dbt-verb.ts";
import { selectionOptions } from "../selection-options.ts";
import { counted, nextOf, plural } from "../wording.ts";

export const docsCommand: Command = {
  name: "docs",
  arguments: "<action>",
  summary: "dbt's docs generate: target/manifest.json and target/catalog.json, for sites and catalogs that read them.",
  examples: ["mesh docs generate", "mesh docs generate --project-dir domains/commerce"],
  options: [
    ...selectionOptions,
    { flags: "--no-compile", description: "leave the compiled SQL out" },
    { flags: "--empty-catalog", description: "ask no engine: a catalog without relations" },
  ],
  async run([action], options, context) {
    if (action !== "generate")
      throw new UsageError(
        `mesh docs knows generate, not "${action}".\nThe mesh's own catalog is shown by mesh catalog serve.`,
      );
    const { docsGenerate } = await import("@meshwork/workspace/operations");
    const done = await docsGenerate({
      ...(await selectionOf([], options, context)),
      noCompile: options["compile"] === false,
      emptyCatalog: flag(options["emptyCatalog"]),
    });
    return {
      ...counted(done),
      closing: `${plural(done.results.length, "relation")} in catalog.json`,
      next: nextOf(done.diagnostics),
    };
  },
};
