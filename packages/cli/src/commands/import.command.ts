import { palette } from "@meshwork/diagnostics";
import type { Palette } from "@meshwork/diagnostics";
import type { ImportedContract } from "@meshwork/workspace";
import type { Command, CommandContext, CommandReport, OptionValues } from "../command.ts";
import { flag, list, text, UsageError } from "../command.ts";
import { importUsageLog } from "../import-usage-log.ts";
import { counted, plural } from "../wording.ts";

export const importCommand: Command = {
  name: "import",
  arguments: "<source> [log]",
  summary: "A contract made of a schema that is there already, and what the contract cannot say of it.",
  examples: [
    "mesh import ddl/orders.postgres.sql --name commerce.orders",
    "mesh import '.mesh/data/raw_shop/orders/*.parquet' --name commerce.raw_orders --accept not-null",
    "mesh import ddl/orders.postgres.sql --dialect odcs --out imported/orders.odcs.yaml",
    "mesh import usage logs/access-history.csv --from snowflake --own TRANSFORMER",
  ],
  options: [
    {
      flags: "--from <format>",
      description: "sql-postgres, avro, json-schema, protobuf …; guessed where absent, a wrong name lists all",
    },
    { flags: "--only <names>", description: "tables, messages or models that are wanted, comma between", many: true },
    { flags: "--name <name>", description: "the data product: orders, or sales.orders" },
    { flags: "--domain <name>", description: "the domain it belongs to" },
    { flags: "--owner <address>", description: "who answers for it; the domain's owner where absent" },
    { flags: "--description <text>", description: "one sentence" },
    { flags: "--freshness <duration>", description: "how old its data may be: 24h" },
    { flags: "--dialect <dialect>", description: "of the contract", choices: ["datamesh", "odcs"] },
    { flags: "--out <file>", description: "write the contract there in place of showing it" },
    { flags: "--force", description: "write over the file that is there" },
    {
      flags: "--into <contract>",
      description: "add what a contract lacks, keep the rest of it, and say where both disagree",
    },
    {
      flags: "--accept <suggestions>",
      description: "write what data and names suggest: all, ids as printed, or a kind (not-null), comma between",
      many: true,
    },
    { flags: "--no-profile", description: "do not measure rows" },
    {
      flags: "--own <name>",
      description: "usage: a user or role of the mesh itself, which is no reader outside; may be repeated",
      many: true,
    },
    { flags: "--keep-names", description: "usage: users by name; hashed where absent" },
    { flags: "--local", description: "usage: keep the record on this machine, in .mesh/usage" },
  ],
  run: ([source = "", log], options, context) =>
    source === "usage" ? importUsageLog(log, options, context) : importSource(source, log, options, context),
};

async function importSource(
  source: string,
  second: string | undefined,
  options: OptionValues,
  context: CommandContext,
): Promise<CommandReport> {
  if (second !== undefined)
    throw new UsageError(
      `mesh import takes one source, not ${source} and ${second}.\nA log of who reads is: mesh import usage ${second} --from snowflake.`,
    );
  const { importContract } = await import("@meshwork/workspace/operations");
  const dialect = text(options["dialect"]);
  const names = (value: OptionValues[string]): string[] | undefined =>
    value === undefined ? undefined : list(value).flatMap((each) => each.split(",").map((part) => part.trim()));
  const done = await importContract({
    cwd: context.cwd,
    source,
    from: text(options["from"]),
    answers: {
      name: text(options["name"]),
      domain: text(options["domain"]),
      owner: text(options["owner"]),
      description: text(options["description"]),
      freshness: text(options["freshness"]),
    },
    dialect: dialect === "odcs" || dialect === "datamesh" ? dialect : undefined,
    out: text(options["out"]),
    force: flag(options["force"]),
    into: text(options["into"]),
    only: names(options["only"]),
    accept: names(options["accept"]),
    profile: options["profile"] !== false,
    now: context.now,
    env: context.env,
    signal: context.signal,
  });
  const parts = counted(done);
  if (!done.results) return { ...parts, closing: "not imported" };
  const { results } = done;
  const c = palette(context.color);
  const about = [
    ...driftLines(results, c),
    ...suggestionLines(results, c),
    ...[...assumedLines(results), ...lossLines(results.losses)].map((line) => c.dim(line)),
  ];
  if (results.drift !== undefined)
    return { ...parts, lines: [...results.written, ...about], closing: driftClosing(results) };
  const closing = `${plural(results.ports, "port")}, ${plural(results.columns, "column")}, ${results.losses.length === 0 ? "nothing lost" : `${plural(results.losses.length, "statement")} of the source lost`}`;
  if (results.written.length > 0) return { ...parts, lines: [...results.written, ...about], closing };
  return onStdout(results.text, about, parts, closing, options, context, c);
}

