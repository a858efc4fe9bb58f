import { palette } from "@meshwork/diagnostics";
import type { Command } from "../command.ts";
import { text, UsageError } from "../command.ts";
import { selectionOf } from "../dbt-verb.ts";
import { selectionOptions } from "../selection-options.ts";
import { table } from "../table.ts";
import { counted, nextOf, plural, tally } from "../wording.ts";

export const sourceCommand: Command = {
  name: "source",
  arguments: "<action>",
  summary: "dbt's source freshness: how old the data of sources is, against their limits.",
  examples: ["mesh source freshness"],
  options: [
    ...selectionOptions.filter((o) => !o.flags.includes("resource-type")),
    { flags: "--result <file>", description: "where the result goes (sources.json in the target folder)" },
  ],
  async run([action], options, context) {
    if (action !== "freshness" && action !== "snapshot-freshness")
      throw new UsageError(`mesh source knows freshness, not "${action}".\nExample: mesh source freshness`);
    const { sourceFreshness } = await import("@meshwork/workspace/operations");
    const done = await sourceFreshness({
      ...(await selectionOf([], options, context)),
      output: text(options["result"]),
    });
    const c = palette(context.color);
    const { passed = 0, warned = 0, failed = 0 } = done.summary;
    const word = (s: string) => (s === "pass" ? c.ok(s) : s === "warn" ? c.warn(s) : c.bad(s));
    return {
      ...counted(done),
      lines: table(
        done.results.map((r) => [word(r.status), r.id, r.maxLoadedAt === undefined ? "" : `loaded ${r.maxLoadedAt}`]),
      ),
      closing: `${plural(done.results.length, "source")}: ${
        tally([
          [passed, "fresh"],
          [warned, "warned"],
          [failed, "failed"],
        ]) || "none has limits"
      }`,
      next: nextOf(done.diagnostics),
    };
  },
};
