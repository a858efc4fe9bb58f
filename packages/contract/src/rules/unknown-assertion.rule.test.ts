import { testRule } from "../testdata/test-rule.ts";
import { unknownAssertion } from "./unknown-assertion.rule.ts";

testRule(unknownAssertion, {
  valid: {
    "ours and Great Expectations'": `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: id, assertion: not_null }
      - { column: id, assertion: expect_column_values_to_be_unique }
`,
    "a query": `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { name: q, sql: select 0, must_be: 0 }
`,
  },
  invalid: {
    "a misspelt one, with a fix": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: id, assertion: ⟦not_nul⟧ }
`,
      messages: ['"not_nul" is no assertion that Meshwork knows, so the check would never run.'],
      fixed: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: id, assertion: not_null }
`,
    },
    "an unheard one": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: id, assertion: ⟦looks_nice⟧ }
`,
      messages: ['"looks_nice" is no assertion that Meshwork knows, so the check would never run.'],
    },
  },
});
