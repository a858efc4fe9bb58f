import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { build, check, compat, lineage, lint, ls, status, sync, typecheck } from "./index.ts";
import { commitAll } from "./testdata/git.ts";
import { put } from "./testdata/scratch-mesh.ts";
import { factsContract, sunset, versionedMesh } from "./testdata/versioned-mesh.ts";

const now = new Date("2026-11-21T12:00:00Z");
const v1 = "domains/orders/facts/versions/v1";

interface Found {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly product?: string | undefined;
}
/** What is found beyond the announcement itself, as `product code: message`. */
const shown = (found: readonly Found[]): string[] =>
  found
    .filter(
      (d) => d.severity !== "info" && !["contract/deprecated-upstream", "contract/sla-unsupported"].includes(d.code),
    )
    .map((d) => `${d.product} ${d.code}: ${d.message}`);
const ofCode = (found: readonly Found[], code: string): string[] =>
  found.filter((d) => d.code === code).map((d) => `${d.product} ${d.severity}: ${d.message}`);

describe("two live versions", () => {
  it("are found, linted, typechecked, built and checked side by side, each reader on its own", async () => {
    const root = versionedMesh();
    expect((await ls({ root })).results).toEqual([
      "orders.facts",
      "orders.facts@1",
      "orders.neighbour",
      "shop.new",
      "shop.old",
    ]);
    expect(shown((await lint({ root, now })).diagnostics)).toEqual([]);
    expect(shown((await typecheck({ root, now })).diagnostics)).toEqual([]);
    const built = await build({ root, now });
    expect(shown(built.diagnostics)).toEqual([]);
    expect(built.results.map((r) => [r.product, r.status, ...r.ports.map((p) => p.relation)])).toEqual([
      ["orders.facts", "ok", "orders.facts_v2"],
      ["orders.facts@1", "ok", "orders.facts_v1"],
      ["orders.neighbour", "ok", "orders.neighbour_v1"],
      ["shop.new", "ok", "shop.new_v1"],
      ["shop.old", "ok", "shop.old_v1"],
    ]);
    const again = await build({ root, now });
    expect(again.results.map((r) => r.status)).toEqual(Array.from({ length: 5 }, () => "cached"));
    const checked = await check({ root, now, products: ["orders.facts@1"] });
    expect(new Set(checked.results.map((r) => r.product))).toEqual(new Set(["orders.facts@1"]));
    expect(checked.exitCode).toBe(0);
  });

  it("an edit of one builds it and its readers, and nobody else", async () => {
    const root = versionedMesh();
    await build({ root, now });
    put(root, { "domains/orders/facts/models/facts.sql": "select 'b' as id, 3.5 :: double as amount" });
    const statuses = async () =>
      Object.fromEntries((await build({ root, now })).results.map((r) => [r.product, r.status]));
    expect(await statuses()).toEqual({
      "orders.facts": "ok",
      "orders.facts@1": "cached",
      "orders.neighbour": "cached",
      "shop.new": "ok",
      "shop.old": "cached",
    });
    put(root, { [`${v1}/models/stg_facts_v1.sql`]: "select 'c' as id, 1.5 :: double as amount, 'app' as channel" });
    expect(await statuses()).toMatchObject({ "orders.facts": "cached", "orders.facts@1": "ok", "shop.old": "ok" });
  });

  it("are chosen by name: all of them, one by its number, or by path", async () => {
    const root = versionedMesh();
    const chosen = async (name: string) => (await ls({ root, products: [name] })).results;
    expect(await chosen("orders.facts")).toEqual(["orders.facts", "orders.facts@1"]);
    expect(await chosen("orders/facts@1")).toEqual(["orders.facts@1"]);
    expect(await chosen(v1)).toEqual(["orders.facts@1"]);
    const built = await build({ root, now, products: ["orders.facts@2"] });
    expect(built.results.map((r) => r.product)).toEqual(["orders.facts"]);
    expect((await build({ root, now, products: ["orders.facts@3"] })).problem).toContain(
      'No product "orders.facts@3". Did you mean',
    );
  });

  it("have files of their own: lock, types, sources and the package's entry", async () => {
    const root = versionedMesh();
    const read = (path: string) => readFileSync(join(root, path), "utf8");
    expect(JSON.parse(read(`${v1}/contract.lock.json`))).toMatchObject({ version: "1.1.0" });
    expect(read(`${v1}/contract.d.ts`)).toContain("channel");
    expect(read("domains/orders/facts/contract.d.ts")).not.toContain("channel");
    const sources = read("domains/shop/_mesh/models/sources.yml");
    expect(sources).toContain("name: facts_v1");
    expect(sources).toContain("name: facts_v2");
    expect((await sync({ root, check: true })).results).toEqual([]);
    put(root, {
      "domains/orders/package.json": '{\n  "name": "@scratch/orders",\n  "exports": { "./*": "./*/contract.js" }\n}\n',
    });
    await sync({ root });
    expect(JSON.parse(read("domains/orders/package.json"))).toEqual({
      name: "@scratch/orders",
      exports: {
        "./*": "./*/contract.js",
        "./*/v1": { types: "./*/versions/v1/contract.d.ts", default: "./*/versions/v1/contract.js" },
      },
    });
  });

  it("values are followed to the version that is read", async () => {
    const root = versionedMesh();
    const found = (await lineage({ root, name: "shop.old.channel" })).results!;
    expect(found.columns.map((f) => `${f.from.product}.${f.from.column}`)).toEqual(["orders.facts@1.channel"]);
    expect((await lineage({ root, name: "orders.facts@1" })).results!.downstream.map((d) => d.name)).toEqual([
      "orders.neighbour",
      "shop.old",
    ]);
  });
});

