import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { conformanceCases, EngineError, type Cell, type Engine, type Session } from "@meshwork/engine";
import { describeType } from "@meshwork/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pgliteEngine, postgresEngine } from "./index.ts";
import { postgresMissing, startPostgres } from "./test-server.ts";

const missing = postgresMissing();
let server: Awaited<ReturnType<typeof startPostgres>> | undefined;
let embedded: Engine;
beforeAll(async () => {
  embedded = pgliteEngine();
  if (missing === undefined) server = await startPostgres();
});
afterAll(async () => {
  await embedded.close();
  server?.stop();
});

const failureOf = async (work: Promise<unknown>): Promise<EngineError> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
};

async function on<T>(engine: Engine, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await engine.open();
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

const rowsOf = async (session: Session, text: string) => (await session.query(text)).rows();

/** What both have to do. */
function suite(engineOf: () => Engine): void {
  it.each(conformanceCases.map((c) => [c.name, c] as const))("%s", (_, each) => each.run(engineOf()));

  it.each<[string, string, Cell]>([
    ["timestamptz '1960-01-01 00:00:00.5+05:30'", "timestamp with time zone", "1959-12-31T18:30:00.5Z"],
    ["timestamptz '12000-01-01 00:00:00+00'", "timestamp with time zone", "12000-01-01T00:00:00Z"],
    ["'infinity'::timestamptz", "timestamp with time zone", "infinity"],
    ["timestamp(3) '2024-01-01 10:00:00.1'", "timestamp(3)", "2024-01-01T10:00:00.1"],
    ["time '10:00:00.25'", "time", "10:00:00.25"],
    ["interval '1 year 2 days 3.5 seconds'", "interval", "P1Y2DT3.5S"],
    ["interval '-1 year -2 mons +3 days -04:05:06'", "interval", "P-1Y-2M3DT-14706S"],
    ["interval '0'", "interval", "PT0S"],
    ["1.50::numeric", "numeric", "1.50"],
    ["1.50::numeric(10,2)", "decimal(10,2)", "1.50"],
    ["'NaN'::numeric(4,1)", "decimal(4,1)", "NaN"],
    ["12345::numeric(3,-2)", "decimal(5,0)", "12300"],
    ["'a'::varchar(12)", "string(12)", "a"],
    ["'\\x00ff'::bytea", "binary", Uint8Array.from([0, 255])],
    [
      "array[[1, null], [3, 4]]",
      "array of integer",
      [
        [1, null],
        [3, 4],
      ] as unknown as Cell,
    ],
    [`array['a"b', 'NULL', null, 'c,d', '\\', '']`, "array of string", ['a"b', "NULL", null, "c,d", "\\", ""]],
    ["'[0:1]={1,2}'::bigint[]", "array of long", [1n, 2n]],
    [`'{"a": 1}'::jsonb`, "json", '{"a": 1}'],
    ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
    ["'NaN'::float8", "double", Number.NaN],
    ["'point'::mesh_kind", "mesh_kind", "point"],
    ["7::mesh_positive", "integer", 7],
    ["array['point']::mesh_kind[]", "array of mesh_kind", ["point"]],
  ])("tells %s as %s", async (expression, type, cell) => {
    await on(engineOf(), async (session) => {
      await session.query(
        "create type mesh_kind as enum ('point'); create domain mesh_positive as integer check (value > 0)",
      );
      try {
        const result = await session.query(`select ${expression} as v`);
        expect(result.columns.map((c) => describeType(c.type))).toEqual([type]);
        expect(await result.rows()).toEqual([[cell]]);
      } finally {
        await session.query("drop type mesh_kind; drop domain mesh_positive");
      }
    });
  });

  it.each<[string, string, Partial<EngineError>]>([
    ["constraint", "create temp table k (n int primary key); insert into k values (1), (1)", {}],
    ["conversion", "select 9223372036854775807 + 1::bigint", {}],
    ["conversion", "select 1 / 0", {}],
    ["type-mismatch", "select 1 + 'x'::bytea", { offset: 9 }],
    ["type-mismatch", "select 1 union select 'a'::text", {}],
    ["unknown-relation", "create table no_such_schema.t (n int)", {}],
    ["other", "select no_such_function(1)", { offset: 7 }],
    ["unknown-column", "select t.amuont, u.amount from (select 1 as amount) t, (select 1 as amount) u", { offset: 7 }],
  ])("%s: %s", async (code, text, more) => {
    expect(await failureOf(on(engineOf(), (s) => rowsOf(s, text)))).toMatchObject({ code, ...more });
  });

  it("keeps nothing of a text of several statements when one fails", async () => {
    await on(engineOf(), async (session) => {
      await failureOf(session.query("create table mesh_half (n int); insert into mesh_half values ('x')"));
      expect((await failureOf(session.query("select * from mesh_half"))).code).toBe("unknown-relation");
    });
  });

  it("says how many rows a statement changed", async () => {
    await on(engineOf(), async (session) => {
      await session.query("create temp table mesh_counted (n int)");
      const insert = await session.query("insert into mesh_counted select generate_series(1, 5)");
      expect((await insert.stats()).rowsChanged).toBe(5);
      const created = await session.query("create temp table mesh_copied as select * from mesh_counted");
      expect((await created.stats()).rowsChanged).toBe(5);
      expect((await (await session.query("select * from mesh_counted")).stats()).rowsChanged).toBeUndefined();
      await session.query("drop table mesh_counted, mesh_copied");
    });
  });

  it("does not commit what failed inside, even if somebody swallowed the error", async () => {
    await on(engineOf(), async (session) => {
      await session.query("create table mesh_swallowed (n int)");
      const error = await failureOf(
        session.transaction!(async (inside) => {
          await inside.query("insert into mesh_swallowed values (1)");
          await inside.query("select 1 / 0").catch(() => {});
        }),
      );
      expect(error.message).toContain("nothing of it was kept");
      expect(await rowsOf(session, "select count(*) from mesh_swallowed")).toEqual([[0n]]);
      await session.query("drop table mesh_swallowed");
    });
  });

  it("gives a result up in the middle", async () => {
    await on(engineOf(), async (session) => {
      const result = await session.query("select generate_series(1, 10000)", { batchRows: 10 });
      for await (const batch of result) {
        expect(batch).toHaveLength(10);
        break;
      }
      expect(await rowsOf(session, "select 1")).toEqual([[1]]);
    });
  });
}

describe("embedded", () => {
  suite(() => embedded);

  it("lets sessions take turns, and a transaction finish first", async () => {
    const [one, two] = await Promise.all([embedded.open(), embedded.open()]);
    await one.query("create table mesh_turns (n int)");
    const order: string[] = [];
    await Promise.all([
      one.transaction!(async (inside) => {
        await inside.query("insert into mesh_turns values (1)");
        await new Promise((resolve) => setTimeout(resolve, 50));
        order.push("first");
      }),
      two
        .query("select count(*) from mesh_turns")
        .then(async (r) => order.push(`second saw ${(await r.rows())[0]![0]}`)),
    ]);
    expect(order).toEqual(["first", "second saw 1"]);
    await one.query("drop table mesh_turns");
    await Promise.all([one.close(), two.close()]);
  });
});

describe.skipIf(missing !== undefined)(`on a server${missing === undefined ? "" : ` (${missing})`}`, () => {
  let engine: Engine;
  beforeAll(() => {
    engine = postgresEngine({ url: server!.url });
  });
  afterAll(() => engine.close());
  suite(() => engine);

  it("says what it can do by the server's version", async () => {
    await on(engine, (session) => {
      expect(session.capabilities).toMatchObject({ engine: "postgres", merge: true, maskingViews: true });
      return Promise.resolve();
    });
  });

  it("sets what every session has, and takes on a role", async () => {
    const mine = postgresEngine({
      url: server!.url,
      settings: { search_path: "pg_catalog", TimeZone: "Asia/Tokyo" },
      role: "pg_monitor",
    });
    expect(
      await on(mine, (s) =>
        rowsOf(s, "select current_setting('search_path'), current_setting('TimeZone'), current_user"),
      ),
    ).toEqual([["pg_catalog", "Asia/Tokyo", "pg_monitor"]]);
    await mine.close();
  });

  it.each([
    ["nobody listens", { host: "127.0.0.1", port: 1 }, true],
    ["the database is unknown", { database: "no_such" }, false],
    ["the role is unknown", { user: "nobody_there" }, false],
  ])("is unreachable when %s", async (_, options, retryable) => {
    const error = await failureOf(postgresEngine({ url: server!.url, password: "secret!", ...options }).open());
    expect([error.code, error.retryable]).toEqual(["unreachable", retryable]);
    expect(error.message).not.toContain("secret!");
  });

  it("encrypts where the mode says so, and says when the server cannot", async () => {
    expect((await failureOf(postgresEngine({ url: server!.url, sslmode: "require" }).open())).message).toContain("SSL");
    const either = postgresEngine({ url: `${server!.url}?sslmode=prefer` });
    expect(await on(either, (s) => rowsOf(s, "select 1"))).toEqual([[1]]);
  });
});

it("loads no driver before something is opened", () => {
  const own = pathToFileURL(join(import.meta.dirname, "../dist/index.js")).href;
  const script = `const { postgresEngine, pgliteEngine } = await import(${JSON.stringify(own)});
    postgresEngine({ url: "postgresql://nobody@127.0.0.1:1/x" }); pgliteEngine();
    const { createRequire } = await import("node:module");
    console.log(Object.keys(createRequire(import.meta.url).cache).filter((f) => /node_modules\\/(pg|pg-cursor)\\//.test(f)).length,
      process.memoryUsage().rss < 120e6);`;
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(run.stdout.trim() || run.stderr).toBe("0 true");
});
