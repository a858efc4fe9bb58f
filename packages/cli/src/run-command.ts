import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Report, ReportContext } from "@meshwork/diagnostics";
import type { Command, CommandReport, OptionValues } from "./command.ts";
import { CannotRun, flag, list, text, UsageError } from "./command.ts";
import type { Host } from "./host.ts";
import type { OutputOptions } from "./output.ts";
import { destinations, print, wantsColor } from "./output.ts";
import { ProgressLine } from "./progress.ts";

const interruptedCode = 130;

/** Runs one command: its report in the formats asked for on stdout, everything else on stderr. Returns the exit code. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  options: OptionValues,
  host: Host,
): Promise<number> {
  const started = performance.now();
  const cwd = resolve(host.cwd, text(options["cwd"]) ?? ".");
  const color = wantsColor(colorFlag(options), host.env, host.stdout.isTTY === true);
  const output: OutputOptions = {
    formats: list(options["format"]),
    output: text(options["output"]),
    color,
    quiet: flag(options["quiet"]),
    cwd,
    root: rootOf(cwd),
    env: host.env,
    terminal: host.stdout.isTTY === true,
    width: host.stdout.columns ?? 100,
  };
  const abort = new AbortController();
  const stopListening = host.onInterrupt(() => {
    // The second Ctrl-C is a person who will not wait.
    if (abort.signal.aborted) process.exit(interruptedCode);
    abort.abort(new Error("interrupted"));
  });
  const progress = new ProgressLine(host.stderr, host.env);
  const reportOf = (done: CommandReport): Report => ({
    ...done,
    command: command.name,
    durationMs: performance.now() - started,
  });
  try {
    // Whatever is wrong with the flags is said before any work.
    const limit = warningLimit(text(options["maxWarnings"]));
    destinations(output);
    if (!existsSync(cwd)) throw new UsageError(`No folder ${cwd}.\nName one that exists with --cwd.`);
    const done = await command.run(args, options, {
      cwd,
      env: host.env,
      signal: abort.signal,
      color,
      now: new Date(),
      progress: (event) => progress.show(event),
      notice: (line) => void host.stderr.write(`${line}\n`),
    });
    progress.end();
    const warnings = done.diagnostics.filter((d) => d.severity === "warning").length;
    const over = warnings > limit && done.exitCode === 0;
    const exitCode = abort.signal.aborted && !done.finished ? interruptedCode : over ? 1 : done.exitCode;
    const closing = over ? `${done.closing ?? command.name}, above --max-warnings ${limit}` : done.closing;
    await host.stdout.write(print(reportOf({ ...done, exitCode, closing }), output, await rules(output)));
    return exitCode;
  } catch (error) {
    progress.end();
    const trouble = troubleOf(command, error, abort.signal.aborted);
    await host.stderr.write(`${trouble.message}\n`);
    if (trouble.bug && flag(options["verbose"]) && error instanceof Error) await host.stderr.write(`${error.stack}\n`);
    await host.stdout.write(machineForms(reportOf(trouble.report), output));
    return trouble.report.exitCode;
  } finally {
    stopListening();
  }
}

const colorFlag = (options: OptionValues): boolean | undefined =>
  typeof options["color"] === "boolean" ? options["color"] : undefined;

function warningLimit(given: string | undefined): number {
  if (given === undefined) return Number.POSITIVE_INFINITY;
  if (/^\d+$/.test(given)) return Number(given);
  throw new UsageError(`--max-warnings takes a whole number, not "${given}".\nExample: --max-warnings 0`);
}

/** The folder that findings are relative to: the nearest upwards with a mesh.yaml. */
function rootOf(cwd: string): string {
  for (let at = cwd; ; at = resolve(at, "..")) {
    if (existsSync(resolve(at, "mesh.yaml"))) return at;
    if (resolve(at, "..") === at) return cwd;
  }
}

/** Why a command has no result: in words for stderr, and as a report for formats that machines read. */
function troubleOf(command: Command, error: unknown, interrupted: boolean) {
  const known = error instanceof UsageError || error instanceof CannotRun;
  const text = error instanceof Error ? error.message : String(error);
  const message = interrupted
    ? `mesh ${command.name} was interrupted before it had a result.`
    : known
      ? text
      : `mesh ${command.name} stopped on a bug of its own: ${text.split("\n")[0]}\nRun it with --verbose for the stack, and report both where you got Meshwork from.`;
  const exitCode = interrupted ? interruptedCode : error instanceof UsageError ? 2 : 3;
  const report: CommandReport = { exitCode, diagnostics: [], summary: {}, problem: message };
  return { message, bug: !known && !interrupted, report };
}

/** A program that asked for JSON gets JSON also when there is no result; people have read stderr. */
function machineForms(report: Report, output: OutputOptions): string {
  try {
    const wanted = destinations(output).filter((d) => d.format !== "pretty" && d.format !== "line");
    const formats = wanted.map((d) => (d.file === undefined ? d.format : `${d.format}=${d.file}`));
    return formats.length === 0 ? "" : print(report, { ...output, formats, output: undefined }, undefined);
  } catch {
    // The format itself is what was wrong, or its file cannot be written: stderr has said so.
    return "";
  }
}

/** SARIF lists what its rules are; other formats need no page read. */
async function rules(output: OutputOptions): Promise<ReportContext["ruleOf"]> {
  if (!output.formats.some((f) => f.startsWith("sarif"))) return undefined;
  const { allCodes } = await import("@meshwork/workspace/operations");
  const known = new Map(
    (await allCodes()).map(({ code, severity, what, category, page }) => [
      code,
      { severity, description: what, category, page },
    ]),
  );
  return (code) => known.get(code);
}
