import { describe, expect, it } from "vitest";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Session } from "@meshwork/engine";
import { runNodes } from "../index.ts";
import type { LoadOptions, NodeResult, RunOptions } from "../index.ts";
import { memoryProject, onDuckdb, rowsOf } from "../testdata/memory-project.ts";

const clock = (): (() => Date) => {
  let ticks = 0;
  return () => new Date(Date.UTC(2026, 0, 15) + 1000 * ticks++);
};

async function build(
  session: Session,
  files: Readonly<Record<string, string>>,
  options: Partial<RunOptions> = {},
  load: Partial<LoadOptions> = {},
) {
  const project = memoryProject(files, load);
  const outcome = await runNodes(project, session, { nodes: [...project.nodes.values()], now: clock(), ...options });
  const status = Object.fromEntries(outcome.results.map((r) => [r.node.name, r.status]));
  return {
    project,
    outcome,
    status,
    of: (name: string): NodeResult => outcome.results.find((r) => r.node.name === name)!,
  };
}

const table = (sql: string, more = ""): string => `{{ config(materialized='table'${more}) }}\n${sql}`;
const relations = async (session: Session): Promise<unknown[][]> =>
  rowsOf(
    session,
    "select table_name, table_type from information_schema.tables where table_schema = 'shop_private' order by 1",
  );

describe("materialisations", () => {
  it("makes tables, views and nothing of ephemeral models, in order", () =>
    onDuckdb(async (session) => {
      const { outcome } = await build(session, {
        "seeds/s.csv": "n\n1\n2\n",
        "models/c.sql": table("select sum(n) as n from {{ ref('b') }}"),
        "models/b.sql": "select n + 1 as n from {{ ref('a') }}",
        "models/a.sql": "{{ config(materialized='ephemeral') }}select n from {{ ref('s') }}",
      });
      expect(outcome.results.map((r) => [r.node.name, r.status, r.rowsAffected])).toEqual([
        ["s", "success", 2],
        ["b", "success", undefined],
        ["c", "success", undefined],
      ]);
      expect(await rowsOf(session, "select n from shop_private.c")).toEqual([[5]]);
      expect(await relations(session)).toEqual([
        ["b", "VIEW"],
        ["c", "BASE TABLE"],
        ["s", "BASE TABLE"],
      ]);
    }));

  it.each([
    ["table", "view"],
    ["view", "table"],
    ["table", "table"],
    ["view", "view"],
    ["incremental", "view"],
    ["view", "incremental"],
  ])("turns a %s into a %s", (from, to) =>
    onDuckdb(async (session) => {
      const model = (kind: string, n: number): Record<string, string> => ({
        "models/a.sql": `{{ config(materialized='${kind}') }} select ${n} as n`,
      });
      await build(session, model(from, 1));
      const { status } = await build(session, model(to, 2));
      expect(status).toEqual({ a: "success" });
      expect(await rowsOf(session, "select n from shop_private.a")).toEqual([[2]]);
      expect(await relations(session)).toEqual([["a", to === "view" ? "VIEW" : "BASE TABLE"]]);
    }),
  );

  it("keeps the old relation and its neighbours when a build fails, and leaves nothing behind", () =>
    onDuckdb(async (session) => {
      const files = (sql: string): Record<string, string> => ({
        "models/a.sql": table(sql),
        "models/v.sql": "select * from {{ ref('a') }}",
      });
      await build(session, files("select 1 as n"));
      for (const bad of ["select cast('x' as integer) as n", "select nope as n", "select 1 as n from"]) {
        const { status } = await build(session, files(bad));
        expect(status).toEqual({ a: "error", v: "skipped" });
        expect(await rowsOf(session, "select n from shop_private.v")).toEqual([[1]]);
        expect(await relations(session)).toEqual([
          ["a", "BASE TABLE"],
          ["v", "VIEW"],
        ]);
      }
    }));

  it("a post-hook that fails takes the new table back", () =>
    onDuckdb(async (session) => {
      await build(session, { "models/a.sql": table("select 1 as n") });
      const { of } = await build(session, {
        "models/a.sql": table("select 2 as n", ", post_hook='insert into nowhere values (1)'"),
      });
      expect(of("a").diagnostics.map((d) => d.code)).toEqual(["sql/query-failed"]);
      expect(await rowsOf(session, "select n from shop_private.a")).toEqual([[1]]);
    }));

  it("runs hooks with the node's own names in them", () =>
    onDuckdb(async (session) => {
      const hooks = `, pre_hook="create table if not exists shop_private.log (t varchar, n int)", post_hook=["insert into shop_private.log select '{{ this.identifier }}', count(*) from {{ this }}"]`;
      await build(session, { "models/a.sql": table("select 1 as n", hooks) });
      expect(await rowsOf(session, "select * from shop_private.log")).toEqual([["a", 1]]);
    }));

  it("clears away what a killed build left", () =>
    onDuckdb(async (session) => {
      const files = { "models/a.sql": table("select 1 as n") };
      await build(session, files);
      const left = await rowsOf(session, "select 'mesh_new__a_' || substr(sha256('a'), 1, 8)");
      await session.query(`create table shop_private."${String(left[0]![0])}" as select 'half' as n`);
      const { status } = await build(session, files);
      expect(status).toEqual({ a: "success" });
      expect(await relations(session)).toEqual([["a", "BASE TABLE"]]);
    }));
});

