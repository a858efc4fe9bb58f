import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { build, run, status } from "../index.ts";
import { product, scratchMesh } from "../testdata/scratch-mesh.ts";
import type { RunVerbOptions } from "./dbt-verbs.ts";

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

const microbatch = (size: string, more = "") =>
  `{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', begin='2026-01-01', batch_size='${size}'${more}) }}\n`;
const daily = (more = "") =>
  `${microbatch("day", more)}select date_trunc('day', happened) as happened, count(*) as n, sum(amount)::bigint as amount from {{ source('raw', 'events') }} group by 1`;

const shop = {
  "dbt_project.yml": "name: shop\nprofile: shop\n",
  "profiles.yml": "shop: { target: dev, outputs: { dev: { type: duckdb, path: shop.duckdb, threads: 1 } } }\n",
  "models/sources.yml":
    "sources:\n  - name: raw\n    schema: main\n    tables: [{ name: events, config: { event_time: happened } }]\n",
  "models/daily.sql": daily(),
  "models/monthly.sql": `${microbatch("month")}select date_trunc('month', happened) as happened, sum(n)::bigint as n from {{ ref('daily') }} group by 1`,
  "models/total.sql": "{{ config(materialized='table') }}select sum(n)::bigint as n from {{ ref('daily') }}",
};

function put(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** A project whose source has four events a day in January 2026. */
async function project(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "meshwork-intervals-"));
  roots.push(root);
  put(root, { ...shop, ...files });
  await ask(
    root,
    "create table events as select range as id, timestamp '2026-01-01' + interval (6 * range) hour as happened, range as amount from range(120)",
  );
  return root;
}

async function ask(root: string, sql: string): Promise<unknown[][]> {
  const engine = duckdbEngine({ path: join(root, "shop.duckdb") });
  const session = await engine.open();
  try {
    const rows = await (await session.query(sql)).rows();
    return rows.map((row) => row.map((cell) => (typeof cell === "bigint" ? Number(cell) : cell)));
  } finally {
    await session.close();
    await engine.close();
  }
}

const now = new Date("2026-01-11T10:00:00Z");

/** What a run did, by model: its state and the intervals, days as numbers: `filled 3-5`. */
async function ran(root: string, options: Partial<RunVerbOptions> = {}) {
  const done = await run({ cwd: root, env: {}, now, ...options });
  const short = (iso: string) => iso.slice(5, 10);
  const told = done.results.map((r) => {
    const words = (["filled", "kept", "failed", "skipped"] as const).flatMap((word) =>
      (r.intervals?.[word] ?? []).map((w) => `${word} ${short(w.start)} ${short(w.end)}`),
    );
    return [r.id.split(".").at(-1)!, [r.status, ...words].join(", ")];
  });
  return { ...Object.fromEntries(told), diagnostics: done.diagnostics } as Record<string, unknown>;
}

const day = (from: string, to: string) => ({
  start: `2026-01-${from}T00:00:00.000Z`,
  end: `2026-01-${to}T00:00:00.000Z`,
});
const range = (from: string, to: string) => ({ fillFrom: `2026-01-${from}`, fillTo: `2026-01-${to}` });

