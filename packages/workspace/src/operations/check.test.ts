import { join } from "node:path";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import { beforeAll, describe, expect, it } from "vitest";
import { build, check, checkFiles } from "../index.ts";
import { contract, product, put, scratchMesh } from "../testdata/scratch-mesh.ts";

const now = new Date("2026-11-21T00:00:00Z");
const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const city = "name: city, type: string, constraints: { enum: [Bern, Basel] }";
const people = { fields: [id, city], checks: ["assertion: row_count, value: { min: 2 }"] };

describe("checks of files", () => {
  const root = scratchMesh({ "contract.yaml": contract("crm.people", people) });
  const rows = (...cities: string[]) =>
    `(${cities.map((c, i) => `select ${i + 1}::bigint as id, '${c}' as city`).join(" union all ")})`;
  beforeAll(async () => {
    const engine = duckdbEngine();
    const session = await engine.open();
    const write = (file: string, sql: string, format: string) =>
      session.query(`COPY ${sql} TO '${join(root, file).replaceAll("'", "''")}' (FORMAT ${format})`);
    await write("good.parquet", rows("Bern", "Basel"), "parquet");
    await write("good.csv", rows("Bern", "Basel"), "csv");
    await write("good.json", rows("Bern", "Basel"), "json");
    await write("bad.parquet", rows("Bern", "Genf"), "parquet");
    await write("two-a.csv", rows("Bern"), "csv");
    await write("two-b.csv", "(select 7::bigint as id, 'Basel' as city)", "csv");
    await write("it's [here]; drop.csv", rows("Bern", "Basel"), "csv");
    await write("other.csv", "(select 1::bigint as id, 'Bern' as town)", "csv");
    await session.close();
    await engine.close();
    put(root, { "broken.parquet": "no parquet\n" });
  });
  const checked = (data: string[], contractFile = "contract.yaml") =>
    checkFiles({ cwd: root, root, contract: contractFile, data, now });

  it.each([["good.parquet"], ["good.csv"], ["good.json"], ["two-*.csv"], ["it's [here]; drop.csv"]])(
    "%s passes",
    async (file) => {
      const done = await checked([file]);
      expect(done).toMatchObject({ exitCode: 0, diagnostics: [] });
      expect(done.summary["passed"]).toBeGreaterThanOrEqual(4);
    },
  );

  it("a value that the contract does not know fails with the rows that hold it", async () => {
    const done = await checked(["bad.parquet"]);
    expect(done.exitCode).toBe(1);
    expect(done.results.filter((r) => r.status === "failed")).toMatchObject([{ column: "city", failing: 1 }]);
    expect(done.diagnostics[0]).toMatchObject({ span: { file: "contract.yaml", line: 11 } });
    expect(JSON.stringify(done.diagnostics[0]!.details)).toContain("Genf");
  });

  it("a column that the files do not have is a failed check, its own checks are not passed", async () => {
    const done = await checked(["other.csv"]);
    expect(done.exitCode).not.toBe(0);
    expect(done.results.filter((r) => r.column === "city" && r.status === "passed")).toEqual([]);
    expect(done.diagnostics.map((d) => d.message).join("\n")).toContain("city");
  });

  it.each([
    ["a pattern that matches nothing", ["nope-*.csv"], "No file matches nope-*.csv", 2],
    ["files of two formats", ["good.csv", "good.parquet"], "format", 2],
    ["an unknown format", ["contract.yaml"], ".parquet, .csv", 2],
  ])("%s is said in words", async (_, data, problem, exitCode) => {
    expect(await checked(data)).toMatchObject({ exitCode, problem: expect.stringContaining(problem) });
  });

  it("a file that is not what its name says is an answer that is missing, not a passed check", async () => {
    const done = await checked(["broken.parquet"]);
    expect(done).toMatchObject({ exitCode: 3, summary: { passed: 0 } });
    expect(done.diagnostics[0]).toMatchObject({
      code: "check/not-run",
      message: expect.stringContaining("broken.parquet"),
    });
  });

  it("a contract that cannot be read is the finding", async () => {
    put(root, { "broken.yaml": "metadata: [\n" });
    expect((await checked(["good.csv"], "broken.yaml")).diagnostics[0]?.code).toBe("contract/not-yaml");
    expect(await checked(["good.csv"], "nope.yaml")).toMatchObject({ exitCode: 2 });
  });

  it("a port that the contract does not have is named with the nearest", async () => {
    const done = await checkFiles({ cwd: root, root, contract: "contract.yaml", data: ["good.csv"], port: "peple" });
    expect(done).toMatchObject({ exitCode: 2, problem: expect.stringContaining("Did you mean people?") });
  });
});

