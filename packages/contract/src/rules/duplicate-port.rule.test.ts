import { testRule } from "../testdata/test-rule.ts";
import { duplicatePort } from "./duplicate-port.rule.ts";

testRule(duplicatePort, {
  valid: {
    "different names": `  schema: { fields: [{ name: id, type: string }] }
  ports: [{ name: daily, schema: { fields: [{ name: day, type: date }] } }]
`,
  },
  invalid: {
    "the default port's name": {
      yaml: `  schema: { fields: [{ name: id, type: string }] }
  ports: [{ name: ⟦facts⟧, schema: { fields: [{ name: day, type: date }] } }]
`,
      messages: ['There are two output ports named "facts".'],
      related: [5],
    },
    "an input twice": {
      yaml: `  inputs:
    - { name: a, from: x.y }
    - { name: ⟦a⟧, from: x.z }
`,
      messages: ['There are two input ports named "a".'],
    },
  },
});
