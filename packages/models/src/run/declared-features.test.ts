import { describe, expect, it } from "vitest";
import type { Session } from "@meshwork/engine";
import { runNodes } from "../index.ts";
import type { NodeResult, RunOptions } from "../index.ts";
import { memoryProject, onDuckdb, rowsOf } from "../testdata/memory-project.ts";

type Files = Readonly<Record<string, string>>;

async function build(session: Session, files: Files, options: Partial<RunOptions> = {}) {
  const project = memoryProject(files);
  expect(project.diagnostics.filter((d) => d.severity === "error").map((d) => d.message)).toEqual([]);
  const outcome = await runNodes(project, session, {
    nodes: [...project.nodes.values()],
    unitTests: [...project.unitTests.values()],
    projectHooks: true,
    now: () => new Date("2024-01-03T12:00:00Z"),
    ...options,
  });
  const name = (r: NodeResult): string => r.unitTest?.name ?? r.node.name;
  return {
    outcome,
    status: Object.fromEntries(outcome.results.map((r) => [name(r), r.status])),
    found: outcome.results.flatMap((r) => r.diagnostics),
  };
}

const table = (sql: string, more = ""): string => `{{ config(materialized='table'${more}) }}\n${sql}`;

describe("unit tests", () => {
  const files = (total: string): Files => ({
    "models/orders.sql": table("select 1 as id, 2.5::decimal(10,2) as amount, date '2024-01-01' as day"),
    "models/total.sql": total,
    "models/after.sql": "select * from {{ ref('total') }}",
    "models/u.yml": `
unit_tests:
  - name: adds_up
    model: total
    given:
      - input: ref('orders')
        rows: [{ amount: 1 }, { amount: 2.25, id: 7 }, { id: null }]
    expect:
      rows: [{ total: 3.25, n: 3 }]
`,
  });

  it("replace what a model reads; missing columns are NULL of their type", () =>
    onDuckdb(async (session) => {
      const { status } = await build(
        session,
        files("select sum(amount) as total, count(*) as n from {{ ref('orders') }}"),
      );
      expect(status).toEqual({ orders: "success", adds_up: "pass", total: "success", after: "success" });
      expect(await rowsOf(session, "select n from shop_private.after")).toEqual([[1]]);
    }));

  it("that fail keep their model from being built, and show the rows that differ", () =>
    onDuckdb(async (session) => {
      const { status, found } = await build(
        session,
        files("select sum(amount) as total, count(id) as n from {{ ref('orders') }}"),
      );
      expect(status).toEqual({ orders: "success", adds_up: "fail", total: "skipped", after: "skipped" });
      expect(found).toMatchObject([{ code: "sql/unit-test-failed", span: { file: "models/u.yml" } }]);
      expect(found[0]!.details).toEqual(["  total  n", "- 3.25   3", "+ 3.25   1"]);
    }));

  it("name a column of a row that the relation does not have", () =>
    onDuckdb(async (session) => {
      const wrong = { ...files("select 1 as n from {{ ref('orders') }}") };
      wrong["models/u.yml" as keyof typeof wrong] = wrong["models/u.yml"]!.replace("amount: 1", "amout: 1");
      const { status, found } = await build(session, wrong);
      expect(status["adds_up"]).toBe("error");
      expect(found[0]!.message).toMatch(/"amout".*Did you mean "amount"/);
    }));

  it("put SQL errors at the model's own line", () =>
    onDuckdb(async (session) => {
      const { found } = await build(session, files("select\n  sum(amnt) as total, 1 as n\nfrom {{ ref('orders') }}"));
      expect(found[0]).toMatchObject({
        code: "sql/query-failed",
        span: { file: "models/total.sql", line: 2, column: 7 },
      });
    }));
});

