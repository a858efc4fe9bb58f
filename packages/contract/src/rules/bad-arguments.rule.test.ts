import { testRule } from "../testdata/test-rule.ts";
import { badArguments } from "./bad-arguments.rule.ts";

testRule(badArguments, {
  valid: {
    "what each takes": `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: id, assertion: accepted_values, value: [a] }
      - { assertion: row_count, value: 5 }
      - { column: id, assertion: expect_column_values_to_be_between, value: { min_value: 1, mostly: 0.9 } }
      - { column: at, assertion: freshness, value: 24h }
      - { name: q, sql: select 0, must_be_between: [0, 1] }
`,
  },
  invalid: {
    "an unknown argument": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: amount, assertion: range, value: { minimum: ⟦1⟧, max: 2 } }
`,
      messages: ['The check "range.amount" cannot run: range has no argument "minimum".'],
    },
    "a missing one": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: amount, assertion: ⟦range⟧ }
`,
      messages: ['The check "range.amount" cannot run: it needs one of min, max, exclusive_min, exclusive_max.'],
    },
    "a wrong type": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: id, assertion: pattern, value: ⟦5⟧ }
      - { assertion: row_count, value: { min: ⟦"many"⟧ } }
`,
      messages: [
        'The check "pattern.id" cannot run: "regex" has to be a text.',
        'The check "row_count" cannot run: "min" has to be a number.',
      ],
    },
    "no column, or one too many": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { assertion: ⟦not_null⟧ }
      - { column: ⟦id⟧, assertion: row_count, value: 5 }
`,
      messages: [
        'The check "not_null" cannot run: not_null looks at a column and none is named.',
        'The check "row_count.id" cannot run: row_count looks at the whole port.',
      ],
    },
    "a share of what has no rows": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { assertion: row_count, value: 5, threshold: ⟦0.9⟧ }
`,
      messages: [
        'The check "row_count" cannot run: row_count does not look at single rows, so a share of them says nothing.',
      ],
    },
    "a query and another assertion": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { name: q, assertion: row_count, value: 1, sql: ⟦select 1⟧ }
`,
      messages: ['The check "q" cannot run: it has a query and is named row_count.'],
    },
    "a length of time that is none": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: at, assertion: freshness, value: { max_age: ⟦soon⟧ } }
`,
      messages: ['The check "freshness.at" cannot run: "max_age" has to be a length of time such as 24h.'],
    },
  },
});
