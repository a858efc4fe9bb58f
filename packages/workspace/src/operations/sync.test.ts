import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lint, sync } from "../index.ts";
import { contract, mesh, product, put, scratchMesh } from "../testdata/scratch-mesh.ts";

const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const folder = "domains/crm/people";
const files = {
  ...product("crm.people", { fields: [id] }, { people: "select 1::bigint as id" }),
  ...product(
    "sales.leads",
    { upstream: "crm.people", fields: [id] },
    { leads: "select id from {{ ref('crm', 'people') }}" },
  ),
};
const unsynced = (more: Record<string, string> = {}) => scratchMesh({ ...files, ...more }, { synced: false });
const read = (root: string, file: string) => readFileSync(join(root, file), "utf8");
const staleIn = async (root: string) =>
  (await lint({ root })).diagnostics.filter((d) => d.code === "contract/lock-stale").map((d) => d.product);

describe("sync", () => {
  it("writes what follows from contracts, once", async () => {
    const root = unsynced();
    expect(await staleIn(root)).toEqual(["crm.people", "sales.leads"]);
    const first = await sync({ root });
    expect(first.results.map((f) => f.file)).toEqual(
      expect.arrayContaining([
        `${folder}/contract.lock.json`,
        `${folder}/contract.js`,
        "domains/sales/_mesh/models/sources.yml",
      ]),
    );
    expect(new Set(first.results.map((f) => f.change))).toEqual(new Set(["create"]));
    const before = statSync(join(root, folder, "contract.js")).mtimeMs;
    expect((await sync({ root })).results).toEqual([]);
    expect(statSync(join(root, folder, "contract.js")).mtimeMs).toBe(before);
    expect(await staleIn(root)).toEqual([]);
  });

  it("only says what is stale when asked to check", async () => {
    const root = unsynced();
    const done = await sync({ root, check: true });
    expect(done.exitCode).toBe(1);
    expect(new Set(done.results.map((f) => f.change))).toEqual(new Set(["stale"]));
    expect(existsSync(join(root, folder, "contract.lock.json"))).toBe(false);
    await sync({ root });
    expect(await sync({ root, check: true })).toMatchObject({ exitCode: 0, results: [] });
  });

  it.each([
    ["the markers of a merge", "<<<<<<< HEAD\n{}\n=======\n{ }\n>>>>>>> other\n"],
    ["nothing", ""],
    ["bytes", "\u0000\u0001"],
  ])("puts a lock right that holds %s", async (_, text) => {
    const root = scratchMesh(files);
    const good = read(root, `${folder}/contract.lock.json`);
    put(root, { [`${folder}/contract.lock.json`]: text });
    expect(await staleIn(root)).toEqual(["crm.people"]);
    expect((await sync({ root })).results).toEqual([{ file: `${folder}/contract.lock.json`, change: "update" }]);
    expect(read(root, `${folder}/contract.lock.json`)).toBe(good);
  });

  it("takes another line end for the same text", async () => {
    const root = scratchMesh(files);
    put(root, { [`${folder}/contract.js`]: read(root, `${folder}/contract.js`).replaceAll("\n", "\r\n") });
    expect(await staleIn(root)).toEqual([]);
    expect((await sync({ root })).results).toEqual([]);
  });

  it("leaves alone what belongs to a contract that broke, and does the others", async () => {
    const root = scratchMesh(files);
    const good = read(root, `${folder}/contract.lock.json`);
    const sources = read(root, "domains/sales/_mesh/models/sources.yml");
    put(root, {
      [`${folder}/data-product-contract.yaml`]: "<<<<<<< HEAD\nmetadata: [\n",
      "domains/sales/leads/data-product-contract.yaml": contract("sales.leads", {
        fields: [id],
        upstream: "crm.people",
        version: "1.1.0",
      }),
    });
    const done = await sync({ root });
    expect(read(root, `${folder}/contract.lock.json`)).toBe(good);
    expect(read(root, "domains/sales/leads/contract.lock.json")).toContain("1.1.0");
    expect(done.diagnostics.map((d) => d.product)).toEqual(["crm.people"]);
    // Who read the broken product keeps the sources that plain dbt builds from.
    expect(read(root, "domains/sales/_mesh/models/sources.yml")).toBe(sources);
  });

  it("names relations as mesh.yaml does", async () => {
    const root = unsynced({
      "mesh.yaml": mesh('  naming: { relation: "{port}__{major}", schema: "mart_{domain}" }\n'),
    });
    await sync({ root });
    expect(read(root, `${folder}/contract.lock.json`)).toContain("people__1");
    expect(read(root, `${folder}/contract.d.ts`)).toContain("mart_crm.people__1");
    expect(await staleIn(root)).toEqual([]);
    // The default naming is another lock.
    rmSync(join(root, "mesh.yaml"));
    put(root, { "mesh.yaml": mesh() });
    expect(await staleIn(root)).toEqual(["crm.people", "sales.leads"]);
  });
});
