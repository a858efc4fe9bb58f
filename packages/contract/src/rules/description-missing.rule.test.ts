import { testRule } from "../testdata/test-rule.ts";
import { descriptionMissing } from "./description-missing.rule.ts";

testRule(descriptionMissing, {
  valid: {
    "words for all": `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 1.0.0, description: Facts. }
spec:
  schema: { fields: [{ name: id, type: string, description: Key }] }
`,
  },
  invalid: {
    "nothing said": {
      yaml: `apiVersion: datamesh.io/v1
kind: DataProduct
⟦metadata⟧: { name: facts, domain: orders, version: 1.0.0 }
spec:
  schema:
    fields:
      - { name: id, type: string, description: Key }
      - { name: ⟦at⟧, type: date }
      - { name: b, type: date }
`,
      messages: [
        '"orders.facts" has no description.',
        '2 of 3 columns of port "facts" have no description: "at", "b".',
      ],
    },
    "many columns": {
      yaml: `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: 1.0.0, description: Facts. }
spec:
  schema:
    fields:
      - { name: ⟦c1⟧, type: date }
      - { name: c2, type: date }
      - { name: c3, type: date }
      - { name: c4, type: date }
      - { name: c5, type: date }
      - { name: c6, type: date }
      - { name: c7, type: date }
      - { name: c8, type: date }
`,
      messages: ['8 of 8 columns of port "facts" have no description: "c1", "c2", "c3", "c4", "c5" and 3 more.'],
    },
  },
});
