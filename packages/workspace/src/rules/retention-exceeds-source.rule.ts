import type { Diagnostic } from "@meshwork/diagnostics";
import { meshWideArea } from "./area.ts";
import { carriesValue, valueFlows } from "./column-values.ts";
import type { ColumnRule } from "./mesh-rule.ts";

/** What the owner of sensitive values deletes must not live on in a copy. Told once per upstream, with its columns. */
export const retentionExceedsSource: ColumnRule = {
  codes: ["contract/retention-exceeds-source"],
  check(workspace, columns) {
    const found = new Map<string, { columns: Set<string>; report: (columns: readonly string[]) => Diagnostic }>();
    for (const flow of valueFlows(workspace, columns)) {
      const { from, to, masked } = flow;
      const [source, target] = [from.product.contract, to.product.contract];
      const [limit, period] = [source.retention?.period, target.retention?.period];
      if (!limit || !period || period.seconds <= limit.seconds || masked || !carriesValue(flow)) continue;
      const sensitivity = from.column.classification ?? source.sensitivity;
      if (sensitivity !== "confidential" && sensitivity !== "restricted") continue;
      const pair = `${to.product.name} ${from.product.name}`;
      const known = found.get(pair);
      if (known) {
        known.columns.add(to.column.name);
        continue;
      }
      const path = ["spec", "retention"];
      const { product: upstream } = from;
      const there = upstream.read.source.spanOf(path);
      found.set(pair, {
        columns: new Set([to.column.name]),
        report: (names) =>
          meshWideArea.create(
            "retention-exceeds-source",
            { kept: period.text, limit: limit.text, upstream: upstream.name, columns: names },
            {
              product: to.product.name,
              path,
              span: () => to.product.read.source.spanOf(path),
              ...(there ? { related: [{ message: `kept ${limit.text} here`, span: there }] } : {}),
            },
          ),
      });
    }
    return [...found.values()].map(({ columns: names, report }) => report([...names].sort()));
  },
};
