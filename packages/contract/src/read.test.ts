import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lintContract, readAnyDocument, readContract, readDomain } from "./index.ts";

const testdata = (file: string) => readFileSync(new URL(`testdata/${file}`, import.meta.url), "utf8");
const today = "2026-11-21";

describe("the source documents are accepted as they stand", () => {
  it("the contract, with the warnings that it deserves", () => {
    const read = readContract({ file: "c.yaml", text: testdata("source-documents/data-product-contract.yaml") });
    expect(read.diagnostics).toEqual([]);
    const found = lintContract(read, { today }).filter((d) => d.severity !== "info");
    expect(found.map((d) => `${d.severity} ${d.code} ${d.span!.line}:${d.span!.column}`)).toEqual([
      "warning contract/date-in-the-past 31:54",
      "warning contract/redundant-check 28:20",
    ]);
    expect(read.value).toMatchObject({
      id: "orders.order-events",
      name: "orders-domain.order_events",
      domain: "orders",
      product: "order-events",
      sla: { freshness: { text: "15m", seconds: 900 }, availability: { text: "99.9%", value: 0.999 } },
      lineage: {
        upstream: [{ domain: "raw", product: "kafka", port: "order_events" }],
        downstream: [{ product: "order-facts" }, { domain: "billing" }],
      },
      access: { roles: ["analyst", "data-scientist"], policies: ["PII-RED-ACT"] },
    });
    const [port] = read.value!.ports;
    expect(port).toMatchObject({ name: "order_events", default: true, schemaType: "avro" });
    expect(
      port!.columns.map(({ name, type, nullable, pii, masking }) => [name, type.kind, nullable, pii, masking]),
    ).toEqual([
      ["order_id", "string", false, false, undefined],
      ["event_ts", "timestamp", false, false, undefined],
      ["customer_id", "string", true, true, "hash"],
    ]);
    expect(port!.columns[1]!.type).toEqual({ kind: "timestamp", precision: 6, zoned: true });
    expect(port!.checks).toMatchObject([
      { name: "not_null.order_id", assertion: "expect_column_values_to_not_be_null", threshold: 0.99, arguments: {} },
      { name: "range.event_ts", arguments: { min_value: "2023-01-01", max_value: "2025-12-31" } },
    ]);
  });

  it("the request for infrastructure", () => {
    const read = readAnyDocument({ file: "i.yaml", text: testdata("source-documents/infrastructure.yaml") });
    expect(read.diagnostics).toEqual([]);
    expect(read.value).toMatchObject({
      kind: "DataProductInfrastructure",
      name: "marketing-campaign-data",
      namespace: "marketing",
      storage: { format: "delta-lake", retention: { seconds: 7_776_000 } },
      processing: { engine: "spark", version: "3.4", autoScaling: true, minWorkers: 2, maxWorkers: 20 },
      orchestration: { schedule: "0 */6 * * *", timeout: { seconds: 14_400 } },
      quality: {
        checks: [
          { name: "row_count", operator: ">", value: 1000, unit: "number" },
          { name: "null_percentage", column: "customer_id", operator: "<", value: 0.01, unit: "share" },
          { name: "freshness", operator: "<", value: 86_400, unit: "seconds" },
        ],
      },
      security: { accessControl: "rbac", encryptionAtRest: true, auditLogging: true },
    });
  });

  it("the product's record", () => {
    const read = readAnyDocument({ file: "m.json", text: testdata("source-documents/product-metadata.json") });
    expect(read.diagnostics).toEqual([]);
    expect(read.value).toMatchObject({
      kind: "ProductRecord",
      id: "dp.customer.360",
      ownerTeam: "customer-domain-team",
      sla: { freshness: { seconds: 900 }, availability: { value: 0.9995 } },
      qualityMetrics: { completeness: 0.98, freshness: 0.99, accuracy: 0.995 },
      currentVersion: "2.1.0",
      sensitivity: "confidential",
      retention: { seconds: 730 * 86_400 },
    });
  });
});

