import type { Contract } from "@meshwork/contract";
import type { LogicalType } from "@meshwork/sql";
import { array, column, contract, decimal, int, long, port, struct, text, timestamp } from "./contracts.ts";

const day = { text: "30d", seconds: 30 * 86_400 };
const vector: LogicalType = {
  kind: "array",
  element: { name: "element", type: { kind: "float", bits: 32 }, nullable: false },
  length: 3,
};

/** A contract that says everything a contract can say of a column, a port and a product, once at least. */
export const everyFeature: Contract = contract({
  title: "Every feature",
  description: "One of each.",
  tags: ["all"],
  documentationUrl: "https://docs.acme.example/all",
  owner: "team@acme.example",
  ownership: { technicalOwner: "tech@acme.example" },
  useCases: ["tests"],
  limitations: "None.",
  sensitivity: "confidential",
  retention: { period: day, by: "at" },
  sla: { freshness: { text: "15m", seconds: 900 }, availability: { text: "99.9%", value: 0.999 } },
  inputs: [
    {
      name: "raw",
      from: { text: "raw.events", domain: "raw", product: "events" },
      columns: [],
      at: ["spec", "inputs", 0],
    },
  ],
  storage: { format: "iceberg", partitionBy: ["day(at)"] },
  lineage: { upstream: [{ text: "raw.events", domain: "raw", product: "events" }], downstream: [] },
  access: { roles: ["analyst"], policies: [], purposes: ["reporting"] },
  deprecation: { since: "2.0.0", until: "2030-01-01" },
  extensions: { "x-cost": 1 },
  ports: [
    port(
      "order_events",
      [
        column("order_id", text, {
          nullable: false,
          title: "Order",
          description: "Key of the order",
          examples: ["o-1"],
          tags: ["key"],
          extensions: { "x-a": 1 },
          constraints: { primaryKey: true, maxLength: 36, minLength: 1 },
        }),
        column("email", text, {
          pii: true,
          masking: "hash",
          classification: "restricted",
          constraints: { unique: true, format: "email", pattern: "^[^@]+@[^@]+$" },
        }),
        column("customer_id", { kind: "uuid" }, { constraints: { references: "identity.customers.customer_id" } }),
        column("status", text, { nullable: false, constraints: { enum: ["placed", "it's paid"] } }),
        column("amount", decimal(10, 2), { constraints: { min: 0, exclusiveMax: "1e6" } }),
        column("at", timestamp, { nullable: false, constraints: { timezone: "UTC", min: "2020-01-01T00:00:00Z" } }),
        column("lines", array(struct({ name: "sku", type: text, nullable: false }, { name: "quantity", type: int })), {
          fields: [
            column("sku", text, { nullable: false, constraints: { pattern: "^[A-Z]+$" } }),
            column("quantity", int, { description: "How many", constraints: { min: 1 } }),
          ],
        }),
        column("labels", {
          kind: "map",
          key: text,
          value: { name: "value", type: text, nullable: true },
        }),
        column("vector", vector, {
          typeName: "embedding",
          embedding: {
            dimensions: 3,
            element: "float32",
            model: "all-minilm-l6-v2",
            modelVersion: "1",
            metric: "cosine",
            normalized: true,
            modality: "text",
          },
        }),
        column("photo", text, {
          typeName: "media",
          media: {
            types: ["image/png", "image/jpeg"],
            base: "s3://shop-photos/",
            schemes: ["s3"],
            checksum: { algorithm: "sha256", column: "photo_sha256" },
            maxBytes: 10_000_000,
          },
        }),
        column("photo_sha256", text),
        column("old_state", text, { deprecated: { since: "2.0.0", until: "2030-01-01", replacedBy: "status" } }),
      ],
      {
        title: "Events",
        description: "One row per change.",
        sla: { freshness: { text: "10m", seconds: 600 } },
        checks: [
          {
            name: "enough_rows",
            assertion: "row_count",
            arguments: { min: 10 },
            severity: "warning",
            at: ["spec", "quality", "checks", 0],
          },
        ],
      },
    ),
    port("daily_orders", [column("day", { kind: "date" }, { nullable: false, constraints: { primaryKey: true } }), column("orders", long)], {
      default: false,
    }),
  ],
});

/** All kinds of types there are, for the tables of types. */
export const everyType: Contract = contract({
  ports: [
    port("t", [
      column("flag", { kind: "boolean" }),
      ...([8, 16, 32, 64, 128] as const).flatMap((bits) =>
        [true, false].map((signed) => column(`${signed ? "i" : "u"}${bits}`, { kind: "integer", bits, signed })),
      ),
      column("f32", { kind: "float", bits: 32 }),
      column("f64", { kind: "float", bits: 64 }),
      column("d", decimal(38, 9)),
      column("s", { kind: "string", maxLength: 10 }),
      column("b", { kind: "binary" }),
      column("day", { kind: "date" }),
      column("id", { kind: "uuid" }),
      column("doc", { kind: "json" }),
      column("span", { kind: "interval" }),
      column("clock", { kind: "time", precision: 6, zoned: false }),
      column("clock_tz", { kind: "time", precision: 6, zoned: true }),
      ...([0, 3, 6, 9] as const).flatMap((precision) =>
        [true, false].map((zoned) => column(`ts${precision}${zoned ? "_tz" : ""}`, { kind: "timestamp", precision, zoned })),
      ),
      column("list", array(int, false)),
      column("matrix", array(array(decimal(4, 1)))),
      column("vec", vector),
      column("counts", { kind: "map", key: text, value: { name: "value", type: long, nullable: false } }),
      column("by_number", { kind: "map", key: int, value: { name: "value", type: struct({ name: "x", type: int }), nullable: true } }),
      column("nested", struct({ name: "a", type: struct({ name: "a", type: text, nullable: false }) }, { name: "l", type: array(struct({ name: "a", type: int })) })),
      column("shape", { kind: "opaque", engine: "sqlserver", name: "geometry" }),
    ]),
  ],
});

const evil = [
  `"; drop table x; --`,
  "'); drop table x; --",
  "\\'); drop table x; --",
  "ends with \\",
  "a\nb\r\nc",
  "*/ } ]]> </script><script>alert(1)</script>",
  "`x` ${y} {{ z }} {% w %}",
  "日本語 ünïcode 😀",
  "\u2028\u0000\u0007",
  "__proto__",
  "constructor",
  "class",
  "select",
  "2x",
  "a.b\\c",
  "\"\"\" '''",
  "#[x]: - y | z > w & v * u ! t % s @ r",
];

/** Names, texts and values that would end a string, a comment, a block or a template. */
export const hostile: Contract = contract({
  product: evil[0]!,
  description: evil.join("\n"),
  ports: [
    port(
      "hostile",
      evil.map((name) =>
        column(name, text, {
          title: name,
          description: evil.join(" "),
          // A pattern of these is not one everywhere; the values are what could break out.
          constraints: { enum: evil.filter((value) => !value.includes("\0")) },
        }),
      ),
      { description: evil.join("\n") },
    ),
    port("deep", [column(evil[5]!, struct(...evil.map((name) => ({ name, type: array(text) }))), { nullable: false })], {
      default: false,
    }),
  ],
});
