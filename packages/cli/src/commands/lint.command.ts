import type { Command } from "../command.ts";
import { flag } from "../command.ts";
import { counted, nextOf, plural } from "../wording.ts";

export const lintCommand: Command = {
  name: "lint",
  arguments: "[products...]",
  summary: "Contracts, models and policies, without data.",
  examples: [
    "mesh lint",
    "mesh lint behaviour.sessions",
    "mesh lint --fix",
    "mesh lint domains/commerce/orders/data-product-contract.yaml",
  ],
  options: [
    { flags: "--fix", description: "apply every fix that has one right answer" },
    { flags: "--no-cache", description: "look at everything anew; results are the same" },
  ],
  async run(products, options, context) {
    const { findRoot, lint, lintFile } = await import("@meshwork/workspace/linting");
    const root = findRoot(context.cwd);
    const outside = root === undefined || products.some((p) => /\.(ya?ml|json)$/.test(p));
    const done = outside
      ? await lintFile({ cwd: context.cwd, files: products, now: context.now })
      : await lint({
          root,
          products: products.length === 0 ? undefined : products,
          fix: flag(options["fix"]),
          cache: options["cache"] !== false,
          env: context.env,
          now: context.now,
          signal: context.signal,
          onProgress: context.progress,
        });
    const { products: total = 0, withFindings = 0, fixed = 0, cached = 0 } = done.summary;
    const what = outside ? plural(total, "file") : plural(total, "product");
    const fixable = done.diagnostics.some((d) => d.fixes?.some((f) => f.safe));
    return {
      ...counted(done),
      lines: fixed > 0 ? [`${plural(fixed, "finding")} fixed`] : [],
      ...(done.diagnostics.length === 0
        ? { closing: `${what}, no findings` }
        : { scope: withFindings === 0 && !outside ? "files of the mesh itself" : `${withFindings} of ${what}` }),
      ...(cached > 0 ? { timing: `${cached.toLocaleString("en-US")} from cache` } : {}),
      next: nextOf(done.diagnostics, fixable ? "mesh lint --fix" : undefined),
    };
  },
};
