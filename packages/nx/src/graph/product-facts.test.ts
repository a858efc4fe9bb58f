import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createNodes } from "./infer-projects.ts";
import { inCycles } from "./product-facts.ts";
import { refsIn } from "./sql-refs.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mesh-graph-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const contract = (name: string, domain: string, spec = ""): string =>
  `apiVersion: datamesh.io/v1\nkind: DataProduct\nmetadata: { name: ${name}, domain: ${domain}, version: 1.0.0 }\nspec:\n  schema: { fields: [{ name: id, type: string }] }\n${spec}`;

/** Projects by name, as the plugin infers them. */
async function infer(domains: readonly string[]) {
  const files = domains.map((d) => `domains/${d}/domain.yaml`);
  const results = await createNodes[1](files, undefined, { workspaceRoot: root, nxJsonConfiguration: {} });
  return new Map(
    results.flatMap(([, { projects }]) => Object.values(projects ?? {}).map((p) => [p.name!, p] as const)),
  );
}
const upstreamOf = (project: object | undefined): string[] =>
  (project as { metadata: { mesh: { upstream: { product: string }[] } } }).metadata.mesh.upstream.map((u) => u.product);

describe("projects inferred from contracts", () => {
  it("take their edges from inputs, lineage and SQL, and know which file says so", async () => {
    write({
      "domains/orders/domain.yaml": "",
      "domains/orders/facts/data-product-contract.yaml": contract("facts", "orders"),
      "domains/orders/web-hits/data-product-contract.yaml": contract(
        "web-hits",
        "orders",
        "  ports: [{ name: daily_hits, schema: { fields: [{ name: day, type: date }] } }]\n",
      ),
      "domains/growth/domain.yaml": "",
      "domains/growth/kpis/data-product-contract.yaml": contract(
        "kpis",
        "growth",
        "  inputs: [{ name: facts, from: orders.facts@1 }]\n  lineage: { upstream: [raw.kafka.x, orders.gone] }\n",
      ),
      "domains/growth/kpis/models/kpis.sql": "select * from {{ ref('orders', 'daily_hits') }} join {{ ref('helper') }}",
      "domains/growth/kpis/models/deep/helper.sql": "select 1 -- {# {{ ref('orders', 'facts') }} #}",
    });
    const projects = await infer(["orders", "growth"]);
    expect([...projects.keys()].sort()).toEqual(["growth", "growth.kpis", "orders", "orders.facts", "orders.web-hits"]);
    expect((projects.get("growth.kpis") as { metadata?: unknown }).metadata).toMatchObject({
      mesh: {
        upstream: [
          { product: "orders.facts", file: "domains/growth/kpis/data-product-contract.yaml" },
          // Deleted or not yet there: who reads it is affected all the same.
          { product: "orders.gone", file: "domains/growth/kpis/data-product-contract.yaml" },
          { product: "orders.web-hits", file: "domains/growth/kpis/models/kpis.sql" },
        ],
      },
    });
  });

  it("hold their older live versions, and a reader depends on the files of the version it reads", async () => {
    const version = (n: number, spec = "") => contract("facts", "orders", spec).replace("1.0.0", `${n}.0.0`);
    write({
      "domains/orders/domain.yaml": "",
      "domains/orders/facts/data-product-contract.yaml": version(2, "  inputs: [growth.source]\n"),
      "domains/orders/facts/versions/v1/data-product-contract.yaml": version(1, "  inputs: [growth.former]\n"),
      "domains/orders/facts/versions/v1/models/facts_v1.sql": "select * from {{ ref('growth', 'former') }}",
      "domains/growth/domain.yaml": "",
      "domains/growth/source/data-product-contract.yaml": contract("source", "growth"),
      "domains/growth/former/data-product-contract.yaml": contract("former", "growth"),
      "domains/growth/old/data-product-contract.yaml": contract("old", "growth", "  inputs: [orders.facts@1]\n"),
      "domains/growth/new/data-product-contract.yaml": contract("new", "growth", "  inputs: [orders.facts]\n"),
      "domains/growth/both/data-product-contract.yaml": contract("both", "growth", "  inputs: [orders.facts@2]\n"),
      "domains/growth/both/models/both.sql": "select * from {{ ref('orders', 'facts', v=1) }}",
    });
    const projects = await infer(["orders", "growth"]);
    expect([...projects.keys()].filter((name) => name.startsWith("orders."))).toEqual(["orders.facts"]);
    expect(upstreamOf(projects.get("orders.facts"))).toEqual(["growth.former", "growth.source"]);
    const locks = (name: string): string[] =>
      (projects.get(name)!.targets!["build"]!.inputs as unknown[]).flatMap((i) =>
        typeof i === "object" && i !== null && "json" in i ? [String(i.json)] : [],
      );
    const lock = (below: string) => `{workspaceRoot}/domains/orders/facts${below}/contract.lock.json`;
    expect(locks("growth.old")).toEqual([lock("/versions/v1")]);
    expect(locks("growth.new")).toEqual([lock("")]);
    expect(locks("growth.both")).toEqual([lock(""), lock("/versions/v1")]);
    for (const name of ["growth.old", "growth.new", "growth.both"])
      expect(upstreamOf(projects.get(name))).toEqual(["orders.facts"]);
    const own = JSON.stringify(projects.get("orders.facts")!.targets!["build"]!.inputs);
    expect(own).toContain("{projectRoot}/versions/*/contract.lock.json");
    expect(own).toContain("{projectRoot}/versions/*/models/**/*");
  });

  it("are there with an error when the contract cannot be read, and the others are as ever", async () => {
    write({
      "domains/orders/domain.yaml": "",
      "domains/orders/bad/data-product-contract.yaml": "metadata: [\n",
      "domains/orders/worse/data-product-contract.yaml": "\u0000{{{",
      "domains/orders/good/data-product-contract.yaml": contract("good", "orders", "  inputs: [orders.bad@1]\n"),
    });
    const projects = await infer(["orders"]);
    expect((projects.get("orders.bad") as { metadata?: unknown }).metadata).toMatchObject({
      mesh: { error: expect.stringMatching(/./) },
    });
    expect((projects.get("orders.worse") as { metadata?: unknown }).metadata).toMatchObject({
      mesh: { error: expect.stringMatching(/./) },
    });
    expect(upstreamOf(projects.get("orders.good"))).toEqual(["orders.bad"]);
    expect(Object.keys(projects.get("orders.bad")!.targets!)).toEqual([
      "lint",
      "typecheck",
      "build",
      "test",
      "check",
      "compat",
      "publish",
      "render",
    ]);
  });

  it("are the same from the cache, and errors are found again each time", async () => {
    write({
      "domains/orders/domain.yaml": "",
      "domains/orders/bad/data-product-contract.yaml": "metadata: [\n",
      "domains/orders/good/data-product-contract.yaml": contract("good", "orders", "  inputs: [orders.bad@1]\n"),
    });
    const cold = await infer(["orders"]);
    expect(await infer(["orders"])).toEqual(cold);
    write({ "domains/orders/bad/data-product-contract.yaml": contract("bad", "orders") });
    expect((await infer(["orders"])).get("orders.bad")).not.toEqual(cold.get("orders.bad"));
  });

  it("of a cycle wait for nobody, so that other builds go on", async () => {
    write({
      "domains/orders/domain.yaml": "",
      "domains/orders/a/data-product-contract.yaml": contract("a", "orders", "  inputs: [orders.b@1]\n"),
      "domains/orders/b/data-product-contract.yaml": contract("b", "orders", "  inputs: [orders.a@1]\n"),
      "domains/orders/c/data-product-contract.yaml": contract("c", "orders", "  inputs: [orders.a@1]\n"),
    });
    const projects = await infer(["orders"]);
    const waits = (name: string) => projects.get(name)!.targets!["build"]!.dependsOn;
    expect([waits("orders.a"), waits("orders.b"), waits("orders.c")]).toEqual([[], [], ["^build"]]);
  });
});

