import { meshWideArea } from "./area.ts";
import type { MeshRule } from "./mesh-rule.ts";
import { upstreamReads } from "./upstream-reads.ts";

/** A draft promises nothing yet: whoever builds on it cannot promise more. */
export const statusOrder: MeshRule = {
  codes: ["contract/status-order"],
  check(workspace, graph) {
    const told = new Set<string>();
    return upstreamReads(workspace, graph).flatMap(({ consumer, producer, path, span }) => {
      const pair = `${consumer.name} ${producer.name}`;
      if (consumer.contract.status !== "active" || producer.contract.status !== "draft" || told.has(pair)) return [];
      told.add(pair);
      const params = { product: consumer.name, upstream: producer.name };
      const status = producer.read.source.spanOf(["metadata", "status"]);
      return [
        meshWideArea.create("status-order", params, {
          product: consumer.name,
          path,
          span,
          ...(status ? { related: [{ message: "a draft here", span: status }] } : {}),
        }),
      ];
    });
  },
};