describe("an enforced contract", () => {
  const schema = (amount: string): string => `
models:
  - name: rev
    config: { contract: { enforced: true } }
    constraints: [{ type: primary_key, columns: [id] }]
    columns:
      - { name: id, data_type: int, constraints: [{ type: not_null }] }
      - { name: amount, data_type: '${amount}', constraints: [{ type: check, expression: "amount > 0" }] }
`;
  it("makes the table with its columns in order and its constraints, again and again", () =>
    onDuckdb(async (session) => {
      const files = {
        "models/rev.sql": table("select 2.5::decimal(10,2) as amount, 1 as id"),
        "models/s.yml": schema("decimal(10,2)"),
      };
      for (let i = 0; i < 2; i++) expect((await build(session, files)).status).toEqual({ rev: "success" });
      expect(
        await rowsOf(session, "select column_name from information_schema.columns order by ordinal_position"),
      ).toEqual([["id"], ["amount"]]);
      await expect(rowsOf(session, "insert into shop_private.rev values (1, 2)")).rejects.toThrow(/primary key/i);
      await expect(rowsOf(session, "insert into shop_private.rev values (2, -1)")).rejects.toThrow(/CHECK/i);
    }));

  it("leaves the old table alone when the query breaks it, and points at the column", () =>
    onDuckdb(async (session) => {
      await build(session, {
        "models/rev.sql": table("select 1::decimal(10,2) as amount, 1 as id"),
        "models/s.yml": schema("decimal(10,2)"),
      });
      const { status, found } = await build(session, {
        "models/rev.sql": table("select 'x' as amount, 2 as id, 3 as more"),
        "models/s.yml": schema("decimal(10,2)"),
      });
      expect(status).toEqual({ rev: "error" });
      expect(found).toMatchObject([{ code: "sql/contract-broken", span: { file: "models/s.yml", line: 8 } }]);
      expect(found[0]!.details!.join("\n")).toMatch(/amount +VARCHAR +DECIMAL\(10,2\).*\n.*more +INTEGER +-/i);
      expect(await rowsOf(session, "select id from shop_private.rev")).toEqual([[1]]);
    }));

  it("tells a type that the engine does not know", () =>
    onDuckdb(async (session) => {
      const { found } = await build(session, {
        "models/rev.sql": table("select 1 as amount, 1 as id"),
        "models/s.yml": schema("strng"),
      });
      expect(found).toMatchObject([{ code: "sql/bad-config", span: { line: 8 } }]);
    }));
});

describe("hooks", () => {
  it("of the run see what happened; an error in one at the start keeps the run from beginning", () =>
    onDuckdb(async (session) => {
      const project = (start: string): Files => ({
        "dbt_project.yml": `name: shop\non-run-start: ["${start}"]\non-run-end: ["create table ends as select '{{ results | map(attribute='status') | join(',') }}' as s, '{{ schemas | join }}' as w"]\n`,
        "models/a.sql": "select 1 as n",
      });
      const broken = await build(session, project("select nope"));
      expect(broken.outcome).toMatchObject({ ok: false, results: [] });
      expect(broken.outcome.diagnostics).toMatchObject([
        { code: "sql/query-failed", span: { file: "dbt_project.yml" } },
      ]);
      expect((await build(session, project("create table starts as select 1 as n"))).outcome.ok).toBe(true);
      expect(await rowsOf(session, "select s, w from ends")).toEqual([["success", "shop_private"]]);
    }));

  it("inside the transaction are undone with the model, those outside stay", () =>
    onDuckdb(async (session) => {
      await session.query("create table log (w varchar)");
      const hooks =
        ", pre_hook=[{'sql': \"insert into log values ('out')\", 'transaction': false}, \"insert into log values ('in')\"]";
      const { status } = await build(session, { "models/a.sql": table("select nope", hooks) });
      expect(status).toEqual({ a: "error" });
      expect(await rowsOf(session, "select w from log")).toEqual([["out"]]);
    }));
});

