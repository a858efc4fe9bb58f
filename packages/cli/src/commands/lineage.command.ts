import { palette } from "@meshwork/diagnostics";
import type { Command } from "../command.ts";
import { text, UsageError } from "../command.ts";
import { columnTree, deciders } from "../lineage-tree.ts";
import { outsideLines } from "../outside-lines.ts";
import { table } from "../table.ts";
import { counted, plural } from "../wording.ts";
import { workspaceRoot } from "../workspace-of.ts";

export const lineageCommand: Command = {
  name: "lineage",
  arguments: "<name>",
  summary: "Where a product or one of its columns comes from, and who reads it.",
  examples: ["mesh lineage growth.daily-web-kpis", "mesh lineage growth.daily-web-kpis.sessions"],
  options: [
    { flags: "-t, --target <name>", description: "environment of mesh.yaml" },
    { flags: "--depth <n>", description: "follow so many steps in each direction (all)" },
  ],
  async run([name], options, context) {
    const { lineage, outsideSentence } = await import("@meshwork/workspace");
    if (name === undefined) throw new UsageError("mesh lineage needs a name: domain.product or domain.product.column.");
    const done = await lineage({
      root: await workspaceRoot(context),
      name,
      depth: steps(text(options["depth"])),
      target: text(options["target"]),
      env: context.env,
      now: context.now,
      signal: context.signal,
    });
    const parts = counted(done);
    const graph = done.results!;
    const c = palette(context.color);
    const lines = [c.bold(graph.column === undefined ? graph.name : `${graph.name}.${graph.column}`)];
    if (graph.column === undefined) {
      if (graph.upstream.length > 0)
        lines.push(
          "reads",
          ...graph.upstream.map(
            (u) => `  ${"  ".repeat(u.depth - 1)}${u.name}${u.external ? c.dim("  outside the mesh") : ""}`,
          ),
        );
      if (graph.downstream.length > 0)
        lines.push("read by", ...graph.downstream.map((d) => `  ${"  ".repeat(d.depth - 1)}${d.name}`));
    }
    if (graph.column !== undefined) {
      const section = (title: string, body: readonly string[]) => (body.length === 0 ? [] : [title, ...body]);
      lines.push(
        ...section("made of", columnTree(graph, graph.column, "upstream")),
        ...section("its rows and values depend on", deciders(graph, "upstream")),
        ...section("goes into", columnTree(graph, graph.column, "downstream")),
        ...section("decides about", deciders(graph, "downstream")),
      );
    } else if (graph.columns.length > 0) {
      lines.push(
        "columns",
        ...table(
          graph.columns.map((f) => [
            `  ${f.to.product}.${f.to.column}`,
            "<-",
            `${f.from.product}${f.from.product.includes(".") ? "" : `.${f.from.port}`}.${f.from.column}`,
            c.dim(f.kind),
          ]),
        ),
      );
    }
    const outside = outsideLines(graph.outside, graph.unseen, outsideSentence);
    if (outside.length > 0) lines.push("read from outside", ...outside.map((line) => `  ${line}`));
    if (graph.unknown.length > 0) lines.push(`not known: ${graph.unknown.join(", ")}`);
    return {
      ...parts,
      lines,
      closing: `${plural(graph.upstream.length, "upstream")}, ${plural(graph.downstream.length, "reader")}`,
    };
  },
};

function steps(given: string | undefined): number | undefined {
  if (given === undefined || /^[1-9][0-9]{0,5}$/.test(given)) return given === undefined ? undefined : Number(given);
  throw new UsageError(`--depth takes a number of steps, not "${given}".\nExample: --depth 2`);
}