describe("who still reads an older version", () => {
  it("is told with owners, columns and the end, whatever was asked for", async () => {
    const root = versionedMesh();
    await build({ root, now });
    const found = await status({ root, now, products: ["orders"] });
    expect(found.summary).toMatchObject({ products: 2, versions: 3 });
    const live = Object.fromEntries(found.results.map((r) => [r.product, r.live]));
    const reader = (name: string, columns: string[]) => ({
      name,
      owner: `team-${name.split(".")[0]}@scratch.example`,
      columns,
      outside: false,
    });
    expect(live).toEqual({
      "orders.facts": {
        major: 2,
        newest: true,
        sunset: null,
        readers: [reader("shop.new", ["amount", "id"])],
      },
      "orders.facts@1": {
        major: 1,
        newest: false,
        sunset: "2099-12-31",
        readers: [reader("orders.neighbour", ["channel", "id"]), reader("shop.old", ["channel", "id"])],
      },
      "orders.neighbour": null,
    });
  });

  it("a break of the newest names no reader of the older one, and a version that is gone is a removal", async () => {
    const root = versionedMesh();
    commitAll(root);
    put(root, {
      "domains/orders/facts/data-product-contract.yaml": factsContract("3.0.0", ["name: key, type: string"]),
    });
    const found = (await compat({ root, now, base: "HEAD" })).results;
    expect(found.map((r) => [r.product, r.level, r.consumers.map((c) => c.product)])).toEqual([
      ["orders.facts", "major", ["shop.new"]],
    ]);
    rmSync(join(root, v1), { recursive: true });
    const gone = (await compat({ root, now, base: "HEAD" })).results.find((r) => r.product === "orders.facts@1");
    expect(gone).toMatchObject({ level: "major", verdict: "breaking" });
    expect(gone!.consumers.map((c) => c.product)).toEqual(["orders.neighbour", "shop.old"]);
  });
});

