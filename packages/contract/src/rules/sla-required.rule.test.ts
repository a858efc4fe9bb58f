import { testRule } from "../testdata/test-rule.ts";
import { slaRequired } from "./sla-required.rule.ts";

testRule(slaRequired, {
  valid: {
    "a freshness": `  sla: { freshness: 1h }
  schema: { fields: [{ name: id, type: string }] }
`,
    "one port with a promise": `  schema: { fields: [{ name: id, type: string }] }
  ports: [{ name: daily, schema: { fields: [{ name: day, type: date }] }, sla: { availability: 99% } }]
`,
  },
  invalid: {
    "no promise": {
      yaml: `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 1.0.0 }
⟦spec⟧:
  schema: { fields: [{ name: id, type: string }] }
`,
      messages: ['"orders.facts" promises no service level.'],
    },
    "an empty promise": {
      yaml: `  ⟦sla⟧: {}
  schema: { fields: [{ name: id, type: string }] }
`,
      messages: ['"orders.facts" promises no service level.'],
    },
  },
});
