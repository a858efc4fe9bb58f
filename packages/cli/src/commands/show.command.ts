import type { Command } from "../command.ts";
import { text, UsageError } from "../command.ts";
import { selectionOf } from "../dbt-verb.ts";
import { selectionOptions } from "../selection-options.ts";
import { table } from "../table.ts";
import { counted, nextOf, plural } from "../wording.ts";

const shown = (cell: unknown): string =>
  cell === null || cell === undefined ? "null" : typeof cell === "object" ? JSON.stringify(cell) : String(cell);

export const showCommand: Command = {
  name: "show",
  summary: "dbt's show: what models or a query yield, read from what is built. Nothing is written.",
  examples: [
    "mesh show --select sessions --limit 10",
    "mesh show --project-dir domains/behaviour --inline 'select count(*) as n from {{ ref(\"sessions\") }}'",
  ],
  options: [
    ...selectionOptions,
    { flags: "--inline <sql>", description: "SQL with Jinja, in place of a selection" },
    { flags: "--limit <n>", description: "rows to show (5); -1 for all" },
  ],
  async run(_, options, context) {
    const { show } = await import("@meshwork/workspace/operations");
    const done = await show({
      ...(await selectionOf([], options, context)),
      inline: text(options["inline"]),
      limit: limitOf(text(options["limit"])),
    });
    const several = done.results.length > 1;
    return {
      ...counted(done),
      results: done.results.map(({ node, show: rows }) => ({ node, show: rows })),
      lines: done.results.flatMap((r) => [
        ...(several ? [r.node] : []),
        ...table(
          r.show.map((row) => r.columns.map((c) => shown(row[c]))),
          r.columns,
        ),
      ]),
      closing: plural(
        done.results.reduce((sum, r) => sum + r.show.length, 0),
        "row",
      ),
      next: nextOf(done.diagnostics),
    };
  },
};

function limitOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^(?:-1|\d{1,9})$/.test(given)) return Number(given);
  throw new UsageError(`--limit takes a whole number, or -1 for all rows, not "${given}".\nExample: --limit 20`);
}
