import type { NamingConvention } from "@meshwork/contract";
import { withNested } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { meshWideArea } from "./area.ts";
import type { MeshRule } from "./mesh-rule.ts";

const forms: Readonly<Record<NamingConvention, RegExp>> = {
  snake_case: /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/,
  camelCase: /^[a-z][a-zA-Z0-9]*$/,
  PascalCase: /^[A-Z][a-zA-Z0-9]*$/,
  "kebab-case": /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
  lower: /^[a-z][a-z0-9]*$/,
};

/** Names as `naming` of mesh.yaml wants them; nothing where it wants nothing. */
export const namingConvention: MeshRule = {
  codes: ["contract/naming-convention"],
  check(workspace) {
    const out: Diagnostic[] = [];
    const { columns, ports, products } = workspace.mesh.naming;
    if (!columns && !ports && !products) return out;
    for (const product of workspace.products.values()) {
      const look = (
        kind: string,
        wanted: NamingConvention | undefined,
        name: string,
        path: readonly (string | number)[],
      ): void => {
        if (wanted === undefined || forms[wanted].test(name)) return;
        const written = words(name, wanted);
        const suggestion = written !== name && forms[wanted].test(written) ? written : undefined;
        const extra = { product: product.name, path, span: () => product.read.source.spanOf(path) };
        out.push(meshWideArea.create("naming-convention", { kind, name, wanted, suggestion }, extra));
      };
      if (!product.contract) continue;
      look("product", products, product.product, ["metadata", "name"]);
      for (const port of product.contract.ports) {
        // The default port bears the product's name. A port is known by its name in SQL, and judged as it is written.
        const at = [...port.at, "name"];
        if (!port.default && ports) look("port", ports, String(product.read.source.valueAt(at) ?? port.name), at);
        for (const { column } of withNested(port.columns))
          if (column.at.at(-1) !== "items" && column.at.at(-1) !== "values")
            look("column", columns, column.name, [...column.at, "name"]);
      }
    }
    return out;
  },
};

/** The name in another form. */
function words(name: string, wanted: NamingConvention): string {
  const parts = name
    .slice(0, 200)
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((w) => w !== "");
  const capital = (w: string): string => w.charAt(0).toUpperCase() + w.slice(1);
  switch (wanted) {
    case "snake_case":
      return parts.join("_");
    case "kebab-case":
      return parts.join("-");
    case "lower":
      return parts.join("");
    case "PascalCase":
      return parts.map(capital).join("");
    case "camelCase":
      return parts.map((w, i) => (i === 0 ? w : capital(w))).join("");
  }
}