describe("checks of built ports", () => {
  const files = product("crm.people", people, {
    people: "select 1::bigint as id, 'Bern' as city union all select 2, 'Basel'",
  });

  it("says what is not built, with the command that builds it", async () => {
    const done = await check({ root: scratchMesh(files), now });
    expect(done).toMatchObject({ exitCode: 1, results: [] });
    expect(done.diagnostics[0]).toMatchObject({
      code: "sql/unreachable-upstream",
      help: expect.stringContaining("mesh build"),
    });
  });

  it("holds the last build against what the contract says now", async () => {
    const root = scratchMesh(files);
    await build({ root, now });
    put(root, {
      "domains/crm/people/data-product-contract.yaml": contract("crm.people", {
        ...people,
        checks: ["assertion: row_count, value: { min: 3 }"],
      }),
    });
    const done = await check({ root, now });
    expect(done.exitCode).toBe(1);
    expect(done.results.filter((r) => r.status === "failed").map((r) => r.assertion)).toEqual(["row_count"]);
  });

  it("stops when it is told to, and records nothing half done", async () => {
    const root = scratchMesh(files);
    await build({ root, now });
    const done = await check({ root, now, signal: AbortSignal.abort(new Error("interrupted")) });
    expect(done.results).toEqual([]);
    expect((await check({ root, now })).exitCode).toBe(0);
  });
});

describe("a build that is interrupted", () => {
  const many = {
    ...product("crm.people", { fields: [id] }, { people: "select 1::bigint as id" }),
    ...product(
      "sales.leads",
      { upstream: "crm.people", fields: [id] },
      { leads: "select id from {{ ref('crm', 'people') }}" },
    ),
  };

  it("says what was built, skips the rest as interrupted, and goes on from there", async () => {
    const root = scratchMesh(many);
    const stop = new AbortController();
    const done = await build({
      root,
      now,
      signal: stop.signal,
      onProgress: (p) => {
        if (p.kind === "product" && p.product === "crm.people") stop.abort(new Error("interrupted"));
      },
    });
    expect(done.results.map((r) => [r.product, r.status, r.reason])).toEqual([
      ["crm.people", "ok", undefined],
      ["sales.leads", "skipped", "interrupted"],
    ]);
    const next = await build({ root, now });
    expect(next.results.map((r) => r.status)).toEqual(["cached", "ok"]);
  });

  it("in the middle of a statement leaves the former port and no finding", async () => {
    const root = scratchMesh({ ...many });
    await build({ root, now });
    put(root, {
      "domains/crm/people/models/people.sql":
        "{{ config(materialized='table') }} select sum(a.range * b.range % 7)::bigint as id from range(400000) a, range(400000) b",
    });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("interrupted")), 700);
    const done = await build({ root, now, signal: stop.signal });
    expect(done.results.map((r) => [r.status, r.reason])).toEqual([
      ["skipped", "interrupted"],
      ["skipped", "interrupted"],
    ]);
    expect(done.diagnostics).toEqual([]);
    expect((await check({ root, now })).exitCode).toBe(0);
  });
});
