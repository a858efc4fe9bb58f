import { describe, expect, it } from "vitest";
import { memoryProject } from "./testdata/memory-project.ts";

const ephemeral = (sql: string): string => `{{ config(materialized='ephemeral') }}${sql}`;
const compiled = (files: Readonly<Record<string, string>>, name: string): string => {
  const project = memoryProject(files);
  expect(project.diagnostics).toEqual([]);
  return project.compile(project.find(name)!).sql;
};

describe("ephemeral models", () => {
  const base = {
    "models/e1.sql": ephemeral("select 1 as n"),
    "models/e2.sql": ephemeral("select * from {{ ref('e1') }}"),
  };
  const e1 = `"__dbt__cte__e1" as (\nselect 1 as n\n)`;
  const e2 = `"__dbt__cte__e2" as (\nselect * from "__dbt__cte__e1"\n)`;
  it.each([
    ["alone", "select * from {{ ref('e1') }}", `with ${e1}\nselect * from "__dbt__cte__e1"`],
    [
      "of one another, each once",
      "select * from {{ ref('e2') }}, {{ ref('e1') }}",
      `with ${e1},\n${e2}\nselect * from "__dbt__cte__e2", "__dbt__cte__e1"`,
    ],
    [
      "before the model's own with",
      "with x as (select 1) select * from {{ ref('e1') }}",
      `with ${e1}, x as (select 1) select * from "__dbt__cte__e1"`,
    ],
    [
      "behind recursive",
      "-- a\nWITH RECURSIVE x as (select 1) select * from {{ ref('e1') }}",
      `-- a\nWITH RECURSIVE ${e1}, x as (select 1) select * from "__dbt__cte__e1"`,
    ],
    [
      "a column that begins with with is none",
      "/* with */ select withdrawn from {{ ref('e1') }}",
      `with ${e1}\n/* with */ select withdrawn from "__dbt__cte__e1"`,
    ],
  ])("%s", (_, sql, expected) => {
    expect(compiled({ ...base, "models/m.sql": sql }, "m")).toBe(expected);
  });
});