describe("cycles", () => {
  const graph = (edges: Readonly<Record<string, readonly string[]>>) =>
    new Map(Object.entries(edges).map(([from, to]) => [from, to.map((product) => ({ product, file: "" }))]));
  it.each([
    ["none", { a: ["b"], b: ["c"], c: [] }, []],
    ["of two", { a: ["b"], b: ["a"], c: ["a"] }, ["a", "b"]],
    ["of three, with a way out", { a: ["b"], b: ["c", "x"], c: ["a"], x: [], y: ["a"] }, ["a", "b", "c"]],
    ["two that touch", { a: ["b"], b: ["a", "c"], c: ["d"], d: ["c"] }, ["a", "b", "c", "d"]],
    ["over names that nobody has", { a: ["gone"] }, []],
  ] as const)("%s", (_, edges, expected) => {
    expect([...inCycles(graph(edges))].sort()).toEqual(expected);
  });

  it("a chain longer than the call stack", () => {
    const chain = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`p${i}`, [`p${i + 1}`]]));
    expect(inCycles(graph(chain)).size).toBe(0);
  });
});

describe("refs of a model", () => {
  it.each([
    ["{{ ref('a') }} {{ ref( \"orders\" , 'b', v=2) }}", [{ name: "a" }, { domain: "orders", name: "b", version: 2 }]],
    ["{# {{ ref('a') }} #} {{ref('b')}} {{ ref('b') }}", [{ name: "b" }]],
    ["{% set r = ref('a') %} pref('x')", [{ name: "a" }]],
    ["select 'no'", []],
  ] as const)("%s", (sql, expected) => {
    expect(refsIn(sql)).toEqual(expected);
  });
});
