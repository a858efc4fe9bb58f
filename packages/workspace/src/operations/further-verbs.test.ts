import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { buildNodes, clone, docsGenerate, retry, run, runOperation, show, sourceFreshness } from "../index.ts";

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

const profiles = `shop:
  target: dev
  outputs:
    dev: { type: duckdb, path: shop.duckdb, threads: 2 }
    prod: { type: duckdb, path: shop.duckdb, threads: 2, schema: prod }
`;

function project(files: Readonly<Record<string, string>>): { cwd: string; env: Record<string, string> } {
  const root = mkdtempSync(join(tmpdir(), "meshwork-verbs-"));
  roots.push(root);
  put(root, { "dbt_project.yml": "name: shop\nprofile: shop\n", "profiles.yml": profiles, ...files });
  return { cwd: root, env: {} };
}

function put(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const statuses = (done: { results: readonly { id: string; status: string }[] }): Record<string, string> =>
  Object.fromEntries(done.results.map((r) => [r.id.split(".")[2]!, r.status]));

it("retry goes on with what failed and was skipped, with the flags of the run before", async () => {
  const place = project({
    "models/a.sql": "select 1 as n",
    "models/b.sql": "select {{ var('what') }} as n, nope from {{ ref('a') }}",
    "models/c.sql": "select n from {{ ref('b') }}",
  });
  expect((await retry(place)).problem).toMatch(/no run to go on with/);
  const vars = { what: 7 };
  expect(statuses(await run({ ...place, vars }))).toEqual({ a: "success", b: "error", c: "skipped" });
  put(place.cwd, { "models/b.sql": "select {{ var('what') }} as n from {{ ref('a') }}" });
  expect(statuses(await retry(place))).toEqual({ b: "success", c: "success" });
  expect((await show({ ...place, select: ["c"] })).results).toMatchObject([{ node: "c", show: [{ n: 7 }] }]);
  expect((await retry(place)).results).toEqual([]);
});

it("retry goes on where an interruption ended a run", async () => {
  const place = project({ "models/a.sql": "select 1 as n", "models/b.sql": "select * from {{ ref('a') }}" });
  const abort = new AbortController();
  const stopped = await run({
    ...place,
    threads: 1,
    signal: abort.signal,
    onProgress: () => abort.abort(),
  });
  expect(statuses(stopped)["b"]).toBe("skipped");
  expect(Object.keys(statuses(await retry(place)))).toContain("b");
});

it("defer reads another state's relations, clone makes views of them", async () => {
  const place = project({
    "models/base.sql": "{{ config(materialized='table') }} select '{{ target.name }}' as made_in",
    "models/last.sql": "{{ config(materialized='table') }} select made_in from {{ ref('base') }}",
  });
  await buildNodes({ ...place, target: "prod", targetPath: "state" });
  const deferred = { ...place, select: ["last"], defer: true, state: "state" };
  const madeIn = async () => (await show({ ...place, inline: "select made_in from main.last" })).results[0]!.show;
  expect(statuses(await run({ ...deferred, state: "nowhere" }))).toEqual({});
  expect(statuses(await run(deferred))).toEqual({ last: "success" });
  expect(await madeIn()).toEqual([{ made_in: "prod" }]);
  expect((await clone({ ...place, state: "state", select: ["base"] })).results).toMatchObject([{ made: "view" }]);
  expect((await clone({ ...place, state: "state", select: ["base"] })).results).toMatchObject([
    { made: "there already" },
  ]);
  await run({ ...place, select: ["base"] });
  await run(deferred);
  expect(await madeIn()).toEqual([{ made_in: "dev" }]);
  await run({ ...deferred, favorState: true });
  expect(await madeIn()).toEqual([{ made_in: "prod" }]);
});

describe("run-operation", () => {
  const files = {
    "macros/m.sql": `{% macro fill(name, n=1) %}
  {% do run_query('create table ' ~ name ~ ' as select ' ~ n ~ ' as n') %}
  {{ log('filled ' ~ name, info=true) }}{{ log('quietly') }}{{ print(run_query('select n from ' ~ name).rows[0][0]) }}
{% endmacro %}
{% macro fails() %}{{ exceptions.raise_compiler_error('not today') }}{% endmacro %}`,
  };
  it("runs statements, and prints what the macro says", async () => {
    const place = project(files);
    const done = await runOperation({ ...place, macro: "fill", args: { name: "t", n: 5 } });
    expect(done).toMatchObject({ exitCode: 0, results: ["filled t", "5"] });
  });
  it("says what went wrong, and which macro is meant", async () => {
    const place = project(files);
    expect((await runOperation({ ...place, macro: "fil" })).problem).toMatch(/Did you mean fill\?/);
    const failed = await runOperation({ ...place, macro: "fails" });
    expect(failed).toMatchObject({
      exitCode: 1,
      diagnostics: [{ code: "sql/template-failed", span: { file: "macros/m.sql" } }],
    });
  });
});

it("source freshness looks at what has limits, and writes sources.json", async () => {
  const place = project({
    "macros/m.sql":
      "{% macro fill() %}{% do run_query(\"create schema raw; create table raw.t as select timestamp '2020-01-01' as at_\") %}{% endmacro %}",
    "models/s.yml": `sources:
  - name: raw
    tables:
      - { name: t, loaded_at_field: at_, freshness: { warn_after: { count: 1, period: day } } }
      - { name: u, identifier: t, loaded_at_query: "select now()", freshness: { error_after: { count: 1, period: hour } } }
      - { name: v, identifier: nope, loaded_at_field: at_, freshness: { error_after: { count: 1, period: hour } } }
      - { name: unwatched }
`,
  });
  await runOperation({ ...place, macro: "fill" });
  const done = await sourceFreshness(place);
  expect(done.exitCode).toBe(1);
  expect(Object.fromEntries(done.results.map((r) => [r.id.split(".").at(-1), r.status]))).toEqual({
    t: "warn",
    u: "pass",
    v: "runtime error",
  });
  const written = JSON.parse(readFileSync(join(place.cwd, "target/sources.json"), "utf8")) as { results: object[] };
  expect(written.results).toHaveLength(3);
});

it("docs generate writes what is in the engine, columns in order", async () => {
  const place = project({
    "models/a.sql": "{{ config(materialized='table', persist_docs={'relation': true}) }} select 1 as b, 'x' as a",
    "models/s.yml": "models: [{name: a, description: Told}]",
    "models/never.sql": "select 1 as n",
  });
  await run({ ...place, select: ["a"] });
  expect((await docsGenerate(place)).results).toEqual(["model.shop.a"]);
  const catalog = JSON.parse(readFileSync(join(place.cwd, "target/catalog.json"), "utf8")) as {
    nodes: Record<string, unknown>;
  };
  expect(catalog.nodes["model.shop.a"]).toMatchObject({
    metadata: { type: "BASE TABLE", schema: "main", name: "a", comment: "Told" },
    columns: { b: { index: 1, type: "INTEGER" }, a: { index: 2, type: "VARCHAR" } },
  });
  expect(existsSync(join(place.cwd, "target/compiled/shop/models/never.sql"))).toBe(true);
});

it("show tells where the SQL is wrong", async () => {
  const place = project({ "models/a.sql": "select\n  nope" });
  expect(await show({ ...place, select: ["a"] })).toMatchObject({
    exitCode: 1,
    diagnostics: [{ code: "sql/query-failed", span: { file: "models/a.sql", line: 2, column: 3 } }],
  });
  expect((await show({ ...place, inline: "selct 1" })).problem).toMatch(/--inline/);
  expect((await show(place)).problem).toMatch(/--select/);
});
