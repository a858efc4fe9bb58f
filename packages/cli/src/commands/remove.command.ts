import type { Command } from "../command.ts";
import { flag } from "../command.ts";
import { planned } from "../planned.ts";
import { workspaceRoot } from "../workspace-of.ts";

export const removeCommand: Command = {
  name: "remove",
  arguments: "<product|product@major|domain>",
  summary: "Takes away a product, an older version of one, or an empty domain, unless somebody reads it.",
  examples: ["mesh remove shipping --dry-run"],
  options: [
    { flags: "--force", description: "delete files that were edited since, too" },
    { flags: "--dry-run", description: "say what would be deleted" },
  ],
  async run([name], options, context) {
    const root = await workspaceRoot(context);
    const answers = { name: name!, force: flag(options["force"]) };
    return planned(root, "remove", answers, flag(options["dryRun"]), () => undefined);
  },
};
