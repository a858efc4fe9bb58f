import type { Sensitivity } from "@meshwork/contract";
import { meshWideArea } from "./area.ts";
import { carriesValue, valueFlows } from "./column-values.ts";
import type { ColumnRule } from "./mesh-rule.ts";

const rank: Readonly<Record<Sensitivity, number>> = { public: 0, internal: 1, confidential: 2, restricted: 3 };

/** A value keeps the classification of the column it comes from, until somebody masks it. */
export const classificationLowered: ColumnRule = {
  codes: ["contract/classification-lowered"],
  check(workspace, columns) {
    return valueFlows(workspace, columns).flatMap((flow) => {
      const { from, to, masked } = flow;
      // Only what an upstream says of the column itself: a product's sensitivity is that of its most sensitive column.
      const before = from.column.classification;
      if (before === undefined || masked || !carriesValue(flow)) return [];
      const after = to.column.classification ?? to.product.contract.sensitivity;
      if (rank[before] === 0 || (after !== undefined && rank[after] >= rank[before])) return [];
      const own = to.column.classification !== undefined;
      const path = own ? [...to.column.at, "constraints", "classification"] : [...to.column.at, "name"];
      const there = from.product.read.source.spanOf([...from.column.at, "constraints", "classification"]);
      const params = { column: to.column.name, source: from.column.name, upstream: from.product.name, before, after };
      return [
        meshWideArea.create("classification-lowered", params, {
          product: to.product.name,
          path,
          span: () => to.product.read.source.spanOf(path),
          ...(there ? { related: [{ message: `${before} here`, span: there }] } : {}),
        }),
      ];
    });
  },
};
