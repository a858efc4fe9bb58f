import type { Contract, Deprecation } from "@meshwork/contract";
import type { Diagnostic, Path, Span } from "@meshwork/diagnostics";
import { meshWideArea } from "./area.ts";
import { readerOf, valueFlows } from "./column-values.ts";
import type { ColumnRule, MeshRule } from "./mesh-rule.ts";
import type { ReadableProduct } from "./upstream-reads.ts";
import { upstreamReads } from "./upstream-reads.ts";

/** Who reads a product that is going away, or says in an input that it needs a column that is. */
export const deprecatedUpstream: MeshRule = {
  codes: ["contract/deprecated-upstream"],
  check(workspace, graph, today) {
    const out: Diagnostic[] = [];
    const told = new Set<string>();
    for (const { consumer, producer, port, input, path } of upstreamReads(workspace, graph)) {
      if (consumer.contract.status === "retired") continue;
      const going = goingAway(producer.contract);
      const pair = `${consumer.name} ${producer.name}`;
      if (going && !told.has(pair)) {
        told.add(pair);
        const announced = producer.read.source.spanOf(["spec", "deprecation"], "key");
        out.push(finding(consumer, path, `"${producer.name}"`, going, today, announced));
        continue;
      }
      for (const expected of input?.columns ?? []) {
        const column = port?.columns.find((c) => c.name.toLowerCase() === expected.name.toLowerCase());
        if (!column?.deprecated) continue;
        const what = `Column "${column.name}" of "${producer.name}"`;
        const announced = producer.read.source.spanOf([...column.at, "deprecated"], "key");
        const gone = { ...column.deprecated, retired: false };
        out.push(finding(consumer, [...expected.at, "name"], what, gone, today, announced));
      }
    }
    return out;
  },
};

/** The same for columns whose values a port passes on. */
export const deprecatedColumn: ColumnRule = {
  codes: ["contract/deprecated-upstream"],
  check(workspace, columns, today) {
    const out: Diagnostic[] = [];
    for (const { from, to } of valueFlows(workspace, columns)) {
      if (!from.column.deprecated || to.product.contract.status === "retired") continue;
      // An input that names the column is told of by lint, at the input.
      const inputs = to.product.contract.inputs.filter((i) => readerOf(i, from.product.contract));
      if (inputs.some((i) => i.columns.some((c) => c.name.toLowerCase() === from.column.name.toLowerCase()))) continue;
      const what = `Column "${from.column.name}" of "${from.product.name}"`;
      const going = { ...from.column.deprecated, retired: false };
      const announced = from.product.read.source.spanOf([...from.column.at, "deprecated"], "key");
      out.push(finding(to.product, [...to.column.at, "name"], what, going, today, announced));
    }
    return out;
  },
};

type Going = Deprecation & { readonly retired: boolean };

function goingAway({ status, deprecation }: Contract): Going | undefined {
  if (status !== "deprecated" && status !== "retired" && deprecation === undefined) return undefined;
  return { ...deprecation, retired: status === "retired" };
}

function finding(
  consumer: ReadableProduct,
  path: Path,
  what: string,
  going: Going,
  today: string,
  announced: Span | undefined,
): Diagnostic {
  const until = going.until?.slice(0, 10);
  const gone = going.retired || (until !== undefined && until <= today);
  const params = { what, until, gone, retired: going.retired, replacedBy: going.replacedBy, guide: going.guide };
  return meshWideArea.create("deprecated-upstream", params, {
    severity: gone ? "error" : "warning",
    product: consumer.name,
    path,
    span: () => consumer.read.source.spanOf(path),
    ...(announced ? { related: [{ message: "announced here", span: announced }] } : {}),
  });
}
