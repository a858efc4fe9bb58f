import { describe, expect, it } from "vitest";
import type { Diagnostic } from "@meshwork/diagnostics";
import { runNodes } from "../index.ts";
import type { Project } from "../index.ts";
import { memoryProject, onDuckdb } from "../testdata/memory-project.ts";

const model =
  "{{ config(materialized='table') }}\nselect * from (values (1, 'a', 1), (2, 'b', null), (2, null, 9), (null, null, 1)) t(id, kind, parent)";

/** What is said but for the old forms of dbt, which some of these tests are written in. */
const current = (project: Project): Diagnostic[] => project.diagnostics.filter((d) => d.code !== "sql/deprecated");

/** Runs one test on the four rows above; gives its status and count. */
async function verdict(
  test: string,
  column = "id",
  more: Readonly<Record<string, string>> = {},
): Promise<[string, number | undefined]> {
  const files = {
    "models/m.sql": model,
    "models/p.yml": `models:\n  - name: m\n    columns:\n      - name: ${column}\n        data_tests:\n          - ${test}\n`,
    ...more,
  };
  return onDuckdb(async (session) => {
    const project = memoryProject(files);
    expect(current(project)).toEqual([]);
    const outcome = await runNodes(project, session, { nodes: [...project.nodes.values()], now: () => new Date(0) });
    const result = outcome.results.find((r) => r.node.resourceType === "test")!;
    expect(result.diagnostics.length > 0).toBe(result.status !== "pass");
    return [result.status, result.failures];
  });
}

describe("generic tests", () => {
  it.each([
    ["not_null", "id", "fail", 1],
    ["not_null", "parent", "fail", 1],
    ["unique", "id", "fail", 1],
    ["unique", "kind", "pass", 0],
    ["accepted_values: {values: [a, b]}", "kind", "pass", 0],
    ["accepted_values: {values: [a]}", "kind", "fail", 1],
    ["accepted_values: {arguments: {values: [1, 2], quote: false}}", "id", "pass", 0],
    ["accepted_values: {values: [1]}", "id", "fail", 1],
    ["relationships: {to: ref('m'), field: id}", "parent", "fail", 1],
    ["relationships: {arguments: {to: \"ref('m')\", field: id}}", "id", "pass", 0],
    ['not_null: {where: "parent = 1"}', "id", "fail", 1],
    ['not_null: {config: {where: "parent = 9"}}', "id", "pass", 0],
    ["not_null: {config: {where: \"id > {{ var('x', 0) }} -- c\"}}", "id", "pass", 0],
  ])("%s on %s", async (test, column, status, failures) => {
    expect(await verdict(test, column)).toEqual([status, failures]);
  });

  it.each([
    ["not_null: {severity: warn}", "warn"],
    ["not_null: {config: {severity: WARN, warn_if: '>1'}}", "pass"],
    ["not_null: {config: {error_if: '> 1'}}", "warn"],
    ["not_null: {config: {error_if: '>= 1'}}", "fail"],
    ["not_null: {config: {error_if: '>10', warn_if: '>5'}}", "pass"],
    ["unique: {config: {limit: 0}}", "pass"],
    ["not_null: {config: {error_if: '=0'}}", "warn"],
  ])("thresholds: %s", async (test, status) => {
    expect((await verdict(test))[0]).toBe(status);
  });

  it("a project's own test, and one that takes the place of a built-in", async () => {
    const own = {
      "tests/generic/t.sql":
        "{% test above(model, column_name, least=0) %}select * from {{ model }} where {{ column_name }} < {{ least }}{% endtest %}{% test not_null(model, column_name) %}select 1 from {{ model }}{% endtest %}",
    };
    expect(await verdict("above: {least: 2}", "id", own)).toEqual(["fail", 1]);
    expect(await verdict("not_null", "id", own)).toEqual(["fail", 4]);
  });

  it("shows the rows it found when asked, no more than asked", async () => {
    const files = {
      "models/m.sql": model,
      "models/p.yml": "models: [{name: m, columns: [{name: parent, tests: [{accepted_values: {values: [5]}}]}]}]",
    };
    await onDuckdb(async (session) => {
      const project = memoryProject(files);
      const run = (sampleRows?: number) =>
        runNodes(project, session, { nodes: [...project.nodes.values()], now: () => new Date(0), sampleRows });
      expect((await run()).results.at(-1)!.sample).toBeUndefined();
      const { sample } = (await run(1)).results.at(-1)!;
      expect(sample!.columns.map((c) => c.name)).toEqual(["value_field", "n_records"]);
      expect(sample!.rows).toHaveLength(1);
    });
  });
});

