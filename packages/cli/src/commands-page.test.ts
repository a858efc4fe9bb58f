import { expect, it } from "vitest";
import type { CommandOption } from "./command.ts";
import { commands } from "./commands/registry.ts";
import { everywhere } from "./program.ts";

const option = (o: CommandOption): string =>
  `| \`${o.flags.replaceAll("|", "\\|")}\` | ${o.description.replaceAll("|", "\\|")}${o.choices ? `: ${o.choices.join(", ")}` : ""}${o.many && !/repeated/.test(o.description) ? "; may be repeated" : ""} |`;

const options = (all: readonly CommandOption[]): string[] =>
  all.length === 0 ? [] : ["", "| option | |", "|---|---|", ...all.map(option)];

/** The reference of all commands, as their definitions state them. */
function page(): string {
  const out = [
    "# Commands",
    "",
    "Written from the definitions in `packages/cli/src/commands`; a test holds the two together (`npx vitest run packages/cli -u` writes it again).",
    "",
    "Results go to stdout, progress to stderr. `[products]` are `domain.product`, a domain, or a path; all where absent.",
    "",
    "| exit code | |",
    "|---|---|",
    "| 0 | no errors; warnings are none, unless `--max-warnings` says so |",
    "| 1 | errors found |",
    "| 2 | wrong usage or configuration, said before any work |",
    "| 3 | could not run: engine, disk, or a bug of Meshwork's own |",
    "| 130 | interrupted; what was done is told |",
    "",
    "Every command takes:",
    ...options(everywhere),
  ];
  for (const c of commands) {
    out.push("", `## mesh ${c.name}`, "", `\`mesh ${[c.name, c.arguments].filter(Boolean).join(" ")}\``, "", c.summary);
    out.push(...options(c.options), "", "```sh", ...c.examples, "```");
  }
  return `${out.join("\n")}\n`;
}

it("docs/commands.md says what the definitions say", async () => {
  await expect(page()).toMatchFileSnapshot("../../../docs/commands.md");
});