describe("materializations of the project", () => {
  const macros = `{% materialization twice, default %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {{ drop_relation_if_exists(load_cached_relation(this)) }}
  {{ run_hooks(pre_hooks) }}
  {% call statement('main') -%}{{ create_table_as(false, target_relation, sql ~ ' union all ' ~ sql) }}{%- endcall %}
  {{ adapter.commit() }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}`;

  it("run with dbt's macros, each time anew", () =>
    onDuckdb(async (session) => {
      const files = {
        "macros/m.sql": macros,
        "models/a.sql": "{{ config(materialized='twice') }} select 1 as n",
        "models/b.sql": table("select count(*) as n from {{ ref('a') }}"),
      };
      for (let i = 0; i < 2; i++) expect((await build(session, files)).status).toEqual({ a: "success", b: "success" });
      expect(await rowsOf(session, "select n from shop_private.b")).toEqual([[2]]);
    }));

  it("that fail are undone, with the error at the model's line", () =>
    onDuckdb(async (session) => {
      const files = (sql: string): Files => ({
        "macros/m.sql": macros,
        "models/a.sql": `{{ config(materialized='twice') }}\n${sql}`,
      });
      await build(session, files("select 1 as n"));
      const { found } = await build(session, files("select nope as n"));
      expect(found).toMatchObject([{ code: "sql/query-failed", span: { file: "models/a.sql", line: 2, column: 8 } }]);
      expect(await rowsOf(session, "select count(*) from shop_private.a")).toEqual([[2]]);
    }));
});

describe("a run", () => {
  it("reads nothing where it is to be empty", () =>
    onDuckdb(async (session) => {
      const files = {
        "seeds/s.csv": "n\n1\n",
        "models/a.sql": table("select n, count(*) over () as c from {{ ref('s') }}"),
      };
      await build(session, files, { empty: true });
      expect(await rowsOf(session, "select count(*) from shop_private.a")).toEqual([[0]]);
    }));

  it("keeps failing rows where tests ask for it, and names the table", () =>
    onDuckdb(async (session) => {
      const { found, status } = await build(
        session,
        {
          "models/a.sql": table("select 1 as n union all select null"),
          "models/s.yml":
            "models: [{name: a, columns: [{name: n, data_tests: [not_null: {config: {store_failures: true}}]}]}]",
        },
        { sampleRows: 3 },
      );
      expect(status["not_null_a_n"]).toBe("fail");
      expect(found[0]!.help).toContain('"shop_private_dbt_test__audit"."not_null_a_n"');
      expect(found[0]!.details).toEqual(["n", "null"]);
      expect(await rowsOf(session, "select count(*) from shop_private_dbt_test__audit.not_null_a_n")).toEqual([[1]]);
    }));

  it("hides values of columns that are not for everybody", () =>
    onDuckdb(async (session) => {
      const files = {
        "models/a.sql": table("select 'me@x' as mail, null as n"),
        "models/s.yml": "models: [{name: a, columns: [{name: n, data_tests: [not_null]}]}]",
      };
      const { found } = await build(session, files, { sampleRows: 3, masks: (_, column) => column === "mail" });
      expect(found[0]!.details).toEqual(["mail  n", "•••   null"]);
    }));

  it("builds batch after batch, and one failed batch does not undo the others", () =>
    onDuckdb(async (session) => {
      const files = {
        "models/events.sql": table(
          "select * from (values (1, date '2024-01-01'), (0, date '2024-01-02'), (5, date '2024-01-03')) t(n, day)",
          ", event_time='day'",
        ),
        "models/daily.sql":
          "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='day', batch_size='day', begin='2024-01-01') }}\nselect case when n = 0 then error('zero') else n end as n, day from {{ ref('events') }}",
      };
      const { status, outcome } = await build(session, files);
      expect(status["daily"]).toBe("partial success");
      const daily = outcome.results.find((r) => r.node.name === "daily")!;
      expect(daily.batches!.successful.map((w) => w.start.slice(0, 10))).toEqual(["2024-01-01", "2024-01-03"]);
      expect(daily.batches!.failed.map((w) => w.start.slice(0, 10))).toEqual(["2024-01-02"]);
      expect(await rowsOf(session, "select n from shop_private.daily order by n")).toEqual([[1], [5]]);
    }));
});
