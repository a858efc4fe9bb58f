import { defineRule } from "../define-rule.ts";
import { shown } from "../names.ts";

/** Folders of a domain and of dbt, which a product of that name would land in. */
const FOLDERS = new Set(
  "_mesh analyses apps dbt-packages dist macros mesh models node-modules seeds snapshots src target tests versions".split(
    " ",
  ),
);
/** Columns that snapshots and incremental ports add themselves. */
const COLUMN = /^(?:_mesh_|dbt_(?:scd_id|updated_at|valid_from|valid_to|is_deleted)$)/i;

export const reservedName = defineRule({
  code: "reserved-name",
  severity: "error",
  message: (p: { what: string; name: string }) => `"${p.name}" cannot name a ${p.what}: Meshwork or dbt uses it.`,
  help: "choose another name",
  check({ contract }, report) {
    if (FOLDERS.has(contract.product)) report({ what: "data product", name: contract.product }, ["metadata", "name"]);
    for (const port of contract.ports) {
      for (const column of port.columns) {
        if (COLUMN.test(column.name)) report({ what: "column", name: shown(column.name) }, [...column.at, "name"]);
      }
    }
  },
});
