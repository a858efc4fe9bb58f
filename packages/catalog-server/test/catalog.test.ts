import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogClient, PublicationInput } from "@meshwork/catalog-api";
import { catalogClient } from "@meshwork/catalog-api";
import type { RunningCatalog } from "@meshwork/catalog-server";
import { startCatalog } from "@meshwork/catalog-server";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { check, contractText, run, runIds } from "./contracts.ts";
import { postgresMissing, startPostgres } from "./postgres-server.ts";

const key = "a-key-of-the-tests";
const now = new Date("2026-11-21T03:00:00.000Z");

/** Both storages have to give the same answers to everything below. */
const storages: Record<
  "embedded" | "postgres",
  { missing?: string | undefined; start: () => Promise<{ options: object; stop: () => void }> }
> = {
  embedded: {
    start: () => {
      const dir = mkdtempSync(join(tmpdir(), "mesh-catalog-"));
      return Promise.resolve({ options: { dir }, stop: () => rmSync(dir, { recursive: true, force: true }) });
    },
  },
  postgres: {
    missing: postgresMissing(),
    start: async () => {
      const { url, stop } = await startPostgres();
      return { options: { databaseUrl: url }, stop };
    },
  },
};

for (const [name, storage] of Object.entries(storages))
  describe.skipIf(storage.missing !== undefined)(
    `a catalog on ${name}${storage.missing === undefined ? "" : `: ${storage.missing}`}`,
    () => {
      let catalog: RunningCatalog;
      let stop: () => void;
      let client: CatalogClient;
      const failures: string[] = [];

      beforeAll(async () => {
        const started = await storage.start();
        stop = started.stop;
        const opened = await startCatalog({
          ...started.options,
          port: 0,
          key,
          now: () => now,
          log: (line) => failures.push(line),
        });
        if (!opened.ok) throw new Error(opened.diagnostic.message);
        catalog = opened.value;
        expect(await catalog.ready).toEqual({ ok: true, value: null });
        client = catalogClient({ url: catalog.url, key });
      });
      afterAll(async () => {
        await catalog?.close();
        stop?.();
        expect(failures).toEqual([]);
      });

      const post = (
        body: string,
        headers: Record<string, string> = { authorization: `Bearer ${key}` },
        path = "/v1/products",
      ) => fetch(`${catalog.url}${path}`, { method: "POST", body, headers });
      const published = async (publication: PublicationInput) => {
        const answer = await client.publish(publication);
        if (!answer.ok) throw new Error(`${answer.status} ${JSON.stringify(answer.problem)}`);
        return answer.value;
      };

      test("takes the contract as it is, by content, and knows it the second time", async () => {
        const text = contractText("intake", "order-events");
        const first = await post(text, { authorization: `Bearer ${key}`, "content-type": "application/json" });
        expect([first.status, ((await first.json()) as { outcome: string }).outcome]).toEqual([201, "created"]);
        const second = await post(text, { authorization: `bearer ${key}`, "content-type": "text/plain" });
        expect([second.status, ((await second.json()) as { outcome: string }).outcome]).toEqual([200, "unchanged"]);
        const asJson = JSON.stringify({
          apiVersion: "datamesh.io/v1",
          kind: "DataProduct",
          metadata: { name: "intake.from-json", domain: "intake", version: "1.0.0" },
          spec: { owner: "a@b.example", schema: { fields: [{ name: "id", type: "string" }] } },
        });
        expect(
          (await post(asJson, { authorization: `Bearer ${key}`, "content-type": "application/x-yaml" })).status,
        ).toBe(201);
        expect((await client.products({ domain: "intake" })).items.map((p) => p.name)).toEqual([
          "intake.from-json",
          "intake.order-events",
        ]);
      });

      test("refuses writers without the key, and keeps nothing of theirs", async () => {
        const text = contractText("forbidden", "orders");
        for (const headers of [
          {},
          { authorization: "Bearer wrong" },
          { authorization: key },
          { authorization: "Bearer" },
        ])
          expect((await post(text, headers)).status).toBe(401);
        expect((await post("{}", {}, "/v1/lineage")).status).toBe(401);
        expect(await client.product("forbidden", "orders")).toBeUndefined();
      });

      test("a released version keeps its promises; a draft may change; prose may always change", async () => {
        const other = ["{ name: order_id, type: long }"];
        await published({ contract: contractText("rules", "orders") });
        const conflict = await client.publish({ contract: contractText("rules", "orders", { fields: other }) });
        expect(conflict).toMatchObject({ ok: false, status: 409, problem: { code: "publish/conflict" } });
        expect((await client.schema("rules", "orders"))?.ports[0]?.columns[0]?.type).toBe("string");

        const prose = await published({ contract: contractText("rules", "orders", { description: "Reworded." }) });
        expect(prose).toMatchObject({ outcome: "revised", revision: 2, changedPromises: false });
        const forced = await published({ contract: contractText("rules", "orders", { fields: other }), revise: true });
        expect(forced).toMatchObject({ outcome: "revised", revision: 3, changedPromises: true });
        expect((await client.versions("rules", "orders"))?.[0]).toMatchObject({
          version: "1.0.0",
          revision: 3,
          changedPromises: true,
        });

        await published({ contract: contractText("rules", "sketch", { status: "draft" }) });
        expect(
          await published({ contract: contractText("rules", "sketch", { status: "draft", fields: other }) }),
        ).toMatchObject({
          outcome: "revised",
          changedPromises: false,
        });
      });

      test("an older version that lives on reports beside the newest, with its end", async () => {
        const newest = contractText("live", "orders", { version: "2.0.0" });
        const older = contractText("live", "orders", { version: "1.5.0", status: "deprecated" }).replace(
          "spec:",
          "spec:\n  deprecation: { since: 1.5.0, sunset: 2099-06-30 }",
        );
        const at = (hour: number) => `2026-11-20T1${hour}:00:00Z`;
        await published({ contract: newest, run: run(at(0), runIds[0]), checks: [check("a", "passed", "orders")] });
        await published({ contract: older, run: run(at(1), runIds[1]), checks: [check("a", "failed", "orders")] });
        const versions = await client.versions("live", "orders");
        expect(versions?.map((v) => [v.version, v.current, v.sunset])).toEqual([
          ["2.0.0", true, undefined],
          ["1.5.0", false, "2099-06-30"],
        ]);
        expect((await client.quality("live", "orders"))?.summary).toMatchObject({ passed: 1, failed: 0 });
      });

      test("keeps versions; the newest released one is current, whatever the order of arrival", async () => {
        await published({ contract: contractText("life", "orders", { version: "2.0.0" }) });
        await published({ contract: contractText("life", "orders", { version: "1.9.0", description: "A late fix." }) });
        await published({ contract: contractText("life", "orders", { version: "3.0.0", status: "draft" }) });
        await published({ contract: contractText("life", "orders", { version: "2.10.0" }) });
        const versions = await client.versions("life", "orders");
        expect(versions?.map((v) => [v.version, v.current])).toEqual([
          ["3.0.0", false],
          ["2.10.0", true],
          ["2.0.0", false],
          ["1.9.0", false],
        ]);
        expect((await client.product("life", "orders", "1.9.0"))?.record.description).toBe("A late fix.");
        expect(await client.metadata("life", "orders")).toMatchObject({
          current_version: "2.10.0",
          previous_versions: ["2.0.0", "1.9.0"],
        });
        expect(await client.product("life", "orders", "9.9.9")).toBeUndefined();
      });

      test("the id is the product: a move keeps history, a second product under the name is refused", async () => {
        const id = "0193f7c2-5d0e-7c41-9f5c-2b7f6a1d9e20";
        await published({ contract: contractText("moves", "before") });
        await published({ contract: contractText("moves", "before", { id, version: "1.1.0" }) });
        await published({ contract: contractText("moves", "after", { id, version: "1.2.0" }) });
        expect(await client.product("moves", "before")).toBeUndefined();
        expect((await client.versions("moves", "after"))?.map((v) => v.version)).toEqual(["1.2.0", "1.1.0", "1.0.0"]);
        const other = await client.publish({
          contract: contractText("moves", "after", { id: "0193f7c2-5d0e-7c41-9f5c-2b7f6a1d9e21" }),
        });
        expect(other).toMatchObject({ ok: false, status: 409 });
      });

      test("verdict, history and metadata follow the runs; what did not run is never good", async () => {
        const checks = [
          "{ name: a, column: order_id, assertion: not_null, dimension: completeness }",
          "{ name: b, column: order_id, assertion: unique }",
        ];
        const contract = contractText("quality", "order-events", { checks });
        await published({ contract });
        expect((await client.quality("quality", "order-events"))?.summary).toEqual({
          verdict: "not-run",
          passed: 0,
          failed: 0,
          notRun: 2,
          total: 2,
        });

        await published({ contract, run: run("2026-11-20T10:00:00Z", runIds[0]), checks: [check("a", "passed")] });
        expect((await client.quality("quality", "order-events"))?.summary).toMatchObject({
          verdict: "partial",
          passed: 1,
          notRun: 1,
        });

        const later: PublicationInput = {
          contract,
          run: run("2026-11-20T12:00:00Z", runIds[1]),
          checks: [check("a", "passed"), check("b", "failed")],
        };
        expect((await published(later)).run).toBe("stored");
        expect((await published(later)).run).toBe("unchanged");
        // An older run that arrives late is history, not news.
        await published({ contract, run: run("2026-11-20T11:00:00Z", runIds[2]), checks: [check("b", "passed")] });

        const report = await client.quality("quality", "order-events");
        expect(report?.summary).toMatchObject({
          verdict: "failing",
          checkedAt: "2026-11-20T12:00:00.000Z",
          environment: "dev",
          passed: 1,
          failed: 1,
        });
        expect(report?.checks.map((c) => [c.check, c.status, c.runs.map((r) => r.status)])).toEqual([
          ["a", "passed", ["passed", "passed"]],
          ["b", "failed", ["passed", "failed"]],
        ]);
        expect((await client.metadata("quality", "order-events"))?.quality_metrics).toEqual({
          completeness: 1,
          general: 0,
        });

        await published({ contract: contractText("quality", "order-events", { checks, version: "1.1.0" }) });
        expect((await client.quality("quality", "order-events"))?.summary).toMatchObject({
          verdict: "stale",
          passed: 0,
          notRun: 2,
        });
      });

      test("a run may come alone, for a version that is known", async () => {
        await published({ contract: contractText("alone", "orders") });
        const at = "/v1/products/alone/orders/runs";
        const body = {
          run: run("2026-11-20T10:00:00Z"),
          checks: [check("x", "passed", "orders")],
          ports: [{ port: "orders", rows: 3, builtAt: "2026-11-20T10:00:00Z" }],
        };
        const auth = { authorization: `Bearer ${key}` };
        expect((await post(JSON.stringify(body), auth, at)).status).toBe(201);
        expect((await post(JSON.stringify(body), auth, at)).status).toBe(200);
        expect((await post(JSON.stringify({ ...body, version: "7.0.0" }), auth, at)).status).toBe(404);
        expect((await post(JSON.stringify(body), auth, "/v1/products/alone/unheard-of/runs")).status).toBe(404);
        expect((await post("[]", auth, at)).status).toBe(422);
        expect((await client.schema("alone", "orders"))?.ports[0]?.observed?.rows).toBe(3);
      });

      test("search finds a product by its column's name, in any spelling, and says so", async () => {
        await published({
          contract: contractText("finding", "visits", {
            tags: ["hay"],
            fields: [
              "{ name: needle_zebra_id, type: string }",
              "{ name: geo, type: struct, fields: [{ name: zebraCountry, type: string }] }",
            ],
          }),
        });
        await published({
          contract: contractText("finding", "hay", {
            description: "Has no stripes; mentions needle zebra id in words.",
          }),
        });
        for (const query of ["needle_zebra_id", "NEEDLE ZEBRA ID", "needleZebraId", "needlezebraid", "needle-zebra"]) {
          const { items } = await client.search(query);
          expect(items[0]?.product.name, query).toBe("finding.visits");
          expect(items[0]?.matches[0], query).toEqual({ kind: "column", text: "needle_zebra_id", port: "visits" });
        }
        expect((await client.search("zebra country")).items[0]?.matches[0]?.text).toBe("geo.zebraCountry");
        // A name that is the query stands before a tag that is.
        expect((await client.search("hay")).items.map((hit) => hit.product.name)).toEqual([
          "finding.hay",
          "finding.visits",
        ]);
        for (const none of ["", "   ", "%", "_", "nee%id", "needle unheardof", "'; drop table term; --", "\\"])
          expect(
            (await client.search(none)).items.filter((hit) => hit.product.domain === "finding"),
            none,
          ).toEqual([]);
        expect(
          (await client.search("needle zebra", { limit: 1, offset: 1 })).items.map((hit) => hit.product.name),
        ).toEqual(["finding.hay"]);
      });

      test("lineage joins what contracts say with what runs found, both ways and by depth", async () => {
        await published({ contract: contractText("flow", "raw", { upstream: ["raw.kafka.clicks"] }) });
        await published({ contract: contractText("flow", "sessions", { upstream: ["flow.raw"] }) });
        await published({ contract: contractText("flow", "kpis", { upstream: ["flow.sessions@1"] }) });
        await published({
          contract: contractText("flow", "sessions", { upstream: ["flow.raw"] }),
          run: run("2026-11-20T10:00:00Z"),
          lineage: {
            inputs: [{ name: "flow.raw", via: ["sql"] }, { name: "flow.lookup" }],
            columns: [
              {
                from: { name: "flow.raw", column: "a" },
                to: { port: "sessions", column: "order_id" },
                type: "direct",
                subtype: "IDENTITY",
              },
            ],
          },
        });
        const near = await client.lineage("flow", "sessions");
        expect(near?.nodes.map((n) => [n.name, n.kind, n.distance])).toEqual([
          ["flow.lookup", "external", -1],
          ["flow.raw", "product", -1],
          ["flow.sessions", "product", 0],
          ["flow.kpis", "product", 1],
        ]);
        expect((await client.lineage("flow", "kpis", 3))?.edges).toEqual([
          { from: "flow.lookup", to: "flow.sessions" },
          { from: "flow.raw", to: "flow.sessions" },
          { from: "flow.sessions", to: "flow.kpis" },
          { from: "raw.kafka.clicks", to: "flow.raw" },
        ]);
        expect((await client.lineage("flow", "raw"))?.columns).toMatchObject([
          { reader: "flow.sessions", to: { column: "order_id" } },
        ]);
        // Another promise is other code: what was found in the old one is forgotten.
        await published({
          contract: contractText("flow", "sessions", {
            version: "2.0.0",
            upstream: ["flow.raw"],
            fields: ["{ name: x, type: long }"],
          }),
        });
        expect((await client.lineage("flow", "sessions"))?.columns).toEqual([]);
        expect((await client.lineage("flow", "sessions"))?.nodes.map((n) => n.name)).not.toContain("flow.lookup");
      });

      test("a cycle of products ends", async () => {
        await published({ contract: contractText("round", "a", { upstream: ["round.b"] }) });
        await published({ contract: contractText("round", "b", { upstream: ["round.a"] }) });
        expect((await client.lineage("round", "a", 10))?.nodes.map((n) => n.name)).toEqual(["round.b", "round.a"]);
      });

      test("receives OpenLineage events once, under both paths", async () => {
        const event = {
          eventTime: "2026-11-20T10:00:00Z",
          eventType: "START",
          producer: "https://example.com",
          schemaURL: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
          run: { runId: runIds[0] },
          job: { namespace: "elsewhere", name: "nightly" },
        };
        const auth = { authorization: `Bearer ${key}` };
        expect((await post(JSON.stringify(event), auth, "/api/v1/lineage")).status).toBe(201);
        expect((await post(JSON.stringify(event), auth, "/v1/lineage")).status).toBe(200);
        expect((await post(JSON.stringify({ ...event, job: undefined }), auth, "/v1/lineage")).status).toBe(422);
        expect((await post("not json", auth, "/v1/lineage")).status).toBe(422);
        const stored = (await (await fetch(`${catalog.url}/v1/lineage/events?job=nightly`)).json()) as {
          items: { event: unknown }[];
        };
        expect(stored.items.map((item) => item.event)).toEqual([event]);
      });

      test("lists are filtered and paged", async () => {
        for (const name of ["a", "b", "c"])
          await published({ contract: contractText("paged", name, { tags: name === "b" ? ["x'y"] : [] }) });
        expect((await client.products({ domain: "paged", limit: 2 })).items.map((p) => p.product)).toEqual(["a", "b"]);
        expect(await client.products({ domain: "paged", limit: 2, offset: 2 })).toMatchObject({
          total: 3,
          items: [{ product: "c" }],
        });
        expect((await client.products({ tag: "x'y" })).items.map((p) => p.name)).toEqual(["paged.b"]);
        expect((await client.products({ domain: "paged", status: "retired" })).total).toBe(0);
        expect((await client.products({ owner: "team-paged@acme.example" })).total).toBe(3);
        expect((await client.domains()).find((d) => d.name === "paged")).toEqual({
          name: "paged",
          products: 3,
          owners: ["team-paged@acme.example"],
          verdicts: { "not-run": 3 },
        });
        for (const bad of ["limit=0", "limit=201", "limit=x", "offset=-1", "status=good"])
          expect((await fetch(`${catalog.url}/v1/products?${bad}`)).status, bad).toBe(400);
      });

      test("the source documents' contract is accepted as it stands", async () => {
        const text = readFileSync(new URL("./testdata/data-product-contract.yaml", import.meta.url), "utf8");
        expect((await post(text, { authorization: `Bearer ${key}`, "content-type": "application/json" })).status).toBe(
          201,
        );
        const metadata = await client.metadata("orders", "order-events");
        const sample = JSON.parse(
          readFileSync(new URL("./testdata/product-metadata.json", import.meta.url), "utf8"),
        ) as object;
        expect(Object.keys(metadata ?? {})).toEqual(Object.keys(sample));
        expect((await client.search("customer_id")).items.map((hit) => hit.product.name)).toContain(
          "orders.order-events",
        );
      });

      test("whatever is posted, the answer is no server error", async () => {
        const base = contractText("fuzz", "orders");
        const nasty = fc.oneof(
          fc.string({ unit: "binary", maxLength: 200 }),
          fc.json(),
          fc
            .record({ contract: fc.oneof(fc.string(), fc.constant(base)), run: fc.anything(), checks: fc.anything() })
            .map((v) => JSON.stringify(v) ?? ""),
          // A contract that is nearly right: a line replaced, or a scalar with what databases and terminals dislike.
          fc.tuple(fc.nat(20), fc.string({ unit: "binary", maxLength: 40 })).map(([at, text]) =>
            base
              .split("\n")
              .with(at % 18, text)
              .join("\n"),
          ),
          fc
            .constantFrom(
              "\\0",
              "\\uD800",
              "\\x1b[31m",
              "%s",
              "{{ 7*7 }}",
              "../../etc/passwd",
              "<script>",
              "'; drop table product; --",
              "__proto__",
              "constructor",
            )
            .map((text) => base.replace("What happened.", `"${text}"`).replace("order_id", `"${text}"`)),
          fc.constantFrom(
            "[".repeat(20_000),
            "a: ".repeat(5_000),
            `${"- ".repeat(3_000)}x`,
            "&a [*a, *a]",
            "\u0000",
            "",
          ),
        );
        await fc.assert(
          fc.asyncProperty(nasty, async (body) => {
            const response = await post(body);
            expect(response.status, body.slice(0, 300)).toBeLessThan(500);
            await response.text();
          }),
          { numRuns: 150 },
        );
        expect(failures).toEqual([]);
      });

      test("NUL, lone surrogates and __proto__ are stored, not choked on", async () => {
        const envelope = JSON.stringify({
          contract: contractText("odd", "orders", {
            description: '"a\\0b"',
            fields: ['{ name: __proto__, type: string, description: "\\uD800" }'],
          }),
          file: "a\u0000b\ud800",
        });
        const response = await post(envelope);
        expect([201, 422]).toContain(response.status);
        if (response.status === 201)
          expect((await client.schema("odd", "orders"))?.ports[0]?.columns[0]?.name).toBe("__proto__");
      });

      test("a body beyond the limit is refused", async () => {
        expect((await post("x".repeat(9 * 1024 * 1024))).status).toBe(413);
      });

      test("the OpenAPI document describes every route, and every answer fits it", async () => {
        const document = (await (await fetch(`${catalog.url}/openapi.json`)).json()) as {
          paths: Record<string, Record<string, { responses: Record<string, object> }>>;
          components: { schemas: Record<string, object> };
        };
        expect(Object.keys(document.paths)).toContain("/v1/products/{domain}/{product}/quality");
        const { default: Ajv } = await import("ajv/dist/2020.js");
        const { default: addFormats } = await import("ajv-formats");
        const ajv = new Ajv.default({ strict: false, allErrors: true });
        addFormats.default(ajv);
        ajv.addSchema({ $id: "catalog", components: document.components });
        await published({
          contract: contractText("shape", "orders"),
          run: run("2026-11-20T10:00:00Z"),
          checks: [check("x", "passed", "orders")],
        });
        for (const path of Object.keys(document.paths)) {
          const operation = document.paths[path]?.["get"];
          if (operation === undefined) continue;
          const url = path.replace("{domain}", "shape").replace("{product}", "orders").replace("{version}", "1.0.0");
          const response = await fetch(`${catalog.url}${url}${path === "/v1/search" ? "?q=order" : ""}`);
          expect(response.status, path).toBe(200);
          const shown = operation.responses["200"] as { content: Record<string, { schema: { $ref: string } }> };
          const { $ref } = shown.content["application/json"]!.schema;
          const validate = ajv.compile({ $ref: `catalog${$ref}` });
          expect(validate(await response.json()) ? [] : validate.errors, path).toEqual([]);
        }
      });

      test("pages escape what contracts say, and allow nothing from elsewhere", async () => {
        await published({
          contract: contractText("hostile", "orders", {
            description: `'"><img src=x onerror=alert(1)>'`,
            tags: ['"<svg onload=alert(1)>"'],
            fields: [`{ name: "<script>alert(1)</script>", type: string }`],
          }),
        });
        for (const path of [
          "/",
          "/domains/hostile",
          "/products/hostile/orders",
          "/search?q=%3Cscript%3E",
          "/nothing/%3Cscript%3E",
        ]) {
          const response = await fetch(`${catalog.url}${path}`);
          const html = await response.text();
          expect(html, path).not.toMatch(/<script>alert|<img src=x|<svg onload/);
          expect(response.headers.get("content-security-policy"), path).toContain("default-src 'none'");
        }
        for (const path of [
          "/assets/..%2f..%2fpackage.json",
          "/assets/%2e%2e/key",
          "/products/..%2f..%2fkey/x",
          "/products/hostile/%00",
        ])
          expect((await fetch(`${catalog.url}${path}`)).status, path).toBe(404);
      });
    },
  );
