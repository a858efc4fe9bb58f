import { withNested } from "@meshwork/contract";
import { compliant, definePolicy, nameOf, violated } from "../define-policy.ts";
import { sourcesOf } from "../product-graph.ts";

const speaksOfQuota = (text: string): boolean => /(?:^|[^a-z])quotas?(?:[^a-z]|$)/.test(text.toLowerCase());

export const salesQuotaAlignment = definePolicy({
  name: "sales-quota-alignment",
  aliases: ["quota-alignment", "sales-quota"],
  summary: "Sales data aligns with the definitions of quotas.",
  about: "sales",
  options: { definition: "the product that defines the quotas: sales.quota-definitions" },
  help: "read the product that defines the quotas, or reference its key from a column",
  evaluate({ product: { contract }, options }) {
    const name = nameOf(contract);
    const definition = options.text("definition");
    const defines = (text: string): boolean =>
      definition === undefined ? speaksOfQuota(text) : text === definition || text.startsWith(`${definition}.`);
    if (defines(name)) return compliant("it defines the quotas");
    const source = sourcesOf(contract).find((each) => defines(nameOf(each)));
    if (source !== undefined) return compliant(`reads ${source.text}`);
    const columns = contract.ports.flatMap((port) => [...withNested(port.columns)]);
    const reference = columns.find(
      ({ column }) => column.constraints.references !== undefined && defines(column.constraints.references),
    );
    if (reference !== undefined)
      return compliant(`column ${reference.path} references ${reference.column.constraints.references}`);
    const what = definition === undefined ? "a definition of quotas" : definition;
    const problem = `"${name}" is sales data that neither reads nor references ${what}.`;
    return violated({ problem, path: ["spec", "inputs"], part: "key" });
  },
});
