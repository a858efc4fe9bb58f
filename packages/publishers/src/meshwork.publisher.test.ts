import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { inspect } from "node:util";
import type { Answer, PublicationInput, PublishReceipt } from "@meshwork/catalog-api";
import type { ConnectedPublisher, SendContext } from "@meshwork/publishers";
import { connectPublisher } from "@meshwork/publishers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startReceiver } from "./testdata/receiver.ts";
import type { Receiver } from "./testdata/receiver.ts";
import { contractText, sampleSnapshot } from "./testdata/sample-snapshot.ts";

const receipt: PublishReceipt = {
  outcome: "created",
  id: "x",
  name: "orders.order-events",
  version: "2.1.0",
  revision: 1,
  contentHash: "h",
  changedPromises: false,
  run: "stored",
  url: "/products/orders/order-events",
  warnings: [],
};

function connect(settings: { url?: string; key?: string; settings?: Record<string, unknown> }): ConnectedPublisher {
  const connected = connectPublisher(
    {
      name: "local",
      kind: "meshwork",
      url: settings.url ?? "embedded",
      key: settings.key === undefined ? undefined : { env: "KEY" },
      settings: settings.settings ?? {},
      at: [],
    },
    { env: { KEY: settings.key }, readFile: () => undefined },
  );
  if (!connected.ok) throw new Error(connected.diagnostics[0]?.message);
  return connected.publisher;
}

describe("a remote catalog", () => {
  let receiver: Receiver;
  const context: SendContext = { root: "/", sleep: () => Promise.resolve() };
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  beforeEach(() => {
    receiver.requests.length = 0;
  });
  afterAll(() => receiver.close());

  test("gets the contract as it is, with the run, its checks and lineage", async () => {
    const publisher = connect({ url: `${receiver.url}/`, key: "s3cret-key" });
    const [step] = publisher.plan(sampleSnapshot());
    receiver.answers(503, { status: 201, body: receipt });
    expect(await publisher.send(step!, context)).toMatchObject({
      status: "sent",
      answer: "created",
      attempts: 2,
      url: `${receiver.url}/products/orders/order-events`,
    });
    const [, request] = receiver.requests;
    expect([request?.path, request?.authorization]).toEqual(["/v1/products", "Bearer s3cret-key"]);
    expect(request?.body).toMatchObject({
      contract: contractText,
      revise: false,
      run: { environment: "dev", status: "completed" },
      checks: [{ check: "not_null.order_id", status: "failed" }, { status: "skipped" }],
      lineage: { columns: [{ to: { column: "order_id" } }, {}, {}], consumers: [{ name: "apps/dashboard" }] },
      typescript: { module: "@acme/orders/order-events" },
    });
    expect(`${JSON.stringify([step, publisher])}${inspect([step, publisher], { depth: 9 })}`).not.toContain(
      "s3cret-key",
    );
  });

  test("tells unchanged, conflict, refusal and no answer apart", async () => {
    const publisher = connect({ url: receiver.url, key: "k" });
    const [step] = publisher.plan(sampleSnapshot());
    receiver.answers({ status: 200, body: { ...receipt, outcome: "unchanged", run: "unchanged" } });
    expect(await publisher.send(step!, context)).toMatchObject({ status: "unchanged", diagnostics: [] });
    receiver.answers({ status: 409, body: { code: "publish/conflict", message: "It promises something else." } });
    expect(await publisher.send(step!, context)).toMatchObject({
      status: "failed",
      attempts: 1,
      diagnostics: [{ code: "publish/conflict", product: "orders.order-events" }],
    });
    const problem = {
      code: "publish/refused",
      message: "The contract has an error.",
      diagnostics: [{ code: "contract/x", severity: "error", message: "No.", line: 3, column: 7 }],
    };
    receiver.answers({ status: 422, body: problem });
    expect(await publisher.send(step!, context)).toMatchObject({
      diagnostics: [{ code: "publish/refused", details: ["3:7: No. [contract/x]"] }],
    });
    // Something that answers 200 and is no catalog has not published anything.
    receiver.answers({ status: 200, body: { hello: "world" } });
    expect(await publisher.send(step!, context)).toMatchObject({
      status: "failed",
      diagnostics: [{ code: "publish/refused" }],
    });
    const nowhere = connect({ url: "http://127.0.0.1:1/?token=hidden", key: "k" });
    const lost = await nowhere.send(step!, context);
    expect(lost).toMatchObject({ status: "failed", attempts: 5, diagnostics: [{ code: "publish/unreachable" }] });
    expect(lost.diagnostics[0]?.message).not.toContain("hidden");
  });

  test("an address that holds an account, or is none, is refused before anything is sent", () => {
    for (const url of ["http://user:hidden@catalog.example", "ftp://catalog.example", "catalog.example", "http://"]) {
      for (const kind of ["meshwork", "openlineage"]) {
        if (kind === "openlineage" && url === "catalog.example") continue; // a file's name
        const connected = connectPublisher(
          { name: "x", kind, url, settings: {}, at: [] },
          { env: {}, readFile: () => undefined },
        );
        expect(connected, `${kind} ${url}`).toMatchObject({
          ok: false,
          diagnostics: [{ code: "publish/unknown-target" }],
        });
        expect(JSON.stringify(connected)).not.toContain("hidden");
      }
    }
  });

  test("plans purely: equal snapshots give equal keys, another run or text another", () => {
    const publisher = connect({ url: receiver.url });
    const key = (change: Parameters<typeof sampleSnapshot>[0] = {}, text?: string) =>
      publisher.plan(sampleSnapshot(change, text))[0]?.key;
    expect(key()).toBe(key());
    expect(key({ checks: [] })).not.toBe(key());
    expect(key({}, contractText.replace("One row", "A row"))).not.toBe(key());
  });

  test("an account in the repository's address stays here; a snapshot that no catalog takes is said, not thrown", async () => {
    const publisher = connect({ url: receiver.url, key: "k" });
    const git = { commit: "3f2a9c1", repository: "https://x-token:hidden@git.example/a/b.git" };
    const [step] = publisher.plan(sampleSnapshot({ git }));
    expect(step?.body).toMatchObject({ git: { repository: "https://git.example/a/b.git" } });
    const [long] = publisher.plan(sampleSnapshot({ ports: [{ port: "x".repeat(301) }] }));
    expect(await publisher.send(long!, context)).toMatchObject({
      status: "failed",
      diagnostics: [{ code: "publish/refused", message: expect.stringContaining("ports.0.port") as string }],
    });
    expect(receiver.requests).toEqual([]);
  });

  test("results go with their run, or not at all", () => {
    const [step] = connect({}).plan(sampleSnapshot({ run: undefined }));
    expect(step?.body).not.toMatchObject({ checks: expect.anything() as unknown });
    expect(step?.body).not.toMatchObject({ ports: expect.anything() as unknown });
  });
});

