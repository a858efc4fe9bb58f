import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { adopt, build, check, compat, lineage, lint, publish, status, typecheck } from "../index.ts";
import { adoptedEstate, artifact, estate } from "../testdata/estate.ts";

const now = new Date("2027-06-01T12:00:00Z");
const env = (more: Readonly<Record<string, string>> = {}) => ({ PATH: process.env["PATH"], ...more });
const results = (...entries: readonly object[]) => env({ STAND_IN_RESULTS: JSON.stringify(entries) });
const testId = (name: string) =>
  Object.keys(artifact("manifest")["nodes"] as object).find((id) => id.includes(`.${name}.`))!;
const everything = Object.keys(artifact("manifest")["nodes"] as object).map((id) => ({
  unique_id: id,
  status: id.startsWith("test.") ? "pass" : "success",
  failures: 0,
}));

function bytesBelow(folder: string): Record<string, string> {
  return Object.fromEntries(
    (readdirSync(folder, { recursive: true }) as string[])
      .filter((f) => statSync(join(folder, f)).isFile())
      .map((f) => [f, readFileSync(join(folder, f), "utf8")]),
  );
}

describe("mesh adopt", () => {
  test("writes nothing before a yes, and never to the dbt project", async () => {
    const root = estate();
    const before = bytesBelow(root);
    const proposed = await adopt({ cwd: root, path: "warehouse" });
    expect(bytesBelow(root)).toEqual(before);
    expect(proposed.results.products.map((p) => p.product)).toEqual(["shop.crm", "shop.finance", "shop.shop"]);
    const written = await adopt({ cwd: root, path: "warehouse", yes: true });
    expect(written.results.files).toEqual(proposed.results.files);
    const after = bytesBelow(root);
    for (const [file, text] of Object.entries(before)) expect(after[file], file).toBe(text);
    expect(
      Object.keys(after)
        .filter((f) => !(f in before) && !f.startsWith(".mesh"))
        .sort(),
    ).toEqual([...proposed.results.files].sort());
  });

  test("a second time adds what is new and keeps what was edited", async () => {
    const root = await adoptedEstate();
    const domain = join(root, "domains/shop/domain.yaml");
    writeFileSync(
      domain,
      readFileSync(domain, "utf8")
        .replace("      finance:", "      # money\n      finance:")
        .replace(/ {6}crm: .*\n/, ""),
    );
    rmSync(join(root, "domains/shop/crm"), { recursive: true });
    const contract = join(root, "domains/shop/finance/data-product-contract.yaml");
    writeFileSync(contract, `${readFileSync(contract, "utf8")}# ours now\n`);
    const again = await adopt({ cwd: root, path: "warehouse", yes: true });
    expect(again.results.products.map((p) => [p.product, p.change])).toEqual([
      ["shop.crm", "new"],
      ["shop.finance", "kept"],
      ["shop.shop", "kept"],
    ]);
    expect(readFileSync(contract, "utf8")).toContain("# ours now");
    expect(readFileSync(domain, "utf8")).toMatch(/# money\n {6}finance[^]*crm:/);
    expect((await adopt({ cwd: root, path: "warehouse", yes: true })).results.files).toEqual([]);
  });

  test.each([
    ["nowhere", "No dbt project in nowhere."],
    ["warehouse", "warehouse has no target/manifest.json yet."],
  ])("%s is refused in two lines: %s", async (path, reason) => {
    const root = estate();
    rmSync(join(root, "warehouse/target"), { recursive: true });
    expect(await adopt({ cwd: root, path })).toMatchObject({
      exitCode: 2,
      problem: expect.stringContaining(reason) as string,
    });
  });
});

describe("an adopted project, from its artifacts alone", () => {
  test("lints and typechecks against the warehouse's columns", async () => {
    const root = await adoptedEstate();
    const linted = await lint({ root, now });
    expect(linted.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
    const contract = join(root, "domains/shop/finance/data-product-contract.yaml");
    writeFileSync(
      contract,
      readFileSync(contract, "utf8").replace("name: orders, type: long", "name: ordres, type: boolean"),
    );
    const checked = await typecheck({ root, now });
    expect(
      checked.diagnostics.filter((d) => d.code === "sql/missing-column").map((d) => [d.message, d.span?.file]),
    ).toEqual([[expect.stringContaining("ordres"), "domains/shop/finance/data-product-contract.yaml"]]);
  });

  test("follows columns through compiled SQL, across products", async () => {
    const root = await adoptedEstate();
    const { results } = await lineage({ root, now, name: "shop.finance.revenue" });
    expect(results?.columns.map((f) => [f.from.product, f.from.port, f.from.column, f.kind])).toEqual([
      ["shop.shop", "stg_orders", "amount", "aggregation"],
      ["shop.finance", "revenue_daily", "revenue", "aggregation"],
    ]);
    expect(results?.downstream.map((d) => d.name)).toEqual(["shop.crm"]);
  });

  test("names who breaks when a port loses a column", async () => {
    const root = await adoptedEstate();
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t.example", ...args], { cwd: root, stdio: "pipe" });
    git("init", "-q", "-b", "main");
    git("add", "-A");
    git("commit", "-qm", "adopted");
    const contract = join(root, "domains/shop/shop/data-product-contract.yaml");
    writeFileSync(contract, readFileSync(contract, "utf8").replace(/ *- \{ name: amount.*\n/, ""));
    const { results } = await compat({ root, now, base: "HEAD" });
    expect(results.map((r) => [r.product, r.level])).toEqual([["shop.shop", "major"]]);
    const readers = results[0]!.consumers.map((c) => [
      c.product,
      c.owner,
      c.reads.map((r) => `${r.place.file}:${r.place.line}`),
    ]);
    expect(readers).toEqual([
      ["shop.crm", "data@acme.example", [expect.stringContaining("warehouse/models/marts/crm/dim_users.sql")]],
      [
        "shop.finance",
        "finance@acme.example",
        [expect.stringContaining("warehouse/models/marts/finance/revenue__daily.sql")],
      ],
    ]);
  });

  test("publishes ports by their names in the warehouse, with the run and what its tests said", async () => {
    const root = await adoptedEstate();
    const mesh = join(root, "mesh.yaml");
    writeFileSync(
      mesh,
      readFileSync(mesh, "utf8").replace("kind: meshwork, url: embedded", "kind: openlineage, url: lineage.ndjson"),
    );
    expect((await publish({ root, now, products: ["shop.finance"] })).exitCode).toBe(0);
    const events = readFileSync(join(root, "lineage.ndjson"), "utf8");
    expect(events).toContain("revenue__daily");
    expect(events).toContain("stg_orders");
  });
});

describe("dbt as the runner", () => {
  test("its tests answer for the promises they look at, and nothing else counts as kept", async () => {
    const root = await adoptedEstate();
    const done = await build({ root, now, env: results(...everything) });
    expect(done.results.map((r) => [r.product, r.status, r.models, r.tests, r.checks])).toEqual([
      ["shop.shop", "ok", 2, { passed: 3, total: 3 }, { passed: 8, total: 9 }],
      ["shop.finance", "ok", 1, { passed: 3, total: 3 }, { passed: 6, total: 7 }],
      ["shop.crm", "ok", 4, { passed: 3, total: 3 }, { passed: 3, total: 4 }],
    ]);
    expect(done.diagnostics.filter((d) => d.severity !== "info")).toEqual([]);
    expect(done.diagnostics.map((d) => d.code)).toEqual(Array(3).fill("check/skipped"));
  });

  test("a failed test fails its product and breaks the promise, at the YAML's line", async () => {
    const root = await adoptedEstate();
    const unique = testId("unique_revenue__daily_day");
    const done = await build({
      root,
      now,
      env: results(...everything.map((r) => (r.unique_id === unique ? { ...r, status: "fail", failures: 2 } : r))),
    });
    expect(done.exitCode).toBe(1);
    expect(done.results.find((r) => r.product === "shop.finance")?.status).toBe("failed");
    expect(done.results.find((r) => r.product === "shop.crm")?.status).toBe("ok");
    const found = done.diagnostics.filter((d) => d.severity === "error");
    expect(found.map((d) => [d.code, d.span?.file, d.span?.line])).toEqual([
      ["dbt/test-failed", "warehouse/models/schema.yml", 17],
      ["check/primary-key", "domains/shop/finance/data-product-contract.yaml", expect.any(Number)],
    ]);
  });

  test("what was not run again is known from before", async () => {
    const root = await adoptedEstate();
    await build({ root, now, env: results(...everything) });
    await check({
      root,
      now,
      products: ["shop.crm"],
      env: results({ unique_id: testId("unique_revenue__daily_day"), status: "pass" }),
    });
    const { results: states } = await status({ root, now });
    expect(states.map((s) => [s.product, s.build, s.checks?.passed, s.freshness?.ok])).toEqual([
      ["shop.crm", "current", 3, true],
      ["shop.finance", "current", 6, true],
      ["shop.shop", "current", 8, true],
    ]);
  });

  test("a program that is not there stops it before anything runs", async () => {
    const root = await adoptedEstate();
    rmSync(join(root, "dbt"));
    expect(await build({ root, now, env: env() })).toMatchObject({
      exitCode: 3,
      problem: expect.stringContaining("cannot be started") as string,
    });
  });

  test("on a target without it the product is left to dbt, and says so", async () => {
    const root = await adoptedEstate();
    const mesh = join(root, "mesh.yaml");
    writeFileSync(
      mesh,
      readFileSync(mesh, "utf8").replace(
        "  targets:\n",
        "  targets:\n    dev: { engine: duckdb, path: .mesh/lake/dev }\n",
      ),
    );
    const done = await build({ root, now, target: "dev", env: env() });
    expect(new Set(done.results.map((r) => `${r.status}: ${r.reason}`))).toEqual(
      new Set(["skipped: dbt builds it, on a target with runner: dbt"]),
    );
  });
});
