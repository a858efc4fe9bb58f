import { testRule } from "../testdata/test-rule.ts";
import { reservedName } from "./reserved-name.rule.ts";

testRule(reservedName, {
  valid: {
    "ordinary names": `  schema:
    fields:
      - { name: valid_from, type: date }
      - { name: mesh, type: date }
`,
  },
  invalid: {
    "a folder of the domain": {
      yaml: `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: ⟦models⟧, domain: orders, version: 1.0.0 }
spec:
  schema: { fields: [{ name: id, type: string }] }
`,
      messages: ['"models" cannot name a data product: Meshwork or dbt uses it.'],
    },
    "a snapshot's column": {
      yaml: `  schema:
    fields:
      - { name: ⟦dbt_valid_to⟧, type: date }
      - { name: ⟦_mesh_run⟧, type: string }
`,
      messages: [
        '"dbt_valid_to" cannot name a column: Meshwork or dbt uses it.',
        '"_mesh_run" cannot name a column: Meshwork or dbt uses it.',
      ],
    },
  },
});
