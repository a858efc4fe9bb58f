import { meshWideArea } from "./area.ts";
import { valueFlows } from "./column-values.ts";
import type { ColumnRule } from "./mesh-rule.ts";

/** A value that is passed on as it is can be NULL wherever its source can, unless the SQL leaves those rows out. */
export const nullableSource: ColumnRule = {
  codes: ["contract/nullable-source"],
  check(workspace, columns) {
    return valueFlows(workspace, columns).flatMap(({ from, to, kind, notNull }) => {
      const key = to.column.constraints.primaryKey === true;
      if (kind !== "identity" || notNull || (to.column.nullable && !key)) return [];
      if (!from.column.nullable || from.column.constraints.primaryKey === true) return [];
      const path = [...to.column.at, "constraints"];
      const there = from.product.read.source.spanOf([...from.column.at, "name"]);
      const params = {
        column: to.column.name,
        promise: key ? "a key" : "never null",
        source: from.column.name,
        upstream: from.product.name,
      };
      return [
        meshWideArea.create("nullable-source", params, {
          product: to.product.name,
          path,
          span: () => to.product.read.source.spanOf(path),
          ...(there ? { related: [{ message: "may be null here", span: there }] } : {}),
        }),
      ];
    });
  },
};
