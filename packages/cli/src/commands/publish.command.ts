import type { Command } from "../command.ts";
import { flag, list, text } from "../command.ts";
import { productOptions, withAffected } from "../product-options.ts";
import { embeddedCatalogs } from "../embedded-catalog.ts";
import { table } from "../table.ts";
import { counted, plural } from "../wording.ts";
import { varsOf, workspaceRoot } from "../workspace-of.ts";

export const publishCommand: Command = {
  name: "publish",
  arguments: "[products...]",
  summary: "Contracts, schema, lineage, checks and runs to catalogs and lineage receivers.",
  examples: ["mesh publish", "mesh publish commerce.orders --to local", "mesh publish --dry-run"],
  options: [
    ...productOptions,
    { flags: "--to <name>", description: "an entry under publish: in mesh.yaml; all where absent", many: true },
    { flags: "--dry-run", description: "say what would be sent" },
  ],
  async run(products, options, context) {
    const { publish } = await import("@meshwork/workspace/operations");
    const root = await workspaceRoot(context);
    const chosen = await withAffected(root, products, options, "publish");
    const catalogs = embeddedCatalogs();
    const done = await publish({
      root,
      products: chosen,
      to: list(options["to"]),
      dryRun: flag(options["dryRun"]),
      target: text(options["target"]),
      vars: await varsOf(text(options["vars"])),
      openEmbedded: catalogs.open,
      env: context.env,
      now: context.now,
      signal: context.signal,
      onProgress: context.progress,
    }).finally(() => catalogs.close());
    const parts = counted(done);
    const { sent = 0, unchanged = 0, failed = 0, planned = 0 } = done.summary;
    const words = [
      [sent, "sent"],
      [unchanged, "unchanged"],
      [failed, "failed"],
      [planned, "planned"],
    ] as const;
    return {
      ...parts,
      lines: table(done.results.map((r) => [r.status, r.target, r.title, r.answer ?? ""])),
      closing:
        words
          .filter(([n]) => n > 0)
          .map(([n, w]) => `${n} ${w}`)
          .join(", ") || plural(0, "step"),
      next: failed === 0 && sent + unchanged > 0 ? "mesh catalog serve" : undefined,
    };
  },
};