it("reads every key of the example's contract", () => {
  const read = readContract({
    file: "c.yaml",
    text: testdata("example-mesh/domains/orders/order-events/data-product-contract.yaml"),
  });
  expect(read.diagnostics).toEqual([]);
  const { value } = read;
  expect(value).toMatchObject({
    id: "0193f7c2-5d0e-7c41-9f5c-2b7f6a1d9e10",
    title: "Order events",
    previousVersions: ["2.0.0", "1.9.0"],
    owner: "team-orders@acme.example",
    ownership: {
      technicalOwner: "team-orders-platform@acme.example",
      onCallRotation: "orders-primary",
      communicationChannel: "#orders-data",
    },
    useCases: ["revenue reporting", "delivery forecasting"],
    sensitivity: "confidential",
    retention: { period: { seconds: 730 * 86_400 }, by: "event_ts" },
    inputs: [
      {
        name: "raw_orders",
        from: { text: "raw.kafka.order_events" },
        freshness: { seconds: 600 },
        columns: [{ nullable: false }, { type: { zoned: true } }],
      },
      { name: "catalog", from: { domain: "content", product: "page-catalog", major: 1 }, columns: [] },
    ],
    storage: { format: "iceberg", partitionBy: ["day(event_ts)"] },
    access: { purposes: ["reporting", "fraud-prevention"], rowFilter: expect.stringContaining("subject.role") },
  });
  const [events, daily] = value!.ports;
  const column = (name: string) => events!.columns.find((each) => each.name === name)!;
  expect(column("order_id")).toMatchObject({
    nullable: false,
    constraints: { primaryKey: true, maxLength: 36 },
    description: "Key of the order",
  });
  expect(column("customer_id")).toMatchObject({
    pii: true,
    masking: "hash",
    classification: "restricted",
    constraints: { references: "identity.identity-map.customer_id" },
  });
  expect(column("amount").type).toEqual({ kind: "decimal", precision: 10, scale: 2 });
  expect(column("lines")).toMatchObject({
    type: {
      kind: "array",
      element: { type: { kind: "struct", fields: [{ name: "sku" }, { name: "quantity", type: { bits: 32 } }] } },
    },
    fields: [{ constraints: { pattern: "^[A-Z0-9-]+$" } }, { constraints: { min: 1 } }],
  });
  expect(column("attributes").type).toMatchObject({ kind: "map", value: { type: { kind: "string" } } });
  expect(column("note_embedding")).toMatchObject({
    type: { kind: "array", length: 384, element: { type: { kind: "float", bits: 32 } } },
    embedding: { metric: "cosine", normalized: true },
  });
  expect(column("legacy_state").deprecated).toEqual({ since: "2.1.0", until: "2027-06-30", replacedBy: "status" });
  expect(
    events!.checks.map(({ name, assertion, severity, arguments: given }) => [name, assertion, severity, given]),
  ).toEqual([
    ["not_null.order_id", "expect_column_values_to_not_be_null", "error", {}],
    [
      "range.event_ts",
      "expect_column_values_to_be_between",
      "error",
      { min_value: "2023-01-01", max_value: "2030-12-31" },
    ],
    ["enough_rows", "row_count", "warning", { min: 1000 }],
    ["paid_has_amount", "sql", "error", { must_be: 0 }],
  ]);
  expect(daily).toMatchObject({
    name: "daily_orders",
    default: false,
    sla: { freshness: { seconds: 900 } },
    at: ["spec", "ports", 0],
  });
});

describe("all problems at once, each in its place", () => {
  it("marks exactly what is wrong", () => {
    const marked = `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: facts, domain: orders, version: ⟦2.1⟧, statuss: active }
spec:
  sla: { freshness: ⟦15⟧, availability: ⟦99.9⟧ }
  sensitivity: ⟦secret⟧
  schema:
    fields:
      - { name: a, type: ⟦strng⟧ }
      - { ⟦type⟧: string }
      - { name: ⟦5⟧, type: string, constraints: { primary_key: ⟦yes⟧, min_length: ⟦-1⟧ } }
      - ⟦just text⟧
  lineage: { upstream: [⟦x⟧] }
  deprecation: { sunset: ⟦2027-02-30⟧ }
`.replace("statuss", "⟦statuss⟧");
    const text = marked.replaceAll(/[⟦⟧]/g, "");
    const read = readContract({ file: "c.yaml", text });
    const lines = text.split("\n");
    const shown = read.diagnostics.map(({ code, span }) => [
      code,
      lines[span!.line - 1]!.slice(span!.column - 1, span!.endColumn - 1),
    ]);
    expect(shown).toEqual([
      ["contract/bad-version", "2.1"],
      ["contract/unknown-key", "statuss"],
      ["contract/bad-duration", "15"],
      ["contract/bad-share", "99.9"],
      ["contract/unknown-value", "secret"],
      ["contract/unknown-type", "strng"],
      ["contract/missing-key", "type"],
      ["contract/wrong-type", "5"],
      ["contract/wrong-type", "yes"],
      ["contract/out-of-range", "-1"],
      ["contract/wrong-type", "just text"],
      ["contract/bad-reference", "x"],
      ["contract/bad-date", "2027-02-30"],
    ]);
    expect(shown.map(([, piece]) => piece)).toEqual([...marked.matchAll(/⟦([^⟧]*)⟧/g)].map((m) => m[1]));
    expect(read.value!.ports[0]!.columns.map((c) => c.name)).toEqual(["a", "5"]);
    const fixes = read.diagnostics.flatMap((d) => d.fixes ?? []).map((f) => f.edits[0]!.text);
    expect(fixes).toEqual(["2.1.0", "status", '"99.9%"', "string", '"5"', "true"]);
  });

  it("says nothing by rule about what could not be read", () => {
    const text =
      "apiVersion: datamesh.io/v1\nkind: DataProduct\nmetadata: { name: facts, domain: orders, version: 1.0.0 }\nspec:\n  owner: [a, b]\n  sla: { freshness: soon }\n  schema: { fields: [{ name: a, type: string }] }\n";
    const codes = lintContract(readContract({ file: "f", text }), { today }).map((d) => d.code);
    expect(codes).toContain("contract/wrong-type");
    expect(codes).not.toContain("contract/owner-required");
  });

  it("works out places only when asked", () => {
    const read = readContract({ file: "f", text: "apiVersion: datamesh.io/v1\nkind: DataProduct\nnmae: 1\n" });
    for (const d of read.diagnostics) expect(Object.getOwnPropertyDescriptor(d, "span")?.get).toBeTypeOf("function");
  });
});

