import { describe, expect, it } from "vitest";
import { lintContract, lockText, readContract } from "../index.ts";
import { standardDocuments } from "../testdata/standard-documents.ts";

const errors = (text: string, file = "a.odcs.yaml") =>
  readContract({ file, text }).diagnostics.filter((d) => d.severity === "error");

const isOdcs = (text: string): boolean => /^kind: *"?DataContract/m.test(text);

describe("the standard's own examples", () => {
  const examples = standardDocuments("odcs");
  it.each(examples.map(({ file, text }) => [file, text]))("%s is read without an error", (file, text) => {
    const read = readContract({ file, text });
    expect(read.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
    expect(read.value?.kind).toBe("DataProduct");
  });
});

/** Fixtures of datacontract-cli that are no valid contracts: by ajv against the same schemas too. */
const INVALID = [
  "azure-blob-file--datacontract.yaml",
  "changelog--unit--changelog_unit_v1.yaml",
  "changelog--unit--changelog_unit_v2.yaml",
  "custom--export_model--datacontract.odcs.yaml",
  "dbt--export--datacontract.odcs.yaml",
  "lint--invalid.odcs.yaml",
  "lint--invalid_multiple_errors.odcs.yaml",
  "lint--invalid_multiple_schema_errors.odcs.yaml",
  "lint--odcs_with_extra_top_level.yaml",
  "mysql--odcs.yaml",
  "oracle--datacontract-oracle-odcs.yaml",
  "postgres--odcs.yaml",
  "postgres--odcs_case_sensitive.odcs.yaml",
  "postgres--servicelevels.odcs.yaml",
  "redshift--odcs.yaml",
  "schema-evolution--odcs-datacontract-cities-version-2.yaml",
  "snowflake--import--datacontract.yaml",
];

describe("the fixtures of datacontract-cli", () => {
  it("are refused where they break the schema of the standard, and nowhere else", () => {
    const fixtures = standardDocuments("datacontract-cli").filter(({ text }) => isOdcs(text));
    expect(fixtures.length).toBeGreaterThan(100);
    const refused = fixtures.filter(({ file, text }) => errors(text, file).length > 0);
    expect(refused.map(({ file }) => file.split("/")[1])).toEqual(INVALID);
    expect(fixtures.filter(({ file, text }) => readContract({ file, text }).value === undefined)).toEqual([]);
  });
});

const ORDERS = `apiVersion: v3.1.0
kind: DataContract
id: orders.order-events
name: order_events
version: 2.1.0
status: active
domain: orders
description:
  purpose: Every order.
team:
  members:
    - { username: orders@example.com, role: Product Owner }
roles:
  - { role: analyst, access: read }
slaProperties:
  - { property: latency, value: 4, unit: h }
  - { property: availability, value: 99.5, unit: percent }
  - { property: retention, value: 3, unit: y, element: order_events.event_ts }
schema:
  - name: order_events
    physicalType: table
    quality:
      - { metric: rowCount, mustBeGreaterThan: 99 }
    properties:
      - { name: order_id, logicalType: string, physicalType: varchar(36), primaryKey: true }
      - { name: event_ts, logicalType: timestamp, logicalTypeOptions: { timezone: true }, required: true, partitioned: true, partitionKeyPosition: 1 }
      - name: status
        logicalType: string
        classification: internal
        quality:
          - { type: library, metric: invalidValues, arguments: { validValues: [open, paid] }, mustBe: 0 }
          - { metric: nullValues, mustBeLessThan: 5, unit: percent, severity: warning }
      - name: lines
        logicalType: array
        items:
          logicalType: object
          properties:
            - { name: sku, logicalType: string, logicalTypeOptions: { minLength: 3 } }
            - { name: quantity, logicalType: integer, logicalTypeOptions: { format: i64, minimum: 1 } }
`;

const SAME = `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: order_events, domain: orders, version: 2.1.0, description: Every order. }
spec:
  owner: orders@example.com
  ownership: { product_owner: orders@example.com }
  sla: { freshness: 4h, availability: 99.5% }
  retention: { period: 3y, by: event_ts }
  storage: { partition_by: [event_ts] }
  access: { roles: [analyst] }
  schema:
    type: table
    fields:
      - { name: order_id, type: varchar(36), constraints: { primary_key: true } }
      - { name: event_ts, type: timestamp_tz, constraints: { null: false } }
      - { name: status, type: string, constraints: { classification: internal } }
      - name: lines
        type: array
        items:
          type: struct
          fields:
            - { name: sku, type: string, constraints: { min_length: 3 } }
            - { name: quantity, type: long, constraints: { min: 1 } }
  quality:
    checks:
      - { assertion: row_count, value: { min: 100 } }
      - { column: status, assertion: accepted_values, value: [paid, open] }
      - name: sql.status
        column: status
        severity: warning
        sql: SELECT 100.0 * coalesce(sum(CASE WHEN "status" IS NULL THEN 1 ELSE 0 END), 0) / greatest(count(*), 1) FROM {port}
        must_be_less_than: 5
`;

describe("one contract in two dialects", () => {
  it("gives equal locks", () => {
    const odcs = readContract({ file: "a.odcs.yaml", text: ORDERS });
    const ours = readContract({ file: "b.yaml", text: SAME });
    expect([...odcs.diagnostics, ...ours.diagnostics].filter((d) => d.severity !== "info")).toEqual([]);
    expect(lockText(odcs.value!)).toBe(lockText(ours.value!));
    expect(odcs.value!.dialect).toBe("odcs/3.1.0");
  });

  it("notices a promise that differs", () => {
    const changed = readContract({ file: "a.odcs.yaml", text: ORDERS.replace("value: 4", "value: 5") });
    expect(lockText(changed.value!)).not.toBe(lockText(readContract({ file: "b.yaml", text: SAME }).value!));
  });
});

/** `code line:column` of everything that lint finds. */
function found(text: string): string[] {
  const read = readContract({ file: "a.odcs.yaml", text });
  return lintContract(read, { today: "2026-11-21" }).map((d) => `${d.code} ${d.span?.line}:${d.span?.column}`);
}

/** `line:column` of a part of the text. */
function placeOf(text: string, part: string): string {
  const before = text.slice(0, text.indexOf(part)).split("\n");
  return `${before.length}:${before.at(-1)!.length + 1}`;
}

describe("what is wrong with a document", () => {
  const edited = (from: string, to: string): string => {
    expect(ORDERS).toContain(from);
    return ORDERS.replace(from, to);
  };

  it.each([
    ["a key that nobody knows", "physicalType: table", "phsicalType: table", "unknown-key", "phsicalType"],
    ["a type that the standard lacks", "logicalType: timestamp", "logicalType: datetime", "unknown-value", "datetime"],
    ["a wrong kind of value", "version: 2.1.0", "version: 2.1", "wrong-type", "2.1\n"],
    ["a missing key", "id: orders.order-events\n", "", "missing-key", "apiVersion"],
    ["an option of another type", "minLength: 3", "minimum: 3", "unknown-key", "minimum: 3"],
    ["two operators", "mustBeGreaterThan: 99", "mustBeGreaterThan: 99, mustBe: 3", "not-standard", "mustBe: 3"],
    ["a version that does not exist", "v3.1.0", "v3.1.7", "unknown-value", "v3.1.7"],
    ["a misspelt kind", "kind: DataContract", "kind: DataContact", "unknown-value", "DataContact"],
    ["no kind", "kind: DataContract\n", "", "missing-key", "apiVersion"],
    ["a deep slip", "format: i64", "format: i65", "unknown-value", "i65"],
  ])("%s is shown where it stands", (_, from, to, code, part) => {
    const text = edited(from, to);
    expect(found(text)).toContain(`contract/${code} ${placeOf(text, part)}`);
  });

  it.each([
    ["owner-email", "username: orders@example.com", "username: orders", "members"],
    ["contradictory-bounds", "minimum: 1", "minimum: 9, maximum: 1", "{ format: i64"],
    ["duplicate-column", "name: status", "name: order_id", "order_id\n"],
    ["bad-pattern", "minLength: 3", 'pattern: "["', '"["'],
  ])("the rule %s points into the document", (code, from, to, part) => {
    const text = edited(from, to);
    expect(found(text)).toContain(`contract/${code} ${placeOf(text, part)}`);
  });

  it("puts right what was put in quotes", () => {
    const text = edited("primaryKey: true", 'primaryKey: "true"');
    const [found] = readContract({ file: "a.odcs.yaml", text }).diagnostics.filter(
      ({ severity }) => severity === "error",
    );
    expect(found!.fixes).toMatchObject([{ safe: true, edits: [{ text: "true" }] }]);
  });

  it("survives values of any kind in any place", () => {
    const lines = ORDERS.split("\n");
    for (const [i, line] of lines.entries()) {
      for (const value of ["[1, { a: b }]", "{ a: [] }", "~", "12", '""', "true"]) {
        const text = lines.with(i, line.replace(/: .*$|:$/, `: ${value}`)).join("\n");
        expect(() => found(text)).not.toThrow();
      }
    }
  });
});
