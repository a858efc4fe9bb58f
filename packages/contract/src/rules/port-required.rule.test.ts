import { testRule } from "../testdata/test-rule.ts";
import { portRequired } from "./port-required.rule.ts";

testRule(portRequired, {
  valid: {
    "a schema": `  schema: { fields: [{ name: id, type: string }] }
`,
    "a named port": `  ports: [{ name: daily, schema: { fields: [{ name: day, type: date }] } }]
`,
  },
  invalid: {
    "no port": {
      yaml: `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 1.0.0 }
⟦spec⟧:
  owner: a@b.example
`,
      messages: ['"orders.facts" offers no output port, so nobody can use it.'],
    },
  },
});
