import { meshWideArea } from "./area.ts";
import type { MeshRule } from "./mesh-rule.ts";

/** `downstream` is informative: the graph is the truth, and a name that nothing confirms misleads who reads it. */
export const downstream: MeshRule = {
  codes: ["contract/unconfirmed-downstream"],
  check(workspace, graph) {
    return [...workspace.products.values()].flatMap((product) =>
      (product.contract?.lineage.downstream ?? []).flatMap((reference, i) => {
        const name = `${reference.domain}.${reference.product}`;
        if (graph.downstream(product.name).includes(name)) return [];
        const path = ["spec", "lineage", "downstream", i];
        return [
          meshWideArea.create(
            "unconfirmed-downstream",
            { text: reference.text },
            { product: product.name, path, span: () => product.read.source.spanOf(path) },
          ),
        ];
      }),
    );
  },
};
