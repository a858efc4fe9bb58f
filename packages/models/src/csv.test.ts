import { array, assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { describeType } from "@meshwork/sql";
import { runNodes } from "./index.ts";
import { parseCsv } from "./csv.ts";
import { memoryProject, onDuckdb, rowsOf } from "./testdata/memory-project.ts";

describe("CSV", () => {
  const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
  it("what is quoted comes back as it was", () => {
    const row = array(string({ unit: "grapheme" }), { minLength: 2, maxLength: 2 });
    assert(
      property(array(row, { maxLength: 6 }), (rows) => {
        const text = ['"a","b"', ...rows.map((r) => r.map(quote).join(","))].join("\r\n");
        const table = parseCsv(text, ",");
        expect(table.problems).toEqual([]);
        expect(table.rows.map((r) => r.cells.map((c) => c.text))).toEqual(rows);
      }),
    );
  });

  it.each([
    [
      "a,b\n1,2\n\n3,4",
      [
        ["1", "2"],
        ["3", "4"],
      ],
    ],
    ["a,b\n1,\n", [["1", ""]]],
    ['a,b\r\n"x\ny",2\r\n', [["x\ny", "2"]]],
    ["a;b\n1,5;2\n", [["1,5", "2"]], ";"],
    ['a\n""\n', [[""]]],
    ["a,b\n 1 , 2 \n", [[" 1 ", " 2 "]]],
  ])("%j", (text, rows, delimiter = ",") => {
    const table = parseCsv(text, delimiter as string);
    expect(table.problems).toEqual([]);
    expect(table.rows.map((r) => r.cells.map((c) => c.text))).toEqual(rows);
  });

  it.each([
    ["", "The seed is empty; its first line must name the columns."],
    ["a,b\n1\n", "This line has 1 value, the first line names 2 columns."],
    ["a,A\n1,2\n", 'Two columns are named "A".'],
    ["a,\n1,2\n", "Column 2 has no name in the first line."],
    ['a\n"x\n', "A quote is opened and never closed."],
    ['a\n"x"y\n', "After a closing quote comes a delimiter or the end of the line."],
  ])("%j is refused", (text, reason) => {
    expect(parseCsv(text, ",").problems.map((p) => p.reason)).toContain(reason);
  });
});

describe("types of a seed", () => {
  it.each([
    ["1\n2\n", "integer"],
    ["1\n-2147483648\n", "int64"],
    ["2147483647\n", "integer"],
    ["1\n\n2.5\n", "double"],
    ["9223372036854775807\n", "int64"],
    ["9223372036854775808\n", "double"],
    ["01\n2\n", "string"],
    ["true\nFALSE\n", "boolean"],
    ["2024-02-29\n", "date"],
    ["2023-02-29\n", "string"],
    ["2024-01-01 10:00:00\n2024-01-01T10:00\n", "timestamp"],
    ["2024-01-01\n1\n", "string"],
    ["x\n", "string"],
    ["null\n", "string"],
  ])("%j is %s", (values, type) => {
    const project = memoryProject({
      "seeds/s.csv": `v,w\n${values
        .split("\n")
        .filter((v) => v !== "")
        .map((v) => `${v},1`)
        .join("\n")}\n`,
    });
    const [column] = project.seedTable(project.find("s")!).columns;
    const names: Readonly<Record<string, string>> = {
      int64: describeType({ kind: "integer", bits: 64, signed: true }),
      double: describeType({ kind: "float", bits: 64 }),
      timestamp: describeType({ kind: "timestamp", precision: 6, zoned: false }),
    };
    expect(describeType(column!.type)).toBe(names[type] ?? type);
  });

  it("column_types come first, in the engine's words; nothing that is more than a type gets through", () =>
    onDuckdb(async (session) => {
      const files = (type: string): Record<string, string> => ({
        "seeds/s.csv": "Id,n,d\n1,0.10,2024-01-01\n2,,\n",
        "seeds/p.yml": `seeds: [{name: s, config: {column_types: {id: varchar, n: '${type}'}}}]`,
      });
      const project = memoryProject(files("decimal(10,2)"));
      await runNodes(project, session, { nodes: [...project.nodes.values()], now: () => new Date(0) });
      expect(
        await rowsOf(
          session,
          'select "Id", n::varchar, d::varchar, typeof("Id"), typeof(n), typeof(d) from shop_private.s order by 1',
        ),
      ).toEqual([
        ["1", "0.10", "2024-01-01", "VARCHAR", "DECIMAL(10,2)", "DATE"],
        ["2", null, null, "VARCHAR", "DECIMAL(10,2)", "DATE"],
      ]);
      expect(memoryProject(files("int); drop table x; --")).diagnostics.map((d) => d.code)).toEqual(["sql/bad-config"]);
    }));

  it("thousands of rows and an empty seed are loaded", () =>
    onDuckdb(async (session) => {
      const rows = Array.from({ length: 2_500 }, (_, i) => `${i},"it's ${i}"`).join("\n");
      const project = memoryProject({ "seeds/many.csv": `n,t\n${rows}\n`, "seeds/none.csv": "n\n" });
      const outcome = await runNodes(project, session, { nodes: [...project.nodes.values()], now: () => new Date(0) });
      expect(outcome.results.map((r) => [r.status, r.rowsAffected])).toEqual([
        ["success", 2500],
        ["success", 0],
      ]);
      expect(await rowsOf(session, "select count(*), sum(n), max(t) from shop_private.many")).toEqual([
        [2500, 3123750, "it's 999"],
      ]);
    }));
});
