import { describe, expect, it } from "vitest";
import { parseYaml, valueOf } from "./yaml.ts";
import { memoryProject } from "./testdata/memory-project.ts";

const read = (text: string): unknown => JSON.parse(JSON.stringify(valueOf(parseYaml(text).root!)));

describe("YAML as dbt reads it", () => {
  it.each([
    ["a: yes\nb: Off\nc: ~\nd:", { a: true, b: false, c: null, d: null }],
    ["a: 'yes'\nb: \"1\"", { a: "yes", b: "1" }],
    ["a: 007\nb: 1_000\nc: 1.50\nd: 1e3\ne: 0x1F\nf: -3", { a: "007", b: 1000, c: 1.5, d: "1e3", e: 31, f: -3 }],
    ["a: 12345678901234567890", { a: "12345678901234567890" }],
    ["a: 2024-01-01", { a: "2024-01-01" }],
    ["on: 1\nno: 2", { on: 1, no: 2 }],
    ["x: &x {a: 1}\ny: {<<: *x, b: 2}", { x: { a: 1 }, y: { b: 2, a: 1 } }],
    ["a: |\n  one\n  two\nb: >-\n  three\n  four", { a: "one\ntwo\n", b: "three four" }],
    ['a: "\\u00e9\\n"', { a: "é\n" }],
  ])("%j", (text, value) => expect(read(text)).toEqual(value));

  it("a key __proto__ is a key", () => {
    const value = valueOf(parseYaml("__proto__: {polluted: 1}").root!);
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("aliases do not grow without bound", () => {
    const lines = ["a0: &a0 [1,1,1,1,1,1,1,1,1,1]"];
    for (let i = 1; i < 9; i++)
      lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(",")}]`);
    const found = parseYaml(lines.join("\n"));
    expect(found.root).toBeUndefined();
    expect(found.problems).toMatchObject([{ limit: true }]);
  });

  it.each([
    [
      "models:\n  - name: a\n    columns:\n      - name: id\n       tests: [x]\n",
      '"tests" stands one space too far to the left: it lines up with nothing above it.',
      5,
    ],
    [
      "models:\n  - name: a\n     description: x\n",
      '"description" stands one space too far to the right: it lines up with nothing above it.',
      3,
    ],
    ["models:\n\t- name: a\n", "The line is indented with a tab; YAML allows spaces only.", 2],
    ["a: b: c\n", "A value that itself holds a colon and a space must be quoted.", 1],
    ["a: *nix\n", 'Nothing is anchored as "&nix" before this line.', 1],
  ])("%j is explained", (text, message, line) => {
    const [problem] = parseYaml(text).problems;
    expect(problem!.message).toBe(message);
    expect(text.slice(0, problem!.start).split("\n")).toHaveLength(line);
  });

  it("a key written twice is a warning with both places", () => {
    const project = memoryProject({
      "models/a.sql": "select 1",
      "models/p.yml": "models:\n  - name: a\n    description: x\n    description: y\n",
    });
    expect(project.diagnostics).toMatchObject([
      {
        code: "sql/bad-yaml",
        severity: "warning",
        span: { line: 4, column: 5 },
        related: [{ span: { line: 3, column: 5 } }],
      },
    ]);
    expect(project.find("a")!.description).toBe("y");
  });
});

describe("keys of properties", () => {
  it.each([
    ["modells: []", "modells", "models"],
    ["models: [{name: a, descripton: x}]", "descripton", "description"],
    ["models: [{name: a, columns: [{name: b, data_typ: x}]}]", "data_typ", "data_type"],
    ["sources: [{name: s, tabels: []}]", "tabels", "tables"],
    ["sources: [{name: s, tables: [{name: t, identifer: x}]}]", "identifer", "identifier"],
    ["seeds: [{name: a, colums: []}]", "colums", "columns"],
  ])("%s", (yaml, key, meant) => {
    const project = memoryProject({ "models/a.sql": "select 1", "models/p.yml": yaml });
    const found = project.diagnostics.find((d) => d.code === "sql/unknown-key")!;
    expect(found.message).toContain(`Did you mean "${meant}"?`);
    const column = yaml.indexOf(key) + 1;
    expect(found.span).toMatchObject({ line: 1, column, endColumn: column + key.length });
    expect(found.fixes![0]!.edits).toMatchObject([{ column, endColumn: column + key.length, text: meant }]);
  });

  it.each([
    "exposures: [{name: e, type: dashboard}]",
    "metrics: []",
    "version: 2",
    "models: [{name: a, docs: {show: false}, config: {my_own: 1}}]",
  ])("%s is let through", (yaml) => {
    expect(memoryProject({ "models/a.sql": "select 1", "models/p.yml": yaml }).diagnostics).toEqual([]);
  });

  it.each([
    ["models: {+materialised: table}", "materialised", "materialized"],
    ["models: {shopp: {+materialized: table}}", "shopp", "shop"],
    ["models: {shop: {stagin: {+materialized: table}}}", "stagin", "staging"],
  ])("the tree %s is warned of", (tree, key, meant) => {
    const project = memoryProject({ "dbt_project.yml": `name: shop\n${tree}\n`, "models/staging/a.sql": "select 1" });
    expect(project.diagnostics).toMatchObject([
      {
        code: "sql/unknown-key",
        severity: "warning",
        message: expect.stringContaining(`Did you mean "${meant}"?`) as string,
        span: { line: 2, column: tree.indexOf(key) + (key === "materialised" ? 0 : 1) },
      },
    ]);
  });
});
