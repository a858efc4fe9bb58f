import { testRule } from "../testdata/test-rule.ts";
import { hyphenCollision } from "./hyphen-collision.rule.ts";

testRule(hyphenCollision, {
  valid: {
    "names apart": `  schema:
    fields:
      - { name: order-id, type: string }
      - { name: order_key, type: string }
`,
  },
  invalid: {
    "a hyphen and an underscore": {
      yaml: `  schema:
    fields:
      - { name: order-id, type: string }
      - { name: ⟦order_id⟧, type: string }
`,
      messages: ['The columns "order-id" and "order_id" have the same name in SQL.'],
      related: [7],
    },
    "upper and lower case": {
      yaml: `  schema:
    fields:
      - { name: Amount, type: string }
      - { name: ⟦amount⟧, type: string }
`,
      messages: ['The columns "Amount" and "amount" have the same name in SQL.'],
    },
    "two ports": {
      yaml: `  schema: { fields: [{ name: id, type: string }] }
  ports:
    - { name: per-day, schema: { fields: [{ name: day, type: date }] } }
    - { name: ⟦per_day⟧, schema: { fields: [{ name: day, type: date }] } }
`,
      messages: ['The ports "per-day" and "per_day" have the same name in SQL.'],
    },
  },
});