describe("singular tests", () => {
  const run = async (sql: string): Promise<string> =>
    onDuckdb(async (session) => {
      const project = memoryProject({ "models/m.sql": model, "tests/mine.sql": sql });
      const outcome = await runNodes(project, session, { nodes: [...project.nodes.values()], now: () => new Date(0) });
      return outcome.results.find((r) => r.node.name === "mine")!.status;
    });
  it.each([
    ["no row", "select * from {{ ref('m') }} where id > 5", "pass"],
    ["a row", "select * from {{ ref('m') }} where id > 1 -- so", "fail"],
    ["a row that only warns", "{{ config(severity='warn') }}select * from {{ ref('m') }}", "warn"],
    ["SQL that does not run", "select nope from {{ ref('m') }}", "error"],
    ["a with of its own", "with x as (select 1 as n) select * from x where n > 1", "pass"],
  ])("%s", async (_, sql, status) => {
    expect(await run(sql)).toBe(status);
  });
});

describe("names of tests", () => {
  it("are dbt's, and two of one kind have two ids", () => {
    const project = memoryProject({
      "models/s.yml": "sources: [{name: raw, tables: [{name: hits, columns: [{name: id, tests: [not_null]}]}]}]",
      "models/m.sql": "select 1",
      "models/p.yml": `models:
  - name: m
    tests: [rows_exist]
    columns:
      - name: status
        tests:
          - not_null
          - accepted_values: {values: [placed, shipped]}
          - accepted_values: {name: short, values: [placed]}
          - accepted_values: {values: [a_rather_long_value, another_rather_long_value, third]}
`,
      "tests/generic/r.sql": "{% test rows_exist(model) %}select 1{% endtest %}",
    });
    expect(current(project)).toEqual([]);
    expect(
      [...project.nodes.values()]
        .filter((n) => n.resourceType === "test")
        .map((n) => n.name)
        .sort(),
    ).toEqual([
      "accepted_values_m_status__a_rather_long_value__another_rather_long_value__third",
      "accepted_values_m_status__placed__shipped",
      "not_null_m_status",
      "rows_exist_m_",
      "short",
      "source_not_null_raw_hits_id",
    ]);
    expect(project.nodes.size).toBe(7);
    const long = [...project.nodes.values()].find((n) => n.name.includes("rather_long"))!;
    expect(long.relation.name).toMatch(/^accepted_values_m_[0-9a-f]{32}$/);
  });

  it("the same test twice is said", () => {
    const project = memoryProject({
      "models/m.sql": "select 1",
      "models/p.yml": "models: [{name: m, columns: [{name: a, tests: [unique, unique]}]}]",
    });
    expect(project.diagnostics.map((d) => [d.code, d.message])).toEqual([
      ["sql/duplicate-model", 'Two tests are named "unique_m_a": this one and the one in models/p.yml.'],
    ]);
  });

  it.each([
    ["accepted_values: {valus: [a]}", 'Test "accepted_values" has no key "valus". Did you mean "values"?'],
    ["not_nul", 'There is no macro "not_nul". Did you mean "not_null"?'],
    ["dbt_utils.at_least_one", 'There is no macro "dbt_utils.at_least_one".'],
  ])("%s is found before anything runs", (test, message) => {
    const project = memoryProject({
      "models/m.sql": "select 1",
      "models/p.yml": `models: [{name: m, columns: [{name: a, tests: [${test.includes(":") ? `{${test}}` : test}]}]}]`,
    });
    expect(current(project)[0]).toMatchObject({ message, span: { file: "models/p.yml" } });
  });
});
