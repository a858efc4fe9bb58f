import { describe, expect, it } from "vitest";
import { duckdbBinder } from "@meshwork/engine-duckdb";
import { describeType } from "@meshwork/sql";
import type { Column } from "@meshwork/sql";
import { describeModels } from "./index.ts";
import type { Descriptions, LoadOptions, UpstreamRelation } from "./index.ts";
import { memoryProject } from "./testdata/memory-project.ts";

const column = (name: string, type: Column["type"]): Column => ({ name, type, nullable: true });
const events: readonly Column[] = [
  column("order_id", { kind: "string" }),
  column("amount", { kind: "decimal", precision: 10, scale: 2 }),
];
const mesh: Partial<LoadOptions> = {
  productOf: () => "growth.kpis",
  resolvePort: ({ domain, port }) =>
    domain === "orders" && port === "order_events"
      ? {
          relation: { schema: "orders", name: "order_events_v2" },
          product: "orders.order-events",
          location: "read_parquet('/nowhere/*.parquet')",
        }
      : { error: { unknown: "port", candidates: [] } },
};

async function bind(
  files: Readonly<Record<string, string>>,
  columnsOf: (u: UpstreamRelation) => readonly Column[] | undefined = (u) => (u.kind === "port" ? events : undefined),
): Promise<Descriptions> {
  const binder = duckdbBinder({});
  try {
    const project = memoryProject(files, mesh);
    const tests = [...project.nodes.values()].filter((n) => n.resourceType === "test");
    return await describeModels(project, binder, { columnsOf, tests, unitTests: [...project.unitTests.values()] });
  } finally {
    await binder.close();
  }
}
const columns = (d: Descriptions, name: string): unknown =>
  d.models
    .get(`model.shop.${name}`)
    ?.columns.map((c) => [c.name, describeType(c.type), c.origins?.map((o) => `${o.kind} ${o.upstream}.${o.column}`)]);

