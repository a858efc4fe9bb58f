import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { EngineError, type Engine, type Session } from "@meshwork/engine";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  attachPorts,
  duckdbEngine,
  LakeError,
  openLake,
  type Lake,
  type LockHolder,
  type PortStore,
  type SnapshotMeta,
} from "../index.ts";
import { portStoreAt } from "./port-store.ts";

const base = mkdtempSync(join(tmpdir(), "mesh-lake-"));
const entry = pathToFileURL(join(import.meta.dirname, "../../dist/index.js")).href;
const script = (name: string): string => join(import.meta.dirname, "../testdata", name);

let engine: Engine;
let session: Session;
let lake: Lake;
let port: PortStore;
let number = 0;

beforeAll(async () => {
  engine = duckdbEngine();
  session = await engine.open();
});
afterAll(async () => {
  await session.close();
  await engine.close();
  rmSync(base, { recursive: true, force: true });
});
beforeEach(() => {
  lake = openLake(join(base, String(++number)));
  port = lake.port("orders", "order_events", 2);
});

const meta = (n = 1): SnapshotMeta => ({
  runId: `r${n}`,
  fingerprint: "f",
  upstream: {},
  builtAt: `2026-01-0${n}T00:00:00.000Z`,
});
const publish = async (select: string, n = 1, append = false) =>
  port.commit(await port.stage(session, select, { append }), meta(n));
const rowsOf = async (files: readonly string[]) =>
  (await (
    await session.query(`SELECT * FROM read_parquet([${files.map((f) => `'${f}'`).join(", ")}]) ORDER BY ALL`)
  ).rows()) as unknown[][];
const start = (name: string, ...args: string[]): ChildProcess =>
  spawn(process.execPath, [script(name), lake.root, entry, ...args], { stdio: ["ignore", "pipe", "inherit"] });

