import { testRule } from "../testdata/test-rule.ts";
import { lineageRequired } from "./lineage-required.rule.ts";

testRule(lineageRequired, {
  valid: {
    "an input": `  inputs: [a.b]
`,
    "an upstream": `  lineage: { upstream: [raw.kafka.orders] }
`,
  },
  invalid: {
    neither: {
      yaml: `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 1.0.0 }
⟦spec⟧:
  schema: { fields: [{ name: id, type: string }] }
`,
      messages: ['"orders.facts" does not say where its data comes from.'],
    },
    "only readers": {
      yaml: `  ⟦lineage⟧: { downstream: [a.b] }
  schema: { fields: [{ name: id, type: string }] }
`,
      messages: ['"orders.facts" does not say where its data comes from.'],
    },
  },
});
