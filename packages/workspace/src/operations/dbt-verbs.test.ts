import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { build, compile, ls, run, seed, test } from "../index.ts";
import { product, scratchMesh } from "../testdata/scratch-mesh.ts";

const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const files = {
  ...product(
    "crm.people",
    { fields: [id] },
    {
      stg_people: "select id from {{ ref('raw_people') }}",
      people:
        "{{ config(materialized='table', tags=['nightly']) }} select id::bigint as id from {{ ref('stg_people') }}",
    },
  ),
  "domains/crm/people/seeds/raw_people.csv": "id\n1\n2\n",
  "domains/crm/people/tests/no_negative.sql": "select id from {{ ref('people') }} where id < 0",
  "domains/crm/people/models/schema.yml":
    "version: 2\nmodels:\n  - name: people\n    columns: [{ name: id, data_tests: [unique] }]\n",
  ...product(
    "sales.leads",
    { upstream: "crm.people", fields: [id] },
    { leads: "select id from {{ ref('crm', 'people') }}" },
  ),
};

describe("ls", () => {
  const root = scratchMesh(files);
  it("lists products where dbt is not asked", async () => {
    expect((await ls({ root })).results).toEqual(["crm.people", "sales.leads"]);
  });
  it.each([
    [{ select: ["+people"], form: "name" }, ["people", "raw_people", "stg_people"]],
    [{ select: ["tag:nightly"], form: "name", resourceTypes: ["model"] }, ["people"]],
    [{ select: ["stg_people+"], exclude: ["people"], resourceTypes: ["model"], form: "name" }, ["stg_people"]],
    [{ projectDir: "domains/sales", form: "name" }, ["leads"]],
    [{ products: ["sales"], form: "name" }, ["leads"]],
  ] as const)("%j", async (flags, expected) => {
    const found = (await ls({ root, cwd: root, ...flags })).results;
    expect(expected.filter((name) => !found.includes(name))).toEqual([]);
    expect(
      found.filter((name) => !(expected as readonly string[]).includes(name) && !/unique|negative/.test(name)),
    ).toEqual([]);
  });
  it("refuses a folder that is no project", async () => {
    expect(await ls({ root, cwd: root, projectDir: "domains/nope" })).toMatchObject({ exitCode: 2 });
  });
});

it("compile writes the SQL and the manifest where dbt has them", async () => {
  const root = scratchMesh(files);
  const done = await compile({ root, cwd: root, projectDir: "domains/crm", select: ["people"] });
  expect(done.exitCode).toBe(0);
  const model = done.results.find((n) => n.id === "model.crm.people")!;
  expect(readFileSync(join(root, model.file), "utf8")).toBe(`${model.sql}\n`);
  expect(model.sql).toContain("stg_people");
  const manifest = JSON.parse(readFileSync(join(root, "domains/crm/target/manifest.json"), "utf8")) as {
    nodes: Record<string, unknown>;
  };
  expect(Object.keys(manifest.nodes)).toEqual(expect.arrayContaining(["model.crm.people", "seed.crm.raw_people"]));
  expect(existsSync(join(root, "domains/sales/target"))).toBe(false);
});

it("seed, run and test do their part in the private schema and leave ports alone", async () => {
  const root = scratchMesh(files);
  const crm = { root, cwd: root, projectDir: "domains/crm" };
  expect((await seed(crm)).results).toMatchObject([{ id: "seed.crm.raw_people", status: "success" }]);
  const ran = await run({ ...crm, select: ["stg_people"] });
  expect(ran.results.map((r) => [r.id, r.status])).toEqual([["model.crm.stg_people", "success"]]);
  expect((await run(crm)).summary).toMatchObject({ passed: 2, failed: 0 });
  const tested = await test(crm);
  expect(tested).toMatchObject({ exitCode: 0, summary: { resources: 2, passed: 2 } });
  expect(existsSync(join(root, ".mesh/lake/dev/crm/people_v1"))).toBe(false);
  const results = JSON.parse(readFileSync(join(root, "domains/crm/target/run_results.json"), "utf8")) as {
    results: { status: string }[];
  };
  expect(results.results.map((r) => r.status)).toEqual(["pass", "pass"]);
});

it("a test that finds rows fails the verb", async () => {
  const root = scratchMesh({
    ...files,
    "domains/crm/people/tests/no_negative.sql": "select id from {{ ref('people') }}",
  });
  const crm = { root, cwd: root, projectDir: "domains/crm" };
  await seed(crm);
  await run(crm);
  const done = await test({ ...crm, select: ["no_negative"] });
  expect(done).toMatchObject({ exitCode: 1, results: [{ status: "fail", failures: 2 }] });
  expect(done.diagnostics[0]?.span?.file).toBe("domains/crm/people/tests/no_negative.sql");
});

it("a build goes on from what run and seed left, and reads ports of other domains", async () => {
  const root = scratchMesh(files);
  const done = await build({ root });
  expect(done.results.map((r) => [r.product, r.status, r.tests])).toEqual([
    ["crm.people", "ok", { passed: 2, total: 2 }],
    ["sales.leads", "ok", { passed: 0, total: 0 }],
  ]);
  expect((await run({ root, cwd: root, projectDir: "domains/sales" })).summary).toMatchObject({ passed: 1 });
});
