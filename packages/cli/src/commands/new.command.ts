import { hasErrors } from "@meshwork/diagnostics";
import type { Command } from "../command.ts";
import { flag, list, text, UsageError } from "../command.ts";
import { workspaceRoot } from "../workspace-of.ts";

export const newCommand: Command = {
  name: "new",
  arguments: "<data-product|domain> <name>",
  summary: "A data product or a domain that lints, builds and checks green at once; the same as nx g.",
  examples: [
    "mesh new domain shipping --owner team-shipping@acme.example",
    "mesh new data-product growth/returning-visitors --preset consumer-aligned --inputs behaviour.sessions --dry-run",
  ],
  options: [
    { flags: "--preset <name>", description: "of a data product: source-aligned, aggregate or consumer-aligned" },
    { flags: "--inputs <ports>", description: "of a data product: what it reads, comma between", many: true },
    { flags: "--owner <address>", description: "an e-mail address; made of the domain where absent" },
    { flags: "--description <text>", description: "one sentence" },
    { flags: "--dry-run", description: "say what would be written" },
  ],
  async run([kind, name], options, context) {
    if (kind !== "data-product" && kind !== "domain")
      throw new UsageError(`mesh new makes a data-product or a domain, not "${kind}".\nSee mesh new --help.`);
    const root = await workspaceRoot(context);
    const { diskHost, diskView, plan, summaryOf } = await import("@meshwork/scaffold");
    const inputs = list(options["inputs"]).flatMap((i) => i.split(",").map((p) => p.trim()));
    const answers = {
      name: name!,
      ...given("owner", text(options["owner"])),
      ...given("description", text(options["description"])),
      ...(kind === "data-product" ? given("preset", text(options["preset"])) : {}),
      ...(kind === "data-product" && inputs.length > 0 ? { inputs } : {}),
    };
    const made = plan(kind, answers, diskView(root));
    const dry = flag(options["dryRun"]);
    const diagnostics = [
      ...made.diagnostics,
      ...(hasErrors(made.diagnostics) || dry ? [] : diskHost(root).apply(made.actions)),
    ];
    const files = hasErrors(diagnostics) ? [] : made.actions.map((a) => a.path);
    const [head, ...rest] = summaryOf({ ...made, diagnostics: [], next: undefined }, { dryRun: dry });
    return {
      exitCode: hasErrors(diagnostics) ? 1 : 0,
      diagnostics,
      summary: { files: files.length },
      results: { files },
      // Findings and the next step are the report's own; what is left of the summary is what happened to files.
      lines: hasErrors(diagnostics) ? [] : rest,
      closing: hasErrors(diagnostics) ? "nothing written" : head,
      next:
        dry || files.length === 0
          ? undefined
          : kind === "domain"
            ? `mesh new data-product ${made.subject}/<name>`
            : `mesh build ${made.subject}`,
    };
  },
};

const given = <K extends string>(key: K, value: string | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
