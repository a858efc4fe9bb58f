import type { Answers, Plan, TemplateName } from "@meshwork/scaffold";
import type { Command } from "../command.ts";
import { flag, list, text, UsageError } from "../command.ts";
import { planned } from "../planned.ts";
import { workspaceRoot } from "../workspace-of.ts";

const kinds = ["data-product", "domain", "contract-version"] as const;

export const newCommand: Command = {
  name: "new",
  arguments: "<data-product|domain|contract-version> <name>",
  summary: "A data product, a domain, or the next major version of a product; the same as nx g.",
  examples: [
    "mesh new domain shipping --owner team-shipping@acme.example",
    "mesh new data-product growth/returning-visitors --preset consumer-aligned --inputs behaviour.sessions --dry-run",
    "mesh new data-product growth/daily-orders --inputs commerce.orders --contract-format odcs --dry-run",
    "mesh new contract-version commerce/orders --sunset 180d --dry-run",
  ],
  options: [
    { flags: "--preset <name>", description: "of a data product: source-aligned, aggregate or consumer-aligned" },
    { flags: "--inputs <ports>", description: "of a data product: what it reads, comma between", many: true },
    { flags: "--owner <address>", description: "an e-mail address; made of the domain where absent" },
    { flags: "--description <text>", description: "one sentence" },
    { flags: "--sunset <date>", description: "of a version: until when the older one lives, 2027-06-30 or 180d" },
    { flags: "--major <number>", description: "of a version: its number; the next one where absent" },
    { flags: "--reason <text>", description: "of a version: why the older one goes" },
    { flags: "--guide <address>", description: "of a version: where its readers are told how to move" },
    {
      flags: "--contract-format <dialect>",
      description: "of a data product: datamesh, or odcs for <name>.odcs.yaml",
      choices: ["datamesh", "odcs"],
    },
    { flags: "--dry-run", description: "say what would be written" },
  ],
  async run([kind, name], options, context) {
    const known = kinds.find((k) => k === kind);
    if (known === undefined)
      throw new UsageError(
        `mesh new makes a data-product, a domain or a contract-version, not "${kind}".\nSee mesh new --help.`,
      );
    const root = await workspaceRoot(context);
    const inputs = list(options["inputs"]).flatMap((i) => i.split(",").map((p) => p.trim()));
    const said = {
      name: name!,
      ...given("owner", text(options["owner"])),
      ...given("description", text(options["description"])),
    };
    const answers: { readonly [K in (typeof kinds)[number]]: Answers[K] } = {
      domain: said,
      "data-product": {
        ...said,
        ...given("preset", text(options["preset"])),
        ...(text(options["contractFormat"]) === "odcs" ? { contractFormat: "odcs" as const } : {}),
        ...(inputs.length > 0 ? { inputs } : {}),
      },
      "contract-version": {
        name: name!,
        ...given("sunset", text(options["sunset"])),
        ...given("reason", text(options["reason"])),
        ...given("guide", text(options["guide"])),
        ...numbered(text(options["major"])),
        today: context.now.toISOString().slice(0, 10),
      },
    };
    return planned(root, known satisfies TemplateName, answers[known], flag(options["dryRun"]), (made: Plan) =>
      known === "domain" ? `mesh new data-product ${made.subject}/<name>` : `mesh build ${made.subject}`,
    );
  },
};

const given = <K extends string>(key: K, value: string | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };

function numbered(value: string | undefined): { readonly major?: number } {
  if (value === undefined) return {};
  if (!/^\d{1,6}$/.test(value))
    throw new UsageError(`--major is a number, not "${value}".\nLeave it out for the next one.`);
  return { major: Number(value) };
}
