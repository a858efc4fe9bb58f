import { namedUpstreams, producerOf } from "../graph.ts";
import { meshWideArea } from "./area.ts";
import type { MeshRule } from "./mesh-rule.ts";

/** Whoever reads a product that is on its way out should hear of it before it is gone. */
export const deprecatedUpstream: MeshRule = {
  codes: ["contract/deprecated-upstream"],
  check(workspace) {
    return namedUpstreams(workspace).flatMap(({ product, reference, path }) => {
      const producer = producerOf(workspace, reference);
      const contract = producer?.contract;
      if (!producer || !contract || producer === product) return [];
      const { status, deprecation } = contract;
      if (status !== "deprecated" && status !== "retired" && deprecation === undefined) return [];
      const declared = producer.read.source.spanOf(["spec", "deprecation"], "key");
      return [
        meshWideArea.create(
          "deprecated-upstream",
          {
            upstream: producer.name,
            status: status === "retired" ? "retired" : "deprecated",
            until: deprecation?.until,
            instead: deprecation?.replacedBy,
            guide: deprecation?.guide,
          },
          {
            product: product.name,
            path,
            span: () => product.read.source.spanOf(path),
            ...(declared ? { related: [{ message: "announced here", span: declared }] } : {}),
          },
        ),
      ];
    });
  },
};
