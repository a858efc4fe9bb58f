import { readContract } from "@meshwork/contract";
import type { ProductSnapshot } from "../snapshot.ts";

export const contractText = `apiVersion: datamesh.io/v1
kind: DataProduct
metadata:
  id: 0193f7c2-5d0e-7c41-9f5c-2b7f6a1d9e10
  name: orders.order-events
  domain: orders
  version: 2.1.0
  status: active
  description: One row per change of an order.
spec:
  owner: team-orders@acme.example
  ownership: { steward: steward@acme.example, communication_channel: "#orders" }
  sla: { freshness: 15m }
  schema:
    fields:
      - { name: order_id, type: string, description: Key of the order, constraints: { primary_key: true, null: false } }
      - { name: customer_id, type: string, constraints: { pii: true, masking: hash } }
      - { name: __proto__, type: string }
  quality:
    checks:
      - { column: order_id, assertion: not_null }
  lineage: { upstream: [raw.kafka.order_events] }
`;

export const runId = "0193f7c2-5d0e-4c41-9f5c-2b7f6a1d9e10";

/** A product as the workspace hands it over after a build. */
export function sampleSnapshot(change: Partial<ProductSnapshot> = {}, text: string = contractText): ProductSnapshot {
  const { value, diagnostics } = readContract({ file: "domains/orders/order-events/data-product-contract.yaml", text });
  if (value === undefined) throw new Error(diagnostics.map((d) => d.message).join("\n"));
  return {
    product: "orders.order-events",
    contract: value,
    contractText: text,
    file: "domains/orders/order-events/data-product-contract.yaml",
    environment: "dev",
    git: { commit: "3f2a9c1d5e7788990011aabbccddeeff00112233", branch: "main", repository: "git@git.acme.example:data/mesh.git" },
    ports: [
      {
        port: "order_events",
        relation: "orders.order_events_v2",
        location: "/lake/dev/orders/order_events_v2/current",
        format: "parquet",
        rows: 1204,
        bytes: 5000,
        snapshot: "s-0001",
        builtAt: "2026-11-21T02:50:00Z",
        columns: [
          { name: "order_id", type: "VARCHAR", nullable: false },
          { name: "customer_id", type: "VARCHAR" },
          { name: "__proto__", type: "VARCHAR" },
        ],
      },
    ],
    inputs: [
      { name: "raw.kafka.order_events", external: true, via: ["contract", "sql"], columns: [{ name: "order_id", type: "VARCHAR" }] },
      { name: "content.page-catalog", port: "page_catalog", relation: "content.page_catalog_v1", via: ["sql"] },
    ],
    columns: [
      { from: { name: "raw.kafka.order_events", column: "order_id" }, to: { port: "order_events", column: "order_id" }, type: "direct", subtype: "IDENTITY" },
      {
        from: { name: "raw.kafka.order_events", column: "customer_id" },
        to: { port: "order_events", column: "customer_id" },
        type: "direct",
        subtype: "TRANSFORMATION",
        masking: true,
      },
      { from: { name: "content.page-catalog", port: "page_catalog", column: "page" }, to: { port: "order_events", column: "__proto__" }, type: "indirect", subtype: "JOIN" },
    ],
    consumers: [{ name: "apps/dashboard", owner: "team-orders@acme.example", columns: ["order_id"] }],
    checks: [
      { port: "order_events", check: "not_null.order_id", assertion: "not_null", column: "order_id", status: "failed", severity: "error", actual: 3, expected: 0, failing: 3, rows: 1204 },
      { port: "order_events", check: "later", assertion: "freshness", status: "skipped", reason: "no data" },
    ],
    run: { runId, startedAt: "2026-11-21T02:49:00Z", endedAt: "2026-11-21T02:50:00Z", status: "completed" },
    compliance: [{ policy: "pii-masking", enforcement: "required", status: "met" }],
    models: [{ name: "order_events", sql: "select * from raw" }],
    engine: { name: "duckdb", version: "1.5.5" },
    typescript: { module: "@acme/orders/order-events", type: "OrderEvents", schema: "orderEventsSchema" },
    ...change,
  };
}
