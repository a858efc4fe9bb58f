import type { RanNode } from "@meshwork/workspace";
import { palette, seconds } from "@meshwork/diagnostics";
import type { CommandContext, CommandOption, CommandReport, OptionValues } from "./command.ts";
import { flag, list, text, UsageError } from "./command.ts";
import { selectionOptions } from "./selection-options.ts";
import { table } from "./table.ts";
import { counted, nextOf, plural, shortTime, tally } from "./wording.ts";
import { varsOf } from "./workspace-of.ts";

/** Flags of every verb that runs nodes. */
export const dbtVerbOptions: readonly CommandOption[] = [
  ...selectionOptions,
  { flags: "--empty", description: "read everything empty: the SQL runs, and no data moves" },
  { flags: "--store-failures", description: "keep failing rows of tests in tables" },
  { flags: "--event-time-start <time>", description: "of microbatch models: from when" },
  { flags: "--event-time-end <time>", description: "of microbatch models: until when" },
  { flags: "--rows <n>", description: "failing rows to show for each test (5)" },
  { flags: "-x, --fail-fast", description: "begin nothing more after the first failure" },
];

export const fullRefreshOption: CommandOption = {
  flags: "-f, --full-refresh",
  description: "incremental models and seeds from the start",
};

export const fullOption: CommandOption = { flags: "--full", description: "the same as --full-refresh" };

/** dbt's flags as an operation takes them. */
export async function selectionOf(products: readonly string[], options: OptionValues, context: CommandContext) {
  const { findRoot } = await import("@meshwork/workspace/operations");
  return {
    root: findRoot(context.cwd),
    cwd: context.cwd,
    products: products.length === 0 ? undefined : products,
    select: list(options["select"]),
    exclude: list(options["exclude"]),
    selector: text(options["selector"]),
    indirectSelection: text(options["indirectSelection"]),
    resourceTypes: list(options["resourceType"]),
    excludeResourceTypes: list(options["excludeResourceType"]),
    projectDir: text(options["projectDir"]),
    profilesDir: text(options["profilesDir"]),
    profile: text(options["profile"]),
    target: text(options["target"]),
    targetPath: text(options["targetPath"]),
    state: text(options["state"]),
    defer: flag(options["defer"]),
    deferState: text(options["deferState"]),
    favorState: flag(options["favorState"]),
    threads: countOption("--threads", text(options["threads"])),
    vars: await varsOf(text(options["vars"])),
    env: context.env,
    now: context.now,
    signal: context.signal,
    onProgress: (event: Parameters<CommandContext["progress"]>[0]) => context.progress(event),
  };
}

export function countOption(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw new UsageError(`${name} takes a whole number from 1, not "${given}".\nExample: ${name} 4`);
}

export function rowsOf(given: string | undefined): number {
  if (given === undefined) return 5;
  if (/^\d{1,4}$/.test(given)) return Number(given);
  throw new UsageError(`--rows takes a whole number up to 9999, not "${given}".\nExample: --rows 20`);
}

/** `--from` and `--to` of `run`: which intervals to fill. */
export const intervalOptions: readonly CommandOption[] = [
  {
    flags: "--from <date>",
    description: "fill the intervals of microbatch models from here, those that are missing or stale",
  },
  { flags: "--to <date>", description: "until here, which is left out itself (now)" },
  { flags: "--again", description: "with --from: all of the range, filled or not" },
];

