import { meshWideArea } from "./area.ts";
import { carriesValue, valueFlows } from "./column-values.ts";
import type { ColumnRule } from "./mesh-rule.ts";

/** Personal data stays personal on its way from column to column, until somebody masks it. */
export const piiPassedOn: ColumnRule = {
  codes: ["contract/pii-passed-on"],
  check(workspace, columns) {
    return valueFlows(workspace, columns).flatMap((flow) => {
      const { from, to, masked } = flow;
      if (!from.column.pii || to.column.pii || masked || !carriesValue(flow)) return [];
      const path = [...to.column.at, "name"];
      const there = from.product.read.source.spanOf([...from.column.at, "name"]);
      const params = { column: to.column.name, source: from.column.name, upstream: from.product.name };
      return [
        meshWideArea.create("pii-passed-on", params, {
          product: to.product.name,
          path,
          span: () => to.product.read.source.spanOf(path),
          ...(there ? { related: [{ message: "personal data here", span: there }] } : {}),
        }),
      ];
    });
  },
};
