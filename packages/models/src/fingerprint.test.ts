import { array, assert, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";
import type { LoadOptions } from "./index.ts";
import { memoryProject } from "./testdata/memory-project.ts";

const print = (files: Readonly<Record<string, string>>, name = "m", options: Partial<LoadOptions> = {}): string => {
  const project = memoryProject(files, options);
  return project.fingerprint(project.find(name)!);
};
const model = (sql: string): Record<string, string> => ({ "models/m.sql": sql });

const base = [
  "select",
  "a",
  ",",
  "'it''s -- no comment'",
  "as",
  "t",
  ",",
  '"odd /* name */"',
  ",",
  "1.5",
  "+",
  "n",
  "from",
  "{{ ref('o') }}",
  "where",
  "x",
  ">=",
  "10",
];
const blank = constantFrom(
  " ",
  "\n",
  "\n\t  ",
  "  ",
  "\r\n",
  " -- 'a comment\n",
  " /* one /* in */ another */ ",
  "{# jinja #} ",
);
const files = (sql: string): Record<string, string> => ({ "models/o.sql": "select 1", "models/m.sql": sql });

describe("a fingerprint", () => {
  it("stays when only layout and comments change", () => {
    const plain = print(files(base.join(" ")));
    assert(
      property(array(blank, { minLength: base.length, maxLength: base.length }), (blanks) => {
        expect(print(files(base.map((t, i) => t + blanks[i]!).join("")))).toBe(plain);
      }),
      { numRuns: 60 },
    );
  });

  it("changes with every token", () => {
    const all = base.map((token, i) => {
      const other = token === "{{ ref('o') }}" ? "{{ ref('p') }}" : `${token.slice(0, -1)}z${token.slice(-1)}`;
      return print({ ...files(base.map((t, j) => (i === j ? other : t)).join(" ")), "models/p.sql": "select 1" });
    });
    const plain = print(files(base.join(" ")));
    expect(new Set([...all, plain]).size).toBe(base.length + 1);
  });

  const incremental = (branch: string): string =>
    `{{ config(materialized='incremental') }}select 1 as n {% if is_incremental() %} where ${branch}{% endif %}`;
  const macro = (body: string): Record<string, string> => ({
    ...model("select {{ x() }}"),
    "macros/x.sql": `{% macro x() %}${body}{% endmacro %}`,
  });
  it.each([
    ["a literal", model("select 1"), model("select 2")],
    ["text inside quotes", model("select 'a  b'"), model("select 'a b'")],
    ["a macro's body", macro("1"), macro("2")],
    [
      "the materialisation",
      model("{{ config(materialized='table') }}select 1"),
      model("{{ config(materialized='view') }}select 1"),
    ],
    ["the branch of later runs", model(incremental("a")), model(incremental("b"))],
    ["the key", model("{{ config(unique_key='a') }}select 1"), model("{{ config(unique_key='b') }}select 1")],
    [
      "a hook",
      model("{{ config(post_hook='select 1') }}select 1"),
      model("{{ config(post_hook='select 2') }}select 1"),
    ],
    ["the name it is built under", model("{{ config(alias='a') }}select 1"), model("{{ config(alias='b') }}select 1")],
    [
      "an upstream's name",
      { ...model("select * from {{ ref('o') }}"), "models/o.sql": "{{ config(alias='x') }}select 1" },
      { ...model("select * from {{ ref('o') }}"), "models/o.sql": "select 1" },
    ],
    [
      "an inlined upstream's meaning",
      { ...model("select * from {{ ref('o') }}"), "models/o.sql": "{{ config(materialized='ephemeral') }}select 1" },
      { ...model("select * from {{ ref('o') }}"), "models/o.sql": "{{ config(materialized='ephemeral') }}select 2" },
    ],
  ])("changes with %s", (_, a, b) => {
    expect(print(a)).not.toBe(print(b));
  });

  it.each([
    [
      "what a built upstream contains",
      { ...model("select * from {{ ref('o') }}"), "models/o.sql": "select 1" },
      { ...model("select * from {{ ref('o') }}"), "models/o.sql": "select 2" },
    ],
    [
      "tags and descriptions",
      model("select 1"),
      {
        ...model("{{ config(tags=['x'], meta={'a': 1}) }}select 1"),
        "models/p.yml": "models: [{name: m, description: d}]",
      },
    ],
    ["a comment in a macro", macro("1"), macro("{# why #}1 -- so")],
    [
      "a macro nobody calls",
      model("select 1"),
      { ...model("select 1"), "macros/y.sql": "{% macro y() %}{% endmacro %}" },
    ],
  ])("stays with %s", (_, a, b) => {
    expect(print(a)).toBe(print(b));
  });

  it("stays when only the clock moves, and follows variables that are used", () => {
    const timed = model("select '{{ run_started_at }}' as at, '{{ invocation_id }}' as run");
    expect(print(timed, "m", { now: new Date(1), invocationId: "a" })).toBe(
      print(timed, "m", { now: new Date(9e11), invocationId: "b" }),
    );
    const read = model("select {{ var('x', 0) }}");
    expect(print(read, "m", { vars: { x: 1 } })).not.toBe(print(read, "m", { vars: { x: 2 } }));
    expect(print(read, "m", { vars: { x: 1, y: 1 } })).toBe(print(read, "m", { vars: { x: 1, y: 2 } }));
  });

  it("of a seed follows its values and types, not its quotes", () => {
    const seed = (csv: string): string => print({ "seeds/s.csv": csv }, "s");
    expect(seed("a,b\n1,x\n")).toBe(seed('"a","b"\r\n1,"x"\r\n'));
    expect(seed("a,b\n1,x\n")).not.toBe(seed("a,b\n2,x\n"));
    expect(seed("a\n01\n")).not.toBe(seed("a\n1\n"));
  });
});
