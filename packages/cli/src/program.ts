import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Report, ReportContext } from "@meshwork/diagnostics";
import { nearest } from "@meshwork/diagnostics";
import { allCodes, findRoot } from "@meshwork/workspace";
import { Command as Commander, CommanderError, Option } from "commander";
import type { Command, OptionValues } from "./command.ts";
import { CannotRun, flag, list, text, UsageError } from "./command.ts";
import { commands } from "./commands/registry.ts";
import { print, wantsColor } from "./output.ts";
import { ProgressLine } from "./progress.ts";
import { version } from "./version.ts";

/** Runs one command line and returns the exit code. Nothing else in Meshwork prints or decides codes. */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Commander("mesh")
    .description("Data products with contracts: lint, build, check and publish what a change reaches.")
    .version(version(), "-V, --version")
    .configureHelp({ showGlobalOptions: false })
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  for (const command of commands) {
    program.addCommand(
      commanderOf(command, async (args, options) => {
        exitCode = await runCommand(command, args, options);
      }),
    );
  }
  try {
    await program.parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || error.code === "commander.help") return 0;
    process.stderr.write(`${usageMessage(error, argv)}\n`);
    return 2;
  }
  return exitCode;
}

function commanderOf(command: Command, run: (args: string[], options: OptionValues) => Promise<void>): Commander {
  const out = new Commander(command.name)
    .description(command.summary)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  for (const argument of command.arguments?.split(" ") ?? []) out.argument(argument);
  for (const o of [...command.options, ...everywhere]) {
    const option = new Option(o.flags, o.description);
    if (o.choices) option.choices([...o.choices]);
    if (o.many) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    out.addOption(option);
  }
  if (command.examples.length > 0)
    out.addHelpText("after", `\nExamples:\n${command.examples.map((e) => `  $ ${e}`).join("\n")}`);
  return out.action(async (...all: unknown[]) => {
    const options = all.at(-2) as OptionValues;
    await run(
      (all.slice(0, -2) as (string | string[] | undefined)[]).flat().filter((a) => a !== undefined),
      options,
    );
  });
}

const everywhere: Command["options"] = [
  {
    flags: "--format <format>",
    description: "pretty, line, json, sarif, junit or github; NAME=FILE writes a file",
    many: true,
  },
  { flags: "--output <file>", description: "write the result to a file" },
  { flags: "--cwd <folder>", description: "run as if started there" },
  { flags: "--color", description: "colour even in a pipe" },
  { flags: "--no-color", description: "no colour" },
  { flags: "--quiet", description: "errors only, no summary" },
  { flags: "--max-warnings <n>", description: "fail above this many warnings" },
  { flags: "--verbose", description: "the stack of a bug" },
];

async function runCommand(command: Command, args: string[], options: OptionValues): Promise<number> {
  const started = performance.now();
  const env = process.env;
  const cwd = resolve(text(options["cwd"]) ?? ".");
  const terminal = process.stdout.isTTY === true;
  // Commander's default for `--no-color` is true; only what stands on the command line counts as asked.
  const asked = process.argv.includes("--no-color") ? false : process.argv.includes("--color") ? true : undefined;
  const color = wantsColor(asked, env, terminal);
  const abort = new AbortController();
  let interrupted = false;
  const onInterrupt = () => {
    // The second Ctrl-C is a person who will not wait.
    if (interrupted) process.exit(130);
    interrupted = true;
    abort.abort(new Error("interrupted"));
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onInterrupt);
  const progress = new ProgressLine(process.stderr, env);
  try {
    if (!existsSync(cwd)) throw new UsageError(`No folder ${cwd}.`);
    const done = await command.run(args, options, {
      cwd,
      env,
      signal: abort.signal,
      color,
      now: new Date(),
      progress: (event) => progress.show(event),
    });
    progress.end();
    const warnings = done.diagnostics.filter((d) => d.severity === "warning").length;
    const limit = text(options["maxWarnings"]);
    if (limit !== undefined && !/^\d+$/.test(limit))
      throw new UsageError(`--max-warnings takes a whole number, not "${limit}".`);
    const over = limit !== undefined && warnings > Number(limit) && done.exitCode === 0;
    const exitCode = interrupted ? 130 : over ? 1 : done.exitCode;
    const report: Report = { ...done, exitCode, command: command.name, durationMs: performance.now() - started };
    const stdout = print(
      report,
      {
        formats: list(options["format"]),
        output: text(options["output"]),
        color,
        quiet: flag(options["quiet"]),
        cwd,
        root: findRoot(cwd) ?? cwd,
        env,
        terminal,
        width: process.stdout.columns ?? 100,
      },
      list(options["format"]).some((f) => f.startsWith("sarif")) ? await rules() : undefined,
    );
    await write(stdout);
    return exitCode;
  } catch (error) {
    progress.end();
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n`);
    else if (error instanceof CannotRun) process.stderr.write(`${error.message}\n`);
    else {
      const message = error instanceof Error ? error.message : String(error);
      process.stderr.write(`mesh ${command.name} stopped on a bug of its own: ${message.split("\n")[0]}\n`);
      if (flag(options["verbose"]) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
      else process.stderr.write("Run it with --verbose for the stack, and report both where you got Meshwork from.\n");
    }
    return interrupted ? 130 : error instanceof UsageError ? 2 : 3;
  } finally {
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
  }
}

/** SARIF lists what its rules are; other formats need no page read. */
async function rules(): Promise<ReportContext["ruleOf"]> {
  const known = new Map((await allCodes()).map((c) => [c.code, { severity: c.severity, description: c.what }]));
  return (code) => known.get(code);
}

/** A pipe may be slower than we are: exit only after it took everything. */
function write(output: string): Promise<void> {
  if (output === "") return Promise.resolve();
  return new Promise((done) => {
    process.stdout.once("error", () => done());
    process.stdout.write(output, () => done());
  });
}

function usageMessage(error: CommanderError, argv: readonly string[]): string {
  const names = commands.map((c) => c.name);
  if (error.code === "commander.unknownCommand") {
    const near = nearest(argv[0] ?? "", names)[0];
    return `No command "${argv[0]}".${near ? ` Did you mean mesh ${near}?` : ""}\nKnown: ${names.join(", ")}.`;
  }
  const command = commands.find((c) => c.name === argv[0]);
  if (error.code === "commander.unknownOption" && command) {
    const wrong = /'(-[^']+)'/.exec(error.message)?.[1] ?? "";
    const flags = [...command.options, ...everywhere].map((o) =>
      o.flags.split(/[ ,=]+/).find((f) => f.startsWith("--"))!,
    );
    const near = nearest(wrong, flags)[0];
    return `mesh ${command.name} has no option ${wrong}.${near ? ` Did you mean ${near}?` : ""}\nSee mesh ${command.name} --help.`;
  }
  return `${error.message.replace(/^error: /, "")}\n${command ? `See mesh ${command.name} --help.` : "See mesh --help."}`;
}
