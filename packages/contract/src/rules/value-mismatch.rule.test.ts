import { testRule } from "../testdata/test-rule.ts";
import { valueMismatch } from "./value-mismatch.rule.ts";

const fields = (...lines: string[]) => `  schema:\n    fields:\n${lines.map((l) => `      - { ${l} }\n`).join("")}`;

testRule(valueMismatch, {
  valid: {
    "values of every type": fields(
      "name: a, type: integer, constraints: { enum: [1, 2] }, examples: [1]",
      "name: b, type: 'decimal(4,2)', examples: [1.5, '2.25']",
      "name: c, type: boolean, examples: [true]",
      "name: d, type: date, examples: [2026-11-21]",
      "name: e, type: timestamp, examples: ['2026-11-21T00:00:00Z']",
      "name: f, type: string, constraints: { pattern: '^[a-z]+$', enum: [ab, cd], max_length: 2 }",
      "name: g, type: string, constraints: { enum: [1, true, no] }",
    ),
    "expressions that repeat a group": fields("name: a, type: string, constraints: { pattern: '^(a+)+$', enum: [b] }"),
  },
  invalid: {
    "a value of another type": {
      yaml: fields(
        "name: a, type: integer, constraints: { enum: [1, ⟦two⟧] }",
        "name: d, type: date, examples: [⟦21.11.2026⟧]",
      ),
      messages: [
        'The enum value "two" is no value of the column "a": it is no whole number.',
        'The example "21.11.2026" is no value of the column "d": it is no date.',
      ],
    },
    "what pattern, length and bounds exclude": {
      yaml: fields(
        "name: a, type: string, constraints: { pattern: '(?i)^[a-z]+$', enum: [AB, ⟦c3⟧] }",
        "name: b, type: string, constraints: { max_length: 2, enum: [⟦abc⟧] }",
        "name: c, type: integer, constraints: { min: 1, exclusive_max: 9 }, examples: [⟦0⟧, 1, ⟦9⟧]",
      ),
      messages: [
        'The enum value "c3" is no value of the column "a": it does not match (?i)^[a-z]+$.',
        'The enum value "abc" is no value of the column "b": it is longer than 2.',
        'The example "0" is no value of the column "c": it is less than 1.',
        'The example "9" is no value of the column "c": it is not less than 9.',
      ],
    },
    "a value listed twice, and an example that is not listed": {
      yaml: fields("name: a, type: string, constraints: { enum: [x, ⟦x⟧] }, examples: [⟦z⟧]"),
      messages: [
        'The enum value "x" is no value of the column "a": it stands in the list twice.',
        'The example "z" is no value of the column "a": its enum does not list it.',
      ],
    },
  },
});
