import { palette, seconds } from "@meshwork/diagnostics";
import type { Command } from "../command.ts";
import { flag, text } from "../command.ts";
import { productOptions, withAffected } from "../product-options.ts";
import { dbtVerb, dbtVerbOptions, fullOption, rowsOf, selectionOf } from "../dbt-verb.ts";
import { table } from "../table.ts";
import { counted, nextOf, plural, tally } from "../wording.ts";
import { varsOf, workspaceRoot } from "../workspace-of.ts";

export const buildCommand: Command = {
  name: "build",
  arguments: "[products...]",
  summary:
    "Models, their tests, the contract's checks, then the swap of each port. What is up to date is left alone. With dbt's flags, or outside a mesh, dbt's build.",
  examples: [
    "mesh build",
    "mesh build growth.daily-web-kpis",
    "mesh build --affected",
    "mesh build commerce --full-refresh",
    "mesh build --select +sessions",
  ],
  options: [
    ...dbtVerbOptions.filter((o) => !o.flags.startsWith("--rows")),
    ...productOptions.filter((o) => !/--target |--vars /.test(o.flags)),
    { flags: "-f, --full-refresh", description: "build again what is up to date, incremental models from the start" },
    fullOption,
    { flags: "--rows <n>", description: "failing rows to show for each check (5)" },
  ],
  async run(products, options, context) {
    const { asksForNodes, build, findRoot } = await import("@meshwork/workspace/operations");
    if (findRoot(context.cwd) === undefined || asksForNodes(await selectionOf(products, options, context)))
      return dbtVerb("buildNodes", products, options, context);
    const root = await workspaceRoot(context);
    const chosen = await withAffected(root, products, options, "build");
    const done = await build({
      root,
      products: chosen,
      target: text(options["target"]),
      vars: await varsOf(text(options["vars"])),
      fullRefresh: flag(options["fullRefresh"]) || flag(options["full"]),
      rows: rowsOf(text(options["rows"])),
      env: context.env,
      now: context.now,
      signal: context.signal,
      onProgress: context.progress,
    });
    const c = palette(context.color);
    const word = { ok: c.ok("ok"), cached: c.dim("cached"), failed: c.bad("failed"), skipped: c.warn("skipped") };
    const lines = table(
      done.results.map((r) => {
        const detail = r.status === "ok" || (r.status === "failed" && r.models > 0);
        return [
          word[r.status],
          r.product,
          detail ? plural(r.models, "model") : (r.reason ?? ""),
          detail ? checksOf(r.tests.passed + r.checks.passed, r.tests.total + r.checks.total) : "",
          detail ? seconds(r.ms) : "",
        ];
      }),
    );
    const { built = 0, cached = 0, failed = 0, skipped = 0 } = done.summary;
    const stopped = done.results.filter((r) => r.reason === "interrupted").length;
    const parts = [
      [built, "built"],
      [cached, "cached"],
      [failed, "failed"],
      [skipped - stopped, "skipped"],
      [stopped, "interrupted"],
    ] as const;
    const nothing = built === 0 && failed === 0 && skipped === 0 && cached > 0;
    const bad = done.results.find((r) => r.status === "failed");
    return {
      ...counted(done),
      lines,
      cases: done.results.map((r) => ({
        suite: r.product,
        name: "build",
        status: r.status === "failed" ? "failed" : r.status === "skipped" ? "skipped" : "passed",
        ms: r.ms,
        message: r.reason,
      })),
      closing: nothing
        ? `${plural(cached, "product")}, nothing changed, nothing rebuilt`
        : tally(parts).replace(/^[\d,]+/, (n) => plural(Number(n.replaceAll(",", "")), "product")) || "no products",
      next: bad ? nextOf(done.diagnostics, `mesh build ${bad.product}`) : undefined,
    };
  },
};

const checksOf = (passed: number, total: number): string =>
  total === 0 ? "no checks run" : `${passed} of ${plural(total, "check")}`;
