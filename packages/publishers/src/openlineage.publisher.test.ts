import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectedPublisher, ProductSnapshot, Step } from "@meshwork/publishers";
import { connectPublisher } from "@meshwork/publishers";
import type { AnySchemaObject } from "ajv";
import addFormats from "ajv-formats";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startReceiver } from "./testdata/receiver.ts";
import type { Receiver } from "./testdata/receiver.ts";
import { runId, sampleSnapshot } from "./testdata/sample-snapshot.ts";

// OPENLINEAGE_SPEC names a folder with the specification's `OpenLineage.json` and `facets/*.json`.
const specification = process.env["OPENLINEAGE_SPEC"];
const hasSpecification = specification !== undefined && existsSync(join(specification, "OpenLineage.json"));

function connect(url: string, key?: string): ConnectedPublisher {
  const connected = connectPublisher(
    {
      name: "lineage",
      kind: "openlineage",
      url,
      key: key === undefined ? undefined : { env: "OPENLINEAGE_KEY" },
      settings: {},
      at: [],
    },
    { env: { OPENLINEAGE_KEY: key }, readFile: () => undefined },
  );
  if (!connected.ok) throw new Error(connected.diagnostics[0]?.message);
  return connected.publisher;
}

interface Event {
  eventType: string;
  run: { runId: string; facets: Record<string, unknown> };
  job: { name: string; facets: Record<string, Record<string, unknown>> };
  inputs: { name: string; facets: Record<string, unknown>; inputFacets?: Record<string, { assertions: unknown[] }> }[];
  outputs: { name: string; facets: Record<string, Record<string, Record<string, unknown>>>; outputFacets?: unknown }[];
}
const plan = (snapshot: ProductSnapshot): Step[] => connect("http://unused.example").plan(snapshot);
const eventsOf = (snapshot: ProductSnapshot): Event[] => plan(snapshot).map((step) => step.body as Event);

const snapshots: Record<string, ProductSnapshot> = {
  complete: sampleSnapshot(),
  failed: sampleSnapshot({
    error: "Column x is missing.",
    run: { runId, startedAt: "2026-11-21T02:49:00Z", endedAt: "2026-11-21T02:50:00Z", status: "failed" },
  }),
  aborted: sampleSnapshot({ run: { runId, startedAt: "2026-11-21T02:49:00+02:00", status: "aborted" } }),
  running: sampleSnapshot({ run: { runId, startedAt: "2026-11-21T02:49:00Z", status: "running" } }),
  bare: sampleSnapshot({
    ports: [{ port: "order_events" }],
    inputs: [],
    columns: [],
    checks: [],
    git: undefined,
    models: [],
    engine: undefined,
  }),
  places: sampleSnapshot({
    ports: [{ port: "order_events", location: "s3://lake/orders events/ä" }],
    git: { commit: "3f2a9c1", repository: "https://user:secret@git.example/a/b.git" },
  }),
};

