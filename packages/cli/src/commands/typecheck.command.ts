import { typecheck } from "@meshwork/workspace";
import type { Command } from "../command.ts";
import { text } from "../command.ts";
import { counted, plural } from "../wording.ts";
import { varsOf, workspaceRoot } from "../workspace-of.ts";
import { productOptions, withAffected } from "../product-options.ts";

export const typecheckCommand: Command = {
  name: "typecheck",
  arguments: "[products...]",
  summary: "SQL against contracts, without data: columns and types of every model.",
  examples: ["mesh typecheck", "mesh typecheck growth.daily-web-kpis", "mesh typecheck --affected"],
  options: productOptions,
  async run(products, options, context) {
    const root = workspaceRoot(context);
    const chosen = await withAffected(root, products, options, "typecheck");
    const done = await typecheck({
      root,
      products: chosen,
      target: text(options["target"]),
      vars: varsOf(text(options["vars"])),
      env: context.env,
      now: context.now,
      signal: context.signal,
      onProgress: context.progress,
    });
    const { models = 0, products: total = 0 } = done.summary;
    const code = done.diagnostics[0]?.code;
    return {
      ...counted(done),
      closing: `${plural(models, "model")} of ${plural(total, "product")}${done.diagnostics.length === 0 ? ", no findings" : ""}`,
      next: code ? `mesh explain ${code}` : undefined,
    };
  },
};
