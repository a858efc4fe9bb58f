import { testRule } from "../testdata/test-rule.ts";
import { redundantCheck } from "./redundant-check.rule.ts";

testRule(redundantCheck, {
  valid: {
    "a check of its own": `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: id, assertion: not_null }
      - { column: id, assertion: unique }
`,
    "one column of a composite key": `  schema:
    fields:
      - { name: a, type: string, constraints: { primary_key: true } }
      - { name: b, type: string, constraints: { primary_key: true } }
  quality:
    checks:
      - { column: a, assertion: unique }
`,
  },
  invalid: {
    "a key's threshold": {
      yaml: `  schema:
    fields:
      - { name: id, type: string, constraints: { primary_key: true } }
  quality:
    checks:
      - { column: id, assertion: expect_column_values_to_not_be_null, threshold: ⟦0.99⟧ }
`,
      messages: ['The check "not_null.id" changes nothing: "id" is the primary key, which every row has to satisfy.'],
      related: [7],
    },
    constraints: {
      yaml: `  schema:
    fields:
      - { name: id, type: string, constraints: { null: false, unique: true } }
  quality:
    checks:
      - { column: id, assertion: ⟦not_null⟧ }
      - { column: id, assertion: ⟦unique⟧ }
`,
      messages: [
        'The check "not_null.id" changes nothing: "id" is null: false, which every row has to satisfy.',
        'The check "unique.id" changes nothing: "id" is unique, which every row has to satisfy.',
      ],
    },
  },
});