describe("events", () => {
  test("fit the schema, whatever is known of the run", () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(
      JSON.parse(
        readFileSync(new URL("./testdata/openlineage-run-event.schema.json", import.meta.url), "utf8"),
      ) as AnySchemaObject,
    );
    for (const [name, snapshot] of Object.entries(snapshots))
      for (const event of eventsOf(snapshot)) expect(validate(event) ? [] : validate.errors, name).toEqual([]);
    const { job: _without, ...broken } = eventsOf(sampleSnapshot())[0]!;
    expect(validate(broken)).toBe(false);
  });

  test.skipIf(!hasSpecification)(
    `fit the specification's own schemas${hasSpecification ? "" : ": needs OPENLINEAGE_SPEC"}`,
    () => {
      const ajv = new Ajv2020({ strict: false, allErrors: true });
      addFormats.default(ajv);
      const read = (path: string) => JSON.parse(readFileSync(join(specification!, path), "utf8")) as AnySchemaObject;
      ajv.addSchema(read("OpenLineage.json"));
      for (const file of readdirSync(join(specification!, "facets")))
        if (file.endsWith(".json")) ajv.addSchema(read(join("facets", file)));
      for (const [name, snapshot] of Object.entries(snapshots))
        for (const event of eventsOf(snapshot)) {
          const validate = ajv.compile({ $ref: "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent" });
          expect(validate(event) ? [] : validate.errors, name).toEqual([]);
          const facets = [event.run, event.job, ...event.inputs, ...event.outputs].flatMap((part) =>
            Object.entries(part).flatMap(([kind, value]) =>
              /facets$/i.test(kind) ? Object.values(value as object) : [],
            ),
          ) as { _schemaURL: string }[];
          expect(facets.length).toBeGreaterThan(0);
          for (const facet of facets) {
            const check = ajv.compile({ $ref: facet._schemaURL });
            expect(check(facet) ? [] : check.errors, `${name} ${facet._schemaURL}`).toEqual([]);
          }
        }
    },
  );

  test("START and the end share the run's id; checks are a child run that reads the port", () => {
    const events = eventsOf(sampleSnapshot());
    expect(events.map((e) => [e.eventType, e.job.name])).toEqual([
      ["START", "orders.order-events"],
      ["COMPLETE", "orders.order-events"],
      ["START", "orders.order-events.checks"],
      ["COMPLETE", "orders.order-events.checks"],
    ]);
    const [start, complete, checksStart, checks] = events as [Event, Event, Event, Event];
    expect([start.run.runId, complete.run.runId]).toEqual([runId, runId]);
    expect(checks.run.runId).toBe(checksStart.run.runId);
    expect(checks.run.runId).not.toBe(runId);
    expect(checks.run.facets["parent"]).toMatchObject({ run: { runId } });
    expect(checks.inputs[0]).toMatchObject({ name: "orders.order_events_v2" });
    expect(checks.inputs[0]?.inputFacets?.["dataQualityAssertions"]?.assertions).toEqual([
      {
        assertion: "not_null",
        success: false,
        name: "not_null.order_id",
        column: "order_id",
        severity: "error",
        expected: "0",
        actual: "3",
      },
    ]);
  });

  test("carry columns, their lineage, figures, owners, SQL, engine and commit", () => {
    const complete = eventsOf(sampleSnapshot())[1]!;
    const [output] = complete.outputs;
    expect(output?.outputFacets).toMatchObject({ outputStatistics: { rowCount: 1204, size: 5000 } });
    expect(output?.facets["schema"]?.["fields"]).toMatchObject([
      { name: "order_id", type: "VARCHAR", description: "Key of the order" },
      {},
      {},
    ]);
    const fields = output!.facets["columnLineage"]!["fields"]!;
    expect(Object.keys(fields).sort()).toEqual(["__proto__", "customer_id", "order_id"]);
    expect(fields["customer_id"]).toMatchObject({
      inputFields: [
        {
          name: "raw.kafka.order_events",
          field: "customer_id",
          transformations: [{ type: "DIRECT", subtype: "TRANSFORMATION", masking: true }],
        },
      ],
    });
    // The edge names the input as the event's inputs do: a receiver joins them by name.
    expect(Object.getOwnPropertyDescriptor(fields, "__proto__")?.value).toMatchObject({
      inputFields: [{ name: "content.page_catalog_v1" }],
    });
    expect(complete.inputs.map((input) => input.name)).toEqual(["raw.kafka.order_events", "content.page_catalog_v1"]);
    expect(complete.job.facets).toMatchObject({
      sql: { query: "-- order_events\nselect * from raw", dialect: "duckdb" },
      sourceCodeLocation: {
        repoUrl: "https://git.acme.example/data/mesh",
        version: "3f2a9c1d5e7788990011aabbccddeeff00112233",
      },
    });
    expect(complete.run.facets["processing_engine"]).toMatchObject({ name: "duckdb", version: "1.5.5" });
    expect(JSON.stringify(eventsOf(snapshots["places"]!))).not.toContain("secret");
  });

  test("a failed run says why and claims no figures; a running one has not ended; without a run there is nothing", () => {
    const [start, fail] = eventsOf(snapshots["failed"]!) as [Event, Event];
    expect([start.eventType, fail.eventType]).toEqual(["START", "FAIL"]);
    expect(fail.run.facets["errorMessage"]).toMatchObject({ message: "Column x is missing." });
    expect(fail.outputs[0]).not.toHaveProperty("outputFacets");
    expect(eventsOf(snapshots["running"]!).map((e) => e.eventType)).toEqual(["START"]);
    expect(eventsOf(snapshots["aborted"]!)[1]?.eventType).toBe("ABORT");
    expect(plan(sampleSnapshot({ run: undefined }))).toEqual([]);
  });

  test("the same snapshot gives the same steps, another run other keys", () => {
    expect(plan(sampleSnapshot())).toEqual(plan(sampleSnapshot()));
    const keys = new Set(plan(sampleSnapshot()).map((step) => step.key));
    const other = sampleSnapshot({ run: { ...sampleSnapshot().run!, runId: "0193f7c2-5d0e-4c41-9f5c-2b7f6a1d9e99" } });
    expect(plan(other).some((step) => keys.has(step.key))).toBe(false);
  });
});

