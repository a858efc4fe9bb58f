import { describe, expect, it } from "vitest";
import { listing } from "./index.ts";
import { memoryProject } from "./testdata/memory-project.ts";

/* raw.a ─▶ stg_a ─▶ int ─▶ fct ─▶ rep        s (seed) ─▶ stg_b ─▶ int */
const project = memoryProject({
  "dbt_project.yml": "name: shop\nmodels:\n  shop:\n    staging:\n      +tags: [nightly]\n      +materialized: view\n",
  "models/sources.yml":
    "sources: [{name: raw, tables: [{name: a, columns: [{name: id, tests: [unique]}]}, {name: b}]}]",
  "models/staging/stg_a.sql": "select * from {{ source('raw', 'a') }}",
  "models/staging/stg_b.sql": "select * from {{ ref('s') }}",
  "models/int.sql": "{{ config(materialized='ephemeral') }}select * from {{ ref('stg_a') }}, {{ ref('stg_b') }}",
  "models/marts/fct.sql": "{{ config(materialized='table', tags=['nightly', 'core']) }}select * from {{ ref('int') }}",
  "models/marts/rep.sql": "{{ config(meta={'team': 'x'}) }}select * from {{ ref('fct') }}",
  "models/marts/p.yml":
    "models: [{name: fct, columns: [{name: id, tests: [not_null, {relationships: {arguments: {to: ref('stg_a'), field: id}}}]}]}]",
  "seeds/s.csv": "id\n1\n",
  "tests/rows.sql": "select * from {{ ref('rep') }} where false",
});
const chosen = (select: string[], exclude: string[] = [], models = true): string => {
  const found = project.select({ select, exclude });
  const names = [
    ...found.sources.map((s) => `${s.source}.${s.name}`),
    ...found.nodes.filter((n) => !models || n.resourceType !== "test").map((n) => n.name),
  ];
  return names.sort().join(" ");
};

