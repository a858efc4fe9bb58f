import { describe, expect, it } from "vitest";
import { loadProject } from "./index.ts";
import { duckdb } from "@meshwork/sql";
import { memoryFiles, memoryProject } from "./testdata/memory-project.ts";

const model = (config: string, sql = "select 1 as n"): string => `{{ config(${config}) }}\n${sql}`;

describe("a domain's project", () => {
  const files = {
    "dbt_project.yml":
      "name: growth\nmodel-paths: [daily-web-kpis/models, funnels/models, _mesh/models]\nmacro-paths: [_mesh/macros, macros]\nseed-paths: [funnels/seeds]\n",
    "daily-web-kpis/models/staging/stg_hits.sql": "select 1 as n",
    "daily-web-kpis/models/daily_web_kpis.sql": "select * from {{ ref('stg_hits') }}",
    "funnels/models/steps.sql": "select 1 as n",
    "funnels/seeds/stages.csv": "stage\nvisit\n",
    "_mesh/models/sources.yml": "sources:\n  - name: orders\n    tables: [{name: order_events_v2}]\n",
    "_mesh/macros/ref.sql": "{% macro ref() %}{{ exceptions.raise_compiler_error('for plain dbt') }}{% endmacro %}",
    "macros/own.sql": "{% macro one() %}1{% endmacro %}",
  };
  const project = memoryProject(files, {
    displayPath: "domains/growth",
    productOf: (p) => (p.startsWith("macros/") ? undefined : `growth.${p.split("/")[0]}`),
  });

  it("knows the product, the file and the path of every node", () => {
    expect(project.diagnostics).toEqual([]);
    const nodes = [...project.nodes.values()].map((n) => [n.id, n.product, n.file, n.fqn.join(".")]);
    expect(nodes).toEqual([
      [
        "model.growth.daily_web_kpis",
        "growth.daily-web-kpis",
        "domains/growth/daily-web-kpis/models/daily_web_kpis.sql",
        "growth.daily_web_kpis",
      ],
      ["model.growth.steps", "growth.funnels", "domains/growth/funnels/models/steps.sql", "growth.steps"],
      [
        "model.growth.stg_hits",
        "growth.daily-web-kpis",
        "domains/growth/daily-web-kpis/models/staging/stg_hits.sql",
        "growth.staging.stg_hits",
      ],
      ["seed.growth.stages", "growth.funnels", "domains/growth/funnels/seeds/stages.csv", "growth.stages"],
    ]);
  });

  it("does not read what is generated for plain dbt", () => {
    expect([...project.sources]).toEqual([]);
    expect([...project.macros.keys()].filter((id) => id.startsWith("macro.growth."))).toEqual(["macro.growth.one"]);
  });

  it("reads every file once", () => {
    const host = memoryFiles(files);
    loadProject({
      root: "/project",
      files: host,
      target: { name: "dev", schema: "s", type: "duckdb" },
      dialect: duckdb,
      now: new Date(0),
    });
    expect(new Set(host.reads).size).toBe(host.reads.length);
  });

  it("parses nothing again that a cache still holds", () => {
    const kept = new Map<string, unknown>();
    const cache = { get: (k: string) => kept.get(k), set: (k: string, v: unknown) => void kept.set(k, v) };
    memoryProject(files, { cache });
    const keys = kept.size;
    const again = memoryProject(files, { cache });
    expect(kept.size).toBe(keys);
    expect(again.diagnostics).toEqual([]);
    memoryProject({ ...files, "funnels/models/steps.sql": "select 2 as n" }, { cache });
    expect(kept.size).toBe(keys + 1);
  });
});