describe("sending", () => {
  let receiver: Receiver;
  let dir: string;
  beforeAll(async () => {
    receiver = await startReceiver();
    dir = mkdtempSync(join(tmpdir(), "mesh-lineage-"));
  });
  afterAll(() => {
    receiver.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const waits: number[] = [];
  const context = { root: "/", sleep: (milliseconds: number) => (waits.push(milliseconds), Promise.resolve()) };

  test("posts to /api/v1/lineage with the key, again after passing errors, and not after others", async () => {
    const publisher = connect(`${receiver.url}/base/`, "s3cret-key");
    const [step] = publisher.plan(sampleSnapshot());
    receiver.answers(503, 502, 201);
    const receipt = await publisher.send(step!, context);
    expect(receipt).toMatchObject({ status: "sent", answer: "201", attempts: 3 });
    expect(waits).toEqual([300, 600]);
    expect(receiver.requests.map((r) => [r.path, r.authorization])).toEqual(
      Array.from({ length: 3 }, () => ["/base/api/v1/lineage", "Bearer s3cret-key"]),
    );
    expect(receiver.requests.at(-1)?.body).toEqual(JSON.parse(JSON.stringify(step!.body)));

    receiver.answers(400);
    expect(await publisher.send(step!, context)).toMatchObject({
      status: "failed",
      attempts: 1,
      diagnostics: [{ code: "publish/refused" }],
    });
    receiver.answers(500, 500, 500, 500, 500, 201);
    const unreachable = await publisher.send(step!, context);
    expect(unreachable).toMatchObject({
      status: "failed",
      attempts: 5,
      diagnostics: [{ code: "publish/unreachable" }],
    });
    const printed = `${JSON.stringify([step, unreachable, publisher])}${(await import("node:util")).inspect([unreachable, publisher], { depth: 9, showHidden: true })}`;
    expect(printed).not.toContain("s3cret-key");
  });

  test("a key does not follow a redirect", async () => {
    const publisher = connect(receiver.url, "s3cret-key");
    receiver.answers(307, 307, 307, 307, 307);
    const before = receiver.requests.length;
    expect(await publisher.send(publisher.plan(sampleSnapshot())[0]!, context)).toMatchObject({ status: "failed" });
    expect(receiver.requests.slice(before).every((request) => request.path === "/api/v1/lineage")).toBe(true);
  });

  test("stops when it is told to", async () => {
    const publisher = connect("http://127.0.0.1:1");
    const stop = new AbortController();
    const sending = publisher.send(publisher.plan(sampleSnapshot())[0]!, {
      ...context,
      signal: stop.signal,
      sleep: () => (stop.abort(), Promise.resolve()),
    });
    await expect(sending).rejects.toThrow();
  });

  test("appends to a file, once each, also behind a line that was cut off", async () => {
    for (const url of ["lineage/events.ndjson", `file://${join(dir, "lineage/events.ndjson")}`]) {
      const publisher = connect(url);
      const steps = publisher.plan(sampleSnapshot());
      const statuses: string[] = [];
      for (const step of steps) statuses.push((await publisher.send(step, { root: dir })).status);
      expect(statuses).toEqual(steps.map(() => (url.startsWith("file") ? "unchanged" : "sent")));
    }
    const file = join(dir, "lineage/events.ndjson");
    expect(
      readFileSync(file, "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as Event).eventType),
    ).toEqual(["START", "COMPLETE", "START", "COMPLETE"]);
    const { appendFileSync } = await import("node:fs");
    appendFileSync(file, '{"cut');
    const publisher = connect(file);
    await publisher.send(publisher.plan(snapshots["failed"]!)[1]!, { root: dir });
    expect(JSON.parse(readFileSync(file, "utf8").trimEnd().split("\n").at(-1)!)).toMatchObject({ eventType: "FAIL" });
  });

  test("a file that cannot be written is said with its path", async () => {
    const publisher = connect("/dev/null/events.ndjson");
    const receipt = await publisher.send(publisher.plan(sampleSnapshot())[0]!, { root: dir });
    expect(receipt).toMatchObject({
      status: "failed",
      diagnostics: [
        { code: "publish/unreachable", message: expect.stringContaining("/dev/null/events.ndjson") as string },
      ],
    });
  });
});