describe("filling intervals", () => {
  it("fills a range once, what is new of a wider one, and all of it when asked to", async () => {
    const root = await project();
    expect(await ran(root, range("03", "06"))).toMatchObject({
      daily: "success, filled 01-03 01-06",
      total: "success",
    });
    expect(await ask(root, "select count(*), sum(n) from daily")).toEqual([[3, 12]]);
    expect(await ran(root, range("03", "06"))).toMatchObject({ daily: "success, kept 01-03 01-06" });
    expect(await ran(root, range("02", "08"))).toMatchObject({
      daily: "success, filled 01-02 01-03, filled 01-06 01-08, kept 01-03 01-06",
    });
    expect(await ran(root, { ...range("02", "08"), again: true })).toMatchObject({
      daily: "success, filled 01-02 01-08",
    });
    expect(await ask(root, "select count(*), sum(n) from daily")).toEqual([[6, 24]]);
  });

  it("fills again what reads an interval that was filled again, and nothing else", async () => {
    const late = new Date("2026-03-10T00:00:00Z");
    const root = await project();
    const wide = { fillFrom: "2026-01-01", fillTo: "2026-03-01", now: late };
    expect(await ran(root, wide)).toMatchObject({ monthly: "success, filled 01-01 03-01" });
    expect(await ran(root, wide)).toMatchObject({ monthly: "success, kept 01-01 03-01" });
    await ran(root, { ...range("05", "06"), again: true, select: ["daily"], now: late });
    expect(await ran(root, wide)).toMatchObject({
      daily: "success, kept 01-01 03-01",
      monthly: "success, filled 01-01 02-01, kept 02-01 03-01",
    });
  });

  it("fills again what changed in the source, and what was filled by other code", async () => {
    const root = await project();
    await ran(root, range("03", "06"));
    await ask(root, "insert into events values (999, timestamp '2026-01-04 01:00', 5)");
    expect(await ran(root, range("03", "06"))).toMatchObject({
      daily: "success, filled 01-04 01-05, kept 01-03 01-04, kept 01-05 01-06",
    });
    put(root, { "models/daily.sql": `-- a comment\n${daily()}` });
    expect(await ran(root, range("03", "06"))).toMatchObject({ daily: "success, kept 01-03 01-06" });
    put(root, { "models/daily.sql": daily().replace("count(*)", "count(*) + 1") });
    expect(await ran(root, range("03", "06"))).toMatchObject({ daily: "success, filled 01-03 01-06" });
  });

  it("an interval that fails keeps its readers from that one alone, and is tried again", async () => {
    const failing = daily().replace("sum(amount)", "sum(case when id = 13 then error('broken') else amount end)");
    const root = await project({
      "models/daily.sql": failing,
      "models/copy.sql": `${microbatch("day")}select happened, n from {{ ref('daily') }}`,
    });
    expect(await ran(root, range("03", "06"))).toMatchObject({
      daily: "partial success, filled 01-03 01-04, filled 01-05 01-06, failed 01-04 01-05",
      copy: "partial success, filled 01-03 01-04, filled 01-05 01-06, skipped 01-04 01-05",
      total: "skipped",
      diagnostics: [{ code: "sql/query-failed" }],
    });
    await ask(root, "update events set id = 1000 where id = 13");
    expect(await ran(root, range("03", "06"))).toMatchObject({
      daily: "success, filled 01-04 01-05, kept 01-03 01-04, kept 01-05 01-06",
      copy: "success, filled 01-04 01-05, kept 01-03 01-04, kept 01-05 01-06",
      total: "success",
    });
  });

  it("forgets a table that somebody else made in the meantime", async () => {
    const root = await project();
    await ran(root, range("03", "06"));
    await ask(root, "create or replace table daily as select * from daily where false");
    expect(await ran(root, range("03", "06"))).toMatchObject({ daily: "success, filled 01-03 01-06" });
    expect(await ask(root, "select count(*) from daily")).toEqual([[3]]);
  });

  it("takes late rows as far back as the policy says, and tells of the others", async () => {
    const root = await project({ "models/daily.sql": daily(", meta={'late_data': {'accept': '3 days'}}") });
    await ran(root);
    expect(await ran(root)).toMatchObject({ daily: "success, filled 01-10 01-12", diagnostics: [] });
    // Now is the 11th: the 9th is within three days, the 3rd and the 4th are not.
    await ask(
      root,
      "insert into events values (900, timestamp '2026-01-09 05:00', 1), (901, timestamp '2026-01-03 05:00', 1), (902, timestamp '2026-01-04 05:00', 1)",
    );
    const late = {
      code: "sql/late-rows",
      severity: "warning",
      message: expect.stringMatching(/^2 rows came for .*"daily"/),
    };
    expect(await ran(root)).toMatchObject({ daily: "success, filled 01-09 01-12", diagnostics: [late] });
    const days = "select n from daily where happened in ('2026-01-03', '2026-01-04', '2026-01-09') order by happened";
    expect(await ask(root, days)).toEqual([[4], [4], [5]]);
    put(root, { "models/daily.sql": daily(", meta={'late_data': {'accept': '3 days', 'beyond': 'error'}}") });
    expect(await ran(root)).toMatchObject({
      daily: "error",
      total: "skipped",
      diagnostics: [{ ...late, severity: "error" }],
    });
    expect(await ran(root, range("03", "05"))).toMatchObject({ daily: "success, filled 01-03 01-05" });
    expect(await ask(root, days)).toEqual([[5], [5], [5]]);
    expect(await ran(root)).toMatchObject({ daily: "success, filled 01-10 01-12", diagnostics: [] });
  });

  it("a run without a range fills what an interrupted one left out, and nothing of before", async () => {
    const failing = daily().replace("sum(amount)", "sum(case when id = 13 then error('broken') else amount end)");
    const root = await project({ "models/daily.sql": failing });
    expect(await ran(root)).toMatchObject({ daily: expect.stringContaining("failed 01-04 01-05") });
    await ask(root, "update events set id = 1000 where id = 13");
    expect(await ran(root)).toMatchObject({ daily: "success, filled 01-04 01-05, filled 01-10 01-12" });
    const other = await project();
    await ran(other, range("05", "06"));
    expect(await ran(other)).toMatchObject({ daily: "success, filled 01-10 01-12" });
  });

  it("in a mesh: a range fills private tables, the next build shows them at the port, and the status what is missing", async () => {
    const at = "name: happened, type: timestamp";
    const root = scratchMesh(
      product(
        "shop.kpis",
        { fields: [at, "name: n, type: long"] },
        {
          kpis: `${microbatch("day")}select date_trunc('day', happened) as happened, count(*)::bigint as n from {{ ref('events') }} group by 1`,
          events:
            "{{ config(materialized='table', event_time='happened') }}select timestamp '2026-01-01' + interval (6 * range) hour as happened from range(120)",
        },
      ),
    );
    const mesh = { root, env: {}, now: new Date("2026-01-05T10:00:00Z") };
    const first = await run({ ...mesh, fillFrom: "2026-01-01", fillTo: "2026-01-03" });
    expect(first).toMatchObject({ exitCode: 0, diagnostics: [] });
    expect((await build(mesh)).results.map((r) => r.status)).toEqual(["ok"]);
    const rows = async () => (await status(mesh)).results[0]!.rows;
    expect(await rows()).toBe(4);
    const later = { ...mesh, now: new Date("2026-01-20T10:00:00Z") };
    await run({ ...later, fillFrom: "2026-01-08", fillTo: "2026-01-10" });
    expect((await build(later)).results.map((r) => r.status)).toEqual(["ok"]);
    expect((await build(later)).results.map((r) => r.status)).toEqual(["cached"]);
    expect((await status(later)).results[0]!.intervals).toEqual([
      {
        model: "kpis",
        filled: [day("01", "03"), day("04", "06"), day("08", "10")],
        missing: [day("03", "04"), day("06", "08"), day("10", "20")],
      },
    ]);
  });

  it("any split of a range, in any order, yields the table of one fill", async () => {
    const days = fc.integer({ min: 1, max: 9 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(days, days), { minLength: 1, maxLength: 4 }), async (pieces) => {
        const root = await project({ "models/total.sql": "select 1 as n" });
        for (const [a, b] of pieces)
          await ran(root, {
            ...range(`0${Math.min(a, b)}`, String(Math.max(a, b) + 1).padStart(2, "0")),
            select: ["daily"],
          });
        expect(await ran(root, range("01", "11"))).toMatchObject({
          monthly: "success, filled 01-01 02-01",
          diagnostics: [],
        });
        const filled = await ask(root, "select * from daily order by all");
        const month = await ask(root, "select * from monthly order by all");
        const whole = await project({ "models/total.sql": "select 1 as n" });
        expect(await ran(whole, range("01", "11"))).toMatchObject({
          monthly: "success, filled 01-01 02-01",
          diagnostics: [],
        });
        expect(filled).toEqual(await ask(whole, "select * from daily order by all"));
        expect(month).toEqual(await ask(whole, "select * from monthly order by all"));
      }),
      { numRuns: 5 },
    );
  }, 120_000);

  it("goes on at what is missing after kill -9", async () => {
    // Each day takes a while, so that the kill comes in the middle of the range.
    const slow = daily()
      .replace("group by 1", "and (select count(*) from range(30000000)) > 0 group by 1")
      .replace("{{ source('raw', 'events') }}", "{{ source('raw', 'events') }} where true");
    const root = await project({ "models/daily.sql": slow });
    const bin = fileURLToPath(new URL("../../../cli/bin/mesh.js", import.meta.url));
    const ledger = join(root, "target/mesh_intervals.dev.ndjson");
    const lines = () => (existsSync(ledger) ? readFileSync(ledger, "utf8").split("\n").length - 1 : 0);
    const child = spawn(
      process.execPath,
      [bin, "run", "--select", "daily", "--from", "2026-01-01", "--to", "2026-01-31"],
      {
        cwd: root,
        stdio: "ignore",
      },
    );
    const ended = new Promise((done) => child.on("close", done));
    while (lines() < 4) await new Promise((r) => setTimeout(r, 5));
    child.kill("SIGKILL");
    await ended;
    const done = lines() - 1;
    expect(done).toBeLessThan(30);
    put(root, { "models/daily.sql": slow.replace("30000000", "30000000 ") });
    const again = await run({
      cwd: root,
      env: {},
      now,
      fillFrom: "2026-01-01",
      fillTo: "2026-01-31",
      select: ["daily"],
    });
    expect(again.results[0]!.intervals!.counts).toEqual({ filled: 30 - done, failed: 0, skipped: 0 });
    expect(await ask(root, "select count(*), sum(n) from daily")).toEqual([[30, 120]]);
  }, 120_000);
});
