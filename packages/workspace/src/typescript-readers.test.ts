import { describe, expect, it } from "vitest";
import { LoadedMesh } from "./load-mesh.ts";
import { product, scratchMesh } from "./testdata/scratch-mesh.ts";
import { typeScriptReading } from "./typescript-readers.ts";

const fields = [
  "name: id, type: long, constraints: { primary_key: true, null: false }",
  "name: name, type: string",
  "name: age, type: integer",
];
const app = "packages/board";

function reading(code: string, file = "src/board.ts"): string[] {
  const root = scratchMesh({
    ...product("crm.people", { fields }, { people: "select 1::bigint as id, 'Ann' as name, 7::int as age" }),
    [`${app}/package.json`]: '{ "name": "board" }',
    [`${app}/src/index.ts`]: 'import { type People, peopleSchema } from "@scratch/crm/people";\n',
    [`${app}/${file}`]: code,
  });
  const mesh = new LoadedMesh({ root });
  const found = typeScriptReading(root, mesh.consumers()[0]!, mesh.workspace.products.get("crm.people")!);
  return [
    ...found.reads.map((r) => `${r.column} ${r.kinds.join("+")} ${r.place.line}:${r.place.column}`),
    ...found.whole.map((w) => `whole: ${w.what} ${w.place.line}`),
  ];
}

describe("columns that TypeScript reads", () => {
  it.each<[string, string[]]>([
    ["rows.map((r) => r.name)", ["name property 1:19"]],
    ["row?.age", ["age property 1:6"]],
    ['row["age"]', ["age name 1:6"]],
    ["const { name, age: years } = row;", ["age name 1:15", "name name 1:9"]],
    ["const { name = 1 } = row;", ["name name 1:9"]],
    ["function f({ age }: People, other) { return age; }", ["age name 1:14"]],
    ["{ const age = 7; let name: string = x; return age; }", []],
    ["type T = {\n  x: string\n  name: string\n}", ["name name 3:3"]],
    ["const x = { y: cond ? age : name };", []],
    ["const age = 7; f(age, name); let name;", []],
    ["// row.name\n/* row.age */", []],
    ["const sql = `select name from t where ${row.age} > 1`;", ["age property 1:45", "name name 1:21"]],
    ["type Part = Pick<People, 'name' | \"age\">;", ["age name 1:36", "name name 1:27"]],
    ["interface Week { readonly age: number; name?: string }", ["age name 1:27", "name name 1:40"]],
    ["const re = /row.name/g; const q = a / b.age / c;", ["age property 1:41"]],
    ["return <p>{row.name}</p>;", ["name property 1:16"]],
    ["JSON.stringify(row)", ["whole: JSON.stringify 1"]],
    ["const all = { ...row };", ["whole: a spread 1"]],
    ["const list = [...rows]; f(...rows);", []],
    ["for (const key in row) use(key);", ["whole: for … in 1"]],
    ["Object.entries(row).map(([key]) => key)", ["whole: Object.entries 1"]],
    ["const at = (i: number) => rows[i];", []],
    ["const of = (key: keyof People) => row[key];", ["whole: an index that is not written out 1"]],
    ["const first = rows[0]; const list: People[] = [row];", []],
    ["const fields = `${`${row.age}`}`;", ["age property 1:26"]],
    ["const broken = 'row.name", ["name name 1:21"]],
    ["", []],
  ])("%s", (code, expected) => {
    expect(reading(code)).toEqual(expected);
  });

  it("keeps apart what only tests name, and takes no whole rows from them", () => {
    expect(reading("const row = { name: 'Ann', ...more };", "src/board.test.ts")).toEqual(["name test 1:15"]);
  });
});
