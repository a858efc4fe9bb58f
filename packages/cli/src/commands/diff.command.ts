import { palette } from "@meshwork/diagnostics";
import type { Command } from "../command.ts";
import { text } from "../command.ts";
import { changeLines, isChange } from "../change-lines.ts";
import { counted, plural } from "../wording.ts";

export const diffCommand: Command = {
  name: "diff",
  arguments: "<before> <after>",
  summary: "What changed between two contracts, and which version step it asks for.",
  examples: [
    "mesh diff HEAD:domains/commerce/orders/data-product-contract.yaml domains/commerce/orders/data-product-contract.yaml",
    "mesh diff HEAD~1:domains/commerce/orders/data-product-contract.yaml HEAD:domains/commerce/orders/data-product-contract.yaml --direction input",
  ],
  options: [
    { flags: "--direction <side>", description: "output: what a product offers; input: what it expects" },
    { flags: "--mode <mode>", description: "keep-readers, NONE, BACKWARD, FORWARD, FULL and the transitive forms" },
  ],
  async run([before = "", after = ""], options, context) {
    const { diff } = await import("@meshwork/workspace/operations");
    const done = await diff({
      cwd: context.cwd,
      before,
      after,
      direction: text(options["direction"]),
      mode: text(options["mode"]),
      now: context.now,
    });
    const parts = counted(done);
    if (!done.results) return { ...parts, closing: "not compared" };
    const { level, changes, announced, required, after: version } = done.results;
    const c = palette(context.color);
    return {
      ...parts,
      lines: changeLines(changes, done.diagnostics, c),
      told: isChange,
      closing:
        changes.length === 0
          ? "no difference that a contract promises"
          : `${plural(changes.length, "change")}: ${level}, ${announced ? `which ${version} announces` : `must be ${required}`}`,
      next: announced ? undefined : `set version: ${required} in the new contract`,
    };
  },
};
