import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareTables, type TableVerdict } from "./compare-tables.ts";

const directory = mkdtempSync(join(tmpdir(), "meshwork-proof-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const tables: Readonly<Record<string, string>> = {
  base: "select * from (values (1, 'a'), (1, 'a'), (2, null)) as t(n, s)",
  shuffled: "select * from (values (2, null), (1, 'a'), (1, 'a')) as t(n, s)",
  more: "select s, n, now() as extra from (values (1, 'a'), (1, 'a'), (2, null)) as t(n, s)",
  once: "select * from (values (1, 'a'), (2, null)) as t(n, s)",
  changed: "select * from (values (1, 'a'), (1, 'a'), (2, '')) as t(n, s)",
  wider: "select n::bigint as n, s from (values (1, 'a'), (1, 'a'), (2, null)) as t(n, s)",
};

beforeAll(async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const [name, sql] of Object.entries(tables))
    await connection.run(`copy (${sql}) to '${join(directory, name)}.parquet'`);
  connection.closeSync();
  instance.closeSync();
});

async function against(theirs: string): Promise<TableVerdict | undefined> {
  const file = (name: string): string => join(directory, `${name}.parquet`);
  const [verdict] = await compareTables([
    { name: theirs, columns: ["n", "s"], ours: file("base"), theirs: file(theirs) },
  ]);
  return verdict;
}

describe("compareTables", () => {
  it("takes the order of rows and columns that are not promised for no difference", async () => {
    expect(await against("shuffled")).toMatchObject({ equal: true, rows: 3 });
    expect(await against("more")).toMatchObject({ equal: true });
  });
  it.each(["once", "changed", "wider"])("notices: %s", async (name) => {
    expect((await against(name))?.equal).toBe(false);
  });
});
