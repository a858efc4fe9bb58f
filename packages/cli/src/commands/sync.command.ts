import type { Command } from "../command.ts";
import { flag } from "../command.ts";
import { counted, plural } from "../wording.ts";
import { workspaceRoot } from "../workspace-of.ts";

export const syncCommand: Command = {
  name: "sync",
  summary: "Write what is generated from contracts: locks, row types, sources for plain dbt.",
  examples: ["mesh sync", "mesh sync --check"],
  options: [{ flags: "--check", description: "write nothing; exit 1 when a file is not what it should be" }],
  async run(_, options, context) {
    const { sync } = await import("@meshwork/workspace/operations");
    const done = await sync({ root: await workspaceRoot(context), check: flag(options["check"]), now: context.now });
    const changed = done.results.length;
    const verb = flag(options["check"]) ? "out of date" : "written";
    return {
      ...counted(done),
      lines: done.results.map((f) => `${f.change.padEnd(6)} ${f.file}`),
      closing:
        changed === 0
          ? `${plural(done.summary["files"] ?? 0, "generated file")}, all up to date`
          : `${plural(changed, "file")} ${verb}`,
      next: flag(options["check"]) && changed > 0 ? "mesh sync" : undefined,
    };
  },
};
