import { palette } from "@meshwork/diagnostics";
import type { Converted } from "@meshwork/workspace";
import type { Command } from "../command.ts";
import { text, UsageError } from "../command.ts";
import { counted, plural } from "../wording.ts";

export const convertCommand: Command = {
  name: "convert",
  arguments: "<file>",
  summary: "A contract in another format, and what that format cannot say.",
  examples: [
    "mesh convert domains/commerce/orders/data-product-contract.yaml --to avro",
    "mesh convert domains/commerce/orders/data-product-contract.yaml --to sql-postgres --out ddl",
    "mesh convert domains/commerce/orders/data-product-contract.yaml --to odcs-3.1",
  ],
  options: [
    {
      flags: "--to <format>",
      description: "odcs, odps, datamesh, avro, sql-postgres, json-schema, pydantic …; a wrong name lists all",
    },
    { flags: "--out <folder>", description: "write the files there in place of showing them" },
  ],
  async run([file = ""], options, context) {
    const { convert } = await import("@meshwork/workspace/operations");
    const to = text(options["to"]);
    if (to === undefined)
      throw new UsageError("To which format?\nmesh convert <file> --to avro; a wrong name lists all.");
    const done = await convert({ cwd: context.cwd, file, to, out: text(options["out"]) });
    const parts = counted(done);
    if (!done.results) return { ...parts, closing: "not converted" };
    const { files, losses, written, numbersNotKept } = done.results;
    const c = palette(context.color);
    const lost = losses.filter(({ kept }) => kept !== true);
    const kept = losses.filter((loss) => loss.kept === true);
    const shown =
      written.length > 0
        ? written
        : files.flatMap(({ path, text: body }) => [c.dim(`── ${path}`), ...body.trimEnd().split("\n")]);
    return {
      ...parts,
      lines: [
        ...shown,
        ...lossLines(lost).map((line) => c.dim(`lost: ${line}`)),
        ...lossLines(kept).map((line) => c.dim(`for Meshwork only: ${line}`)),
        ...(numbersNotKept
          ? [c.dim("The columns' new numbers are not kept: use --out to keep them in contract.ids.json.")]
          : []),
      ],
      closing: `${plural(files.length, "file")}, ${lost.length === 0 ? "nothing lost" : `${plural(lost.length, "statement")} of the contract lost`}`,
    };
  },
};

/** One line for each thing that is lost, however many columns have it. */
function lossLines(losses: Converted["losses"]): string[] {
  const byFeature = new Map<string, string[]>();
  for (const { feature, port, column } of losses) {
    const where = column === undefined ? (port ?? "the product") : `${port ?? ""}.${column}`;
    byFeature.set(feature, [...(byFeature.get(feature) ?? []), where]);
  }
  return [...byFeature].map(([feature, places]) => {
    const first = [...new Set(places)].slice(0, 4);
    const more = new Set(places).size - first.length;
    return `${feature} (${first.join(", ")}${more > 0 ? ` and ${more} more` : ""})`;
  });
}
