import { palette } from "@meshwork/diagnostics";
import type { Command } from "../command.ts";
import { text } from "../command.ts";
import { table } from "../table.ts";
import { counted, plural } from "../wording.ts";

export const doctorCommand: Command = {
  name: "doctor",
  summary: "The machine and the workspace: what a build needs, and whether it is there.",
  examples: ["mesh doctor"],
  options: [{ flags: "-t, --target <name>", description: "environment of mesh.yaml" }],
  async run(_, options, context) {
    const { doctor, findRoot } = await import("@meshwork/workspace/operations");
    const done = await doctor({
      root: findRoot(context.cwd) ?? context.cwd,
      target: text(options["target"]),
      env: context.env,
      now: context.now,
    });
    const c = palette(context.color);
    const word = { ok: c.ok("ok"), warning: c.warn("warning"), problem: c.bad("problem") };
    return {
      ...counted(done),
      lines: table(done.results.map((r) => [word[r.status], r.what, r.help ? `${r.detail}: ${r.help}` : r.detail])),
      closing: `${plural(done.results.length, "thing")} looked at, ${plural(done.summary["problems"] ?? 0, "problem")}`,
    };
  },
};