describe("a port", () => {
  it("is nothing before its first snapshot, and then exactly what was committed", async () => {
    expect(await port.read()).toBeUndefined();
    const staged = await port.stage(
      session,
      "SELECT 1 AS id, 'x' AS secret, 2.50::DECIMAL(10,2) AS amount -- all of it",
      { columns: [{ name: "amount" }, { name: "id" }] },
    );
    expect(await port.read()).toBeUndefined();
    expect(await rowsOf(staged.files)).toEqual([["2.50", 1]]);
    const { snapshot, swapped } = await port.commit(staged, meta());
    expect(swapped).toBe(true);
    expect(await port.read()).toEqual(snapshot);
    expect(snapshot.columns.map((c) => c.name)).toEqual(["amount", "id"]);
    expect(snapshot.manifest).toMatchObject({ ...meta(), rows: 1, bytes: staged.bytes });
    expect(await port.verify()).toEqual([]);
    expect(readdirSync(join(port.directory, "staging"))).toEqual([]);
  });

  it("is read by plain globs through a stable path", async () => {
    await publish("SELECT 1 AS id");
    expect(lstatSync(join(port.directory, "current")).isSymbolicLink()).toBe(true);
    expect(await (await session.query(`SELECT id FROM '${port.currentGlob}'`)).rows()).toEqual([[1]]);
    await publish("SELECT 2 AS id", 2);
    expect(await (await session.query(`SELECT id FROM '${port.currentGlob}'`)).rows()).toEqual([[2]]);
  });

  it("is not swapped by equal content, whatever the number of threads", async () => {
    const select = "SELECT range AS id, hash(range)::VARCHAR AS h FROM range(400000)";
    const first = await publish(select);
    const other = duckdbEngine({ threads: 1 });
    const single = await other.open();
    const again = await port.commit(await port.stage(single, select), meta(2));
    expect(again.swapped).toBe(false);
    expect(again.snapshot).toEqual(first.snapshot);
    expect(again.snapshot.manifest.runId).toBe("r1");
    await single.close();
    await other.close();
    expect((await publish(`${select} LIMIT 399999`, 2)).swapped).toBe(true);
  });

  it("adds files without touching those that are there", async () => {
    const first = await publish("SELECT 1 AS id");
    const second = await publish("SELECT 2 AS id", 2, true);
    expect(second.snapshot.files.map((f) => f.split("/").at(-1))).toEqual(["part-00000.parquet", "part-00001.parquet"]);
    expect(second.snapshot.manifest.files[0]).toEqual(first.snapshot.manifest.files[0]);
    expect(await rowsOf(second.snapshot.files)).toEqual([[1], [2]]);
    expect(await rowsOf(first.snapshot.files)).toEqual([[1]]);
    expect((await publish("SELECT 3 AS id WHERE false", 3, true)).swapped).toBe(false);
    expect(await (await session.query(`SELECT count(*) FROM '${port.currentGlob}'`)).rows()).toEqual([[2n]]);
  });

  it("refuses to add to a snapshot that has been replaced meanwhile", async () => {
    await publish("SELECT 1 AS id");
    const staged = await port.stage(session, "SELECT 2 AS id", { append: true });
    await publish("SELECT 9 AS id", 2);
    await expect(port.commit(staged, meta(3))).rejects.toMatchObject({ code: "stale-stage" });
  });

  it("keeps its columns when it has no rows", async () => {
    const { snapshot } = await publish("SELECT 1 AS id, 'x' AS name WHERE false");
    expect(snapshot.rows).toBe(0);
    expect(snapshot.columns.map((c) => c.name)).toEqual(["id", "name"]);
    expect(await rowsOf(snapshot.files)).toEqual([]);
    expect((await publish("SELECT 7 AS id, 'y' AS name", 2, true)).snapshot.manifest.files.map((f) => f.name)).toEqual([
      "part-00000.parquet",
    ]);
  });

  it("tells where in the query an error lies, and leaves nothing behind", async () => {
    const select = "SELECT nope\nFROM (SELECT 1 AS id)";
    const error = await port.stage(session, select).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(EngineError);
    expect(select.slice((error as EngineError).offset)).toMatch(/^nope/);
    expect(readdirSync(join(port.directory, "staging"))).toEqual([]);
  });

  it("is made by one query and nothing after it", async () => {
    await session.query("CREATE OR REPLACE TABLE kept AS SELECT 1 AS n");
    const attack = `SELECT 1 AS id) TO '${join(base, "x.parquet")}'; DROP TABLE kept; SELECT * FROM (SELECT 1`;
    await expect(port.stage(session, attack)).rejects.toMatchObject({ code: "syntax" });
    expect(await (await session.query("SELECT count(*) FROM kept")).rows()).toEqual([[1n]]);
    expect(existsSync(join(base, "x.parquet"))).toBe(false);
  });

  it("can be discarded, and the former snapshot stays", async () => {
    const { snapshot } = await publish("SELECT 1 AS id");
    await port.discard(await port.stage(session, "SELECT 2 AS id"));
    expect(await port.read()).toEqual(snapshot);
    expect(readdirSync(join(port.directory, "staging"))).toEqual([]);
  });

  it.each(["../evil", "a/b", "..", "", ".hidden", "a\\b", "x\0"])("has no folder by the name %j", (name) => {
    expect(() => lake.port(name, "p", 1)).toThrow(LakeError);
    expect(() => lake.port("orders", name, 1)).toThrow(LakeError);
    expect(() => lake.ledger("orders", name)).toThrow(LakeError);
  });
});

describe("where links are refused", () => {
  const refuse = () => Promise.reject(Object.assign(new Error("EPERM"), { code: "EPERM" }));

  it("a port is read through a pointer file, by globs through a folder, and returns to a link where it can", async () => {
    const plain = portStoreAt(port.directory, refuse);
    const make = async (n: number, store: PortStore) =>
      store.commit(await store.stage(session, `SELECT ${n} AS id`), meta(n));
    for (const n of [1, 2]) {
      const { snapshot } = await make(n, plain);
      expect(await port.read()).toEqual(snapshot);
      expect(lstatSync(join(port.directory, "current")).isDirectory()).toBe(true);
      expect(await (await session.query(`SELECT id FROM '${port.currentGlob}'`)).rows()).toEqual([[n]]);
    }
    const { snapshot } = await make(3, port);
    expect(await port.read()).toEqual(snapshot);
    expect(lstatSync(join(port.directory, "current")).isSymbolicLink()).toBe(true);
  });
});