describe("models described without data", () => {
  it("columns, types and origins go through ports, models, ephemeral models and seeds", async () => {
    const found = await bind({
      "seeds/rates.csv": "currency,rate\nEUR,1.0\n",
      "models/stg.sql": "select order_id, amount from {{ ref('orders', 'order_events') }}",
      "models/eph.sql": "{{ config(materialized='ephemeral') }}select order_id as id, amount from {{ ref('stg') }}",
      "models/fct.sql":
        "select id, sum(amount * rate) as total, 1 as one from {{ ref('eph') }} cross join {{ ref('rates') }} group by id",
    });
    expect(found.diagnostics).toEqual([]);
    expect(columns(found, "stg")).toEqual([
      ["order_id", "string", ["identity port:orders.order-events.order_events.order_id"]],
      ["amount", "decimal(10,2)", ["identity port:orders.order-events.order_events.amount"]],
    ]);
    expect(columns(found, "fct")).toEqual([
      ["id", "string", ["identity model.shop.stg.order_id"]],
      [
        "total",
        expect.any(String),
        expect.arrayContaining(["aggregation model.shop.stg.amount", "aggregation seed.shop.rates.rate"]),
      ],
      ["one", expect.any(String), []],
    ]);
  });

  it("an error is at the author's line, what reads the model says nothing more", async () => {
    const found = await bind({
      "models/a.sql": "select order_id,\n  amuont\nfrom {{ ref('orders', 'order_events') }}",
      "models/b.sql": "select * from {{ ref('a') }}",
      "models/c.sql": "select count(*) as n from {{ ref('orders', 'order_events') }}",
    });
    expect(
      found.diagnostics.map((d) => [d.code, d.message, d.span?.file, d.span?.line, d.span?.column, d.product]),
    ).toEqual([
      ["sql/query-failed", expect.stringContaining('Did you mean "amount"?'), "models/a.sql", 2, 3, "growth.kpis"],
    ]);
    expect(found.unknown).toEqual(["model.shop.b"]);
    expect([...found.models.keys()]).toEqual(["model.shop.c"]);
  });

  it("SQL that depends on data is unknown, and no error", async () => {
    const found = await bind({
      "models/a.sql": "select {{ run_query('select 1').rows[0][0] if execute else 0 }} as n",
    });
    expect(found.unknown).toEqual(["model.shop.a"]);
    expect(found.diagnostics).toEqual([]);
  });

  it("what is not known is said to be unknown, never guessed at", async () => {
    const files = {
      "models/s.yml": "sources: [{name: raw, tables: [{name: hits}]}]",
      "models/a.sql": "select x from {{ source('raw', 'hits') }}",
      "models/b.sql": "select from where",
    };
    const found = await bind(files);
    expect(found.unknown).toEqual(["model.shop.a"]);
    expect(found.diagnostics.map((d) => d.span?.file)).toEqual(["models/b.sql"]);
  });

  it("takes the types that a source's properties give", async () => {
    const typed =
      "sources: [{name: raw, tables: [{name: hits, columns: [{name: seen, data_type: timestamp}, {name: n, data_type: bigint}]}]}]";
    const found = await bind({
      "models/s.yml": typed,
      "models/a.sql": "select seen::date as day, n from {{ source('raw', 'hits') }}",
    });
    expect(found.diagnostics).toEqual([]);
    expect(columns(found, "a")).toEqual([
      ["day", "date", ["transformation source.shop.raw.hits.seen"]],
      ["n", "long", ["identity source.shop.raw.hits.n"]],
    ]);
  });

  it("two columns of one name are found before the table is", async () => {
    const found = await bind({ "models/a.sql": "select 1 as n, 2 as N" });
    expect(found.diagnostics.map((d) => d.message)).toEqual([expect.stringContaining("two columns named")]);
  });

  it("all missing columns of all models in one run, each in its place", async () => {
    const found = await bind({
      "models/a.sql": [
        "with x as (",
        "  select ordr_id, e.amuont as total",
        "  from {{ ref('orders', 'order_events') }} e",
        "  where amuont > 0",
        "  group by ordr_id,",
        "    e.amuont",
        ")",
        "select ordr_id, total from x",
      ].join("\n"),
      // What reads a model with missing columns is bound all the same; complaints of types are left out.
      "models/b.sql": "select a.ordr_id, a.total as t,\n  a.totl from {{ ref('a') }} a",
      "models/c.sql": "select abs(ordr_id) as n from {{ ref('a') }}",
    });
    expect(found.diagnostics.map((d) => `${d.span?.file}:${d.span?.line}:${d.span?.column}`).sort()).toEqual([
      "models/a.sql:2:10",
      "models/a.sql:2:19",
      "models/a.sql:4:9",
      "models/a.sql:5:12",
      "models/a.sql:6:5",
      "models/b.sql:2:3",
    ]);
    expect([...found.models.keys()]).toEqual([]);
  });

  it("tests and unit tests that name a missing column", async () => {
    const found = await bind({
      "models/a.sql": "select order_id, amount from {{ ref('orders', 'order_events') }}",
      "models/s.yml": [
        "models:",
        "  - name: a",
        "    columns:",
        "      - name: order_id",
        "        data_tests: [unique, not_null]",
        "      - name: amuont",
        "        data_tests: [not_null]",
        "unit_tests:",
        "  - name: passes_on",
        "    model: a",
        "    given: []",
        "    expect: { rows: [{ order_id: x, amout: 1 }] }",
      ].join("\n"),
      "tests/positive.sql": "select * from {{ ref('a') }}\nwhere amont < 0",
    });
    expect(found.diagnostics.map((d) => [`${d.span?.file}:${d.span?.line}`, d.message]).sort()).toEqual([
      ["models/s.yml:7", expect.stringMatching(/amuont.*"amount"/)],
      ["models/s.yml:9", expect.stringMatching(/passes_on.*amout.*"amount"/)],
      ["tests/positive.sql:2", expect.stringMatching(/amont.*"amount"/)],
    ]);
    expect(found.models.size).toBe(1);
  });
});
