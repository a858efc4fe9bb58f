import type { Contract } from "@meshwork/contract";
import { withNested } from "@meshwork/contract";
import { compliant, definePolicy, nameOf, violated } from "../define-policy.ts";
import { reachable } from "../product-graph.ts";

const known = new Set(
  (
    "first_touch last_touch first_click last_click last_non_direct linear position_based time_decay u_shaped w_shaped " +
    "data_driven markov shapley algorithmic"
  ).split(" "),
);

const plain = (word: unknown): string =>
  String(word)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "_");

/** The attribution models that a product's columns carry; an unnamed one where a column only speaks of attribution. */
function modelsOf(contract: Contract): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { column } of contract.ports.flatMap((port) => [...withNested(port.columns)])) {
    const models = (column.constraints.enum ?? []).map(plain).filter((value) => known.has(value));
    // One such word may mean anything (`linear`); a choice of two is a choice of model.
    if (models.length >= 2) for (const model of models) found.add(model);
    if (/(?:^|_)(?:attribution|attributed)(?:_|$)/.test(plain(column.name))) found.add("unnamed");
  }
  return found;
}

export const marketingAttribution = definePolicy({
  name: "marketing-attribution",
  aliases: ["attribution"],
  summary: "Marketing data includes attribution models.",
  about: "marketing",
  options: { models: "attribution models that have to be there: first_touch, last_touch, linear, …" },
  help: "carry a column with the attribution model, or feed the product to one that does",
  evaluate({ product: { contract }, products, options }) {
    const name = nameOf(contract);
    const near = new Set([...reachable(name, products, "upstream"), ...reachable(name, products, "downstream")]);
    const carriers = [...near]
      .flatMap((each) => (each === name ? [contract] : (products.get(each)?.contract ?? [])))
      .map((each) => ({ name: nameOf(each), models: modelsOf(each) }))
      .filter((each) => each.models.size > 0);
    if (carriers.length === 0) {
      const problem = `"${name}" is marketing data without an attribution model: neither it nor a product it feeds or reads has one.`;
      return violated({ problem, path: ["spec", "schema"], part: "key" });
    }
    const present = new Set(carriers.flatMap((each) => [...each.models]));
    const missing = options.texts("models").filter((model) => !present.has(plain(model)));
    if (missing.length > 0) {
      return violated({
        problem: `"${name}" lacks the attribution model ${missing.join(", ")}.`,
        path: ["spec", "schema"],
        part: "key",
      });
    }
    return compliant(
      `attribution in ${carriers
        .map((each) => each.name)
        .sort()
        .join(", ")}`,
    );
  },
});
