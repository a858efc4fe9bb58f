import { describe, expect, it } from "vitest";
import { build, doctor, lineage, status } from "../index.ts";
import { commitAll } from "../testdata/git.ts";
import { mesh, product, put, scratchMesh } from "../testdata/scratch-mesh.ts";

const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const files = {
  ...product(
    "crm.people",
    { fields: [id, "name: name, type: string"], upstream: "raw.people" },
    { people: "select 1::bigint as id, 'Ann' as name" },
  ),
  ...product(
    "sales.leads",
    { upstream: "crm.people", fields: [id, "name: greeting, type: string"] },
    { leads: "select id, 'Hi ' || name as greeting from {{ ref('crm', 'people') }}" },
  ),
  ...product(
    "sales.totals",
    { upstream: "sales.leads", fields: ["name: n, type: long"] },
    { totals: "select count(*) as n from {{ ref('sales', 'leads') }}" },
  ),
};
const built = new Date("2026-11-21T00:00:00Z");

describe("status", () => {
  const states = async (root: string, now = built) =>
    Object.fromEntries((await status({ root, now })).results.map((r) => [r.product, r.build]));

  it("tells what was never built, what is current, and what is stale downstream of an edit", async () => {
    const root = scratchMesh(files);
    expect(await states(root)).toEqual({ "crm.people": "none", "sales.leads": "none", "sales.totals": "none" });
    await build({ root, now: built });
    expect(await states(root)).toEqual({
      "crm.people": "current",
      "sales.leads": "current",
      "sales.totals": "current",
    });
    put(root, {
      "domains/sales/leads/models/leads.sql": "select id, name as greeting from {{ ref('crm', 'people') }}",
    });
    expect(await states(root)).toMatchObject({ "crm.people": "current", "sales.leads": "stale" });
    await build({ root, now: built, products: ["sales.leads"] });
    // Its own code is the same; what it read has moved on.
    expect(await states(root)).toMatchObject({ "sales.leads": "current", "sales.totals": "stale" });
  });

  it("holds the age of the data against the promise", async () => {
    const promised = files["domains/crm/people/data-product-contract.yaml"]!.replace(
      'availability: "99%"',
      'freshness: 1h, availability: "99%"',
    );
    const root = scratchMesh({ ...files, "domains/crm/people/data-product-contract.yaml": promised });
    await build({ root, now: built });
    const freshness = async (minutes: number) =>
      (await status({ root, now: new Date(built.getTime() + minutes * 60_000), products: ["crm.people"] })).results[0]!
        .freshness;
    expect(await freshness(60)).toEqual({ promised: 3600, age: 3600, ok: true });
    expect(await freshness(61)).toMatchObject({ age: 3660, ok: false });
  });

  it("counts checks and readers, and says when a contract has errors", async () => {
    const root = scratchMesh({ ...files, "domains/hr/rooms/data-product-contract.yaml": "metadata: [\n" });
    await build({ root, now: built });
    const { results } = await status({ root, now: built });
    expect(results.find((r) => r.product === "crm.people")).toMatchObject({
      contract: "ok",
      rows: 1,
      readers: 1,
      builtAt: built.toISOString(),
    });
    expect(results.find((r) => r.product === "crm.people")!.checks!.passed).toBeGreaterThan(0);
    expect(results.find((r) => r.product === "hr.rooms")).toMatchObject({
      contract: "errors",
      build: "unknown",
      rows: null,
      freshness: null,
    });
  });
});

describe("lineage", () => {
  const root = scratchMesh(files);
  const of = (name: string) => lineage({ root, name });

  it("tells what a product reads and who reads it, with distances and outside sources", async () => {
    expect((await of("sales.leads")).results).toMatchObject({
      upstream: [
        { name: "crm.people", depth: 1, external: false },
        { name: "raw.people", depth: 2, external: true },
      ],
      downstream: [{ name: "sales.totals", depth: 1 }],
    });
  });

  it("follows one column", async () => {
    const { results } = await of("sales.leads.greeting");
    expect(
      results!.columns.map((f) => `${f.from.product}.${f.from.column} -> ${f.to.product}.${f.to.column} ${f.kind}`),
    ).toEqual(["crm.people.name -> sales.leads.greeting transformation"]);
  });

  it.each([
    ["sales.lead", "Did you mean sales.leads?"],
    ["sales.leads.greting", "Did you mean greeting?"],
    ["sales", 'No product "sales"'],
  ])("%s is not there, and the nearest is named", async (name, problem) => {
    expect(await of(name)).toMatchObject({ exitCode: 2, problem: expect.stringContaining(problem) });
  });
});

describe("doctor", () => {
  const by = async (root: string, env = {}) =>
    new Map((await doctor({ root, env })).results.map((r) => [r.what, r] as const));

  it("finds nothing wrong with a mesh in a repository", async () => {
    const found = await by(commitAll(scratchMesh(files)));
    expect([...found.values()].filter((r) => r.status === "problem")).toEqual([]);
    expect(found.get("duckdb")!.detail).toMatch(/^v1\./);
    expect(found.get("workspace")!.detail).toBe("2 domains, 3 products");
    expect(found.get("git")!.status).toBe("ok");
  });

  it("names what is missing, with what to do", async () => {
    const spec = "  publish:\n    remote: { kind: meshwork, url: { env: CATALOG_URL } }\n";
    const root = scratchMesh({ "mesh.yaml": mesh(spec) });
    const found = await by(root);
    expect(found.get("publish remote")).toMatchObject({ status: "warning", detail: "CATALOG_URL is not set" });
    expect((await by(root, { CATALOG_URL: "http://127.0.0.1:1" })).has("publish remote")).toBe(false);
    expect(found.get("git")).toMatchObject({ status: "warning", help: expect.stringContaining("git init") });
  });

  it("a folder without a mesh is a problem", async () => {
    expect(await doctor({ root: "/", env: {} })).toMatchObject({ exitCode: 1 });
  });
});