describe("a damaged snapshot", () => {
  it.each([
    ["a torn manifest", (dir: string) => writeFileSync(join(dir, "manifest.json"), '{"version": 1, "id": "x')],
    ["no manifest", (dir: string) => unlinkSync(join(dir, "manifest.json"))],
    ["a missing file", (dir: string) => unlinkSync(join(dir, "part-00000.parquet"))],
    ["a file cut short", (dir: string) => truncateSync(join(dir, "part-00000.parquet"), 10)],
    ["no folder at all", (dir: string) => rmSync(dir, { recursive: true })],
  ])("with %s gives the one before and says what is wrong", async (_, damage) => {
    const good = await publish("SELECT 1 AS id");
    const bad = await publish("SELECT 2 AS id", 2);
    damage(bad.snapshot.directory);
    const read = await port.read();
    expect(read).toMatchObject({ id: good.snapshot.id });
    expect(read?.damaged).toContain(bad.snapshot.id);
    // The next build heals the port, also when it makes the same content again.
    const healed = await publish("SELECT 2 AS id", 3);
    expect(healed.snapshot.id).toBe(bad.snapshot.id);
    expect((await port.read())?.damaged).toBeUndefined();
  });

  it("without one before it is an error that names the file", async () => {
    const { snapshot } = await publish("SELECT 1 AS id");
    truncateSync(snapshot.files[0]!, 3);
    await expect(port.read()).rejects.toMatchObject({
      code: "damaged-snapshot",
      message: expect.stringContaining("part-00000.parquet"),
    });
  });

  it("is found by verify when only a byte has changed", async () => {
    const { snapshot } = await publish("SELECT 1 AS id");
    const bytes = readFileSync(snapshot.files[0]!);
    bytes[8] = bytes[8]! ^ 255;
    rmSync(snapshot.files[0]!);
    writeFileSync(snapshot.files[0]!, bytes);
    expect(await port.verify()).toEqual([expect.stringContaining("differs")]);
  });
});

describe("prune", () => {
  it("keeps the current snapshot, as many as asked for, and those replaced a moment ago", async () => {
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4]) ids.push((await publish(`SELECT ${n} AS id`, n)).snapshot.id);
    const later = new Date(Date.now() + 3_600_000);
    expect(await port.prune({ keep: 0, olderThanMs: 7_200_000, now: later })).toEqual([]);
    expect(await port.prune({ keep: 1, olderThanMs: 60_000, now: later })).toEqual([ids[0]!, ids[1]!].sort());
    expect(await port.prune({ keep: 0, olderThanMs: 60_000, now: later })).toEqual([ids[2]]);
    expect((await port.read())?.id).toBe(ids[3]);
  });

  it("counts from when a snapshot was replaced, not from when it was built", async () => {
    const old = await publish("SELECT 1 AS id");
    const { utimesSync } = await import("node:fs");
    utimesSync(old.snapshot.directory, new Date(0), new Date(0));
    await publish("SELECT 2 AS id", 2);
    expect(await port.prune({ keep: 0, olderThanMs: 60_000, now: new Date() })).toEqual([]);
  });
});

describe("a build that is killed", () => {
  it("leaves a whole snapshot, whenever it dies, and what it left is cleaned", { timeout: 180_000 }, async () => {
    const events = lake.port("orders", "events", 1);
    let last = 0;
    let reads = 0;
    for (let round = 0; round < 8; round++) {
      const child = start("build-forever.mjs");
      await once(child.stdout!, "data");
      const ended = once(child, "exit");
      const kill = setTimeout(() => child.kill("SIGKILL"), 30 + round * 37);
      // Another process reads all the while.
      while (child.exitCode === null && child.signalCode === null) {
        const snapshot = await events.read();
        if (snapshot !== undefined) {
          expect(snapshot.damaged).toBeUndefined();
          const seen = await (
            await session.query(`SELECT count(*), min(n), max(n) FROM read_parquet(['${snapshot.files.join("', '")}'])`)
          ).rows();
          const n = BigInt(snapshot.rows / 1000);
          expect(seen).toEqual([[BigInt(snapshot.rows), n, n]]);
          reads++;
        }
        await new Promise((done) => setTimeout(done, 1));
      }
      clearTimeout(kill);
      await ended;
      const after = await events.read();
      expect(after?.damaged).toBeUndefined();
      expect((after?.rows ?? 0) / 1000).toBeGreaterThanOrEqual(last);
      last = (after?.rows ?? 0) / 1000;
      expect(await events.verify()).toEqual([]);
    }
    expect(last).toBeGreaterThan(0);
    expect(reads).toBeGreaterThan(0);
    await events.prune({ keep: 0, olderThanMs: -1, now: new Date() });
    expect(readdirSync(join(events.directory, "staging"))).toEqual([]);
    expect(readdirSync(join(events.directory, "snapshots")).length).toBe(1);
  });
});

