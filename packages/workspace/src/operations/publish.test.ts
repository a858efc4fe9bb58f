import { existsSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { embeddedCatalogs, openCatalog } from "@meshwork/catalog-server";
import { afterEach, describe, expect, it } from "vitest";
import { build, publish } from "../index.ts";
import type { PublishOptions } from "../index.ts";
import { contract, mesh, product, put, scratchMesh } from "../testdata/scratch-mesh.ts";

const now = new Date("2026-11-21T00:00:00Z");
const id = "name: id, type: long, constraints: { primary_key: true, null: false }";
const people = product(
  "crm.people",
  { fields: [id, "name: name, type: string"] },
  { people: "select 1::bigint as id, 'Ann' as name" },
);
const leads = product(
  "sales.leads",
  { upstream: "crm.people", fields: [id, "name: greeting, type: string"] },
  { leads: "select id, 'Hi ' || name as greeting from {{ ref('crm', 'people') }}" },
);

async function builtMesh(publishing: string): Promise<string> {
  const root = scratchMesh({ ...people, ...leads, "mesh.yaml": mesh(`  publish:\n${publishing}`) });
  expect((await build({ root, now })).exitCode).toBe(0);
  return root;
}

/** Publishes as a command does, the embedded catalog being the real one; tells whether it had to be opened. */
async function publishing(root: string, more: Partial<PublishOptions> = {}) {
  const catalogs = embeddedCatalogs();
  let opened = 0;
  const done = await publish({
    root,
    now,
    ...more,
    openEmbedded: (dir) => {
      opened++;
      return catalogs.open(dir);
    },
  }).finally(() => catalogs.close());
  return { ...done, opened: opened > 0, statuses: done.results.map((r) => `${r.product} ${r.status}`) };
}

async function inCatalog<T>(root: string, ask: (catalog: Catalog) => Promise<T>): Promise<T> {
  const opened = await openCatalog({ dir: join(root, ".mesh/catalog") });
  if (!opened.ok) throw new Error(opened.diagnostic.message);
  try {
    return await ask(opened.value);
  } finally {
    await opened.value.close();
  }
}
type Catalog = Extract<Awaited<ReturnType<typeof openCatalog>>, { ok: true }>["value"];

describe("to the embedded catalog", () => {
  const local = "    local: { kind: meshwork, url: embedded }\n";

  it("sends what is new, finds it by a column's name, and is not opened when nothing changed", async () => {
    const root = await builtMesh(local);
    const first = await publishing(root);
    expect(first).toMatchObject({ exitCode: 0, opened: true, statuses: ["crm.people sent", "sales.leads sent"] });
    const hits = await inCatalog(root, (c) => c.search("greeting"));
    expect(JSON.stringify(hits)).toContain("leads");

    const second = await publishing(root);
    expect(second).toMatchObject({
      exitCode: 0,
      opened: false,
      statuses: ["crm.people unchanged", "sales.leads unchanged"],
    });

    put(root, {
      "domains/crm/people/data-product-contract.yaml": people["domains/crm/people/data-product-contract.yaml"]!.replace(
        "A product of the test",
        "People of the firm",
      ),
    });
    expect((await publishing(root)).statuses).toEqual(["crm.people sent", "sales.leads unchanged"]);
    expect(JSON.stringify(await inCatalog(root, (c) => c.product("crm", "people")))).toContain("People of the firm");

    rmSync(join(root, ".mesh/catalog"), { recursive: true });
    expect((await publishing(root)).statuses).toEqual(["crm.people sent", "sales.leads sent"]);
  });

  const goodPeople = people["domains/crm/people/data-product-contract.yaml"]!;
  it.each([
    ["cannot be read at all", "metadata: [\n", "contract/not-yaml"],
    ["can be read, with an error in it", goodPeople.replace('"99%"', "often"), "contract/bad-share"],
  ])("keeps the last good entry of a contract that %s, and publishes the others", async (_, text, code) => {
    const root = await builtMesh(local);
    await publishing(root);
    const leadsFile = "domains/sales/leads/data-product-contract.yaml";
    put(root, {
      "domains/crm/people/data-product-contract.yaml": text.replace("A product of the test", "Broken"),
      [leadsFile]: leads[leadsFile]!.replace("A product of the test", "Leads"),
    });
    const done = await publishing(root);
    expect(done.exitCode).toBe(1);
    expect(done.statuses).toEqual(["crm.people failed", "sales.leads sent"]);
    expect(done.diagnostics.map((d) => d.code)).toContain(code);
    expect(JSON.stringify(await inCatalog(root, (c) => c.product("crm", "people")))).toContain("A product of the test");
  });

  it("tells a catalog of lineage to the column", async () => {
    const root = await builtMesh(local);
    await publishing(root);
    const graph = JSON.stringify(await inCatalog(root, (c) => c.lineage("sales", "leads")));
    for (const part of ["crm", "people", '"name"', "greeting"]) expect(graph).toContain(part);
  });

  it("plans and sends nothing on a dry run", async () => {
    const root = await builtMesh(local);
    const done = await publishing(root, { dryRun: true });
    expect(done).toMatchObject({ exitCode: 0, opened: false, statuses: ["crm.people planned", "sales.leads planned"] });
    expect(existsSync(join(root, ".mesh/catalog"))).toBe(false);
  });
});

describe("to a receiver over HTTP", () => {
  const servers: { close(): void }[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function receiver(status: () => number) {
    const bodies: { path: string | undefined; key: string | undefined; body: Record<string, unknown> }[] = [];
    const server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      request.on("end", () => {
        bodies.push({
          path: request.url,
          key: request.headers.authorization,
          body: JSON.parse(text) as Record<string, unknown>,
        });
        response.writeHead(status(), { "content-type": "application/json" }).end("{}");
      });
    });
    await new Promise<void>((ok) => server.listen(0, "127.0.0.1", ok));
    servers.push(server);
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
  }

  const lineage = "    lineage: { kind: openlineage, url: { env: LINEAGE_URL }, key: { env: LINEAGE_KEY } }\n";

  it("sends lineage events of each run, with the key and the columns", async () => {
    const root = await builtMesh(lineage);
    const { url, bodies } = await receiver(() => 201);
    const done = await publishing(root, { env: { LINEAGE_URL: url, LINEAGE_KEY: "k-1" } });
    expect(done.exitCode).toBe(0);
    expect(bodies.map((b) => b.key)).toEqual(bodies.map(() => "Bearer k-1"));
    expect(new Set(bodies.map((b) => b.body["eventType"]))).toEqual(new Set(["START", "COMPLETE"]));
    const text = JSON.stringify(bodies);
    for (const part of ["columnLineage", "dataQualityAssertions", "greeting"]) expect(text).toContain(part);
    expect(JSON.stringify(done)).not.toContain("k-1");
  });

  it("a receiver that refuses is said to, with what to do, and nothing else is held back", async () => {
    const root = await builtMesh(lineage);
    const { url } = await receiver(() => 403);
    const done = await publishing(root, { env: { LINEAGE_URL: url, LINEAGE_KEY: "k-1" } });
    expect(done.exitCode).toBe(1);
    expect(new Set(done.results.map((r) => r.product))).toEqual(new Set(["crm.people", "sales.leads"]));
    expect(done.diagnostics[0]).toMatchObject({ code: expect.stringMatching(/^publish\//), help: expect.any(String) });
    expect(JSON.stringify(done)).not.toContain("k-1");
  });

  it("an interruption ends it with what was sent, the rest skipped, and the next run sends that", async () => {
    const root = await builtMesh(lineage);
    const stop = new AbortController();
    let answered = 0;
    const { url, bodies } = await receiver(() => {
      if (++answered === 1) stop.abort(new Error("interrupted"));
      return 201;
    });
    const env = { LINEAGE_URL: url, LINEAGE_KEY: "k-1" };
    const done = await publishing(root, { env, signal: stop.signal });
    expect(done.results.at(-1)).toMatchObject({ product: "sales.leads", status: "skipped", answer: "interrupted" });
    expect(done.results.filter((r) => r.status === "failed")).toEqual([]);
    expect(bodies).toHaveLength(1);
    expect((await publishing(root, { env })).summary).toMatchObject({ failed: 0, skipped: 0 });
  });

  it("a secret that is missing is named with its place, before anything is sent", async () => {
    const root = await builtMesh(lineage);
    const { url, bodies } = await receiver(() => 201);
    const done = await publishing(root, { env: { LINEAGE_URL: url } });
    expect(done.exitCode).toBe(1);
    expect(bodies).toEqual([]);
    expect(done.diagnostics[0]).toMatchObject({ code: "publish/missing-secret", span: { file: "mesh.yaml", line: 9 } });
    expect(done.diagnostics[0]!.message).toContain("LINEAGE_KEY");
  });
});

it("writes lineage events to a file, once each", async () => {
  const root = await builtMesh("    lineage: { kind: openlineage, url: .mesh/lineage.ndjson }\n");
  const first = await publishing(root);
  expect(first.exitCode).toBe(0);
  const lines = () =>
    readFileSync(join(root, ".mesh/lineage.ndjson"), "utf8")
      .trim()
      .split("\n")
      .map((l) => JSON.parse(l) as { eventType: string });
  const count = lines().length;
  expect(count).toBeGreaterThanOrEqual(4);
  expect((await publishing(root)).summary["unchanged"]).toBe(count);
  expect(lines()).toHaveLength(count);
});

it("a target that mesh.yaml does not name is a finding with the nearest", async () => {
  const root = await builtMesh("    local: { kind: meshwork, url: embedded }\n");
  const done = await publishing(root, { to: ["locla"] });
  expect(done.exitCode).toBe(1);
  expect(done.results).toEqual([]);
  expect(`${done.diagnostics[0]!.message} ${done.diagnostics[0]!.help}`).toContain("local");
});

it("a product that was never built is published without a run", async () => {
  const root = scratchMesh({
    "mesh.yaml": mesh("  publish:\n    local: { kind: meshwork, url: embedded }\n"),
    "domains/crm/people/data-product-contract.yaml": contract("crm.people", { fields: [id] }),
    "domains/crm/people/models/people.sql": "select 1::bigint as id",
  });
  expect(await publishing(root)).toMatchObject({ exitCode: 0, statuses: ["crm.people sent"] });
});