describe("which version a reader means", () => {
  it("a reader that names none gets the newest, with a warning at the contract", async () => {
    const root = versionedMesh({ new: "orders.facts" });
    const { diagnostics } = await lint({ root, now, products: ["shop.new"] });
    expect(shown(diagnostics)).toEqual([
      'shop.new contract/unpinned-upstream: "orders.facts" names no version, and 2 are live: @2, @1 (until 2099-12-31). It is taken as @2.',
    ]);
    expect((await build({ root, now, products: ["orders.facts", "shop.new"] })).exitCode).toBe(0);
  });

  it("v= overrides, and has to be declared", async () => {
    const sql = "select id, channel from {{ ref('orders', 'facts', v=1) }}";
    const root = versionedMesh({ old: "orders.facts@2" }, { "domains/shop/old/models/old.sql": sql });
    expect(shown((await lint({ root, now, products: ["shop.old"] })).diagnostics)).toEqual([
      'shop.old contract/undeclared-upstream: The SQL reads "orders.facts@1", which the contract does not name as upstream.',
      'shop.old contract/unread-upstream: The contract names "orders.facts" as upstream, but no model or program of this product reads it.',
    ]);
    const declared = versionedMesh(
      { old: "orders.facts@1, orders.facts@2" },
      { "domains/shop/old/models/old.sql": sql },
    );
    expect(shown((await typecheck({ root: declared, now, products: ["shop.old"] })).diagnostics)).toEqual([]);
  });

  it("a contract that names two leaves a ref without v= open: it is told which it reads", async () => {
    const root = versionedMesh({ new: "orders.facts@1, orders.facts@2" });
    expect(ofCode((await lint({ root, now, products: ["shop.new"] })).diagnostics, "sql/port-warning")).toEqual([
      'shop.new warning: The contract names @2 and @1 of "orders.facts", and this ref none of them: it reads @2. Write v=2 or v=1.',
    ]);
  });

  it("a version that is not live is an error with those that are, in the contract and in SQL", async () => {
    const root = versionedMesh(
      { old: "orders.facts@3" },
      { "domains/shop/new/models/new.sql": "select id, amount from {{ ref('orders', 'facts', v=4) }}" },
    );
    const { diagnostics } = await lint({ root, now });
    const told = diagnostics.filter((d) => ["contract/unknown-upstream", "sql/unknown-ref"].includes(d.code));
    expect(told.map((d) => `${d.message} / ${d.help}`)).toEqual([
      '"orders.facts@3" names version 3 of "orders.facts", which is at 2.0.0, and 1.1.0 is still live. / did you mean "orders.facts@2" or "orders.facts@1"?',
      expect.stringContaining('"orders.facts" has no version 4. There is 2, 1. "orders.facts" is at 2.0.0'),
      expect.stringContaining("There is 2, 1. The contract names @3."),
    ]);
  });

  it("a reader is warned until the sunset, and stopped from it on", async () => {
    const before = versionedMesh({ end: "2026-11-22" });
    expect(ofCode((await lint({ root: before, now })).diagnostics, "contract/deprecated-upstream")).toEqual([
      'orders.neighbour warning: "orders.facts@1" is deprecated and may be gone from 2026-11-22.',
      'shop.old warning: "orders.facts@1" is deprecated and may be gone from 2026-11-22.',
    ]);
    const after = versionedMesh({ end: "2026-11-21" });
    const { diagnostics } = await lint({ root: after, now });
    expect(ofCode(diagnostics, "contract/deprecated-upstream")).toEqual([
      'orders.neighbour error: "orders.facts@1" is deprecated, and may be gone since 2026-11-21.',
      'shop.old error: "orders.facts@1" is deprecated, and may be gone since 2026-11-21.',
    ]);
    expect(ofCode(diagnostics, "contract/version-ended")).toEqual([
      'orders.facts@1 warning: "orders.facts@1" was to be gone from 2026-11-21, and is still read by orders.neighbour, shop.old.',
    ]);
  });
});

describe("mistakes with versions", () => {
  const id = "name: id, type: string, constraints: { primary_key: true, null: false }";
  const wrong: readonly (readonly [string, Record<string, string>, readonly string[]])[] = [
    [
      "the same major twice",
      {
        "domains/orders/facts/versions/v0/data-product-contract.yaml": factsContract(
          "1.0.0",
          [id],
          sunset("2099-12-31"),
        ),
      },
      [
        "orders.facts@0 contract/version-folder: versions/v0 holds version 1.0.0; the folder of major version 1 is versions/v1.",
      ],
    ],
    [
      "another id",
      {
        [`${v1}/data-product-contract.yaml`]: factsContract("1.1.0", [id], sunset("2099-12-31")).replace(
          "0193f7c2",
          "0193f7c3",
        ),
      },
      [
        'orders.facts@1 contract/version-identity: "orders.facts@1" has the id "0193f7c3-5d0e-7c41-9f5c-2b7f6a1d9e10", and the newest version has "0193f7c2-5d0e-7c41-9f5c-2b7f6a1d9e10".',
      ],
    ],
    [
      "no date of its end",
      { [`${v1}/data-product-contract.yaml`]: factsContract("1.1.0", [id]) },
      [
        'orders.facts@1 contract/version-sunset: "orders.facts@1" is an older version and names no date from which it may be gone.',
      ],
    ],
    [
      "an older version that is newer than the newest",
      { "domains/orders/facts/data-product-contract.yaml": factsContract("1.2.0", [id]) },
      [
        "orders.facts@1 contract/version-order: The older version is at 1.1.0, and the newest at 1.2.0: its major is not below.",
      ],
    ],
  ];
  it.each(wrong)("%s", async (_, files, expected) => {
    const root = versionedMesh({}, files);
    const found = shown((await lint({ root, now })).diagnostics).filter((d) => d.includes(" contract/version-"));
    expect(found).toEqual(expected);
  });

  it("findings of an older version's contract are that version's, not the newest's", async () => {
    const text = factsContract("1.1.0", ["name: id, type: strng"], sunset("2099-12-31"));
    const root = versionedMesh({}, { [`${v1}/data-product-contract.yaml`]: text });
    const { diagnostics } = await lint({ root, now, products: ["orders.facts@1"] });
    expect(diagnostics.filter((d) => d.severity === "error").map((d) => d.product)).toContain("orders.facts@1");
    expect(diagnostics.some((d) => d.product === "orders.facts")).toBe(false);
  });
});
