import { testRule } from "../testdata/test-rule.ts";
import { ownerRequired } from "./owner-required.rule.ts";

testRule(ownerRequired, {
  valid: {
    "an owner": `  owner: a@b.example
  schema: { fields: [{ name: id, type: string }] }
`,
    "a role that answers for it": `  ownership: { business_owner: a@b.example }
  schema: { fields: [{ name: id, type: string }] }
`,
  },
  invalid: {
    nobody: {
      yaml: `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 1.0.0 }
⟦spec⟧:
  schema: { fields: [{ name: id, type: string }] }
`,
      messages: ['Nobody owns "orders.facts".'],
    },
    "helpers alone": {
      yaml: `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 1.0.0 }
⟦spec⟧:
  ownership: { steward: a@b.example }
`,
      messages: ['Nobody owns "orders.facts".'],
    },
  },
});