describe("precedence of configuration", () => {
  const tree =
    "name: shop\nmodels:\n  +materialized: view\n  +tags: [all]\n  shop:\n    +schema: base\n    staging:\n      +materialized: table\n      orders:\n        +tags: leaf\n";
  const properties =
    "models:\n  - name: orders\n    config: {materialized: incremental, unique_key: id, tags: [yaml]}\n";
  it.each([
    ["the tree's root", "models/a.sql", "select 1", "", "view", ["all"]],
    ["a folder over its parents", "models/staging/a.sql", "select 1", "", "table", ["all"]],
    ["a resource over its folder, tags add up", "models/staging/orders.sql", "select 1", "", "table", ["all", "leaf"]],
    [
      "properties over the tree",
      "models/staging/orders.sql",
      "select 1",
      properties,
      "incremental",
      ["all", "leaf", "yaml"],
    ],
    [
      "inline over all",
      "models/staging/orders.sql",
      model("materialized='ephemeral', tags='sql'"),
      properties,
      "ephemeral",
      ["all", "leaf", "sql", "yaml"],
    ],
  ])("%s", (_, path, sql, yaml, materialized, tags) => {
    const project = memoryProject({
      "dbt_project.yml": tree,
      [path]: sql,
      ...(yaml === "" ? {} : { "models/p.yml": yaml }),
    });
    const [node] = [...project.nodes.values()];
    expect([node!.config.materialized, node!.config.tags]).toEqual([materialized, tags]);
    expect(node!.relation.schema).toBe("shop_private_base");
  });

  it("takes a project's own naming of schemas", () => {
    const macro =
      "{% macro generate_schema_name(custom, node) %}{{ custom or target.schema }}_{{ node.name }}{% endmacro %}";
    const project = memoryProject({
      "macros/n.sql": macro,
      "models/a.sql": model("schema='x'"),
      "models/b.sql": "select 1",
    });
    expect([...project.nodes.values()].map((n) => n.relation.schema)).toEqual(["x_a", "shop_private_b"]);
  });

  it("renders settings in YAML, and leaves disabled models out", () => {
    const project = memoryProject({
      "dbt_project.yml": "name: shop\nvars: {on: false}\nmodels:\n  +enabled: \"{{ var('on') }}\"\n",
      "models/a.sql": "select 1",
      "models/b.sql": model("enabled=true", "select * from {{ ref('a') }}"),
    });
    expect(project.disabled).toEqual(["a"]);
    expect(project.diagnostics.map((d) => d.message)).toEqual(['"a" is disabled in models/a.sql.']);
  });

  it.each([
    ["", "materialized", "'tabel'"],
    ["materialized='table', ", "unique_key", "3"],
    ["", "incremental_strategy", "'insert_overwritten'"],
    ["", "on_schema_change", "'sometimes'"],
    ["", "tags", "{'a': 1}"],
    ["", "pre_hook", "{'sql': 1}"],
  ])("refuses %s%s=%s at its place", (before, key, value) => {
    const project = memoryProject({ "models/a.sql": model(`${before}${key}=${value}`) });
    const [found] = project.diagnostics;
    expect(found?.code).toBe("sql/bad-config");
    expect(found?.message).toContain(`"${key}"`);
    const column = "{{ config(".length + before.length + key.length + 2;
    expect(found?.span).toMatchObject({ file: "models/a.sql", line: 1, column, endColumn: column + value.length });
  });
});

describe("what would be dropped in silence", () => {
  it.each([
    ["a misspelt setting", { "models/a.sql": model("materialised='table'") }, ["sql/unknown-key warning"]],
    [
      "the same in YAML",
      { "models/a.sql": "select 1", "models/p.yml": "models: [{name: a, config: {uniq_key: n}}]" },
      ["sql/unknown-key warning"],
    ],
    ["on-run-start runs", { "dbt_project.yml": "name: shop\non-run-start: ['select 1']\n" }, []],
    [
      "a hook that cannot be rendered",
      { "models/a.sql": model("post_hook='{{ nope() }}'") },
      ["sql/unknown-macro error"],
    ],
    ["a model in Python", { "models/a.py": "def model(dbt, session): ..." }, ["sql/not-supported error"]],
    ["a setting of one's own is fine", { "models/a.sql": model("owner_of_this='me'") }, []],
    [
      "products may be called target or logs",
      { "models/target/a.sql": "select 1", "models/logs/b.sql": "select {{ ref('a').identifier | length }}" },
      [],
    ],
  ])("%s", (_, files, expected) => {
    expect(memoryProject(files).diagnostics.map((d) => `${d.code} ${d.severity}`)).toEqual(expected);
  });
});

describe("variables and the environment", () => {
  const read = (
    source: string,
    options: Parameters<typeof memoryProject>[1] = {},
    yaml = "vars:\n  n: 1\n  shop: {n: 2, m: [a, b]}\n",
  ) => {
    const project = memoryProject({ "dbt_project.yml": `name: shop\n${yaml}`, "models/a.sql": source }, options);
    return { sql: project.compile(project.find("a")!).sql, found: project.diagnostics };
  };
  it.each([
    ["the project's own over the shared", "{{ var('n') }}", {}, "2"],
    ["the command line over both", "{{ var('n') }}", { vars: { n: 3 } }, "3"],
    ["lists stay lists", "{{ var('m') | join('+') }}", {}, "a+b"],
    ["a default", "{{ var('x', 'd') }}", {}, "d"],
    ["a null of the command line is no default", "{{ var('n', 'd') }}", { vars: { n: null } }, "None"],
    ["the environment", "{{ env_var('A') }}-{{ env_var('B', 'b') }}", { env: { A: "a" } }, "a-b"],
    [
      "names of objects' own making are not set",
      "{{ env_var('constructor', 'none') }}{{ var('__proto__', 'none') }}",
      { env: {} },
      "nonenone",
    ],
  ])("%s", (_, source, options, expected) => {
    expect(read(source, options)).toEqual({ sql: expected, found: [] });
  });

  it("names everything that is missing at once, each at its argument", () => {
    const { found } = read(
      "{{ var('strat') }} {{ env_var('HOME_X') }}\n{{ ref('nix') }} {{ source('no', 'no') }}",
      {},
      "vars: {start: 1}\n",
    );
    expect(found.map((d) => [d.code, d.span?.line, d.span?.column])).toEqual([
      ["sql/missing-var", 1, 8],
      ["sql/missing-env-var", 1, 31],
      ["sql/unknown-ref", 2, 8],
      ["sql/unknown-source", 2, 34],
    ]);
    expect(found[0]!.message).toContain('Did you mean "start"?');
  });

  it("never prints a secret", () => {
    const { sql, found } = read("{{ env_var('DBT_ENV_SECRET_KEY', 'x') }}", { env: { DBT_ENV_SECRET_KEY: "hunter2" } });
    expect(sql).not.toContain("hunter2");
    expect(JSON.stringify(found)).not.toContain("hunter2");
    expect(found.map((d) => d.code)).toEqual(["sql/not-supported"]);
  });
});