describe("the domain's lock", () => {
  it("lets one in at a time, across processes, also when holders are killed", { timeout: 120_000 }, async () => {
    mkdirSync(lake.root, { recursive: true });
    const file = join(lake.root, "count");
    writeFileSync(file, "0");
    const children = [
      start("take-lock.mjs", file, "15", "live"),
      start("take-lock.mjs", file, "10", "die"),
      start("take-lock.mjs", file, "15", "live"),
      start("take-lock.mjs", file, "7", "die"),
    ];
    await Promise.all(children.map((child) => once(child, "exit")));
    expect(readFileSync(file, "utf8")).toBe("47");
    expect(
      readdirSync(join(lake.root, "orders")).filter((name) => name.startsWith(".lock")).length,
    ).toBeLessThanOrEqual(1);
    await (await lake.lockDomain("orders")).release();
    expect(readdirSync(join(lake.root, "orders"))).toEqual([]);
  });

  it("says for whom it waits, once", async () => {
    const held = await lake.lockDomain("orders");
    const told: LockHolder[] = [];
    const waiting = lake.lockDomain("orders", { onWait: (holder) => told.push(holder) });
    await new Promise((done) => setTimeout(done, 200));
    expect(told).toEqual([
      expect.objectContaining({
        pid: process.pid,
        command: expect.stringContaining("node"),
        since: expect.stringMatching(/^\d{4}-/),
      }),
    ]);
    await held.release();
    await (await waiting).release();
    expect(told.length).toBe(1);
  });

  it("stops waiting when the signal aborts", async () => {
    const held = await lake.lockDomain("orders");
    await expect(lake.lockDomain("orders", { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      code: "cancelled",
    });
    await held.release();
  });

  it("is taken over from a process number that now belongs to somebody else", async () => {
    mkdirSync(join(lake.root, "orders"), { recursive: true });
    const { hostname } = await import("node:os");
    const old = {
      host: hostname(),
      pid: process.pid,
      started: "1",
      command: "node",
      since: "2020-01-01T00:00:00Z",
      token: "t",
    };
    writeFileSync(join(lake.root, "orders", ".lock"), JSON.stringify(old));
    if (existsSync("/proc/self/stat")) await (await lake.lockDomain("orders")).release();
  });
});

describe("the ledger", () => {
  it("gives back what was written, and nothing where it is torn", async () => {
    const ledger = lake.ledger("orders", "order-events");
    expect(await ledger.read()).toBeUndefined();
    const record = {
      version: 1 as const,
      product: "orders.order-events",
      nodes: { a: { fingerprint: "f", upstream: { u: "1" }, builtAt: "x", runId: "r" } },
      checks: [],
    };
    await ledger.write(record);
    expect(await ledger.read()).toEqual(record);
    truncateSync(ledger.file, 20);
    expect(await ledger.read()).toBeUndefined();
  });
});

describe("attached ports", () => {
  it("are relations by their names, of one snapshot however often the port is built", async () => {
    const first = await publish("SELECT 1 AS id");
    const relation = { schema: 'or"ders', name: "order_events_v2" };
    await attachPorts(session, [{ relation, files: first.snapshot.files }]);
    await publish("SELECT 2 AS id", 2);
    expect(await (await session.query(`SELECT * FROM "or""ders".order_events_v2`)).rows()).toEqual([[1]]);
  });
});
