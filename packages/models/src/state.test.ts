import { describe, expect, it } from "vitest";
import { manifest } from "./index.ts";
import type { DbtState, Project } from "./index.ts";
import { everyResource, recorded } from "./testdata/every-resource.ts";
import { memoryProject } from "./testdata/memory-project.ts";

const files: Readonly<Record<string, string>> = {
  "dbt_project.yml": "name: shop\nmodels: {+persist_docs: {relation: true, columns: true}}\n",
  "macros/m.sql": "{% macro inner() %}1{% endmacro %}\n{% macro outer() %}{{ inner() }}{% endmacro %}",
  "models/a.sql": "{{ config(materialized='table') }} select {{ outer() }} as n",
  "models/b.sql": "select * from {{ ref('a') }}",
  "models/c.sql": "select '{{ env_var('WHO') }}' as who",
  "models/p.yml":
    "models:\n  - name: a\n    config: {contract: {enforced: true}}\n    columns: [{name: n, data_type: integer, data_tests: [unique]}]\n  - name: c\n    config: {alias: \"c_{{ env_var('WHO') }}\"}\nsources: [{name: raw, tables: [{name: t}]}]\n",
  "seeds/s.csv": "id\n1\n",
};
const env = { WHO: "dev" };
const stateOf = (project: Project): DbtState => ({
  manifest: manifest(project, { generatedAt: new Date(0), invocationId: "" }),
});
const before = stateOf(memoryProject(files, { env }));
const ids = (value: string, changes: Readonly<Record<string, string>>, who = env): string => {
  const found = memoryProject({ ...files, ...changes }, { env: who }).select({
    select: [value],
    indirectSelection: "empty",
    state: before,
  });
  const wrong = found.diagnostics.filter((d) => d.code === "sql/bad-selector");
  return [...found.ids, ...wrong.map((d) => d.message)].map((id) => id.replace(/^(\w+)\.shop\./, "$1 ")).join(", ");
};

const yaml = (from: string, to: string): Readonly<Record<string, string>> => ({
  "models/p.yml": files["models/p.yml"]!.replace(from, to),
});

describe("state:", () => {
  it.each([
    ["state:modified", {}, ""],
    ["state:new", {}, ""],
    ["state:modified", { "models/b.sql": "select  *\n from {{ ref('a') }}" }, ""],
    ["state:modified", { "models/b.sql": "select 2 as n" }, "model b"],
    ["state:modified.body", { "models/b.sql": "select 2 as n" }, "model b"],
    ["state:modified.configs", { "models/b.sql": "select 2 as n" }, ""],
    ["state:modified", { "models/d.sql": "select 1 as n" }, "model d"],
    ["state:new", { "models/d.sql": "select 1 as n" }, "model d"],
    ["state:old,resource_type:model", { "models/d.sql": "select 1 as n" }, "model a, model b, model c"],
    ["state:unmodified,resource_type:model", { "models/b.sql": "select 2 as n" }, "model a, model c"],
    ["state:modified", { "seeds/s.csv": "id\n2\n" }, "seed s"],
    ["state:modified", { "macros/m.sql": files["macros/m.sql"]!.replace("1", "2") }, "model a"],
    ["state:modified.macros", { "macros/m.sql": files["macros/m.sql"]!.replace("1", "2") }, "model a"],
    ["state:modified.body", { "macros/m.sql": files["macros/m.sql"]!.replace("1", "2") }, ""],
    ["state:modified.contract", yaml("integer", "bigint"), "model a"],
    ["state:modified", yaml("integer", "bigint"), "model a"],
    ["state:modified.relation", { "models/b.sql": "{{ config(alias='x') }}select * from {{ ref('a') }}" }, "model b"],
    [
      "state:modified.configs",
      { "models/b.sql": "{{ config(materialized='table') }}select * from {{ ref('a') }}" },
      "model b",
    ],
    ["state:modified.persisted_descriptions", yaml("name: a\n", "name: a\n    description: new\n"), "model a"],
    ["state:modified", yaml("{name: t}", "{name: t, identifier: u}"), "source raw.t"],
    ["state:changed", {}, "The selector"],
  ])("%s after %j is %j", (value, changes, expected) => {
    const found = ids(value, changes);
    if (expected === "The selector") expect(found).toContain("a state is one of");
    else expect(found).toBe(expected);
  });

  it("a value out of the environment is no change of configuration", () => {
    expect(ids("state:modified.configs", {}, { WHO: "prod" })).toBe("");
  });

  it("reads a manifest that dbt wrote", () => {
    const found = everyResource().select({
      select: ["state:modified"],
      state: { manifest: recorded("dbt-manifest") },
      indirectSelection: "empty",
    });
    // What differs is what the comparison of manifests names: two hashes that dbt makes of other text.
    expect(found.ids).toEqual(["snapshot.shop.payments_history", "unit_test.shop.secret_margin.margin_is_a_third"]);
  });

  it("results and sources of an earlier run", () => {
    const runResults = {
      results: [
        { unique_id: "model.shop.b", status: "error" },
        { unique_id: "model.shop.a", status: "success" },
      ],
    };
    const sources = { results: [{ unique_id: "source.shop.raw.t", max_loaded_at: "2026-01-01T00:00:00Z" }] };
    const currentSources = { results: [{ unique_id: "source.shop.raw.t", max_loaded_at: "2026-01-02T00:00:00Z" }] };
    const project = memoryProject(files, { env });
    const of = (select: string, state: DbtState) =>
      project.select({ select: [select], state, indirectSelection: "empty" }).ids;
    expect(of("result:error", { runResults })).toEqual(["model.shop.b"]);
    expect(of("1+result:error", { runResults })).toEqual(["model.shop.a", "model.shop.b"]);
    expect(of("source_status:fresher", { sources, currentSources })).toEqual(["source.shop.raw.t"]);
    expect(of("source_status:fresher", { sources, currentSources: sources })).toEqual([]);
  });
});
