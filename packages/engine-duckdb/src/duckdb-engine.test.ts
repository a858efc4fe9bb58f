import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { conformanceCases, EngineError, nestedConformanceCases, type Engine } from "@meshwork/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { duckdbEngine } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "mesh-duckdb-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const failureOf = async (work: Promise<unknown>): Promise<EngineError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
};

describe("conformance", () => {
  let engine: Engine;
  beforeAll(() => {
    engine = duckdbEngine();
  });
  afterAll(() => engine.close());
  it.each([...conformanceCases, ...nestedConformanceCases].map((c) => [c.name, c] as const))("%s", (_, each) =>
    each.run(engine),
  );
});

describe("values of DuckDB's own types", () => {
  it.each([
    ["TIMESTAMP_NS '2024-01-01 00:00:00.123456789'", "2024-01-01T00:00:00.123456789"],
    ["TIMESTAMPTZ '1960-01-01 00:00:00.5+00'", "1960-01-01T00:00:00.5Z"],
    ["'infinity'::TIMESTAMPTZ", "infinity"],
    ["INTERVAL '1 year 2 days 3.5 seconds'", "P1Y2DT3.5S"],
    ["INTERVAL '-1 second'", "PT-1S"],
    ["'170141183460469231731687303715884105727'::HUGEINT", 170141183460469231731687303715884105727n],
    ["'\\x00\\xFF'::BLOB", Uint8Array.from([0, 255])],
    ["MAP {1: 'a'}", [{ key: 1, value: "a" }]],
    ["'b'::ENUM('a', 'b')", "b"],
    ["TIME '10:00:00.25'", "10:00:00.25"],
    ["'{\"a\": 1}'::JSON", '{"a": 1}'],
    ["CAST('NaN' AS DOUBLE)", Number.NaN],
  ])("%s", async (expression, expected) => {
    const engine = duckdbEngine();
    const session = await engine.open();
    try {
      expect(await (await session.query(`SELECT ${expression} AS v`)).rows()).toEqual([[expected]]);
    } finally {
      await session.close();
      await engine.close();
    }
  });
});

describe("a file that is in use", () => {
  it("names the process that has it, and opens once that has ended", async () => {
    const path = join(folder, "held.duckdb");
    const engine = duckdbEngine({ path });
    const session = await engine.open();
    const own = pathToFileURL(join(import.meta.dirname, "../dist/index.js")).href;
    const script = `import(${JSON.stringify(own)}).then(async ({ duckdbEngine }) => {
      const engine = duckdbEngine({ path: ${JSON.stringify(path)} });
      await engine.open().then(() => console.log("open"), (e) => console.log(JSON.stringify([e.code, e.retryable, e.message])));
      await engine.close();
    })`;
    const tries = () => spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout.trim();
    const [code, retryable, message] = JSON.parse(tries()) as [string, boolean, string];
    expect([code, retryable]).toEqual(["locked", true]);
    expect(message).toContain(`process ${process.pid}`);
    await session.close();
    await engine.close();
    expect(tries()).toBe("open");
  });

  it("is refused to a second engine of the same process, which DuckDB itself would let in", async () => {
    const path = join(folder, "twice.duckdb");
    const first = duckdbEngine({ path });
    const second = duckdbEngine({ path });
    const session = await first.open();
    expect((await failureOf(second.open())).code).toBe("locked");
    await session.close();
    await first.close();
    await (await second.open()).close();
    await second.close();
  });
});

describe("closed in", () => {
  const allowed = join(folder, "allowed");
  const secret = join(folder, "secret.csv");
  let engine: Engine;
  beforeAll(async () => {
    writeFileSync(secret, "a\n1\n");
    const { mkdirSync } = await import("node:fs");
    mkdirSync(allowed, { recursive: true });
    engine = duckdbEngine({ onlyBelow: [allowed] });
  });
  afterAll(() => engine.close());

  it.each([
    ["reads a file", `SELECT * FROM read_csv('${secret}')`],
    ["reads by a path that leaves the folder", `SELECT * FROM read_text('${allowed}/../secret.csv')`],
    ["writes a file", `COPY (SELECT 1) TO '${join(folder, "out.parquet")}'`],
    ["lists a folder", "SELECT * FROM glob('/etc/*')"],
    ["attaches a database", `ATTACH '${join(folder, "other.duckdb")}' AS o`],
    ["reads the network", "SELECT * FROM read_parquet('https://example.org/x.parquet')"],
    ["installs an extension", "INSTALL httpfs"],
    ["loads an extension", "LOAD httpfs"],
    ["opens itself again", "SET enable_external_access = true"],
    ["allows itself more", `SET allowed_directories = ['/']`],
    ["exports", `EXPORT DATABASE '${join(folder, "export")}'`],
  ])("no statement %s outside", async (_, attack) => {
    const session = await engine.open();
    await failureOf(session.query(attack).then((r) => r.rows()));
    expect(existsSync(join(folder, "out.parquet")) || existsSync(join(folder, "export"))).toBe(false);
    await session.close();
  });

  it("reads and writes inside, and sorts more than memory holds", async () => {
    const small = duckdbEngine({ onlyBelow: [allowed], memoryLimit: "60MB", threads: 1 });
    const session = await small.open();
    const file = join(allowed, "in.parquet");
    await session.query(`COPY (SELECT range AS n FROM range(10)) TO '${file}'`);
    expect(await (await session.query(`SELECT count(*) FROM '${file}'`)).rows()).toEqual([[10n]]);
    const sorted =
      "SELECT max(n) FROM (SELECT range::VARCHAR || repeat('x', 40) AS n FROM range(2000000) ORDER BY hash(range) LIMIT 1999999)";
    expect((await (await session.query(sorted)).rows()).length).toBe(1);
    await session.close();
    await small.close();
  });
});

