import { testRule } from "../testdata/test-rule.ts";
import { contradictoryBounds } from "./contradictory-bounds.rule.ts";

testRule(contradictoryBounds, {
  valid: {
    "room between the bounds": `  schema:
    fields:
      - { name: a, type: long, constraints: { min: 1, max: 1 } }
      - { name: b, type: date, constraints: { min: 2023-01-01, max: 2024-01-01 } }
      - { name: c, type: string, constraints: { min_length: 1, max_length: 1 } }
`,
    "bounds that cannot be compared": `  schema:
    fields:
      - { name: a, type: string, constraints: { min: b, max: a } }
`,
  },
  invalid: {
    numbers: {
      yaml: `  schema:
    fields:
      - { name: a, type: long, constraints: ⟦{ min: 2, max: 1 }⟧ }
`,
      messages: ['No value can satisfy the column "a": min 2 is more than max 1.'],
    },
    "equal and open": {
      yaml: `  schema:
    fields:
      - { name: a, type: long, constraints: ⟦{ exclusive_min: 1, max: 1 }⟧ }
`,
      messages: ['No value can satisfy the column "a": exclusive_min 1 is not less than max 1.'],
    },
    dates: {
      yaml: `  schema:
    fields:
      - { name: a, type: date, constraints: ⟦{ min: 2024-01-01, max: 2023-12-31 }⟧ }
`,
      messages: ['No value can satisfy the column "a": min 2024-01-01 is more than max 2023-12-31.'],
    },
    "numbers beyond 53 bits": {
      yaml: `  schema:
    fields:
      - { name: a, type: long, constraints: ⟦{ min: 9223372036854775807, max: 9223372036854775806 }⟧ }
`,
      messages: ['No value can satisfy the column "a": min 9223372036854775807 is more than max 9223372036854775806.'],
    },
    "lengths, a key that may be null, an empty enum": {
      yaml: `  schema:
    fields:
      - { name: a, type: string, constraints: { min_length: ⟦3⟧, max_length: 2 } }
      - { name: b, type: string, constraints: { primary_key: true, null: ⟦true⟧ } }
      - { name: c, type: string, constraints: { enum: ⟦[]⟧ } }
`,
      messages: [
        'No value can satisfy the column "a": min_length 3 is more than max_length 2.',
        'No value can satisfy the column "b": it is the primary key and may be null.',
        'No value can satisfy the column "c": its enum is empty.',
      ],
    },
    "a field inside a column": {
      yaml: `  schema:
    fields:
      - { name: l, type: array, items: { type: struct, fields: [{ name: q, type: long, constraints: ⟦{ min: 5, max: 1 }⟧ }] } }
`,
      messages: ['No value can satisfy the column "q": min 5 is more than max 1.'],
    },
    "a check": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: amount, assertion: expect_column_values_to_be_between, value: ⟦{ min_value: 5, max_value: 1 }⟧ }
`,
      messages: ['No value can satisfy the check "range.amount": min 5 is more than max 1.'],
    },
  },
});