describe("incremental models", () => {
  const source = (rows: string): string => `select * from (values ${rows}) t(id, v)`;
  const model = (config: string, rows: string): Record<string, string> => ({
    "models/m.sql": `{{ config(materialized='incremental'${config}) }}\n${source(rows)}{% if is_incremental() %} where id > (select min(id) from {{ this }}){% endif %}`,
  });
  const rows = (session: Session): Promise<unknown[][]> =>
    rowsOf(session, "select id, v from shop_private.m order by id, v");

  it.each([
    [
      "append by default",
      "",
      [
        [1, "a"],
        [2, "a"],
        [2, "b"],
        [3, "b"],
      ],
    ],
    [
      "delete+insert with a key",
      ", unique_key='id'",
      [
        [1, "a"],
        [2, "b"],
        [3, "b"],
      ],
    ],
    [
      "merge",
      ", unique_key='id', incremental_strategy='merge'",
      [
        [1, "a"],
        [2, "b"],
        [3, "b"],
      ],
    ],
    [
      "a key of two columns",
      ", unique_key=['id', 'v']",
      [
        [1, "a"],
        [2, "a"],
        [2, "b"],
        [3, "b"],
      ],
    ],
    [
      "append although there is a key",
      ", unique_key='id', incremental_strategy='append'",
      [
        [1, "a"],
        [2, "a"],
        [2, "b"],
        [3, "b"],
      ],
    ],
  ])("%s", (_, config, expected) =>
    onDuckdb(async (session) => {
      await build(session, model(config, "(1, 'a'), (2, 'a')"));
      const { of } = await build(session, model(config, "(1, 'x'), (2, 'b'), (3, 'b')"));
      expect(of("m").rowsAffected).toBe(2);
      expect(await rows(session)).toEqual(expected);
      expect(await relations(session)).toEqual([["m", "BASE TABLE"]]);
    }),
  );

  it.each([
    ["asked for", { fullRefresh: true }, "", [[1, "x"]]],
    [
      "refused by the model",
      { fullRefresh: true },
      ", full_refresh=false",
      [
        [1, "a"],
        [2, "a"],
      ],
    ],
    ["always, says the model", {}, ", full_refresh=true", [[1, "x"]]],
  ])("full refresh: %s", (_, options, config, expected) =>
    onDuckdb(async (session) => {
      await build(session, model("", "(1, 'a'), (2, 'a')"));
      await build(session, model(config, "(1, 'x')"), options);
      expect(await rows(session)).toEqual(expected);
    }),
  );

  const other = (config: string, sql: string): Record<string, string> => ({
    "models/m.sql": `{{ config(materialized='incremental'${config}) }}${sql}`,
  });
  it.each([
    ["a new column is left out", "", "select 9 as id, 'z' as v, 1 as extra", "success", 3],
    [
      "a new column fails when asked to",
      ", on_schema_change='fail'",
      "select 9 as id, 'z' as v, 1 as extra",
      "error",
      2,
    ],
    ["a changed type fails when asked to", ", on_schema_change='fail'", "select 'x' as id, 'z' as v", "error", 2],
    ["a column that is gone fails", "", "select 9 as id", "error", 2],
    ["another order of columns is no change", ", on_schema_change='fail'", "select 'z' as v, 9 as id", "success", 3],
  ])("%s", (_, config, sql, status, count) =>
    onDuckdb(async (session) => {
      await build(session, other("", "select 1 as id, 'a' as v union all select 2, 'b'"));
      const second = await build(session, other(config, sql));
      expect(second.status).toEqual({ m: status });
      if (status === "error") expect(second.of("m").diagnostics[0]!.code).toBe("sql/schema-changed");
      expect(await rowsOf(session, "select count(*) from shop_private.m")).toEqual([[count]]);
      expect(await relations(session)).toEqual([["m", "BASE TABLE"]]);
    }),
  );

  it("a run that fails midway changes no row", () =>
    onDuckdb(async (session) => {
      await build(session, model(", unique_key='id'", "(1, 'a'), (2, 'a')"));
      const { status } = await build(
        session,
        model(", unique_key='id', post_hook='select broken'", "(2, 'b'), (3, 'b')"),
      );
      expect(status).toEqual({ m: "error" });
      expect(await rows(session)).toEqual([
        [1, "a"],
        [2, "a"],
      ]);
    }));
});

