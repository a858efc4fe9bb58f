import type { Path } from "@meshwork/diagnostics";
import { namedUpstreams, producerOf } from "../graph.ts";
import type { NamedUpstream } from "../graph.ts";
import { meshWideArea } from "./area.ts";
import type { MeshRule } from "./mesh-rule.ts";

/** Rings of thousands are told by their beginning: a finding for each member must not repeat all others. */
const shown = 12;

/** Products that read each other have no order to be built in. Told of each member, so that linting any one shows it. */
export const upstreamCycle: MeshRule = {
  codes: ["contract/upstream-cycle"],
  check(workspace, graph) {
    const cycles = graph.cycles();
    if (cycles.length === 0) return [];
    const named = new Map<string, NamedUpstream>();
    for (const upstream of namedUpstreams(workspace)) {
      const producer = producerOf(workspace, upstream.reference)?.name;
      if (producer === undefined) continue;
      const edge = `${upstream.product.name} ${producer}`;
      if (!named.has(edge)) named.set(edge, upstream);
    }
    return cycles.flatMap((ring) =>
      ring.map((member, start) => {
        const turned = Array.from({ length: Math.min(ring.length, shown) }, (_, i) => ring[(start + i) % ring.length]!);
        const left = ring.length - turned.length;
        const closed = [...turned, ...(left > 0 ? [`(${left} more)`] : []), member];
        // Points at each edge of the ring that a contract names; an edge out of SQL has its place in the SQL's own report.
        const places = turned.map((from, i) => {
          const to = ring[(start + i + 1) % ring.length]!;
          return { message: `"${from}" reads "${to}"`, edge: named.get(`${from} ${to}`) };
        });
        const own = places[0]?.edge;
        const path: Path | undefined = own?.path;
        return meshWideArea.create(
          "upstream-cycle",
          { ring: closed },
          {
            product: member,
            ...(own && path ? { path, span: () => own.product.read.source.spanOf(path) } : {}),
            related: places.slice(1).flatMap(({ message, edge }) => {
              const span = edge?.product.read.source.spanOf(edge.path);
              return span ? [{ message, span }] : [];
            }),
          },
        );
      }),
    );
  },
};
