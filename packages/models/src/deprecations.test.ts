import { describe, expect, it } from "vitest";
import { memoryProject } from "./testdata/memory-project.ts";

const models = { "models/a.sql": "select 1 as n" };
const withTests = (tests: string): Readonly<Record<string, string>> => ({
  ...models,
  "models/p.yml": `models:\n  - name: a\n    columns:\n      - name: n\n        data_tests:\n${tests}`,
});

/** The file as `--fix` leaves it. */
function fixed(files: Readonly<Record<string, string>>, file: string): string {
  const project = memoryProject(files);
  const edits = project.diagnostics.flatMap((d) =>
    d.code === "sql/deprecated" && d.span?.file === file ? (d.fixes ?? []).flatMap((f) => f.edits) : [],
  );
  const lines = files[file]!.split("\n");
  const at = (line: number, column: number): number =>
    lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0) + column - 1;
  let text = files[file]!;
  for (const e of [...edits].reverse())
    text = text.slice(0, at(e.line, e.column)) + e.text + text.slice(at(e.endLine, e.endColumn));
  return text;
}

const found = (files: Readonly<Record<string, string>>): string[] =>
  memoryProject(files).diagnostics.map((d) => `${d.severity} ${d.code} ${d.span?.line}`);

describe("what dbt 1 takes and later versions refuse", () => {
  it.each([
    [
      "block style",
      "          - accepted_values:\n              values: [1,\n                2]\n              quote: false\n              config: {severity: warn}\n          - unique\n",
      "          - accepted_values:\n              arguments:\n                values: [1,\n                  2]\n                quote: false\n              config: {severity: warn}\n          - unique\n",
    ],
    [
      "flow style",
      "          - accepted_values: {values: [1], config: {severity: warn}}\n",
      "          - accepted_values: {arguments: {values: [1]}, config: {severity: warn}}\n",
    ],
  ])("arguments of tests, %s", (_, before, after) => {
    const files = withTests(before);
    expect(found(files)).toHaveLength(1);
    expect(found(files)[0]).toMatch(/^warning sql\/deprecated/);
    const text = fixed(files, "models/p.yml");
    expect(text).toBe(withTests(after)["models/p.yml"]);
    expect(found({ ...files, "models/p.yml": text })).toEqual([]);
    // The test is the same one before and after.
    const ids = (t: string) => [...memoryProject({ ...files, "models/p.yml": t }).nodes.keys()];
    expect(ids(text)).toEqual(ids(files["models/p.yml"]!));
  });

  it("arguments with a comment between them are left to their author", () => {
    const files = withTests(
      "          - accepted_values:\n              values: [1] # one\n              quote: false\n",
    );
    expect(found(files)).toHaveLength(1);
    expect(fixed(files, "models/p.yml")).toBe(files["models/p.yml"]);
  });

  it("settings of dbt_project.yml without a plus", () => {
    const files = {
      ...models,
      "dbt_project.yml": "name: shop\nmodels:\n  shop:\n    materialized: table\n    +tags: [x]\n    meta: {a: 1}\n",
    };
    expect(found(files)).toEqual(["warning sql/deprecated 4", "warning sql/deprecated 6"]);
    const text = fixed(files, "dbt_project.yml");
    expect(text).toBe("name: shop\nmodels:\n  shop:\n    +materialized: table\n    +tags: [x]\n    +meta: {a: 1}\n");
    expect(memoryProject({ ...files, "dbt_project.yml": text }).find("a")!.config.materialized).toBe("table");
  });

  it("keys of dbt_project.yml that have another name", () => {
    const files = {
      "src/a.sql": "select 1 as n",
      "dbt_project.yml": "name: shop\nsource-paths: [src]\ndata-paths: [data]\n",
    };
    expect(found(files)).toEqual(["warning sql/deprecated 2", "warning sql/deprecated 3"]);
    expect(fixed(files, "dbt_project.yml")).toBe("name: shop\nmodel-paths: [src]\nseed-paths: [data]\n");
  });

  it("spaces in names, and keys of one's own", () => {
    expect(found({ "models/a b.sql": "select 1 as n" })).toEqual(["warning sql/deprecated 1"]);
    expect(found({ ...models, "models/p.yml": "models:\n  - name: a\n    zebra: 1\n" })).toEqual([
      "warning sql/unknown-key 3",
    ]);
    expect(found({ ...models, "models/p.yml": "models:\n  - name: a\n    colums: []\n" })).toEqual([
      "error sql/unknown-key 3",
    ]);
  });
});