describe("errors of DuckDB", () => {
  it.each([
    ["out-of-memory", "SELECT list(range) FROM range(20000000)", { memoryLimit: "20MB", threads: 1 }],
    ["type-mismatch", "SELECT sum('x'::BLOB)", {}],
    ["constraint", "CREATE TABLE k (n INTEGER PRIMARY KEY); INSERT INTO k VALUES (1), (1)", {}],
    ["conversion", "SELECT 9223372036854775807 + 1::BIGINT", {}],
    ["other", "SELECT no_such_function(1)", {}],
  ] as const)("%s: %s", async (code, statement, options) => {
    const engine = duckdbEngine(options);
    const session = await engine.open();
    expect((await failureOf(session.query(statement).then((r) => r.rows()))).code).toBe(code);
    await session.close();
    await engine.close();
  });

  it.runIf(existsSync("/dev/full"))("disk-full: a device without space", async () => {
    const engine = duckdbEngine();
    const session = await engine.open();
    const error = await failureOf(session.query("COPY (SELECT range FROM range(1000000)) TO '/dev/full' (FORMAT csv)"));
    expect(error.code).toBe("disk-full");
    await session.close();
    await engine.close();
  });

  it("reach the reader of a stream that breaks midway, where DuckDB itself only stops", async () => {
    const engine = duckdbEngine();
    const session = await engine.open();
    const late = "SELECT CASE WHEN range = 900000 THEN ('x' || range)::INTEGER ELSE 1 END FROM range(1000000)";
    const result = await session.query(late);
    let seen = 0;
    const reading = (async () => {
      for await (const batch of result) seen += batch.length;
    })();
    const error = await failureOf(reading);
    expect([error.code, error.message]).toEqual(["conversion", "Could not convert string 'x900000' to INT32"]);
    expect(seen).toBeGreaterThan(0);
    await session.close();
    await engine.close();
  });

  it("counts places in UTF-16 units and in the statement that was given", async () => {
    const engine = duckdbEngine();
    const session = await engine.open();
    const text = "SELECT 1;\nSELECT '😀é',\n  amout FROM (SELECT 1 AS amount)";
    const error = await failureOf(session.query(text));
    expect(text.slice(error.offset)).toMatch(/^amout/);
    expect(error.candidates).toEqual(["amount"]);
    expect(error.message).not.toMatch(/LINE|Candidate/);
    await session.close();
    await engine.close();
  });
});

it("keeps what was written when its sessions were left open, however often the file is opened again", async () => {
  const path = join(mkdtempSync(join(folder, "again-")), "a.duckdb");
  for (let i = 0; i < 12; i++) {
    const engine = duckdbEngine({ path });
    const [first, second] = [await engine.open(), await engine.open()];
    await (await second.query(`create table t${i} as select ${i} as n`)).rows();
    await first.query("begin");
    for (let j = 0; j <= i; j++) expect(await (await first.query(`select n from t${j}`)).rows()).toEqual([[j]]);
    await first.query("commit");
    await engine.close();
    await expect(second.query("select 1")).rejects.toThrow(/closed/);
  }
});

it("loads the native module only when something is opened", () => {
  const own = pathToFileURL(join(import.meta.dirname, "../dist/index.js")).href;
  const script = `import { createRequire } from "node:module";
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes("@duckdb"));
    const { duckdbBinder, duckdbEngine, openLake } = await import(${JSON.stringify(own)});
    const engine = duckdbEngine(); duckdbBinder(); openLake("/tmp/none");
    const before = loaded();
    await (await engine.open()).close();
    console.log(before, loaded());
    await engine.close();`;
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(run.stdout.trim() || run.stderr).toBe("false true");
});

it("removes what killed processes spilled, once it rests, and nothing else", () => {
  const temporary = mkdtempSync(join(folder, "tmp-"));
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  const anHourAgo = new Date(Date.now() - 3_700_000);
  const spill = (name: string, touched?: Date) => {
    mkdirSync(join(temporary, name));
    writeFileSync(join(temporary, name, "spilled.tmp"), "x");
    if (touched) utimesSync(join(temporary, name), touched, touched);
  };
  spill(`meshwork-duckdb-${dead}-1`, anHourAgo);
  spill(`meshwork-duckdb-${dead}-2`);
  spill(`meshwork-duckdb-${process.pid}-1`, anHourAgo);
  spill("of-somebody", anHourAgo);
  const module = pathToFileURL(join(import.meta.dirname, "../dist/index.js")).href;
  const script = `const { duckdbEngine } = await import(${JSON.stringify(module)});
    const engine = duckdbEngine();
    await (await engine.open()).close();
    await engine.close();`;
  const env = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8", env });
  expect(run.stderr).toBe("");
  expect(readdirSync(temporary).sort()).toEqual(
    [`meshwork-duckdb-${dead}-2`, `meshwork-duckdb-${process.pid}-1`, "of-somebody"].sort(),
  );
});
