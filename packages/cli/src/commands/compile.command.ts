import type { Command } from "../command.ts";
import { selectionOptions } from "../selection-options.ts";
import { selectionOf } from "../dbt-verb.ts";
import { counted, plural } from "../wording.ts";

export const compileCommand: Command = {
  name: "compile",
  arguments: "[products...]",
  summary: "dbt's compile: every selected model as plain SQL, below target/compiled.",
  examples: ["mesh compile", "mesh compile --select sessions"],
  options: selectionOptions,
  async run(products, options, context) {
    const { compile } = await import("@meshwork/workspace/operations");
    const done = await compile(await selectionOf(products, options, context));
    const one = done.results.length === 1 ? done.results[0] : undefined;
    return {
      ...counted(done),
      lines: one ? one.sql.trimEnd().split("\n") : done.results.map((r) => r.file),
      closing: `${plural(done.results.length, "resource")} compiled`,
    };
  },
};
