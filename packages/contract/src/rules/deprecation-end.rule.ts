import { withNested } from "../columns.ts";
import { defineRule } from "../define-rule.ts";
import { shown } from "../names.ts";

export const deprecationEnd = defineRule({
  code: "deprecation-end",
  severity: "warning",
  message: (p: { what: string }) => `${p.what} is deprecated without an end, so nobody knows by when to move.`,
  help: "add the date from which it may be gone: until on a column, sunset on a product",
  check({ contract }, report) {
    const { deprecation, status } = contract;
    const what = `"${contract.domain}.${contract.product}"`;
    if (deprecation === undefined) {
      if (status === "deprecated") report({ what }, ["metadata", "status"]);
    } else if (deprecation.until === undefined) report({ what }, ["spec", "deprecation"], { part: "key" });
    for (const port of contract.ports) {
      for (const { column } of withNested(port.columns)) {
        if (column.deprecated === undefined || column.deprecated.until !== undefined) continue;
        report({ what: `The column "${shown(column.name)}"` }, [...column.at, "deprecated"], { part: "key" });
      }
    }
  },
});