describe("which product it is", () => {
  const contract = (metadata: string, context = {}) =>
    readContract(
      {
        file: "f",
        text: `apiVersion: datamesh.io/v1\nkind: DataProduct\nmetadata: { version: 1.0.0, ${metadata} }\nspec: { schema: { fields: [{ name: a, type: string }] } }`,
      },
      context,
    );

  it.each([
    ["name: facts, domain: orders", {}, "orders", "facts", []],
    ["name: orders-domain.order_events", {}, "orders", "order-events", []],
    ["name: orders.order_events", {}, "orders", "order-events", []],
    ["name: orders-domain.facts, domain: orders", { domain: "orders", product: "facts" }, "orders", "facts", []],
    ["name: facts-domain.facts", { domain: "facts-domain" }, "facts-domain", "facts", []],
    ["name: facts", { domain: "orders", product: "facts" }, "orders", "facts", []],
    [
      "name: facts, domain: orders",
      { domain: "billing", product: "facts" },
      "billing",
      "facts",
      ["contract/name-mismatch"],
    ],
    [
      "name: facts, domain: orders",
      { domain: "orders", product: "refunds" },
      "orders",
      "refunds",
      ["contract/name-mismatch"],
    ],
    ["name: billing.facts, domain: orders", {}, "orders", "facts", ["contract/name-mismatch"]],
    ["name: facts", {}, "unknown", "facts", ["contract/missing-key"]],
    ["name: a.b.c, domain: orders", {}, "orders", "c", ["contract/bad-name"]],
    ['name: "../../x", domain: orders', {}, "orders", "x", ["contract/bad-name"]],
  ])("%s in %j", (metadata, context, domain, product, codes) => {
    const { value, diagnostics } = contract(metadata, context);
    expect([value!.domain, value!.product, diagnostics.map((d) => d.code)]).toEqual([domain, product, codes]);
    expect(value!.ports[0]!.name).toBe(product.replaceAll("-", "_"));
  });

  it("is none without any name", () => {
    const { value, diagnostics } = contract("domain: orders");
    expect([value, diagnostics.map((d) => d.code)]).toEqual([undefined, ["contract/missing-key"]]);
  });
});

describe("other documents in the file", () => {
  const product =
    "apiVersion: datamesh.io/v1\nkind: DataProduct\nmetadata: { name: a.b, version: 1.0.0 }\nspec: { schema: { fields: [{ name: a, type: string }] } }\n";
  const domain = "apiVersion: datamesh.io/v1\nkind: Domain\nmetadata: { name: a }\n";
  it("are refused, and the wanted one is read wherever it stands", () => {
    const { value, diagnostics, source } = readContract({ file: "f", text: `${domain}---\n${product}` });
    expect([value?.name, diagnostics.map((d) => d.code)]).toEqual(["a.b", ["contract/several-documents"]]);
    expect(source.spanOf(["metadata", "name"])?.line).toBe(7);
  });

  it("of another kind are named", () => {
    const { value, diagnostics } = readDomain({ file: "f", text: product });
    expect([value, diagnostics.map((d) => d.message)]).toEqual([
      undefined,
      ["This is a data product; a domain is expected here."],
    ]);
  });

  it.each([
    [
      "apiVersion: datamesh.io/v2\nkind: DataProduct\n",
      'No format with apiVersion "datamesh.io/v2" is read here. Did you mean "datamesh.io/v1"?',
    ],
    [
      "apiVersion: datamesh.io/v1\nkind: DataProdukt\n",
      'No format with kind "DataProdukt" is read here. Did you mean "DataProduct"?',
    ],
    ["kind: DataProduct\n", 'The file has no "apiVersion", so nothing says how to read it.'],
    ["apiVersion: datamesh.io/v1\n", 'The file has no "kind", so nothing says how to read it.'],
  ])("%j", (text, message) => {
    expect(readAnyDocument({ file: "f", text }).diagnostics.map((d) => d.message)).toEqual([message]);
  });
});
