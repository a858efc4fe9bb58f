import { describe, expect, it } from "vitest";
import { manifest, runNodes, runResults } from "./index.ts";
import { memoryProject, onDuckdb } from "./testdata/memory-project.ts";

const options = { generatedAt: new Date("2026-01-15T12:00:00Z"), invocationId: "run-1" };
const project = memoryProject(
  {
    "seeds/s.csv": "id\n1\n",
    "models/m.sql": "select * from {{ ref('s') }}, {{ source('raw', 'a') }}",
    "models/far.sql": "select * from {{ ref('orders', 'order_events') }}",
    "models/p.yml":
      "sources: [{name: raw, tables: [{name: a}]}]\nmodels: [{name: m, description: d, columns: [{name: id, tests: [unique]}]}]",
  },
  {
    resolvePort: () => ({
      relation: { schema: "orders", name: "order_events_v2" },
      product: "orders.order-events",
      version: "2",
    }),
  },
);
type Entry = Readonly<Record<string, unknown>>;
const made = manifest(project, options) as Readonly<Record<string, Readonly<Record<string, Entry>>>>;

describe("manifest.json", () => {
  it("names its schema and holds what dbt's tools read", () => {
    expect(made["metadata"]).toMatchObject({
      dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json",
      generated_at: "2026-01-15T12:00:00.000Z",
      adapter_type: "duckdb",
    });
    expect(made["nodes"]!["model.shop.m"]).toMatchObject({
      relation_name: '"shop_private"."m"',
      description: "d",
      depends_on: { nodes: ["seed.shop.s", "source.shop.raw.a"] },
      refs: [{ name: "s" }],
      sources: [["raw", "a"]],
      compiled_path: "target/compiled/shop/models/m.sql",
      checksum: { name: "sha256" },
    });
    expect(Object.values(made["nodes"]!).find((n) => n["resource_type"] === "test")).toMatchObject({
      test_metadata: { name: "unique" },
      column_name: "id",
      attached_node: "model.shop.m",
    });
  });

  it("every id of the maps exists, and the two maps are each other's mirror", () => {
    const ids = new Set([...Object.keys(made["nodes"]!), ...Object.keys(made["sources"]!)]);
    const parents = made["parent_map"] as unknown as Readonly<Record<string, string[]>>;
    const children = made["child_map"] as unknown as Readonly<Record<string, string[]>>;
    expect(new Set(Object.keys(parents))).toEqual(ids);
    const edges = (map: Readonly<Record<string, string[]>>, turn: boolean): string[] =>
      Object.entries(map)
        .flatMap(([a, list]) => list.map((b) => (turn ? `${b} ${a}` : `${a} ${b}`)))
        .sort();
    expect(edges(parents, false)).toEqual(edges(children, true));
    for (const list of Object.values(parents)) for (const id of list) expect(ids).toContain(id);
  });

  it("a port is the source that plain dbt sees", () => {
    expect(made["sources"]!["source.shop.orders.order_events_v2"]).toMatchObject({
      source_name: "orders",
      relation_name: '"orders"."order_events_v2"',
      meta: { product: "orders.order-events" },
    });
  });

  it("is the same text for the same project", () => {
    expect(JSON.stringify(manifest(project, options))).toBe(JSON.stringify(made));
  });
});

describe("run_results.json", () => {
  it("tells of every node", () =>
    onDuckdb(async (session) => {
      await session.query("create schema raw; create table raw.a as select 7 as x");
      const nodes = [...project.nodes.values()].filter((n) => n.name !== "far");
      const outcome = await runNodes(project, session, { nodes, now: () => options.generatedAt });
      const results = runResults(project, outcome, { ...options, elapsedMs: 1500, command: "build" }) as {
        results: Entry[];
        elapsed_time: number;
      };
      expect(results.elapsed_time).toBe(1.5);
      expect(results.results.map((r) => [r["unique_id"], r["status"], r["failures"]])).toEqual([
        ["seed.shop.s", "success", null],
        ["model.shop.m", "success", null],
        [expect.stringMatching(/^test\.shop\.unique_m_id\./), "pass", 0],
      ]);
      expect(results.results[1]).toMatchObject({
        relation_name: '"shop_private"."m"',
        compiled: true,
        timing: [{ name: "execute" }],
      });
    }));
});
