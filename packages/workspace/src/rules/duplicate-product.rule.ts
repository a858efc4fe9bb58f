import type { Diagnostic } from "@meshwork/diagnostics";
import type { Product } from "../workspace.ts";
import { portRelation } from "../workspace.ts";
import { meshWideArea } from "./area.ts";
import type { MeshRule } from "./mesh-rule.ts";

/** Two folders that claim one id, or two ports that would be one relation after `-` becomes `_`. */
export const duplicateProduct: MeshRule = {
  codes: ["contract/duplicate-product"],
  check(workspace) {
    const out: Diagnostic[] = [];
    const claims = new Map<string, { product: Product; path: readonly (string | number)[] }>();
    const claim = (key: string, what: string, product: Product, path: readonly (string | number)[]) => {
      const other = claims.get(key);
      if (!other) {
        claims.set(key, { product, path });
        return;
      }
      // Live versions of one product share its id; what else they may not share, version rules say.
      if (other.product.base === product.base) return;
      const related = other.product.read.source.spanOf(other.path);
      out.push(
        meshWideArea.create(
          "duplicate-product",
          { product: product.name, other: other.product.name, what },
          {
            product: product.name,
            path,
            span: () => product.read.source.spanOf(path),
            ...(related ? { related: [{ message: "claimed here first", span: related }] } : {}),
          },
        ),
      );
    };
    for (const product of workspace.products.values()) {
      const contract = product.contract;
      if (!contract) continue;
      claim(`id ${contract.id}`, "id", product, ["metadata", "id"]);
      for (const port of contract.ports) {
        const relation = portRelation(workspace, contract, port);
        claim(
          `relation ${relation.schema}.${relation.name}`.toLowerCase(),
          `relation ${relation.schema}.${relation.name}`,
          product,
          ["metadata", "name"],
        );
      }
    }
    return out;
  },
};
