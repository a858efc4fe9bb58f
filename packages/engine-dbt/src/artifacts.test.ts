import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCatalog, readLedger, readManifest, readRunResults, withResults } from "./index.ts";
import { artifactText, sampleCatalog, sampleManifest, sampleRun } from "./testdata/artifacts.ts";

describe("manifest.json", () => {
  test("is read alike from dbt Core and from Fusion", () => {
    const [core, fusion] = [sampleManifest("core"), sampleManifest("fusion")];
    expect(core.project).toBe("shop");
    expect([core.adapter, fusion.adapter]).toEqual(["duckdb", "duckdb"]);
    expect([...fusion.nodes.keys()]).toEqual([...core.nodes.keys()]);
    for (const [id, node] of core.nodes) {
      const other = fusion.nodes.get(id)!;
      expect(other.dependsOn.toSorted(), id).toEqual(node.dependsOn.toSorted());
      expect([other.materialized, other.group, other.alias], id).toEqual([node.materialized, node.group, node.alias]);
      expect(other.test?.name, id).toBe(node.test?.name);
      expect(other.test?.column, id).toBe(node.test?.column);
    }
    expect(core.exposures.map((e) => [e.name, e.owner, e.dependsOn])).toEqual([
      ["weekly_report", "board@acme.example", ["model.shop.revenue__daily"]],
    ]);
    expect(core.groups.get("finance")?.owner).toBe("finance@acme.example");
  });

  test.each([
    ["{", /not JSON/],
    ["[]", /no object/],
    ["{}", /no metadata/],
    ['{"metadata":{}}', /no nodes/],
    ['{"metadata":{"dbt_schema_version":"https://schemas.getdbt.com/dbt/manifest/v4.json"},"nodes":{}}', /version 4/],
  ])("%s is refused with the reason", (text, reason) => {
    expect(readManifest(text)).toMatchObject({ problem: expect.stringMatching(reason) as string });
  });

  test("takes any JSON without an exception, and never an object's prototype for a node", () => {
    const metadata = { dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json" };
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        for (const root of [a, { metadata, nodes: a, sources: b }, { metadata, nodes: { "model.x": a }, results: b }]) {
          const text = JSON.stringify(root);
          for (const read of [readManifest, readCatalog, readRunResults]) read(text);
          readLedger(text);
        }
      }),
    );
    const hostile = readManifest(
      '{"metadata":{},"nodes":{"__proto__":{"resource_type":"model","name":"x"},"constructor":{"resource_type":"model"}}}',
    );
    expect("value" in hostile && [...hostile.value.nodes.keys()]).toEqual(["__proto__", "constructor"]);
    expect(({} as { name?: string }).name).toBeUndefined();
  });

  test("keeps its answer when one field of a node is anything at all", () => {
    const root = JSON.parse(artifactText("core", "manifest")) as { nodes: Record<string, Record<string, unknown>> };
    const ids = Object.keys(root.nodes);
    const keys = Object.keys(root.nodes[ids[0]!]!);
    fc.assert(
      fc.property(fc.constantFrom(...ids), fc.constantFrom(...keys), fc.jsonValue(), (id, key, value) => {
        const changed = { ...root, nodes: { ...root.nodes, [id]: { ...root.nodes[id], [key]: value } } };
        expect("value" in readManifest(JSON.stringify(changed))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

test("catalog.json gives columns in the warehouse's order and words", () => {
  expect(sampleCatalog().relations.get("model.shop.revenue__daily")?.columns).toMatchObject([
    { name: "day", type: "DATE" },
    { name: "orders", type: "BIGINT" },
    { name: "revenue", type: "DECIMAL(38,2)" },
  ]);
});

describe("the ledger of results", () => {
  const run = sampleRun();
  const one = (id: string, status: string, at: string, command?: string) => ({
    invocationId: at,
    generatedAt: at,
    command,
    results: [{ id, status: status as "pass", ms: 1, completedAt: at }],
  });

  test("holds what Core and Fusion say of a run", () => {
    for (const dbt of ["core", "fusion"] as const) {
      const { nodes } = withResults({ version: 1, nodes: {} }, sampleRun(dbt));
      expect(nodes["model.shop.revenue__daily"]?.status).toBe("success");
      const test = Object.keys(nodes).find((id) => id.includes("unique_dim_users"))!;
      expect(nodes[test]).toMatchObject({ status: "pass" });
    }
  });

  test("keeps the newest of each node, in any order of arrival", () => {
    const [early, late] = [one("m", "error", "2026-01-01"), one("m", "success", "2026-01-02")];
    const forth = withResults(withResults({ version: 1, nodes: {} }, early), late);
    const back = withResults(withResults({ version: 1, nodes: {} }, late), early);
    expect(back).toEqual(forth);
    expect(forth.nodes["m"]?.status).toBe("success");
  });

  test("a skipped node is as it was", () => {
    const was = withResults({ version: 1, nodes: {} }, one("m", "success", "2026-01-01"));
    expect(withResults(was, one("m", "skipped", "2026-01-02"))).toEqual(was);
  });

  test("commands that build nothing say nothing", () => {
    expect(withResults({ version: 1, nodes: {} }, one("m", "success", "2026-01-01", "compile")).nodes).toEqual({});
    expect(withResults({ version: 1, nodes: {} }, one("m", "success", "2026-01-01", "run")).nodes).toHaveProperty("m");
  });

  test("is read back as it was written", () => {
    const ledger = withResults({ version: 1, nodes: {} }, run);
    expect(readLedger(JSON.stringify(ledger))).toEqual(ledger);
    expect(readLedger('{"version":2}').nodes).toEqual({});
  });
});
