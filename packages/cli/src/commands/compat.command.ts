import { palette } from "@meshwork/diagnostics";
import { changeLines, isChange } from "../change-lines.ts";
import { coordinationLines } from "../coordination-lines.ts";
import type { Command } from "../command.ts";
import { text } from "../command.ts";
import { outsideLines } from "../outside-lines.ts";
import { counted } from "../wording.ts";
import { workspaceRoot } from "../workspace-of.ts";

export const compatCommand: Command = {
  name: "compat",
  arguments: "[products...]",
  summary: "Every changed contract against a base, and who breaks.",
  examples: ["mesh compat", "mesh compat --base main", "mesh compat commerce.orders --base HEAD~1"],
  options: [
    { flags: "--base <ref>", description: "a commit, branch or tag (the default branch)" },
    { flags: "--deployed <target>", description: "in place of --base: what is built on a target of mesh.yaml" },
    { flags: "-t, --target <name>", description: "environment of mesh.yaml" },
  ],
  async run(products, options, context) {
    const { compat, outsideSentence } = await import("@meshwork/workspace");
    const base = text(options["base"]);
    const done = await compat({
      root: await workspaceRoot(context),
      products: products.length === 0 ? undefined : products,
      base,
      deployed: text(options["deployed"]),
      target: text(options["target"]),
      env: context.env,
      now: context.now,
      signal: context.signal,
    });
    const parts = counted(done);
    const c = palette(context.color);
    const lines = done.results.flatMap((r) => [
      `${c.bold(r.product)}  ${r.before} -> ${r.after}  ${
        r.verdict === "coordinated"
          ? `${r.level}, coordinated`
          : r.announced
            ? r.level
            : c.bad(`${r.level}: must be ${r.required}`)
      }`,
      ...changeLines(
        r.changes,
        done.diagnostics.filter((d) => d.product === r.product),
        c,
      ),
      ...r.consumers.flatMap((x) => [
        `  ${x.breaks.length + x.reads.length > 0 ? c.bad("breaks") : "read by"} ${x.product}${x.owner ? ` (${x.owner})` : ""}${x.columns.length > 0 ? `: ${x.columns.join(", ")}` : ""}`,
        ...x.reads.map(
          (r) =>
            `    read by ${r.model}: column ${r.column} (${r.kinds.join(", ")}) at ${c.place(`${r.place.file}:${r.place.line}`)}`,
        ),
        ...(x.unknown.length > 0 ? [`    not known which columns ${x.unknown.join(", ")} reads`] : []),
        ...x.breaks.map(
          (d) => `    ${d.span ? `${c.place(`${d.span.file}:${d.span.line}:${d.span.column}`)} ` : ""}${d.message}`,
        ),
      ]),
      ...coordinationLines(r, c),
      ...outsideLines(r.outside, [], outsideSentence).map((line) => `  ${c.bad("breaks")} ${line}`),
      ...(r.unknownConsumers
        ? [
            c.dim(
              "  and perhaps readers outside: the contract lets roles read it, and no imported usage tells whether they do",
            ),
          ]
        : []),
    ]);
    const { products: total = 0, changed = 0, major = 0, minor = 0, patch = 0 } = done.summary;
    const short = done.results.find((r) => !r.announced && r.verdict !== "coordinated");
    return {
      ...parts,
      lines,
      told: isChange,
      closing:
        changed === 0
          ? `No contract differs from ${text(options["deployed"]) ?? base ?? "the default branch"}`
          : `${changed} of ${total} products changed: ${major} major, ${minor} minor, ${patch} patch`,
      next: short
        ? `set version: ${short.required} in the contract of ${short.product}, or take back what is major`
        : undefined,
    };
  },
};