describe("the embedded catalog", () => {
  const root = mkdtempSync(join(tmpdir(), "meshwork-publish-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const opened: string[] = [];
  const context = (answer: Answer<PublishReceipt>): SendContext => ({
    root,
    openEmbedded: (dir) => {
      opened.push(relative(root, dir));
      return Promise.resolve({
        ok: true,
        value: {
          url: "http://127.0.0.1:4400",
          publish: (body: PublicationInput) => (expect(body.revise).toBe(true), Promise.resolve(answer)),
          report: () => Promise.reject(new Error("not asked")),
          event: () => Promise.reject(new Error("not asked")),
        },
      });
    },
  });
  const accepts = context({ ok: true, value: receipt });
  const refuses = context({ ok: false, status: 422, problem: { code: "refused", message: "no" } });
  const send = (settings: Record<string, string>, to: SendContext, snapshot = sampleSnapshot()) => {
    opened.length = 0;
    const publisher = connect({ settings });
    return publisher.send(publisher.plan(snapshot)[0]!, to);
  };

  test("is opened in the workspace's folder, and takes work in progress", async () => {
    expect(await send({}, accepts)).toMatchObject({
      status: "sent",
      url: "http://127.0.0.1:4400/products/orders/order-events",
    });
    expect(opened).toEqual([".mesh/catalog"]);
    await send({ path: "var/catalog" }, accepts);
    expect(opened).toEqual(["var/catalog"]);
  });

  test("is not opened for what it accepted before, and again once it is gone or something changed", async () => {
    const path = "known";
    await send({ path }, accepts);
    expect(await send({ path }, accepts)).toMatchObject({ status: "unchanged" });
    expect(opened).toEqual([]);
    await send({ path }, accepts, { ...sampleSnapshot(), contractText: "other" });
    expect(opened).toEqual([path]);
    await send({ path }, accepts);
    expect(opened).toEqual([path]);
    rmSync(join(root, path), { recursive: true });
    await send({ path }, accepts);
    expect(opened).toEqual([path]);
  });

  test("is asked again about what it refused", async () => {
    const path = "refusing";
    expect(await send({ path }, refuses)).toMatchObject({ status: "failed" });
    expect(await send({ path }, accepts)).toMatchObject({ status: "sent" });
  });
});