/** The contract alone goes to stdout, so that it can be piped into a file; all else is for the person who waits. */
function onStdout(
  contract: string,
  about: readonly string[],
  parts: Pick<CommandReport, "exitCode" | "diagnostics" | "summary" | "results">,
  closing: string,
  options: OptionValues,
  context: CommandContext,
  c: Palette,
): CommandReport {
  const machine = list(options["format"]).some((format) => !/^(?:pretty|line)/.test(format));
  if (machine) return { ...parts, closing };
  for (const line of about) context.notice(line);
  for (const d of parts.diagnostics) {
    const place = d.span === undefined ? "" : `${d.span.file}:${d.span.line}:${d.span.column}: `;
    context.notice(`${c.place(place)}${d.severity}: ${d.message} [${d.code}]`);
  }
  context.notice(c.dim(closing));
  return { ...parts, diagnostics: [], lines: contract.trimEnd().split("\n"), closing: "" };
}

const driftClosing = ({ drift }: ImportedContract): string =>
  `${plural(drift?.added.length ?? 0, "addition")}, ${drift?.differs.length === 0 ? "no disagreement" : plural(drift?.differs.length ?? 0, "disagreement")}`;

function driftLines({ drift, written }: ImportedContract, c: Palette): string[] {
  if (drift === undefined) return [];
  const verb = written.length > 0 ? "added" : "would add";
  return [
    ...drift.added.map((what) => `${c.ok(verb)}  ${what}`),
    ...drift.differs.map((what) => `${c.warn("differs")}  ${what}`),
  ];
}

/** What nobody promised, with its evidence: a person decides. */
function suggestionLines({ suggestions, accepted }: ImportedContract, c: Palette): string[] {
  const width = Math.min(40, Math.max(0, ...suggestions.map((each) => each.id.length)));
  return suggestions.map(
    (each) =>
      `${accepted.includes(each.id) ? c.ok("accepted ") : "suggested"}  ${each.id.padEnd(width)}  ${each.says} ${c.dim(`(${each.evidence})`)}`,
  );
}

const assumedLines = (results: ImportedContract): string[] => results.assumed.map((line) => `assumed: ${line}`);

/** One line for each thing that is lost, with the first places. */
function lossLines(losses: ImportedContract["losses"]): string[] {
  const byFeature = new Map<string, string[]>();
  for (const { feature, port, column, span } of losses) {
    const what = column === undefined ? port : `${port ?? ""}.${column}`;
    const where = [what, span === undefined ? undefined : `${span.file}:${span.line}:${span.column}`].filter(
      (each) => each !== undefined,
    );
    byFeature.set(feature, [...(byFeature.get(feature) ?? []), where.join(" ")]);
  }
  return [...byFeature].map(([feature, places]) => {
    const first = [...new Set(places)].slice(0, 3);
    const more = new Set(places).size - first.length;
    return `lost: ${feature} (${first.join(", ")}${more > 0 ? ` and ${more} more` : ""})`;
  });
}