describe("selectors", () => {
  it("the project is without findings", () => expect(project.diagnostics).toEqual([]));

  it.each([
    ["", "fct int raw.a raw.b rep s stg_a stg_b"],
    ["fct", "fct"],
    ["shop.staging.stg_a", "stg_a"],
    ["staging.*", "stg_a stg_b"],
    ["staging", "stg_a stg_b"],
    ["stg_*", "stg_a stg_b"],
    ["stg_[ab]", "stg_a stg_b"],
    ["stg_?", "stg_a stg_b"],
    ["+int", "int raw.a s stg_a stg_b"],
    ["1+int", "int stg_a stg_b"],
    ["stg_a+", "fct int rep stg_a"],
    ["stg_a+1", "int stg_a"],
    ["1+int+1", "fct int stg_a stg_b"],
    ["@stg_a", "fct int raw.a rep s stg_a stg_b"],
    ["tag:nightly", "fct stg_a stg_b"],
    ["tag:nightly,tag:core", "fct"],
    ["tag:nightly,+int", "stg_a stg_b"],
    ["tag:core s", "fct s"],
    ["path:models/staging", "stg_a stg_b"],
    ["path:models/staging/", "stg_a stg_b"],
    ["models/marts", "fct rep"],
    ["models/marts/*.sql", "fct rep"],
    ["path:models/marts/fct.sql+", "fct rep"],
    ["file:fct.sql", "fct"],
    ["source:raw", "raw.a raw.b"],
    ["source:raw.a", "raw.a"],
    ["source:raw.a+", "fct int raw.a rep stg_a"],
    ["source:shop.raw.b", "raw.b"],
    ["resource_type:seed", "s"],
    ["resource_type:source", "raw.a raw.b"],
    ["config.materialized:view", "rep stg_a stg_b"],
    ["config.materialized:table", "fct"],
    ["config.meta.team:x", "rep"],
    ["config.tags:core", "fct"],
    ["package:shop,resource_type:seed", "s"],
  ])("%s", (select, expected) => {
    expect(chosen(select === "" ? [] : [select])).toBe(expected);
  });

  it.each([
    [["+fct"], ["stg_a"], "fct int raw.a s stg_b"],
    [["+fct"], ["+int"], "fct"],
    [[], ["resource_type:source", "tag:nightly"], "int rep s"],
    [["tag:nightly"], ["config.materialized:view"], "fct"],
  ])("%j without %j", (select, exclude, expected) => {
    expect(chosen(select, exclude)).toBe(expected);
  });

  it.each([
    [["fct"], [], "fct not_null_fct_id relationships_fct_id__id__ref_stg_a_"],
    [["stg_a"], [], "relationships_fct_id__id__ref_stg_a_ stg_a"],
    [["source:raw.a"], [], "raw.a source_unique_raw_a_id"],
    [["test_type:generic"], [], "not_null_fct_id relationships_fct_id__id__ref_stg_a_ source_unique_raw_a_id"],
    [["test_type:singular"], [], "rows"],
    [["test_name:not_null"], [], "not_null_fct_id"],
    [["fct,resource_type:test"], [], "not_null_fct_id relationships_fct_id__id__ref_stg_a_"],
    [["fct"], ["test_name:not_null"], "fct relationships_fct_id__id__ref_stg_a_"],
    [["fct"], ["stg_a"], "fct not_null_fct_id"],
  ])("tests go along: %j without %j", (select, exclude, expected) => {
    expect(chosen(select, exclude, false)).toBe(expected);
  });

  it("comes in building order", () => {
    const names = project.select({ select: ["+rep"], resourceTypes: ["model", "seed"] }).nodes.map((n) => n.name);
    expect(names).toEqual(["stg_a", "s", "stg_b", "int", "fct", "rep"]);
    expect(project.order([project.find("rep")!, project.find("stg_a")!]).map((n) => n.name)).toEqual(["stg_a", "rep"]);
  });

  it.each([
    ["fctt", "sql/nothing-selected", 'Did you mean "fct"?'],
    ["tag:nightli", "sql/nothing-selected", 'Did you mean "nightly"?'],
    ["tagg:nightly", "sql/bad-selector", 'did you mean "tag"?'],
    ["+", "sql/bad-selector", "[+]name[+]"],
    ["@fct+", "sql/bad-selector", "exclude each other"],
    ["[", "sql/nothing-selected", "matches nothing"],
    [`${"*a".repeat(2000)}b`, "sql/nothing-selected", "matches nothing"],
  ])("%s is answered with %s", (select, code, text) => {
    const found = project.select({ select: [select] });
    expect(found.nodes).toEqual([]);
    expect(found.diagnostics.map((d) => d.code)).toEqual([code]);
    expect(found.diagnostics[0]!.message).toContain(text);
  });
});

describe("ls", () => {
  it.each([
    ["selector", ["shop.marts.fct", "source:shop.raw.a"]],
    ["name", ["fct", "raw.a"]],
    ["path", ["models/marts/fct.sql", "models/sources.yml"]],
  ] as const)("prints %s as dbt does", (output, expected) => {
    expect(
      listing(project.select({ select: ["fct source:raw.a"], resourceTypes: ["model", "source"] }), output),
    ).toEqual(expected);
  });

  it("prints one JSON object a line", () => {
    const lines = listing(project.select({ select: ["fct"], resourceTypes: ["model"] }), "json").map(
      (l) => JSON.parse(l) as object,
    );
    expect(lines).toMatchObject([
      {
        name: "fct",
        resource_type: "model",
        package_name: "shop",
        original_file_path: "models/marts/fct.sql",
        unique_id: "model.shop.fct",
        alias: "fct",
        config: { enabled: true, materialized: "table", tags: ["nightly", "core"], unique_key: null },
        tags: ["nightly", "core"],
        depends_on: { nodes: ["model.shop.int"], macros: [] },
      },
    ]);
  });
});
