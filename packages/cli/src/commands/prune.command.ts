import type { Command } from "../command.ts";
import { flag, text, UsageError } from "../command.ts";
import { table } from "../table.ts";
import { counted, plural } from "../wording.ts";
import { workspaceRoot } from "../workspace-of.ts";

const hour = 3_600_000;

export const pruneCommand: Command = {
  name: "prune",
  arguments: "[products...]",
  summary: "Former snapshots of ports and what killed builds left: listed, with --yes removed.",
  examples: ["mesh prune", "mesh prune commerce --keep 1", "mesh prune --older-than 48 --yes"],
  options: [
    { flags: "--keep <n>", description: "former snapshots to keep of each port (0)" },
    { flags: "--older-than <hours>", description: "only what was replaced longer ago (24): readers may hold the rest" },
    { flags: "--yes", description: "remove what is listed" },
    { flags: "-t, --target <name>", description: "environment of mesh.yaml" },
  ],
  async run(products, options, context) {
    const remove = flag(options["yes"]);
    const { prune } = await import("@meshwork/workspace/operations");
    const done = await prune({
      root: await workspaceRoot(context),
      products: products.length === 0 ? undefined : products,
      keep: wholeNumber("--keep", text(options["keep"]), 0),
      olderThanMs: wholeNumber("--older-than", text(options["olderThan"]), 24) * hour,
      remove,
      target: text(options["target"]),
      env: context.env,
      now: context.now,
      signal: context.signal,
    });
    const parts = counted(done);
    const found = done.results.length;
    return {
      ...parts,
      lines: table(done.results.map((r) => [remove ? "removed" : "would go", r.path, r.what])),
      closing: found === 0 ? "nothing to remove" : `${plural(found, "folder")} ${remove ? "removed" : "would go"}`,
      next: found > 0 && !remove ? "mesh prune --yes" : undefined,
    };
  },
};

function wholeNumber(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (/^\d{1,6}$/.test(given)) return Number(given);
  throw new UsageError(`${name} takes a whole number, not "${given}".\nExample: ${name} ${otherwise}`);
}
