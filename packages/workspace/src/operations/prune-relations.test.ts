import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import { afterEach, describe, expect, it } from "vitest";
import { build, buildNodes, prune } from "../index.ts";
import { product, scratchMesh } from "../testdata/scratch-mesh.ts";

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

const table = (sql: string) => `{{ config(materialized='table') }}${sql}`;
const shop: Record<string, string> = {
  "dbt_project.yml": "name: shop\nprofile: shop\n",
  "profiles.yml": "shop: { target: dev, outputs: { dev: { type: duckdb, path: shop.duckdb, threads: 1 } } }\n",
  "seeds/raw.csv": "id\n1\n",
  "models/orders.sql": table("select id from {{ ref('raw') }}"),
  "models/big.sql": "select * from {{ ref('orders') }}",
  "models/kept.sql": table("select 1 as n"),
  "models/schema.yml":
    "models:\n  - name: kept\n    description: What stays.\n    config: { persist_docs: { relation: true } }\n",
  "snapshots/history.yml":
    "snapshots:\n  - name: history\n    relation: ref('orders')\n    config: { unique_key: id, strategy: check, check_cols: all }\n",
};

function project(
  files: Readonly<Record<string, string>>,
  root = mkdtempSync(join(tmpdir(), "meshwork-prune-")),
): string {
  if (!roots.includes(root)) roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

async function ask(file: string, ...statements: string[]): Promise<unknown[][]> {
  const engine = duckdbEngine({ path: file });
  const session = await engine.open();
  try {
    let rows: unknown[][] = [];
    for (const sql of statements) rows = (await (await session.query(sql)).rows()).map((r) => [...r]);
    return rows;
  } finally {
    await session.close();
    await engine.close();
  }
}

const names = "select table_name from information_schema.tables order by 1";
const options = { keep: 0, olderThanMs: 0, env: {} };
const told = (done: Awaited<ReturnType<typeof prune>>) =>
  done.results.map(
    (r) => `${r.path.split(".").at(-1)} ${r.what.split(" of ")[0]} ${r.kept === undefined ? "goes" : "stays"}`,
  );

describe("relations that no model makes any more", () => {
  it("are listed, and dropped when asked to: those with our mark alone, and no history", async () => {
    const cwd = project(shop);
    expect((await buildNodes({ cwd, env: {} })).exitCode).toBe(0);
    const file = join(cwd, "shop.duckdb");
    await ask(
      file,
      "create table by_hand as select 1 as n",
      "create table commented as select 1 as n",
      "comment on table commented is 'Made by Meshwork: by hand'",
      // Somebody put a table of their own in the place of a model's.
      "create or replace table kept as select 2 as n",
    );
    expect((await prune({ ...options, cwd, remove: false })).results).toEqual([]);
    for (const gone of [
      "seeds/raw.csv",
      "models/orders.sql",
      "models/big.sql",
      "models/kept.sql",
      "models/schema.yml",
      "snapshots/history.yml",
    ])
      rmSync(join(cwd, gone));
    const listed = await prune({ ...options, cwd, remove: false });
    expect(told(listed).sort()).toEqual([
      '"big" view goes',
      '"history" table stays',
      '"orders" table goes',
      '"raw" table goes',
    ]);
    expect(await ask(file, names)).toHaveLength(7);
    const done = await prune({ ...options, cwd, remove: true });
    expect(done.summary).toEqual({ found: 4, removed: 3, kept: 1 });
    expect(await ask(file, names)).toEqual([["by_hand"], ["commented"], ["history"], ["kept"]]);
  });

  it("stay while the project cannot be read, and where another project or target made them", async () => {
    const cwd = project({ ...shop, "models/other.sql": table("select 1 as n") });
    await buildNodes({ cwd, env: {} });
    project({ "models/orders.sql": "select {{ ", "models/schema.yml": "models: [" }, cwd);
    rmSync(join(cwd, "models/other.sql"));
    const broken = await prune({ ...options, cwd, remove: true });
    expect(broken).toMatchObject({ exitCode: 1, results: [] });
    project({ ...shop, "dbt_project.yml": "name: shop2\nprofile: shop\n" }, cwd);
    expect((await prune({ ...options, cwd, remove: true })).results).toEqual([]);
    project({ "dbt_project.yml": "name: shop\nprofile: shop\n" }, cwd);
    expect(told(await prune({ ...options, cwd, remove: true }))).toEqual(['"other" table goes']);
  });

  it("keeps the description before the mark", async () => {
    const cwd = project(shop);
    await buildNodes({ cwd, env: {} });
    const [[comment]] = (await ask(
      join(cwd, "shop.duckdb"),
      "select comment from duckdb_tables() where table_name = 'kept'",
    )) as [[string]];
    expect(comment).toMatch(
      /^What stays\.\nMade by Meshwork: \{"project":"shop","target":"dev","schema":"main","node":"model\.shop\.kept"/,
    );
  });

  it("in a mesh: private tables, and ports that no contract has", async () => {
    const field = ["name: id, type: long"];
    const root = scratchMesh({
      ...product(
        "crm.people",
        { fields: field },
        { people: table("select id from {{ ref('staged') }}"), staged: table("select 1::bigint as id") },
      ),
      ...product("crm.teams", { fields: field }, { teams: table("select 1::bigint as id") }),
    });
    expect((await build({ root })).exitCode).toBe(0);
    expect((await prune({ ...options, root, remove: false })).results).toEqual([]);
    rmSync(join(root, "domains/crm/teams"), { recursive: true });
    rmSync(join(root, "domains/crm/people/models/staged.sql"));
    writeFileSync(join(root, "domains/crm/people/models/people.sql"), table("select 2::bigint as id"));
    const now = new Date(Date.now() + 1000);
    const done = await prune({ ...options, root, now, remove: true });
    expect(done.results.map((r) => `${r.kind} ${r.path} ${r.what.split(",")[0]}`).sort()).toEqual([
      "folder .mesh/lake/dev/crm/teams_v1 port that no contract has",
      expect.stringMatching(/^relation .*"staged" table of model\.\w+\.staged/),
      expect.stringMatching(/^relation .*"teams" table of model\.\w+\.teams/),
    ]);
    expect(
      await ask(
        join(root, ".mesh/lake/dev/crm/private.duckdb"),
        `${names.replace("order", "where table_schema = 'crm_private' order")}`,
      ),
    ).toEqual([["people"]]);
    expect((await build({ root })).exitCode).toBe(0);
  });
});
