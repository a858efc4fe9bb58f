import { namedUpstreams } from "../graph.ts";
import { meshWideArea } from "./area.ts";
import type { MeshRule } from "./mesh-rule.ts";

/** Products that read each other have no order to be built in. */
export const upstreamCycle: MeshRule = {
  codes: ["contract/upstream-cycle"],
  check(workspace, graph) {
    return graph.cycles().map((ring) => {
      const closed = [...ring, ring[0]!];
      // Points at each edge of the ring that a contract names; an edge out of SQL has its place in the SQL's own report.
      const places = closed.slice(0, -1).flatMap((from, i) => {
        const named = namedUpstreams(workspace).find(
          (u) => u.product.name === from && `${u.reference.domain}.${u.reference.product}` === closed[i + 1],
        );
        return named ? [{ named, message: `"${from}" reads "${closed[i + 1]}"` }] : [];
      });
      const first = places[0]?.named;
      return meshWideArea.create(
        "upstream-cycle",
        { ring: closed },
        {
          product: ring[0],
          ...(first ? { path: first.path, span: () => first.product.read.source.spanOf(first.path) } : {}),
          related: places.slice(1).flatMap(({ named, message }) => {
            const span = named.product.read.source.spanOf(named.path);
            return span ? [{ message, span }] : [];
          }),
        },
      );
    });
  },
};
