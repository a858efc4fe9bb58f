import { testRule } from "../testdata/test-rule.ts";
import { primaryKeyMissing } from "./primary-key-missing.rule.ts";

testRule(primaryKeyMissing, {
  valid: {
    "a port with a key": `  schema:
    fields:
      - { name: a, type: string, constraints: { primary_key: true, null: false } }
      - { name: b, type: string }
`,
  },
  invalid: {
    "a port without": {
      yaml: `  schema:
    ⟦fields⟧:
      - { name: a, type: string, constraints: { unique: true } }
`,
      messages: ['Port "facts" has no primary key, so nobody knows what one row is.'],
    },
  },
});
