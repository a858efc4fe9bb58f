import { testRule } from "../testdata/test-rule.ts";
import { badPattern } from "./bad-pattern.rule.ts";

testRule(badPattern, {
  valid: {
    "expressions that can be read": `  schema:
    fields:
      - { name: a, type: string, constraints: { pattern: "^[A-Z]+$" } }
      - { name: b, type: string, constraints: { pattern: "(?i)^a" } }
`,
  },
  invalid: {
    "a bracket left open": {
      yaml: `  schema:
    fields:
      - { name: a, type: string, constraints: { pattern: ⟦"[A-Z"⟧ } }
`,
      messages: ['The regular expression "[A-Z" cannot be read: unterminated character class.'],
    },
    "the same in a check": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: id, assertion: expect_column_values_to_match_regex, value: ⟦{ regex: "(a" }⟧ }
`,
      messages: ['The regular expression "(a" cannot be read: unterminated group.'],
    },
  },
});
