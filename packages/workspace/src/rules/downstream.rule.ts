import { meshWideArea } from "./area.ts";
import { liveVersions } from "../workspace.ts";
import type { MeshRule } from "./mesh-rule.ts";

/** `downstream` is informative: the graph is the truth, and a name that nothing confirms misleads who reads it. */
export const downstream: MeshRule = {
  codes: ["contract/unconfirmed-downstream"],
  check(workspace, graph) {
    return [...workspace.products.values()].flatMap((product) =>
      (product.contract?.lineage.downstream ?? []).flatMap((reference, i) => {
        const name = `${reference.domain}.${reference.product}`;
        // A newer version has the readers of the older one before it.
        const readers = liveVersions(workspace, product.base).flatMap((p) => graph.downstream(p.name));
        if (readers.some((r) => r === name || workspace.products.get(r)?.base === name)) return [];
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