/** The range as the flags name it. Refused before any work, when it is none. */
async function rangeOf(options: OptionValues) {
  const { readTime } = await import("@meshwork/workspace/operations");
  const [from, to] = [text(options["from"]), text(options["to"])];
  const again = flag(options["again"]);
  if (from === undefined) {
    if (to !== undefined || again)
      throw new UsageError(`${again ? "--again" : "--to"} needs --from.\nExample: --from 2026-01-01 --to 2026-02-01`);
    return {};
  }
  const time = async (name: string, given: string): Promise<number> => {
    const read = await readTime(given);
    if (read !== undefined) return read;
    throw new UsageError(`${name} takes a date or a time, not "${given}".\nExample: ${name} 2026-01-31`);
  };
  const start = await time("--from", from);
  if (to !== undefined && (await time("--to", to)) <= start)
    throw new UsageError(`--from ${from} to ${to} holds no time.\n--to names the first day that is not filled.`);
  if (options["eventTimeStart"] !== undefined || options["eventTimeEnd"] !== undefined)
    throw new UsageError(
      "--event-time-start and --event-time-end are dbt's words for --from --again and --to.\nName the range once.",
    );
  return { fillFrom: from, fillTo: to, again: again || flag(options["fullRefresh"]) || flag(options["full"]) };
}

export type RunVerb = "run" | "seed" | "test" | "snapshot" | "buildNodes" | "retry" | "clone";

/** The verbs that run nodes differ in what they select; what they print is the same. */
export async function dbtVerb(
  verb: RunVerb,
  products: readonly string[],
  options: OptionValues,
  context: CommandContext,
): Promise<CommandReport> {
  const operations = await import("@meshwork/workspace/operations");
  const range = await rangeOf(options);
  const done = await operations[verb]({
    ...(await selectionOf(products, options, context)),
    ...range,
    // A range is filled again where it is; the table around it stays.
    fullRefresh: range.fillFrom === undefined && (flag(options["fullRefresh"]) || flag(options["full"])),
    failFast: flag(options["failFast"]),
    empty: flag(options["empty"]),
    storeFailures: flag(options["storeFailures"]),
    eventTimeStart: text(options["eventTimeStart"]),
    eventTimeEnd: text(options["eventTimeEnd"]),
    rows: rowsOf(text(options["rows"])),
    onPrint: (line) => context.notice(line),
  });
  return { ...counted(done), ...ranReport(done.results, done.summary, context), next: nextOf(done.diagnostics) };
}

const good = new Set(["success", "pass"]);

/** One line a node with its time, then the count. */
export function ranReport(
  results: readonly RanNode[],
  summary: Readonly<Record<string, number>>,
  context: CommandContext,
): Pick<CommandReport, "lines" | "closing"> {
  const c = palette(context.color);
  const word = (s: string) =>
    good.has(s) ? c.ok(s === "success" ? "ok" : s) : s === "warn" || s === "skipped" ? c.warn(s) : c.bad(s);
  const said = (r: RanNode): string => {
    if (r.skippedFor !== undefined) return `after ${r.skippedFor}`;
    if (r.failures) return plural(r.failures, "row");
    return r.rows === undefined ? (r.made ?? "") : `${r.made ?? ""} ${plural(r.rows, "row")}`.trim();
  };
  const { passed = 0, warned = 0, failed = 0, skipped = 0 } = summary;
  const counts = tally([
    [passed, "ok"],
    [warned, "warned"],
    [failed, "failed"],
    [skipped, "skipped"],
  ]);
  const rows = results.map((r) => [word(r.status), r.id, said(r), seconds(r.ms)]);
  return {
    lines: table(rows).flatMap((line, i) => [line, ...intervalLines(results[i]!, context)]),
    closing: `${plural(results.length, "resource")}: ${counts || "nothing selected"}`,
  };
}

/** One line for each group of neighbouring intervals that came out alike. */
function intervalLines({ intervals }: RanNode, context: CommandContext): string[] {
  if (intervals === undefined) return [];
  const c = palette(context.color);
  const words = [
    ["filled", c.ok],
    ["kept", c.dim],
    ["failed", c.bad],
    ["skipped", c.warn],
  ] as const;
  return words
    .flatMap(([word, paint]) => intervals[word].map((w) => ({ ...w, word, paint })))
    .sort((a, b) => (a.start < b.start ? -1 : 1))
    .map(({ word, paint, start, end }) => `  ${paint(word.padEnd(7))}  ${shortTime(start)} to ${shortTime(end)}`);
}
