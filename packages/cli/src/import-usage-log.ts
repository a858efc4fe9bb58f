import { palette } from "@meshwork/diagnostics";
import type { CommandContext, CommandReport, OptionValues } from "./command.ts";
import { flag, list, text, UsageError } from "./command.ts";
import { table } from "./table.ts";
import { counted, plural } from "./wording.ts";
import { workspaceRoot } from "./workspace-of.ts";

/** `mesh import usage FILE --from LOG`: who reads which port, out of an engine's log. */
export async function importUsageLog(
  file: string | undefined,
  options: OptionValues,
  context: CommandContext,
): Promise<CommandReport> {
  if (file === undefined)
    throw new UsageError(
      "mesh import usage needs the exported log.\nExample: mesh import usage access-history.csv --from snowflake.",
    );
  const { importUsage } = await import("@meshwork/workspace/operations");
  const done = await importUsage({
    root: await workspaceRoot(context),
    cwd: context.cwd,
    file,
    from: text(options["from"]),
    own: list(options["own"]),
    keepNames: flag(options["keepNames"]),
    local: flag(options["local"]),
    env: context.env,
    now: context.now,
    signal: context.signal,
    onProgress: (event) => context.progress(event),
  });
  const parts = counted(done);
  const { written, record, skipped, elsewhere } = done.results!;
  const c = palette(context.color);
  const day = (at: string | null) => at?.slice(0, 10) ?? "not known";
  const rows = Object.values(record.products)
    .sort((a, b) => (a.product < b.product ? -1 : 1))
    .flatMap(({ product, ports }) =>
      Object.entries(ports).map(([port, usage]) => {
        const columns = new Set(usage.readers.flatMap((r) => Object.keys(r.columns)));
        const vague = usage.readers.filter((r) => r.unknownColumns > 0).length;
        const last = usage.readers
          .map((r) => r.lastSeen ?? "")
          .sort()
          .at(-1);
        return [
          `  ${product}`,
          port,
          plural(usage.readers.length, "reader"),
          usage.readers.length === 0
            ? ""
            : vague > 0
              ? c.warn(`columns not known of ${vague}`)
              : plural(columns.size, "column"),
          last ? `last ${day(last)}` : "",
        ];
      }),
    );
  return {
    ...parts,
    lines: [
      c.place(written),
      ...table(rows),
      ...(elsewhere > 0 ? [c.dim(`  ${plural(elsewhere, "statement")} touched no port`)] : []),
      ...(skipped > 0 ? [c.dim(`  ${plural(skipped, "row")} told of no statement`)] : []),
    ],
    closing: `${plural(record.statements, "statement")} from ${day(record.from)} to ${day(record.until)}, ${plural(rows.length, "port")} known to the log`,
  };
}
