import type { Command } from "../command.ts";
import { flag, text, UsageError } from "../command.ts";
import { table } from "../table.ts";
import { counted, plural } from "../wording.ts";

const hour = 3_600_000;

export const pruneCommand: Command = {
  name: "prune",
  arguments: "[products...]",
  summary:
    "Former snapshots of ports, what killed builds left, ports that no contract has, tables and views with our mark that no model makes any more: listed, with --yes removed.",
  examples: ["mesh prune", "mesh prune commerce --keep 1", "mesh prune --older-than 48 --yes"],
  options: [
    { flags: "--keep <n>", description: "former snapshots to keep of each port (0)" },
    { flags: "--older-than <hours>", description: "only what was replaced longer ago (24): readers may hold the rest" },
    { flags: "--yes", description: "remove what is listed" },
    { flags: "-t, --target <name>", description: "environment of mesh.yaml, or of the profile" },
    { flags: "--project-dir <folder>", description: "folder with dbt_project.yml, of a domain or outside any mesh" },
    { flags: "--profiles-dir <folder>", description: "folder with profiles.yml" },
    { flags: "--profile <name>", description: "in place of the project's" },
  ],
  async run(products, options, context) {
    const remove = flag(options["yes"]);
    const { findRoot, prune } = await import("@meshwork/workspace/operations");
    const done = await prune({
      root: findRoot(context.cwd),
      cwd: context.cwd,
      projectDir: text(options["projectDir"]),
      profilesDir: text(options["profilesDir"]),
      profile: text(options["profile"]),
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
    const going = done.results.filter((r) => r.kept === undefined);
    const word = (kept: string | undefined) => (kept !== undefined ? "stays" : remove ? "removed" : "would go");
    const count = (kind: string) => going.filter((r) => r.kind === kind).length;
    const stay = done.results.length - going.length;
    const what = [plural(count("folder"), "folder"), plural(count("relation"), "relation")].filter(
      (t) => !t.startsWith("0 "),
    );
    const closing = what.length === 0 ? [] : [`${what.join(", ")} ${remove ? "removed" : "would go"}`];
    return {
      ...parts,
      lines: table(
        done.results.map((r) => [word(r.kept), r.path, [r.what, r.kept].filter((t) => t !== undefined).join("; ")]),
      ),
      closing: [...closing, ...(stay > 0 ? [`${stay} stay`] : [])].join(", ") || "nothing to remove",
      next: going.length > 0 && !remove ? "mesh prune --yes" : undefined,
    };
  },
};

function wholeNumber(name: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise;
  if (/^\d{1,6}$/.test(given)) return Number(given);
  throw new UsageError(`${name} takes a whole number, not "${given}".\nExample: ${name} ${otherwise}`);
}
