import { defineRule } from "../define-rule.ts";

export const primaryKeyMissing = defineRule({
  code: "primary-key-missing",
  severity: "warning",
  optIn: true,
  message: (p: { port: string }) => `Port "${p.port}" has no primary key, so nobody knows what one row is.`,
  help: "add primary_key: true to the constraints of the column or columns that tell rows apart",
  check({ contract }, report) {
    for (const { name, columns, at: port, default: main } of contract.ports) {
      if (columns.length === 0 || columns.some((column) => column.constraints.primaryKey === true)) continue;
      report({ port: name }, main ? ["spec", "schema", "fields"] : [...port, "schema", "fields"], { part: "key" });
    }
  },
});
