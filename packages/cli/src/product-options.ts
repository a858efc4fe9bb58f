import type { AffectedVerb } from "@meshwork/workspace";
import type { CommandOption, OptionValues } from "./command.ts";
import { flag, text, UsageError } from "./command.ts";

/** Flags of commands that work on products. */
export const productOptions: readonly CommandOption[] = [
  { flags: "-t, --target <name>", description: "environment of mesh.yaml" },
  { flags: "--vars <vars>", description: "JSON object or key=value" },
  { flags: "--affected", description: "only what a change reaches" },
  { flags: "--base <ref>", description: "what --affected compares with (the default branch)" },
];

/** The products to work on: those named (`undefined`: all), or with `--affected` those a change reaches. */
export async function withAffected(
  root: string,
  products: readonly string[],
  options: OptionValues,
  verb: AffectedVerb,
): Promise<readonly string[] | undefined> {
  if (!flag(options["affected"])) {
    if (text(options["base"]) !== undefined)
      throw new UsageError("--base needs --affected.\nExample: --affected --base main");
    return products.length === 0 ? undefined : products;
  }
  const { affectedProducts } = await import("@meshwork/workspace/operations");
  const found = await affectedProducts({ root, base: text(options["base"]), verb });
  if (found.problem !== undefined) throw new UsageError(found.problem);
  const names = found.results.map((r) => r.product);
  return products.length === 0 ? names : names.filter((p) => products.some((w) => p === w || p.startsWith(`${w}.`)));
}
