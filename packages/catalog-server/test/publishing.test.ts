import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogConnection, RunningCatalog } from "@meshwork/catalog-server";
import { openCatalog, startCatalog } from "@meshwork/catalog-server";
import { readContract } from "@meshwork/contract";
import type { ProductSnapshot } from "@meshwork/publishers";
import { connectPublisher } from "@meshwork/publishers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contractText, runIds } from "./contracts.ts";
import { prepareCatalogs } from "./prepared-catalog.ts";

// Publishers against the real catalog: embedded in this process, and over HTTP.

let dir: string;
let catalog: RunningCatalog;
let key: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "mesh-publishing-"));
  const catalogs = await prepareCatalogs();
  catalogs.into(join(dir, ".mesh/catalog"));
  const started = await startCatalog({ dir: catalogs.into(join(dir, "remote")), port: 0 });
  catalogs.remove();
  if (!started.ok) throw new Error(started.diagnostic.message);
  catalog = started.value;
  key = readFileSync(join(dir, "remote/key"), "utf8").trim();
});
afterAll(async () => {
  await catalog?.close();
  rmSync(dir, { recursive: true, force: true });
});

function snapshot(text: string, runId: string = runIds[0]): ProductSnapshot {
  const { value } = readContract({ file: "data-product-contract.yaml", text });
  return {
    product: `${value!.domain}.${value!.product}`,
    contract: value!,
    contractText: text,
    file: "data-product-contract.yaml",
    environment: "dev",
    ports: [{ port: "order_events", relation: "orders.order_events_v1", location: "/lake/current", rows: 7 }],
    inputs: [{ name: "raw.kafka.clicks", external: true }],
    columns: [
      {
        from: { name: "raw.kafka.clicks", column: "id" },
        to: { port: "order_events", column: "order_id" },
        type: "direct",
      },
    ],
    consumers: [],
    checks: [{ port: "order_events", check: "not_null.order_id", assertion: "not_null", status: "passed" }],
    run: { runId, startedAt: "2026-11-20T10:00:00Z", endedAt: "2026-11-20T10:01:00Z", status: "completed" },
    compliance: [],
  };
}

const targets = () =>
  [
    { name: "local", kind: "meshwork", url: "embedded", settings: {}, at: [] },
    { name: "team", kind: "meshwork", url: catalog.url, key: { env: "KEY" }, settings: {}, at: [] },
    { name: "lineage", kind: "openlineage", url: catalog.url, key: { env: "KEY" }, settings: {}, at: [] },
  ] as const;

test("a snapshot arrives in each catalog, once; a changed release is the receiver's to refuse", async () => {
  const opened = await openCatalog({ dir: join(dir, ".mesh/catalog") });
  if (!opened.ok) throw new Error(opened.diagnostic.message);
  const embedded: CatalogConnection = opened.value;
  const context = {
    root: dir,
    openEmbedded: (folder: string) => {
      expect(folder).toBe(join(dir, ".mesh/catalog"));
      return Promise.resolve({ ok: true as const, value: embedded });
    },
  };
  const text = contractText("orders", "order-events");
  const changed = contractText("orders", "order-events", { fields: ["{ name: order_id, type: long }"] });
  const outcomes: Record<string, string[]> = {};
  for (const target of targets()) {
    const connected = connectPublisher(target, { env: { KEY: key }, readFile: () => undefined });
    if (!connected.ok) throw new Error(connected.diagnostics[0]?.message);
    const said: string[] = [];
    for (const each of [snapshot(text), snapshot(text), snapshot(changed, runIds[1])])
      for (const step of connected.publisher.plan(each)) {
        const receipt = await connected.publisher.send(step, context);
        said.push(receipt.diagnostics[0]?.code ?? `${receipt.status} ${receipt.answer ?? ""}`);
      }
    outcomes[target.name] = said;
  }
  expect(outcomes["local"]).toEqual(["sent created", "unchanged unchanged", "sent revised"]);
  expect(outcomes["team"]).toEqual(["sent created", "unchanged unchanged", "publish/conflict"]);
  expect(outcomes["lineage"]?.slice(0, 5)).toEqual([...Array.from({ length: 4 }, () => "sent 201"), "sent 200"]);

  expect(await embedded.quality("orders", "order-events")).toMatchObject({
    summary: { verdict: "passing", environment: "dev" },
  });
  expect((await embedded.search("order_id")).items.map((hit) => hit.product.name)).toEqual(["orders.order-events"]);
  expect((await embedded.lineage("orders", "order-events"))?.columns).toHaveLength(1);
  await embedded.close();
  const events = (await (await fetch(`${catalog.url}/v1/lineage/events?job=orders.order-events`)).json()) as {
    items: unknown[];
  };
  expect(events.items).toHaveLength(4);
});
