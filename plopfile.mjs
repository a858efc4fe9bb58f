// `npx plop data-product`: the same core as `nx g data-product`, for those who like plop's prompts.
import { diskHost, diskView, domainsIn, plan, presetNames, summaryOf } from "@meshwork/scaffold";

/** @param {import("plop").NodePlopAPI} plop */
export default function generators(plop) {
  const root = plop.getPlopfilePath();
  const list = (text) => (text ? text.split(",").map((item) => item.trim()) : undefined);

  // One action carries out a whole plan: validated before the first write, all or nothing. Plop's own `add` would write file by file.
  plop.setActionType("meshwork", async (answers, { template }) => {
    const given = Object.fromEntries(
      Object.entries(answers).filter(([, value]) => value !== "" && value !== undefined),
    );
    const made = plan(template, given, diskView(root));
    const refused = made.diagnostics.filter((d) => d.severity === "error");
    const failed = refused.length > 0 ? refused : diskHost(root).apply(made.actions);
    if (failed.length > 0)
      throw new Error(
        failed
          .flatMap((d) => [d.message, d.help])
          .filter(Boolean)
          .join("\n"),
      );
    return summaryOf(made).join("\n");
  });

  const domains = domainsIn(diskView(root)).map((domain) => domain.name);
  plop.setGenerator("data-product", {
    description: "a data product that lints, builds, tests and checks green at once",
    prompts: [
      {
        type: "input",
        name: "name",
        message: `Which data product? (domain/name; domains: ${domains.join(", ") || "none yet"})`,
      },
      { type: "list", name: "preset", message: "What is it?", choices: presetNames(), default: "source-aligned" },
      {
        type: "input",
        name: "inputs",
        message: "Which ports does it read? (orders.order-events, comma between; none)",
        filter: list,
      },
    ],
    actions: [{ type: "meshwork", template: "data-product" }],
  });
  plop.setGenerator("domain", {
    description: "a team's part of the mesh, with its own npm package and dbt project",
    prompts: [
      { type: "input", name: "name", message: "Which domain?" },
      { type: "input", name: "owner", message: "The team's address? (empty: made of the name)" },
    ],
    actions: [{ type: "meshwork", template: "domain" }],
  });
}
