import { describe, expect, it } from "vitest";
import { runNodes } from "../index.ts";
import type { RunOutcome } from "../index.ts";
import { memoryProject, onDuckdb, rowsOf } from "../testdata/memory-project.ts";

/** Runs a project on DuckDB; gives what a query over it yields. */
function running<T>(
  files: Readonly<Record<string, string>>,
  then: (outcome: RunOutcome, rows: (sql: string) => Promise<unknown[][]>) => Promise<T>,
): Promise<T> {
  return onDuckdb(async (session) => {
    await session.query(
      "create schema raw; create sequence raw.calls; create table raw.kinds as select unnest(['a', 'b']) as kind",
    );
    const project = memoryProject(files);
    expect(project.diagnostics).toEqual([]);
    const outcome = await runNodes(project, session, { nodes: [...project.nodes.values()], now: () => new Date(0) });
    return then(outcome, (sql) => rowsOf(session, sql));
  });
}

const rev = async (model: string, more: Readonly<Record<string, string>> = {}): Promise<unknown[][]> =>
  running({ "models/rev.sql": `{{ config(materialized='table') }} ${model}`, ...more }, async (outcome, rows) => {
    expect(outcome.results.flatMap((r) => r.diagnostics.map((d) => d.message))).toEqual([]);
    return rows("select * from shop_private.rev");
  });

describe("a template that asks the engine", () => {
  it("makes columns of the rows of run_query", async () => {
    const model =
      "{% set kinds = run_query('select kind from raw.kinds order by 1').columns[0].values() if execute else [] %}" +
      "select {% for k in kinds %}'{{ k }}' as {{ k }}_kind{{ ', ' if not loop.last }}{% endfor %}{% if not kinds %}1 as n{% endif %}";
    expect(await rev(model)).toEqual([["a", "b"]]);
  });

  it("reads what a statement stored", async () => {
    const model =
      "{% call statement('n', fetch_result=True) %}select count(*) as n from raw.kinds{% endcall %}" +
      "select {{ load_result('n')['data'][0][0] if execute else 0 }} as n, '{{ load_result('n').table.columns[0].name if execute }}' as name";
    expect(await rev(model)).toEqual([[2, "n"]]);
  });

  it("runs each statement once, however often it is rendered", async () => {
    const ask = "{% do run_query(\"select nextval('raw.calls')\") %}";
    expect(await rev(`${ask}${ask}{% do run_query('select 1') %}select currval('raw.calls') as n`)).toEqual([[2]]);
  });

  it("knows columns and relations that an upstream model built in the same run", async () => {
    const model =
      "{% set up = ref('up') %}{% set there = load_relation(up) %}" +
      "select {% for c in adapter.get_columns_in_relation(up) %}'{{ c.name }} {{ c.is_integer() }}' as {{ adapter.quote(c.name) }},{% endfor %} " +
      "'{{ there.type }}' as kind, '{{ adapter.get_relation(none, 'nowhere', 'x') }}' as missing";
    const up = { "models/up.sql": "select 1 as id, 'x' as word" };
    expect(await rev(model, up)).toEqual([["id True", "word False", "view", "None"]]);
  });

  it("reports a query that fails at the call, in a run and not before", async () => {
    const model = "select 1 as n,\n  {{ run_query('select nope from raw.kinds') }} as m";
    await running({ "models/rev.sql": model }, (outcome) => {
      const [found] = outcome.results.flatMap((r) => r.diagnostics);
      expect(found).toMatchObject({ code: "sql/template-failed", span: { file: "models/rev.sql", line: 2 } });
      expect(found!.message).toContain("nope");
      return Promise.resolve();
    });
  });

  it("stops a template that asks for ever", async () => {
    const model = "{% for i in range(100000) %}{% do run_query('select ' ~ i) %}{% endfor %}select 1 as n";
    await running({ "models/rev.sql": model }, (outcome) => {
      expect(outcome.results[0]!.diagnostics[0]!.message).toContain("may run 500 statements");
      return Promise.resolve();
    });
  });

  it("asks in hooks when they run: after the build, not before", async () => {
    const hook =
      "{% if adapter.get_relation(none, this.schema, this.identifier) %}create table raw.seen as select 1 as n{% endif %}";
    const model = `{{ config(materialized='table', post_hook="${hook}") }} select 1 as n`;
    await running({ "models/rev.sql": model }, async (outcome, rows) => {
      expect(outcome.ok).toBe(true);
      expect(await rows("select n from raw.seen")).toEqual([[1]]);
    });
  });
});

describe("dbt's functions for every engine", () => {
  it.each([
    ["dbt.dateadd('day', 3, \"date '2024-01-30'\") ~ '::date::varchar'", "2024-02-02"],
    ["dbt.dateadd('quarter', 'n', \"date '2024-01-30'\") ~ '::date::varchar'", "2024-07-30"],
    ["datediff(\"date '2024-01-30'\", \"date '2024-03-01'\", 'month')", 2],
    // Saturday to Sunday is a week of dbt's, Sunday to Monday none; as dbt-duckdb 1.11 answered.
    ["datediff(\"date '2025-01-04'\", \"date '2025-01-05'\", 'week')", 1],
    ["datediff(\"date '2025-01-05'\", \"date '2025-01-11'\", 'week')", 0],
    ["datediff(\"date '2025-11-29'\", \"date '2026-11-29'\", 'week')", 53],
    ["datediff(\"date '2025-01-06'\", \"date '2025-01-04'\", 'week')", -1],
    ["dbt.date_trunc('month', \"date '2024-01-30'\") ~ '::date::varchar'", "2024-01-01"],
    ["dbt.last_day(\"date '2024-02-03'\", 'month') ~ '::varchar'", "2024-02-29"],
    ["dbt.hash(\"'a'\")", "0cc175b9c0f1b6a831c399e269772661"],
    ["dbt.split_part(\"'a-b-c'\", \"'-'\", 2)", "b"],
    ["dbt.concat([\"'a'\", \"'b'\"])", "ab"],
    ["safe_cast(\"'7'\", dbt.type_int())", 7],
    ['dbt.string_literal(dbt.escape_single_quotes("it\'s"))', "it's"],
    ["dbt.position(\"'b'\", \"'abc'\")", 2],
  ])("%s", async (expression, expected) => {
    expect(await rev(`select {{ ${expression} }} as v from (select 2 as n)`)).toEqual([[expected]]);
  });

  it("gives way to a project's own by dispatch", async () => {
    const own = { "macros/own.sql": "{% macro default__hash(field) %}'own'{% endmacro %}" };
    expect(await rev("select {{ dbt.hash('1') }} as v", own)).toEqual([["own"]]);
  });
});
