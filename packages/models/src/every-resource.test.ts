import { describe, expect, it } from "vitest";
import { memoryProject } from "./testdata/memory-project.ts";
import { everyResource, recorded } from "./testdata/every-resource.ts";

const project = everyResource();

describe("a project with one of everything", () => {
  it("has the resources that dbt finds, each reading what dbt says it reads", () => {
    const ids = [project.nodes, project.analyses, project.sources, project.declared, project.unitTests].flatMap((m) => [
      ...m.keys(),
    ]);
    const ours = Object.fromEntries(ids.sort().map((id) => [id, [...project.parents(id)].sort()]));
    expect(ours).toEqual(recorded("dbt-parents"));
  });

  it("has no errors", () => {
    expect(project.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
  });
});

const kit = {
  "packages.yml": "packages:\n  - local: packages/kit\n",
  "packages/kit/dbt_project.yml":
    "name: kit\nmodels: {kit: {+materialized: table, +schema: own}}\nvars: {n: 1, kit: {m: 2}}\n",
  "packages/kit/models/numbers.sql":
    "{{ config(materialized='view') }} select {{ var('n') }} as n, {{ var('m') }} as m",
};

describe("packages", () => {
  it("are read at their own place, configured by the root over what they say themselves", () => {
    const project = memoryProject({
      ...kit,
      "dbt_project.yml": "name: shop\nmodels: {kit: {+materialized: ephemeral, +schema: root}}\nvars: {kit: {n: 7}}\n",
      "models/a.sql": "select * from {{ ref('kit', 'numbers') }}",
    });
    expect(project.diagnostics).toEqual([]);
    const node = project.nodes.get("model.kit.numbers")!;
    expect([node.config.materialized, node.relation.schema, node.path, node.file]).toEqual([
      "ephemeral",
      "shop_private_root",
      "models/numbers.sql",
      "packages/kit/models/numbers.sql",
    ]);
    expect(project.compile(project.find("a")!).sql).toContain("select 7 as n, 2 as m");
  });

  it("a model of a package is switched off from the root", () => {
    const off = memoryProject({
      ...kit,
      "dbt_project.yml": "name: shop\nmodels: {kit: {numbers: {+enabled: false}}}\n",
    });
    expect([...off.nodes.keys()]).toEqual([]);
    expect(off.disabled).toEqual(["numbers"]);
  });

  it("a ref means the own package's model first, then the root's", () => {
    const project = memoryProject({
      ...kit,
      "models/numbers.sql": "select 9 as n",
      "models/a.sql": "select * from {{ ref('numbers') }}",
      "packages/kit/models/b.sql": "select * from {{ ref('numbers') }}",
      "packages/kit/models/c.sql": "select * from {{ ref('a') }}",
    });
    expect(project.parents("model.shop.a")).toEqual(["model.shop.numbers"]);
    expect(project.parents("model.kit.b")).toEqual(["model.kit.numbers"]);
    expect(project.parents("model.kit.c")).toEqual(["model.shop.a"]);
  });

  it("what is missing is said once, whatever calls it", () => {
    const project = memoryProject({
      "packages.yml":
        "packages:\n  - package: dbt-labs/dbt_utils\n    version: 1.0.0\n  - git: https://example.com/kit.git\n",
      "models/a.sql": "select {{ dbt_utils.star(ref('b')) }}",
      "models/b.sql": "select {{ kit.one() }} as n",
      "models/b.yml": "models: [{name: b, data_tests: [dbt_utils.equal_rowcount]}]\n",
    });
    expect(project.diagnostics.map((d) => [d.code, d.message, d.span?.line, d.span?.column])).toEqual([
      ["sql/missing-package", "2 packages of packages.yml are not there: dbt_utils, kit.", 2, 14],
    ]);
    expect(project.compile(project.find("a")!).diagnostics.map((d) => d.code)).toEqual(["sql/missing-package"]);
  });

  it.each(["/etc", "a\\b", "../../../etc"])("the folder %s is not read", (folder) => {
    const project = memoryProject(
      { "packages.yml": `packages:\n  - local: '${folder}'\n`, "models/a.sql": "select 1 as n" },
      { displayPath: "domains/shop" },
    );
    expect(project.diagnostics.map((d) => [d.code, d.span?.file, d.span?.line])).toEqual([
      ["sql/bad-config", "domains/shop/packages.yml", 2],
    ]);
  });

  it("two packages of one name are an error", () => {
    const project = memoryProject({
      "packages.yml": "packages: [{local: a}, {local: b}]\n",
      "a/dbt_project.yml": "name: kit\n",
      "b/dbt_project.yml": "name: kit\n",
    });
    expect(project.diagnostics.map((d) => d.message)).toEqual([
      'Two packages are named "kit": this one and the one in a.',
    ]);
  });
});

describe("versions of a model", () => {
  const files = {
    "models/m_v1.sql": "select 1 as a",
    "models/m.sql": "select 1 as a, 2 as b",
    "models/m.yml":
      "models:\n  - name: m\n    latest_version: 2\n    versions: [{v: 1}, {v: 2, columns: [{include: all, exclude: [a]}, {name: b}]}]\n    columns: [{name: a, data_tests: [unique]}]\n",
  };

  it.each([
    ["ref('m')", '"shop_private"."m_v2"'],
    ["ref('m', v=1)", '"shop_private"."m_v1"'],
    ["ref('shop', 'm', version='2')", '"shop_private"."m_v2"'],
  ])("%s reads %s", (ref, relation) => {
    const project = memoryProject({ ...files, "models/a.sql": `select * from {{ ${ref} }}` });
    expect(project.diagnostics).toEqual([]);
    expect(project.compile(project.find("a")!).sql).toBe(`select * from ${relation}`);
  });

  it("a version that is not there is named with those that are", () => {
    const project = memoryProject({ ...files, "models/a.sql": "select * from {{ ref('m', v=3) }}" });
    expect(project.diagnostics.map((d) => [d.message, d.help, d.span?.column])).toEqual([
      ['"m" has no version 3. There is 1, 2.', "write ref('m', v=2)", 22],
    ]);
  });

  it("each keeps the columns and tests it says", () => {
    const project = memoryProject(files);
    const columns = (id: string) => [...project.nodes.get(id)!.columns.keys()];
    expect([columns("model.shop.m.v1"), columns("model.shop.m.v2")]).toEqual([["a"], ["b"]]);
    const tests = [...project.nodes.values()].filter((n) => n.test !== undefined).map((n) => n.name);
    expect(tests).toEqual(["unique_m_v1_a"]);
  });

  it("one without a file is said at its number", () => {
    const project = memoryProject({ ...files, "models/m_v1.sql": undefined as never });
    const found = project.diagnostics.filter((d) => d.code === "sql/unknown-properties");
    expect(found.map((d) => [d.span?.line, d.span?.column])).toEqual([[4, 20]]);
  });
});

describe("groups", () => {
  const group =
    "groups: [{name: money, owner: {name: x}}]\nmodels:\n  - name: secret\n    config: {access: private, group: money}\n";

  it.each([
    ["", ["sql/private-ref"]],
    ["{{ config(group='money') }}", []],
  ])("a private model is read by its group alone (%s)", (config, codes) => {
    const project = memoryProject({
      "models/secret.sql": "select 1 as n",
      "models/m.yml": group,
      "models/reader.sql": `${config} select * from {{ ref('secret') }}`,
    });
    expect(project.diagnostics.map((d) => d.code)).toEqual(codes);
  });
});