describe("order and trouble", () => {
  const chain = {
    "models/a.sql": "select 1 as n",
    "models/bad.sql": "select oops from {{ ref('a') }}",
    "models/below.sql": "select * from {{ ref('eph') }}",
    "models/eph.sql": "{{ config(materialized='ephemeral') }}select * from {{ ref('bad') }}",
    "models/beside.sql": "select * from {{ ref('a') }}",
    "models/s.yml":
      "models: [{name: below, columns: [{name: n, tests: [not_null]}]}, {name: beside, columns: [{name: n, tests: [not_null]}]}]",
  };
  it.each([1, 4])("skips what depends on a failed model and nothing else, with %i sessions", async (threads) => {
    const folder = mkdtempSync(join(tmpdir(), "meshwork-models-"));
    const engine = duckdbEngine({ path: join(folder, "x.duckdb") });
    const session = await engine.open();
    try {
      const events: string[] = [];
      const { status, outcome, of } = await build(session, chain, {
        threads,
        openSession: () => engine.open(),
        onEvent: (e) => events.push(`${e.kind} ${e.kind === "finish" ? e.result.node.name : e.node.name}`),
      });
      expect(status).toEqual({
        a: "success",
        bad: "error",
        below: "skipped",
        beside: "success",
        not_null_below_n: "skipped",
        not_null_beside_n: "pass",
      });
      expect(of("below").skippedFor).toBe("model.shop.bad");
      expect(of("not_null_below_n").skippedFor).toBe("model.shop.bad");
      expect(outcome.ok).toBe(false);
      expect(events.filter((e) => e.startsWith("finish"))).toHaveLength(6);
      expect(events.indexOf("finish a")).toBeLessThan(events.indexOf("start beside"));
    } finally {
      await session.close();
      await engine.close();
      rmSync(folder, { recursive: true });
    }
  });

  it("a failed test of severity error holds back what comes after, a warning does not", () =>
    onDuckdb(async (session) => {
      const files = (severity: string): Record<string, string> => ({
        "models/a.sql": "select null as n",
        "models/b.sql": "select * from {{ ref('a') }}",
        "models/s.yml": `models: [{name: a, columns: [{name: n, tests: [{not_null: {config: {severity: ${severity}}}}]}]}]`,
      });
      expect((await build(session, files("error"))).status).toEqual({
        a: "success",
        not_null_a_n: "fail",
        b: "skipped",
      });
      const warned = await build(session, files("warn"));
      expect(warned.status).toEqual({ a: "success", not_null_a_n: "warn", b: "success" });
      expect(warned.outcome.ok).toBe(true);
    }));

  it("models in a ring end as errors, the rest is built", () =>
    onDuckdb(async (session) => {
      const { status } = await build(session, {
        "models/a.sql": "select * from {{ ref('b') }}",
        "models/b.sql": "select * from {{ ref('a') }}",
        "models/c.sql": "select 1 as n",
        "models/d.sql": "select * from {{ ref('a') }}",
      });
      expect(status).toEqual({ a: "error", b: "error", c: "success", d: "skipped" });
    }));

  it("stops when told to: the running build is broken off, its old table stays", () =>
    onDuckdb(async (session) => {
      await build(session, { "models/a.sql": table("select 1 as n") });
      const stop = new AbortController();
      const files = {
        "models/a.sql": table(
          "select count(*) as n from range(40000) x, range(400000) y where x.range * y.range % 7 = 3",
        ),
        "models/b.sql": "select * from {{ ref('a') }}",
      };
      const timer = setTimeout(() => stop.abort(), 150);
      const { outcome, status } = await build(session, files, { signal: stop.signal });
      clearTimeout(timer);
      expect(outcome.cancelled).toBe(true);
      expect(outcome.ok).toBe(false);
      expect(status["a"]).toBe("error");
      expect(await rowsOf(session, "select n from shop_private.a")).toEqual([[1]]);
      expect(await relations(session)).toEqual([["a", "BASE TABLE"]]);
    }));

  it("writes compiled SQL only where it is asked to, below the project", () =>
    onDuckdb(async (session) => {
      const written = new Map<string, string>();
      await build(
        session,
        {
          "models/a.sql": "select 1 as n",
          "models/s.yml": "models: [{name: a, columns: [{name: n, tests: [{not_null: {name: '../../../etc/evil'}}]}]}]",
        },
        { write: (path, text) => void written.set(path, text) },
      );
      expect([...written.keys()]).toEqual([
        "target/compiled/shop/models/a.sql",
        "target/run/shop/models/a.sql",
        "target/compiled/shop/models/s.yml/__.._.._etc_evil.sql",
        "target/run/shop/models/s.yml/__.._.._etc_evil.sql",
      ]);
      for (const path of written.keys()) expect(path.split("/")).not.toContain("..");
      expect(written.get("target/compiled/shop/models/a.sql")).toBe("select 1 as n\n");
    }));
});

