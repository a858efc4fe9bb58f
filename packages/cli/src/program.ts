import { nearest } from "@meshwork/diagnostics";
import { Command as Commander, CommanderError, Option } from "commander";
import type { Command, CommandOption, OptionValues } from "./command.ts";
import { commands } from "./commands/registry.ts";
import type { Host } from "./host.ts";
import { runCommand } from "./run-command.ts";
import { version } from "./version.ts";

/** Runs one command line and returns the exit code. Nothing else in Meshwork prints or decides codes. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  let exitCode = 0;
  let help = "";
  const quietly = { writeOut: (text: string) => void (help += text), writeErr: () => undefined };
  const width = () => Math.max(60, Math.min(host.stdout.columns ?? 100, 120));
  const output = { ...quietly, getOutHelpWidth: width, getErrHelpWidth: width };
  const program = new Commander("mesh")
    .description("Data products with contracts: lint, build, check and publish what a change reaches.")
    .usage("<command> [options]")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this; mesh <command> --help says more")
    .helpCommand("help [command]", "print the help of a command")
    .configureHelp({ subcommandTerm: (c) => [c.name(), ...termOf(c)].join(" ") })
    .exitOverride()
    .configureOutput(output)
    .addHelpText(
      "after",
      "\nExit codes: 0 no errors, 1 errors found, 2 wrong usage or configuration, 3 could not run.",
    );
  for (const command of commands) {
    const sub = commanderOf(command, async (args, options) => {
      exitCode = await runCommand(command, args, options, host);
    });
    program.addCommand(sub.configureOutput(output));
  }
  try {
    await program.parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0 || error.code === "commander.help") {
      await host.stdout.write(help);
      return 0;
    }
    await host.stderr.write(`${usageMessage(error, argv)}\n`);
    return 2;
  }
  return exitCode;
}

const termOf = (c: Commander): string[] =>
  c.registeredArguments.map((a) => {
    const name = a.variadic ? `${a.name()}...` : a.name();
    return a.required ? `<${name}>` : `[${name}]`;
  });

function commanderOf(command: Command, run: (args: string[], options: OptionValues) => Promise<void>): Commander {
  const out = new Commander(command.name)
    .description(command.summary)
    .helpOption("-h, --help", "print this")
    .exitOverride();
  for (const argument of command.arguments?.split(" ") ?? []) out.argument(argument);
  for (const o of command.options) out.addOption(optionOf(o));
  for (const o of everywhere) out.addOption(optionOf(o).helpGroup("Output:"));
  out.addHelpText("after", `\nExamples:\n${command.examples.map((e) => `  $ ${e}`).join("\n")}`);
  return out.action(async (...all: unknown[]) => {
    const options = all.at(-2) as OptionValues;
    await run(
      (all.slice(0, -2) as (string | string[] | undefined)[]).flat().filter((a) => a !== undefined),
      options,
    );
  });
}

function optionOf(o: CommandOption): Option {
  const option = new Option(o.flags, o.description);
  if (o.choices) option.choices([...o.choices]);
  if (o.many) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  return option;
}

/** Flags that every command has. */
export const everywhere: readonly CommandOption[] = [
  {
    flags: "--format <format>",
    description: "pretty, line, json, sarif, junit, github or ignore; NAME=FILE writes a file; may be repeated",
    many: true,
  },
  { flags: "--output <file>", description: "write the result to a file" },
  { flags: "--cwd <folder>", description: "run as if started there" },
  { flags: "--color", description: "colour even in a pipe" },
  { flags: "--no-color", description: "no colour" },
  { flags: "--quiet", description: "errors only, no summary" },
  { flags: "--max-warnings <n>", description: "exit 1 above this many warnings" },
  { flags: "--verbose", description: "the stack, should Meshwork stop on a bug of its own" },
];

/** Two lines: what is wrong and the nearest right one; where to look. */
function usageMessage(error: CommanderError, argv: readonly string[]): string {
  const names = commands.map((c) => c.name);
  const command = commands.find((c) => c.name === argv[0]);
  const see = command ? `See mesh ${command.name} --help.` : "See mesh --help.";
  if (error.code === "commander.unknownCommand") {
    const near = nearest(argv[0] ?? "", names)[0];
    return `No command "${argv[0]}".${near ? ` Did you mean mesh ${near}?` : ""}\nKnown: ${names.join(", ")}.`;
  }
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  if (error.code === "commander.unknownOption") {
    const options = [...(command?.options ?? []), ...everywhere];
    const near = nearest(
      quoted,
      options.flatMap((o) => o.flags.split(/[ ,=]+/).filter((f) => f.startsWith("--"))),
    )[0];
    if (!command && near === quoted) return `${quoted} stands after the command: mesh <command> ${quoted}.\n${see}`;
    const owner = command ? `mesh ${command.name}` : "mesh";
    return `${owner} has no option ${quoted}.${near ? ` Did you mean ${near}?` : ""}\n${see}`;
  }
  if (error.code === "commander.missingArgument") return `mesh ${command?.name} needs <${quoted}>.\n${see}`;
  if (error.code === "commander.optionMissingArgument") return `${quoted} needs a value.\n${see}`;
  if (error.code === "commander.excessArguments") {
    const most = command?.arguments?.split(" ").length ?? 0;
    const takes = most === 0 ? "no argument" : `at most ${most} argument${most === 1 ? "" : "s"}`;
    return `mesh ${command?.name ?? ""} takes ${takes}.\n${see}`;
  }
  if (error.code === "commander.invalidArgument") {
    const given = /argument '([^']*)' is invalid/.exec(error.message)?.[1] ?? "";
    const option = command?.options.find((o) => o.flags === quoted);
    const near = nearest(given, option?.choices ?? [])[0];
    return `${quoted.split(/[ ,]+/).find((f) => f.startsWith("--"))} does not know "${given}".${near ? ` Did you mean ${near}?` : ""}\nKnown: ${option?.choices?.join(", ")}.`;
  }
  return `${error.message.replace(/^error: /, "")}\n${see}`;
}
