import { testRule } from "../testdata/test-rule.ts";
import { duplicateCheck } from "./duplicate-check.rule.ts";

testRule(duplicateCheck, {
  valid: {
    "names of their own": `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { name: a, column: id, assertion: not_null }
      - { name: b, column: id, assertion: unique }
`,
    "none, which are numbered": `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: id, assertion: not_null }
      - { column: id, assertion: not_null, where: x = 1 }
`,
  },
  invalid: {
    "a name twice": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { name: a, column: id, assertion: not_null }
      - { name: ⟦a⟧, column: id, assertion: unique }
`,
      messages: ['Port "facts" has two checks named "a".'],
      related: [12],
    },
  },
});
