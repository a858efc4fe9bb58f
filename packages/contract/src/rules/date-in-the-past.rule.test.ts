import { testRule } from "../testdata/test-rule.ts";
import { dateInThePast } from "./date-in-the-past.rule.ts";

testRule(dateInThePast, {
  valid: {
    "a bound to come, today, and numbers": `  schema:
    fields:
      - { name: a, type: date, constraints: { max: 2099-01-01 } }
      - { name: b, type: date, constraints: { max: 2026-11-21 } }
      - { name: c, type: long, constraints: { max: 3 } }
      - { name: d, type: date, constraints: { min: 2020-01-01 } }
`,
  },
  invalid: {
    "a column's": {
      yaml: `  schema:
    fields:
      - { name: a, type: date, constraints: { max: ⟦2026-11-20⟧ } }
      - { name: b, type: timestamp, constraints: { exclusive_max: ⟦"2025-01-01T00:00:00Z"⟧ } }
`,
      messages: [
        'The column "a" allows no value after 2026-11-20, which is past.',
        'The column "b" allows no value after 2025-01-01T00:00:00Z, which is past.',
      ],
    },
    "a check's": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: at, assertion: expect_column_values_to_be_between, value: { min_value: "2023-01-01", max_value: ⟦"2025-12-31"⟧ } }
`,
      messages: ['The check "range.at" allows no value after 2025-12-31, which is past.'],
    },
  },
});
