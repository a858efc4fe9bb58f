import { testRule } from "../testdata/test-rule.ts";
import { duplicateColumn } from "./duplicate-column.rule.ts";

testRule(duplicateColumn, {
  valid: {
    "different names": `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: date }
`,
    "the same name inside another column": `  schema:
    fields:
      - { name: id, type: string }
      - { name: a, type: struct, fields: [{ name: id, type: string }] }
`,
  },
  invalid: {
    "a name twice": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: ⟦id⟧, type: long }
`,
      messages: ['Port "facts" has the column "id" twice.'],
      related: [7],
    },
    "a name twice in a struct of an array": {
      yaml: `  schema:
    fields:
      - { name: a, type: array, items: { type: struct, fields: [{ name: x, type: string }, { name: ⟦x⟧, type: string }] } }
`,
      messages: ['"a" has the column "x" twice.'],
    },
    "a name twice in an input": {
      yaml: `  inputs:
    - from: a.b
      schema: { fields: [{ name: id, type: string }, { name: ⟦id⟧, type: string }] }
`,
      messages: ['Input "b" has the column "id" twice.'],
    },
  },
});
