import { testRule } from "../testdata/test-rule.ts";
import { deprecationEnd } from "./deprecation-end.rule.ts";

testRule(deprecationEnd, {
  valid: {
    "an end": `  schema:
    fields:
      - { name: a, type: string, deprecated: { until: 2027-06-30 } }
  deprecation: { sunset: 2027-06-30 }
`,
  },
  invalid: {
    "a column without": {
      yaml: `  schema:
    fields:
      - { name: a, type: string, ⟦deprecated⟧: true }
`,
      messages: ['The column "a" is deprecated without an end, so nobody knows by when to move.'],
    },
    "a product without": {
      yaml: `  schema: { fields: [{ name: id, type: string }] }
  ⟦deprecation⟧: { reason: replaced }
`,
      messages: ['"orders.facts" is deprecated without an end, so nobody knows by when to move.'],
    },
    "a status alone": {
      yaml: `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 1.0.0, status: ⟦deprecated⟧ }
spec:
  schema: { fields: [{ name: id, type: string }] }
`,
      messages: ['"orders.facts" is deprecated without an end, so nobody knows by when to move.'],
    },
  },
});
