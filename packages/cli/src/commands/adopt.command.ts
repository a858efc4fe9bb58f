import { palette } from "@meshwork/diagnostics";
import type { Command } from "../command.ts";
import { flag, text } from "../command.ts";
import { counted, plural } from "../wording.ts";

export const adoptCommand: Command = {
  name: "adopt",
  arguments: "<path>",
  summary:
    "Data products for an existing dbt project, proposed from its artifacts; written after --yes. dbt goes on running it.",
  examples: ["mesh adopt domains/commerce"],
  options: [
    { flags: "--domain <name>", description: "of the products; made of the project's name where absent" },
    { flags: "--owner <address>", description: "an e-mail address for products whose group names none" },
    {
      flags: "--freshness <duration>",
      description: "promise this for all products, 24h; nothing is promised where absent",
    },
    { flags: "--yes", description: "write what is proposed" },
  ],
  async run([path], options, context) {
    const { adopt } = await import("@meshwork/workspace/operations");
    const done = await adopt({
      cwd: context.cwd,
      path: path!,
      domain: text(options["domain"]),
      owner: text(options["owner"]),
      freshness: text(options["freshness"]),
      yes: flag(options["yes"]),
    });
    const parts = counted(done);
    const { results } = done;
    if (done.problem !== undefined) return parts;
    const c = palette(context.color);
    const changes = { new: "", kept: c.dim(", there already"), left: c.warn(", left out: no column is known") };
    const lines = results.products.flatMap((p) => {
      const ports = p.ports.map(
        (port) => `${port.port} (${plural(port.columns, "column")}, ${plural(port.checks, "rule")})`,
      );
      const shown = ports.slice(0, 6);
      const rest = ports.length - shown.length;
      return [
        `${p.product}  ${c.dim(`${p.because}, ${plural(p.nodes, "model")}`)}${changes[p.change]}`,
        `  made of  ${p.models.join(", ")}`,
        ...shown.map((port, i) => `  ${i === 0 ? "ports  " : "       "}  ${port}`),
        ...(rest > 0 ? [c.dim(`           and ${plural(rest, "port")} more`)] : []),
        ...gapLines(p.gaps.map((g) => `${g.model}: ${g.what}`)).map((g) => c.dim(`  left     ${g}`)),
      ];
    });
    const files = plural(results.files.length, "file");
    return {
      ...parts,
      lines: [...lines, ...results.notes.map((n) => c.dim(`note: ${n}`))],
      closing: results.written
        ? `${files} written; the dbt project is as it was`
        : `${plural(results.products.filter((p) => p.change === "new").length, "product")} proposed from ${results.project}, ${files} to write; nothing written`,
      next:
        results.files.length === 0
          ? undefined
          : results.written
            ? "mesh lint, then mesh typecheck and mesh status"
            : `mesh adopt ${path} --yes`,
    };
  },
};

const gapLines = (gaps: readonly string[]): string[] =>
  gaps.length <= 5 ? [...gaps] : [...gaps.slice(0, 4), `and ${gaps.length - 4} more (--format json has all)`];