describe("sources", () => {
  const yaml = `sources:
  - name: raw_web
    schema: web
    config: {meta: {external_location: "read_parquet('{{ env_var('MESH_DATA') }}/{name}/*.parquet')"}}
    tables:
      - name: hits
      - {name: users, meta: {external_location: users.csv}}
  - name: lake
    tables: [{name: facts, identifier: facts_v1}]
`;
  it("stand in the SQL as dbt-duckdb puts them there", () => {
    const sql = "{{ source('raw_web', 'hits') }} {{ source('raw_web', 'users') }} {{ source('lake', 'facts') }}";
    const project = memoryProject({ "models/s.yml": yaml, "models/a.sql": sql }, { env: { MESH_DATA: "/data" } });
    expect(project.compile(project.find("a")!).sql).toBe(
      `read_parquet('/data/hits/*.parquet') 'users.csv' "lake"."facts_v1"`,
    );
    expect(project.compile(project.find("a")!, { upstream: "relation" }).sql).toBe(
      `"web"."hits" "web"."users" "lake"."facts_v1"`,
    );
    expect(project.diagnostics).toEqual([]);
  });

  it("follow the tree of dbt_project.yml", () => {
    const tree = "name: shop\nsources: {shop: {raw: {+tags: [ext], old: {+enabled: false}}}}\n";
    const project = memoryProject({
      "dbt_project.yml": tree,
      "models/s.yml": "sources: [{name: raw, tables: [{name: a}, {name: old}]}]",
    });
    expect([...project.sources.values()].map((s) => [s.name, s.tags])).toEqual([["a", ["ext"]]]);
    expect(project.diagnostics).toEqual([]);
  });

  it("are asked of the workspace first, declared or not", () => {
    const project = memoryProject(
      {
        "models/s.yml": "sources: [{name: raw, tables: [{name: a}]}]",
        "models/a.sql": "{{ source('raw', 'a') }} {{ source('kafka', 'b') }}",
      },
      {
        resolveSource: ({ source, table }) =>
          source === "kafka" || table === "a" ? { relation: { schema: "ext", name: `${source}_${table}` } } : undefined,
      },
    );
    expect(project.compile(project.find("a")!).sql).toBe(`"ext"."raw_a" "ext"."kafka_b"`);
    expect([...project.sources.keys()].sort()).toEqual(["source.shop.kafka.b", "source.shop.raw.a"]);
  });

  it("a quote in a name cannot end the text it is put into", () => {
    const project = memoryProject({
      "models/s.yml": `sources: [{name: r, config: {meta: {external_location: "read_csv('x/{name}.csv')"}}, tables: [{name: "a') or evil('"}]}]`,
      "models/a.sql": "select * from {{ source('r', \"a') or evil('\") }}",
    });
    expect(project.compile(project.find("a")!).sql).toBe("select * from read_csv('x/a'') or evil(''.csv')");
  });
});

describe("a broken file", () => {
  it("does not hide the others", () => {
    const project = memoryProject({
      "models/a.sql": "{% if x %}",
      "models/b.sql": "select {{ nope() }}",
      "models/c.sql": "select 1",
      "models/bad.yml": "models:\n  - name: c\n   x: 1",
      "models/good.yml": "models: [{name: c, columns: [{name: n, tests: [not_null, nut_null]}]}]",
      "macros/m.sql": "{% macro x( %}{% endmacro %}",
      "seeds/s.csv": "a,a\n1,2",
    });
    expect(project.diagnostics.map((d) => `${d.span?.file} ${d.code}`)).toEqual([
      "macros/m.sql sql/jinja-syntax",
      "models/a.sql sql/jinja-syntax",
      "models/b.sql sql/unknown-macro",
      "models/bad.yml sql/bad-yaml",
      "models/good.yml sql/unknown-macro",
      "seeds/s.csv sql/bad-seed",
    ]);
    expect(project.compile(project.find("c")!).sql).toBe("select 1");
    expect([...project.nodes.keys()].filter((id) => id.startsWith("test."))).toHaveLength(1);
  });

  it.each(["../outside", "/etc", "a/../../b", "C:/x", "a\\..\\b"])("a path %s leads nowhere", (path) => {
    const project = memoryProject({ "dbt_project.yml": `name: shop\nmodel-paths: ['${path}']\n` });
    expect(project.diagnostics.map((d) => d.code)).toEqual(["sql/bad-config"]);
  });
});
