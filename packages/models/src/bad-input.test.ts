import { describe, expect, it } from "vitest";
import { memoryProject } from "./testdata/memory-project.ts";

const loop = (times: number, body: string): string =>
  Array.from({ length: times }, (_, i) => `{% for i${i} in range(10000) %}`).join("") +
  body +
  "{% endfor %}".repeat(times);

/** What a template must not be able to do, with what is said and where. */
const templates: readonly (readonly [string, string, string])[] = [
  ["a loop that does not end", loop(4, "x"), "sql/limits"],
  [
    "a text that doubles",
    "{% set ns = namespace(t='x') %}{% for i in range(60) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}{{ ns.t }}",
    "sql/limits",
  ],
  ["a text times a number", "{{ 'x' * 10**9 }}", "sql/limits"],
  ["a list times a number", "{{ [1] * 10**9 }}", "sql/limits"],
  ["a number that grows", "{{ 9 ** 9999999 }}", "sql/limits"],
  ["a range of everything", "{{ range(10**12) | list }}", "sql/limits"],
  ["padding without end", "{{ '%1000000000d' | format(1) }}", "sql/limits"],
  ["a macro that calls itself", "{{ again(1) }}", "sql/limits"],
  ["two macros that call each other", "{{ ping() }}", "sql/limits"],
  ["the constructor of a text", "{{ ''.constructor('return 1')() }}", "sql/undefined-variable"],
  ["the prototype of a mapping", "{{ {}.__proto__.polluted }}", ""],
  ["Python's way out", "{{ ''.__class__.__mro__[1].__subclasses__() }}", "sql/undefined-variable"],
  ["the process", "{{ process.env }}", "sql/undefined-variable"],
  ["a module of the host", "{{ require('fs').readFileSync('/etc/passwd') }}", "sql/unknown-macro"],
  ["a file by include", "{% include '/etc/passwd' %}", "sql/jinja-syntax"],
  ["an environment variable without a value", "{{ env_var('NOWHERE') }}", "sql/missing-env-var"],
  ["a secret", "{{ env_var('DBT_ENV_SECRET_KEY') }}", "sql/not-supported"],
];

const macros = {
  "macros/m.sql":
    "{% macro again(n) %}{{ again(n + 1) }}{% endmacro %}\n{% macro ping() %}{{ pong() }}{% endmacro %}\n{% macro pong() %}{{ ping() }}{% endmacro %}\n",
};

describe("a template", () => {
  it.each(templates)("%s is bounded, placed and explained", (_, template, code) => {
    const project = memoryProject(
      { ...macros, "models/a.sql": `select 1 as n\n${template}`, "models/b.sql": "select 2 as n" },
      { env: { DBT_ENV_SECRET_KEY: "hush-hush" } },
    );
    const found = project.diagnostics;
    expect(JSON.stringify(found)).not.toContain("hush-hush");
    expect(JSON.stringify(found)).not.toContain("root:");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    if (code === "") {
      expect(project.compile(project.find("a")!).sql.trim()).toBe("select 1 as n");
      return;
    }
    const [first] = found;
    const files = [first?.span?.file, ...(first?.related ?? []).map((r) => r.span.file)];
    expect([first?.code, first?.severity, files.includes("models/a.sql")]).toEqual([code, "error", true]);
    // The other model is not touched by it.
    expect(project.compile(project.find("b")!).diagnostics).toEqual([]);
  });
});

describe("what is not there", () => {
  it("functions: are said, not passed over", () => {
    const project = memoryProject({ "models/f.yml": "functions:\n  - name: f\n" });
    expect(project.diagnostics.map((d) => [d.code, d.severity, d.span?.line])).toEqual([
      ["sql/not-supported", "warning", 1],
    ]);
  });
});

describe("a project", () => {
  it.each([
    [
      "refs in a ring",
      { "models/a.sql": "select * from {{ ref('b') }}", "models/b.sql": "select * from {{ ref('a') }}" },
      "sql/cycle",
    ],
    ["a model that reads itself", { "models/a.sql": "select * from {{ ref('a') }}" }, "sql/cycle"],
    [
      "two models of one name",
      { "models/a.sql": "select 1 as n", "models/x/a.sql": "select 2 as n" },
      "sql/duplicate-model",
    ],
    [
      "two models of one table",
      { "models/a.sql": "select 1 as n", "models/b.sql": "{{ config(alias='A') }} select 2 as n" },
      "sql/duplicate-relation",
    ],
    [
      "selectors in a ring",
      {
        "selectors.yml":
          "selectors:\n  - name: a\n    definition: {method: selector, value: b}\n  - name: b\n    definition: {method: selector, value: a}\n",
      },
      "sql/bad-selector",
    ],
    ["a package that is not there", { "packages.yml": "packages: [{package: a/b}]" }, "sql/missing-package"],
    ["a package that holds itself", { "packages.yml": "packages: [{local: .}]" }, "sql/duplicate-model"],
    [
      "metrics in a ring",
      {
        "models/m.yml":
          "metrics:\n  - {name: a, label: A, type: derived, type_params: {expr: b, metrics: [b]}}\n  - {name: b, label: B, type: derived, type_params: {expr: a, metrics: [a]}}\n",
      },
      "sql/cycle",
    ],
    [
      "a unit test of no model",
      { "models/u.yml": "unit_tests:\n  - {name: u, model: nope, given: [], expect: {rows: []}}\n" },
      "sql/unknown-ref",
    ],
    [
      "a fixture that is not there",
      {
        "models/a.sql": "select 1 as n",
        "models/u.yml": "unit_tests:\n  - {name: u, model: a, given: [], expect: {format: csv, fixture: nope}}\n",
      },
      "sql/unknown-properties",
    ],
    [
      "aliases that explode",
      {
        "models/m.yml": `a: &a [${"1,".repeat(50)}1]\n${"bcdefgh"
          .split("")
          .map((c, i) => `${c}: &${c} [${`*${"abcdefg"[i]},`.repeat(50)}1]`)
          .join("\n")}\n`,
      },
      "sql/limits",
    ],
  ])("%s is said at its place", (_, files, code) => {
    const found = memoryProject(files as Readonly<Record<string, string>>).diagnostics.filter(
      (d) => d.severity === "error",
    );
    expect(found.map((d) => d.code)).toContain(code);
    for (const d of found) expect([d.span?.file, (d.span?.line ?? 0) > 0]).toEqual([expect.any(String), true]);
  });
});
