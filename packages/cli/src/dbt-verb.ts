import { palette, seconds } from "@meshwork/diagnostics";
import type { CommandContext, CommandOption, CommandReport, OptionValues } from "./command.ts";
import { flag, list, text } from "./command.ts";
import { selectionOptions } from "./selection-options.ts";
import { table } from "./table.ts";
import { counted, plural } from "./wording.ts";
import { varsOf, workspaceRoot } from "./workspace-of.ts";

export const dbtVerbOptions: readonly CommandOption[] = [
  ...selectionOptions,
  { flags: "-f, --full-refresh", description: "incremental models from the start" },
];

/** dbt's selection flags as an operation takes them. */
export async function selectionOf(products: readonly string[], options: OptionValues, context: CommandContext) {
  return {
    root: await workspaceRoot(context),
    cwd: context.cwd,
    products: products.length === 0 ? undefined : products,
    select: list(options["select"]),
    exclude: list(options["exclude"]),
    projectDir: text(options["projectDir"]),
    target: text(options["target"]),
    vars: varsOf(text(options["vars"])),
    env: context.env,
    now: context.now,
    signal: context.signal,
    onProgress: (event: Parameters<CommandContext["progress"]>[0]) => context.progress(event),
  };
}

/** `run`, `seed` and `test` differ in what they select; what they print is the same. */
export async function dbtVerb(
  verb: "run" | "seed" | "test",
  products: readonly string[],
  options: OptionValues,
  context: CommandContext,
): Promise<CommandReport> {
  const operations = await import("@meshwork/workspace");
  const done = await operations[verb]({
    ...(await selectionOf(products, options, context)),
    fullRefresh: flag(options["fullRefresh"]),
  });
  const c = palette(context.color);
  const good = new Set(["success", "pass"]);
  const word = (s: string) =>
    good.has(s) ? c.ok(s === "success" ? "ok" : s) : s === "warn" || s === "skipped" ? c.warn(s) : c.bad(s);
  const { passed = 0, warned = 0, failed = 0, skipped = 0 } = done.summary;
  const words = [
    [passed, "ok"],
    [warned, "warned"],
    [failed, "failed"],
    [skipped, "skipped"],
  ] as const;
  return {
    ...counted(done),
    lines: table(
      done.results.map((r) => [word(r.status), r.id, r.failures ? plural(r.failures, "row") : "", seconds(r.ms)]),
    ),
    closing: `${plural(done.results.length, "resource")}: ${
      words
        .filter(([n]) => n > 0)
        .map(([n, w]) => `${n} ${w}`)
        .join(", ") || "nothing selected"
    }`,
  };
}
