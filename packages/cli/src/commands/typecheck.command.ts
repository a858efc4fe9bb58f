import type { Command } from "../command.ts";
import { text } from "../command.ts";
import { counted, nextOf, plural } from "../wording.ts";
import { varsOf, workspaceRoot } from "../workspace-of.ts";
import { productOptions, withAffected } from "../product-options.ts";

export const typecheckCommand: Command = {
  name: "typecheck",
  arguments: "[products...]",
  summary: "SQL against contracts, without data: columns and types of every model.",
  examples: ["mesh typecheck", "mesh typecheck growth.daily-web-kpis", "mesh typecheck --affected"],
  options: productOptions,
  async run(products, options, context) {
    const { typecheck } = await import("@meshwork/workspace/operations");
    const root = await workspaceRoot(context);
    const chosen = await withAffected(root, products, options, "typecheck");
    const done = await typecheck({
      root,
      products: chosen,
      target: text(options["target"]),
      vars: await varsOf(text(options["vars"])),
      env: context.env,
      now: context.now,
      signal: context.signal,
      onProgress: context.progress,
    });
    const { models = 0, products: total = 0, unknown = 0 } = done.summary;
    const what = `${plural(models, "model")} of ${plural(total, "product")}${unknown > 0 ? `, ${unknown} unknown` : ""}`;
    return {
      ...counted(done),
      ...(done.diagnostics.length === 0 ? { closing: `${what}, no findings` } : { scope: what }),
      next: nextOf(done.diagnostics),
    };
  },
};
