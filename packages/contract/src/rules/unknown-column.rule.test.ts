import { testRule } from "../testdata/test-rule.ts";
import { unknownColumn } from "./unknown-column.rule.ts";

testRule(unknownColumn, {
  valid: {
    "columns that are there": `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: id, assertion: not_null }
      - { assertion: unique, value: [id, at] }
      - { assertion: expect_column_pair_values_to_be_equal, value: { column_A: id, column_B: at } }
  retention: { period: 90d, by: at }
  storage: { partition_by: ["day(at)", "bucket(16, id)", id] }
`,
    "a field inside a column": `  schema:
    fields:
      - { name: lines, type: array, items: { type: struct, fields: [{ name: sku, type: string }] } }
  quality:
    checks:
      - { column: lines.sku, assertion: not_null }
`,
    "asking whether a column exists": `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: other, assertion: expect_column_to_exist }
`,
  },
  invalid: {
    "a near miss in a check, with a fix": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: ⟦amout⟧, assertion: not_null }
`,
      messages: ['Port "facts" has no column "amout".'],
      fixed: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { column: amount, assertion: not_null }
`,
      related: [9],
    },
    "names in arguments": {
      yaml: `  schema:
    fields:
      - { name: id, type: string }
      - { name: at, type: timestamp }
      - { name: amount, type: double }
  quality:
    checks:
      - { assertion: unique, value: [id, ⟦nothing⟧] }
      - { assertion: expect_compound_columns_to_be_unique, value: { column_list: [⟦zzz⟧, id] } }
`,
      messages: ['Port "facts" has no column "nothing".', 'Port "facts" has no column "zzz".'],
    },
    "retention and partition": {
      yaml: `  schema:
    fields:
      - { name: event_ts, type: timestamp }
  retention: { period: 90d, by: ⟦event_t⟧ }
  storage: { partition_by: [⟦"day(events_ts)"⟧] }
`,
      messages: ['Port "facts" has no column "event_t".', 'Port "facts" has no column "events_ts".'],
      fixed: `  schema:
    fields:
      - { name: event_ts, type: timestamp }
  retention: { period: 90d, by: event_ts }
  storage: { partition_by: ["day(event_ts)"] }
`,
    },
    "a replacement": {
      yaml: `  schema:
    fields:
      - { name: status, type: string }
      - { name: state, type: string, deprecated: { until: 2027-01-01, replaced_by: ⟦statuss⟧ } }
`,
      messages: ['Port "facts" has no column "statuss".'],
    },
  },
});