describe("the engine's complaints", () => {
  const failing = async (files: Readonly<Record<string, string>>): Promise<NodeResult["diagnostics"][number]> =>
    onDuckdb(async (session) => {
      const { outcome } = await build(session, files);
      return outcome.results.flatMap((r) => r.diagnostics)[0]!;
    });
  it.each([
    ["a column", "select\n  1 as a,\n  {{ 'amnt' }}\nfrom {{ ref('orders') }}", 3, 3, 15],
    ["after a macro that writes lines", "{{ lines() }}\nselect amnt from {{ ref('orders') }}", 2, 8, 12],
    ["a syntax error", "select a\nform {{ ref('orders') }}", 2, 6, 25],
    ["behind an ephemeral model", "with x as (select 1)\nselect amnt from {{ ref('eph') }}", 2, 8, 12],
    ["after characters of two units", "select '🦆🦆' as x, amnt from {{ ref('orders') }}", 1, 21, 25],
    ["with windows' line ends", "select 1,\r\n  amnt\r\nfrom {{ ref('orders') }}", 2, 3, 7],
  ])("point at the author's line: %s", async (_, sql, line, column, endColumn) => {
    const found = await failing({
      "models/orders.sql": "select 1 as amount, 2 as b",
      "models/eph.sql": "{{ config(materialized='ephemeral') }}\n\nselect amount\nfrom {{ ref('orders') }}",
      "macros/m.sql": "{% macro lines() %}\n--\n--\n{% endmacro %}",
      "models/rev.sql": sql,
    });
    expect(found.code).toBe("sql/query-failed");
    expect(found.span).toEqual({ file: "models/rev.sql", line, column, endLine: line, endColumn });
  });

  it("an error inside an ephemeral model is in that model's file", async () => {
    const found = await failing({
      "models/a.sql": "{{ config(materialized='ephemeral') }}\nselect nope from (select 1 as x)",
      "models/b.sql": "select * from {{ ref('a') }}",
    });
    expect(found.span).toMatchObject({ file: "models/a.sql", line: 2, column: 8 });
  });

  it("an error a macro wrote is at the call in the model", async () => {
    const found = await failing({
      "macros/m.sql": "{% macro col() %}\n\n  nope\n{% endmacro %}",
      "models/a.sql": "select\n  {{ col() }} as x\nfrom (select 1 as y)",
    });
    expect(found.span).toMatchObject({ file: "models/a.sql", line: 2, column: 6 });
  });
});

describe("hostile names", () => {
  it("in columns, values, aliases and schemas do no harm", () =>
    onDuckdb(async (session) => {
      await session.query("create table x as select 1 as n");
      const files = {
        "seeds/s.csv": `"a""; drop table x; --",v\n"'); drop table x; --",{{ 7 * 7 }}\n,{% raw %}\n`,
        "models/m.sql": `{{ config(materialized='incremental', alias='m"; drop table x; --', unique_key='k"; drop table x; --') }}\nselect 1 as "k""; drop table x; --"`,
        "models/dots.sql": "{{ config(materialized='table', alias='../../up', schema=\"q'uote\") }}select 1 as n",
        "models/s.yml": `seeds:\n  - name: s\n    columns:\n      - name: 'a"; drop table x; --'\n        tests: [unique, {accepted_values: {values: ["'); drop table x; --"]}}, {relationships: {to: ref('s'), field: 'a"; drop table x; --'}}]\n`,
      };
      for (let i = 0; i < 2; i++) {
        const { outcome } = await build(session, files);
        expect(outcome.results.flatMap((r) => r.diagnostics.map((d) => d.message))).toEqual([]);
        expect(outcome.results.filter((r) => r.status !== "success" && r.status !== "pass")).toEqual([]);
      }
      expect(await rowsOf(session, `select * from shop_private.s`)).toEqual([
        ["'); drop table x; --", "{{ 7 * 7 }}"],
        [null, "{% raw %}"],
      ]);
      expect(await rowsOf(session, `select * from "shop_private_q'uote"."../../up"`)).toEqual([[1]]);
      expect(await rowsOf(session, "select count(*) from x")).toEqual([[1]]);
    }));
});
