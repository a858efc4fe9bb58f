import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { memoryProject } from "../testdata/memory-project.ts";

// What dbt Core 1.12.6 made of each expression, in a model of a project with these files.
const recorded = JSON.parse(
  readFileSync(new URL("../testdata/dbt-expressions.json", import.meta.url), "utf8"),
) as readonly (readonly [string, string])[];

const files = {
  "dbt_project.yml": "name: ctx\nvars: {a: 1}\n",
  "macros/m.sql":
    "{% macro named() %}named{% endmacro %}\n{% macro va(a, b=2) %}{{ a }}|{{ b }}|{{ varargs | join(',') }}|{{ kwargs | length }}{% endmacro %}\n",
  "models/src.sql": "{{ config(tags=['t1'], meta={'k': 'v'}) }} select 1 as n",
  "models/models.yml":
    "models:\n  - name: src\n    description: the source\n    columns: [{name: n, description: a number, data_tests: [not_null]}]\nexposures:\n  - {name: rep, type: dashboard, owner: {email: a@b.c}, depends_on: [ref('src')]}\n",
};
const target = { name: "dev", schema: "main", database: "memory", type: "duckdb" };

const project = memoryProject(
  {
    ...files,
    "models/ctx.sql": `{{ config(materialized='table') }}-- {{ ref('src') }}\n{% if execute %}${recorded
      .map(([expression], i) => `§${i}§{{ ${expression} }}`)
      .join("")}§{% endif %}`,
  },
  { target },
);
const sql = project.compile(project.find("ctx")!).sql;
const ours = new Map([...sql.matchAll(/§(\d+)§([\s\S]*?)(?=§)/g)].map(([, i, text]) => [Number(i), text!.trim()]));

describe("an expression prints what dbt prints", () => {
  it("all of them are rendered", () => expect(project.diagnostics).toEqual([]));
  it.each(recorded.map(([expression, text], i) => [expression, text, i] as const))("%s", (_, text, i) => {
    expect(ours.get(i)).toBe(text);
  });
});

describe("what is known late", () => {
  it("selected_resources is what the command has chosen", () => {
    const late = memoryProject({ "models/a.sql": "select '{{ selected_resources | join(' ') }}' as ids" });
    const a = late.find("a")!;
    expect(late.compile(a).sql).toBe("select '' as ids");
    late.noteSelection(["model.shop.b", "model.shop.a"]);
    expect(late.compile(a).sql).toBe("select 'model.shop.a model.shop.b' as ids");
  });

  it("a ref that only the graph leads to is a dependency", () => {
    const late = memoryProject({
      "models/x_1.sql": "select 1 as n",
      "models/x_2.sql": "select 2 as n",
      "models/all.sql":
        "{% for m in graph.nodes.values() if m.name.startswith('x_') %}select * from {{ ref(m.name) }}{{ ' union all ' if not loop.last }}{% endfor %}",
    });
    expect(late.diagnostics).toEqual([]);
    expect(late.parents("model.shop.all")).toEqual(["model.shop.x_1", "model.shop.x_2"]);
  });
});

describe("bounds", () => {
  it.each([
    "modules.itertools.product(range(1000), range(1000))",
    "modules.itertools.permutations(range(30))",
    "modules.itertools.repeat(1, 10**9)",
    "modules.itertools.repeat(1)",
    "modules.pytz.timezone('Mars/Olympus')",
    "modules.datetime.datetime.strptime('x', '%Y')",
    "fromyaml('a: [')",
  ])("%s ends in an error at its place", (expression) => {
    const found = memoryProject({ "models/a.sql": `select 1 as n\n{{ ${expression} | list }}` }).diagnostics;
    expect(found.map((d) => [d.severity, d.span?.file, d.span?.line])).toEqual([["error", "models/a.sql", 2]]);
  });
});
