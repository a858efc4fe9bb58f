import type { Command, CommandContext, CommandReport, OptionValues } from "../command.ts";
import { flag, list, text, UsageError } from "../command.ts";
import { countOption, selectionOf } from "../dbt-verb.ts";
import { projectOptions } from "../selection-options.ts";
import { table } from "../table.ts";
import { counted, nextOf, plural } from "../wording.ts";

/** A period of a day or longer is told by its first day. */
const shown = (cell: unknown, column: string): string =>
  cell === null || cell === undefined
    ? "null"
    : typeof cell === "string" && /__(?:day|week|month|quarter|year)$/.test(column)
      ? cell.replace(/T00:00:00$/, "")
      : typeof cell === "object"
        ? JSON.stringify(cell)
        : String(cell as string);

export const metricsCommand: Command = {
  name: "metrics",
  arguments: "[name] [metrics]",
  summary: "Metrics of dbt's semantic models; mesh metrics query NAME,NAME counts them on DuckDB.",
  examples: ["mesh metrics"],
  options: [
    { flags: "--group-by <items...>", description: "metric_time__month, customer__country, customer", many: true },
    { flags: "--where <sql...>", description: "a condition with {{ Dimension('…') }}; all must hold", many: true },
    { flags: "--order-by <columns...>", description: "columns of the result; -name for the largest first", many: true },
    { flags: "--limit <n>", description: "rows at most" },
    { flags: "--start <time>", description: "metric_time from here on" },
    { flags: "--end <time>", description: "metric_time up to here, which counts too" },
    { flags: "--explain", description: "print the SQL, run nothing" },
    ...projectOptions,
  ],
  async run([name, queried], options, context) {
    if (name === "query") return query(queried, options, context);
    if (queried !== undefined)
      throw new UsageError(
        `mesh metrics takes a metric, or query and metrics.\nExample: mesh metrics query ${queried}`,
      );
    const only = ["groupBy", "where", "orderBy", "limit", "start", "end", "explain"].find(
      (o) => options[o] !== undefined,
    );
    if (only !== undefined)
      throw new UsageError(`Only a query takes such flags.\nExample: mesh metrics query ${name ?? "revenue"}`);
    const { metrics } = await import("@meshwork/workspace");
    const done = await metrics({
      ...(await selectionOf([], options, context)),
      names: name === undefined ? [] : [name],
    });
    const columns = ["metric", "type", "product", "description"];
    return {
      ...counted(done),
      results: done.results,
      lines:
        name === undefined
          ? done.results.length === 0
            ? []
            : table(
                done.results.map((m) => [m.name, m.type, m.products.join(" ") || "-", m.description || m.label]),
                columns,
              )
          : done.results.flatMap((m) => [
              `${m.name}  ${m.type}  ${m.products.join(" ")}`.trimEnd(),
              ...(m.description === "" ? [] : [`  ${m.description}`]),
              ...m.dimensions.map((d) => `  by ${d}`),
              `  ${m.file}`,
            ]),
      closing: plural(done.results.length, "metric"),
      next: nextOf(done.diagnostics),
    };
  },
};

async function query(
  names: string | undefined,
  options: OptionValues,
  context: CommandContext,
): Promise<CommandReport> {
  if (names === undefined)
    throw new UsageError("mesh metrics query takes names of metrics.\nExample: mesh metrics query revenue,orders");
  const { queryMetrics } = await import("@meshwork/workspace");
  const items = (given: OptionValues[string]): string[] =>
    list(given).flatMap((g) => g.split(",").flatMap((one) => one.trim() || []));
  const explain = flag(options["explain"]);
  const done = await queryMetrics({
    ...(await selectionOf([], options, context)),
    explain,
    query: {
      metrics: names.split(",").flatMap((n) => n.trim() || []),
      groupBy: items(options["groupBy"]),
      where: list(options["where"]),
      orderBy: items(options["orderBy"]),
      limit: countOption("--limit", text(options["limit"])),
      start: text(options["start"]),
      end: text(options["end"]),
    },
  });
  return {
    ...counted(done),
    results: done.results,
    lines: done.results.flatMap((r) =>
      explain
        ? r.sql.split("\n")
        : table(
            r.show.map((row) => r.columns.map((c) => shown(row[c], c))),
            r.columns,
          ),
    ),
    closing: explain ? "" : plural(done.summary["rows"] ?? 0, "row"),
    next: nextOf(done.diagnostics),
  };
}
