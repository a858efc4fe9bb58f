import { palette } from "@meshwork/diagnostics";
import type { Command } from "../command.ts";
import { text, UsageError } from "../command.ts";
import { outsideLines } from "../outside-lines.ts";
import { counted, plural } from "../wording.ts";
import { workspaceRoot } from "../workspace-of.ts";

export const impactCommand: Command = {
  name: "impact",
  arguments: "<name>",
  summary: "Whom a change of a product or of one of its columns would reach, with lines and owners.",
  examples: ["mesh impact commerce.orders", "mesh impact web-platform.clickstream-events.utm_campaign"],
  options: [{ flags: "-t, --target <name>", description: "environment of mesh.yaml" }],
  async run([name], options, context) {
    const { impact, outsideSentence } = await import("@meshwork/workspace");
    if (name === undefined) throw new UsageError("mesh impact needs a name: domain.product or domain.product.column.");
    const done = await impact({
      root: await workspaceRoot(context),
      name,
      target: text(options["target"]),
      env: context.env,
      now: context.now,
      signal: context.signal,
    });
    const parts = counted(done);
    const { consumers, outside, unseen, column, name: product } = done.results!;
    const c = palette(context.color);
    const lines = [
      c.bold(column === null ? product : `${product}.${column}`),
      ...consumers.flatMap((x) => [
        `${"  ".repeat(x.depth)}${x.name}${x.owner ? ` (${x.owner})` : ""}${x.columns.length > 0 ? `: ${x.columns.join(", ")}` : ""}${x.rows ? c.dim(x.columns.length > 0 ? ", and which rows it has" : ": which rows it has") : ""}`,
        ...x.reads.map(
          (r) =>
            `${"  ".repeat(x.depth)}  ${r.column} in ${r.model} (${r.kinds.join(", ")}) at ${c.place(`${r.place.file}:${r.place.line}`)}`,
        ),
        ...(x.unknown.length > 0
          ? [`${"  ".repeat(x.depth)}  not known which columns ${x.unknown.join(", ")} reads`]
          : []),
      ]),
      ...(outside.length + unseen.length > 0
        ? ["outside the workspace", ...outsideLines(outside, unseen, outsideSentence).map((l) => `  ${l}`)]
        : []),
    ];
    return {
      ...parts,
      lines,
      closing: `${plural(consumers.length, "consumer")} in the workspace, ${plural(outside.length, "reader")} outside${unseen.length > 0 ? " known" : ""}`,
    };
  },
};