describe("dbt's functions", () => {
  const macros = {
    "macros/m.sql":
      "{% macro money(c, digits=2) %}round({{ c }} / 100.0, {{ digits }}){% endmacro %}" +
      "{% macro names() %}{% do return(['a', 'b']) %}{% endmacro %}" +
      "{% macro hello() %}{{ return(adapter.dispatch('hello')()) }}{% endmacro %}" +
      "{% macro default__hello() %}'default'{% endmacro %}{% macro duckdb__hello() %}'duckdb'{% endmacro %}{% macro postgres__hello() %}'pg'{% endmacro %}",
    "dbt_packages/tools/dbt_project.yml": "name: tools\n",
    "dbt_packages/tools/macros/t.sql":
      "{% macro outer(x) %}{{ inner(x) }}{% endmacro %}{% macro inner(x) %}<{{ x }}>{% endmacro %}",
  };
  it.each([
    [
      "a macro with a default",
      "{{ money('c') }} {{ money('c', digits=0) }}",
      "round(c / 100.0, 2) round(c / 100.0, 0)",
    ],
    ["return gives a value", "{% for n in names() %}{{ n }};{% endfor %}", "a;b;"],
    ["dispatch takes the engine's variant", "{{ hello() }}", "'duckdb'"],
    ["a package's macro finds its own neighbours", "{{ tools.outer(1) }}", "<1>"],
    ["this", "{{ this }} {{ this.schema }}.{{ this.identifier }}", `"shop_private"."m" shop_private.m`],
    ["target", "{{ target.name }} {{ target.type }} {{ target.schema }}", "dev duckdb shop_private"],
    ["config.get", "{{ config(answer=42) }}{{ config.get('answer') }} {{ config.get('nix', 'd') }}", "42 d"],
    ["model", "{{ model.unique_id }} {{ model.name }}", "model.shop.m m"],
    ["execute is true when it counts", "{% if execute %}yes{% endif %}", "yes"],
    ["is_incremental outside an incremental run", "{{ is_incremental() }}", "False"],
    ["log prints nothing", "a{{ log('x', info=true) }}b{% do log('y') %}", "ab"],
    [
      "the run's clock",
      "{{ run_started_at.strftime('%Y-%m-%d %H') }} {{ (run_started_at - modules.datetime.timedelta(days=15)).date() }}",
      "2026-01-15 12 2025-12-31",
    ],
    ["datetime by hand", "{{ modules.datetime.datetime(2024, 2, 29).isoformat() }}", "2024-02-29T00:00:00"],
    ["adapter.quote", `{{ adapter.quote('a"b') }}`, `"a""b"`],
    ["relations can be made", "{{ api.Relation.create(schema='s', identifier='t') }}", `"s"."t"`],
    ["include", "{{ ref('o').include(schema=false) }}", `"o"`],
    [
      "json and zip",
      "{{ tojson({'a': 1}) }}{{ fromjson('[1]')[0] }}{% for a, b in zip([1], [2]) %}{{ a + b }}{% endfor %}",
      `{"a": 1}13`,
    ],
  ])("%s", (_, source, expected) => {
    expect(compiled({ ...macros, "models/o.sql": "select 1", "models/m.sql": source }, "m")).toBe(expected);
  });

  it.each([
    [
      "a missing macro of a package",
      "{{ tools.otter(1) }}",
      "sql/unknown-macro",
      'There is no macro "otter" in package "tools". Did you mean "tools.outer"?',
    ],
    [
      "an unknown package",
      "{{ dbt_utils.star(1) }}",
      "sql/unknown-macro",
      'There is no macro "star" in package "dbt_utils".',
    ],
    ["too many arguments", "{{ money(1, 2, 3) }}", "sql/template-failed", undefined],
    ["an unknown filter", "{{ 'a' | uper }}", "sql/jinja-syntax", undefined],
    [
      "a macro that raises, placed at its call",
      "{{ exceptions.raise_compiler_error('no') }}",
      "sql/template-failed",
      "no",
    ],
  ])("%s", (_, source, code, message) => {
    const project = memoryProject({ ...macros, "models/m.sql": source });
    expect(project.diagnostics.map((d) => d.code)).toEqual([code]);
    if (message !== undefined) expect(project.diagnostics[0]!.message).toBe(message);
    expect(project.diagnostics[0]!.span?.file).toBe("models/m.sql");
  });

  it("a macro that raises is shown where it raises and where it was called", () => {
    const project = memoryProject({
      "macros/m.sql": "{% macro check() %}\n{{ exceptions.raise_compiler_error('too old') }}{% endmacro %}",
      "models/m.sql": "select\n{{ check() }}",
    });
    expect(project.diagnostics).toMatchObject([
      {
        code: "sql/template-failed",
        message: "too old",
        span: { file: "macros/m.sql", line: 2 },
        related: [{ message: 'macro "check" is called here', span: { file: "models/m.sql", line: 2, column: 4 } }],
      },
    ]);
  });
});

describe("descriptions", () => {
  it("take docs blocks in", () => {
    const project = memoryProject({
      "models/d.md": "# Text { with % braces\n{% docs kpi %}\nOne row a *day*.\n{% enddocs %}\n",
      "models/a.sql": "select 1 as n",
      "models/p.yml":
        "models: [{name: a, description: \"{{ doc('kpi') }}\", columns: [{name: n, description: plain, data_type: integer, meta: {pii: true}}]}]",
    });
    const node = project.find("a")!;
    expect(node.description).toBe("One row a *day*.");
    expect(node.columns.get("n")).toMatchObject({
      description: "plain",
      dataType: "integer",
      meta: new Map([["pii", true]]),
    });
  });
});
