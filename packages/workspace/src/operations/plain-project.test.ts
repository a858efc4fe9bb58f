import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { buildNodes, compile, ls, parse, run, seed, snapshot, test } from "../index.ts";

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

const profile = (more = "", path = "shop.duckdb"): string =>
  `shop:\n  target: dev\n  outputs:\n    dev: { type: duckdb, path: "${path}", threads: 2${more} }\n    other: { type: duckdb, path: other.duckdb, schema: elsewhere }\n`;

function project(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "meshwork-plain-"));
  roots.push(root);
  const all = { "dbt_project.yml": "name: shop\nprofile: shop\n", "profiles.yml": profile(), ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const shop = {
  "seeds/raw.csv": "id,amount\n1,10\n2,20\n",
  "models/orders.sql": "{{ config(materialized='table') }}select id, amount from {{ ref('raw') }}",
  "models/big.sql": "select * from {{ ref('orders') }} where amount > 15",
  "models/schema.yml": "models:\n  - name: orders\n    columns: [{ name: id, data_tests: [unique, not_null] }]\n",
  "snapshots/kept.yml":
    "snapshots:\n  - name: kept\n    relation: ref('orders')\n    config: { unique_key: id, strategy: check, check_cols: all }\n",
};

const statuses = (done: { results: readonly { id: string; status: string }[] }): Record<string, string> =>
  Object.fromEntries(done.results.map((r) => [r.id.split(".").slice(0, 3).join("."), r.status]));

describe("a dbt project outside any mesh", () => {
  it("is built as its profile says, with dbt's artifacts", async () => {
    const cwd = project(shop);
    const done = await buildNodes({ cwd, env: {} });
    expect(done.problem).toBeUndefined();
    expect(done.exitCode).toBe(0);
    expect(statuses(done)).toEqual({
      "seed.shop.raw": "success",
      "model.shop.orders": "success",
      "model.shop.big": "success",
      "snapshot.shop.kept": "success",
      "test.shop.unique_orders_id": "pass",
      "test.shop.not_null_orders_id": "pass",
    });
    expect(existsSync(join(cwd, "shop.duckdb"))).toBe(true);
    const artifact = (name: string) => JSON.parse(readFileSync(join(cwd, "target", name), "utf8")) as { nodes: object };
    expect(Object.keys(artifact("manifest.json").nodes)).toContain("model.shop.big");
    expect(artifact("run_results.json")).toMatchObject({ args: { which: "build" } });
    expect(readFileSync(join(cwd, "target/compiled/shop/models/big.sql"), "utf8")).toContain('"main"."orders"');
  });

  it("a template that raises fails its own node, and nothing where it is not run", async () => {
    const raising = "{{ exceptions.raise_compiler_error('no such adapter') if execute }}select 1 as id";
    const cwd = project({
      ...shop,
      "models/raising.sql": raising,
      "models/above.sql": "select * from {{ ref('raising') }}",
    });
    const other = await buildNodes({ cwd, env: {}, select: ["+big"] });
    expect([other.exitCode, other.diagnostics]).toEqual([0, []]);
    const done = await buildNodes({ cwd, env: {} });
    expect(done.exitCode).toBe(1);
    expect(done.diagnostics.map((d) => [d.code, d.span?.file])).toEqual([
      ["sql/template-failed", "models/raising.sql"],
    ]);
    expect(statuses(done)).toMatchObject({
      "model.shop.raising": "error",
      "model.shop.above": "skipped",
      "model.shop.big": "success",
    });
  });

  it("does the verbs one by one, from any folder, into any target", async () => {
    const root = project(shop);
    const options = {
      cwd: tmpdir(),
      projectDir: root,
      profilesDir: root,
      env: {},
      target: "other",
      targetPath: join(root, "out"),
    };
    expect(statuses(await seed(options))).toEqual({ "seed.shop.raw": "success" });
    expect(statuses(await run(options))).toEqual({ "model.shop.orders": "success", "model.shop.big": "success" });
    expect(statuses(await snapshot(options))).toEqual({ "snapshot.shop.kept": "success" });
    expect((await test({ ...options, select: ["orders"] })).summary).toMatchObject({ passed: 2, failed: 0 });
    expect((await ls({ ...options, resourceTypes: ["model"], form: "name" })).results).toEqual(["big", "orders"]);
    const compiled = await compile({ ...options, select: ["big"], resourceTypes: ["model"] });
    expect(compiled.results.map((r) => r.sql)).toEqual([
      'select * from "other"."elsewhere"."orders" where amount > 15',
    ]);
    expect((await parse(options)).exitCode).toBe(0);
    expect(existsSync(join(root, "out/manifest.json"))).toBe(true);
    expect(existsSync(join(root, "target"))).toBe(false);
  });

  it("takes settings, attached databases and an in-memory path from the profile", async () => {
    const attach = ", settings: { default_null_order: nulls_first }, attach: [{ path: side.duckdb, alias: side }]";
    const cwd = project({
      "profiles.yml": profile(attach, ":memory:"),
      "models/a.sql":
        "{{ config(materialized='table', database='side') }}select current_setting('default_null_order') as o",
      "tests/set.sql": "select * from {{ ref('a') }} where o not ilike '%first%'",
    });
    const done = await buildNodes({ cwd, env: {} });
    expect(done.diagnostics).toEqual([]);
    expect(statuses(done)).toEqual({ "model.shop.a": "success", "test.shop.set": "pass" });
    expect(existsSync(join(cwd, "side.duckdb"))).toBe(true);
  });

  it.each([
    ["no profile of that name", { profile: "shp" }, /profiles\.yml.*Did you mean|did you mean/i],
    ["no target of that name", { target: "prod" }, /one of dev, other/],
    ["no such project", { projectDir: "nowhere" }, /No dbt project in nowhere/],
    ["words that are no flags", { products: ["orders"] }, /--select orders/],
  ])("says why it does nothing: %s", async (_, flags, message) => {
    const cwd = project(shop);
    const done = await buildNodes({ cwd, env: {}, ...flags });
    expect(done).toMatchObject({ exitCode: 2, results: [] });
    expect(done.problem).toMatch(message);
  });

  it("names the engines that there are", async () => {
    const cwd = project({ "profiles.yml": profile().replaceAll("type: duckdb", "type: teradata") });
    expect((await buildNodes({ cwd, env: {} })).problem).toMatch(/type teradata.*\nKnown: .*duckdb/);
  });

  it("never prints a secret that the engine refuses", async () => {
    const secrets = ", secrets: [{ type: s3, nonsense: hunter2 }]";
    const done = await buildNodes({ cwd: project({ ...shop, "profiles.yml": profile(secrets) }), env: {} });
    expect(done.exitCode).toBe(3);
    expect(JSON.stringify(done)).not.toContain("hunter2");
  });

  it("stops after the first failure where it is asked to", async () => {
    const cwd = project({
      "models/a.sql": "select nope",
      "models/b.sql": "select 1 as n",
      "profiles.yml": profile().replaceAll("threads: 2", "threads: 1"),
    });
    const done = await run({ cwd, env: {}, failFast: true });
    expect(statuses(done)).toEqual({ "model.shop.a": "error", "model.shop.b": "skipped" });
    expect(statuses(await run({ cwd, env: {} }))).toEqual({ "model.shop.a": "error", "model.shop.b": "success" });
  });
});
