import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compare } from "./compare.ts";
import { generate } from "./generate.ts";
import { defaultSettings } from "./settings.ts";

const directory = mkdtempSync(join(tmpdir(), "meshwork-compare-"));
const data = join(directory, "data");
const lake = join(directory, "lake");
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Writes the port of the page catalogue from the raw pages, as its model does, or with a fault. */
async function buildPages(condition: string): Promise<void> {
  const folder = join(lake, "content/page_catalog_v1/current");
  mkdirSync(folder, { recursive: true });
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const versions = `select page_id, lead(changed_at) over (partition by page_id order by changed_at) is null as is_current
    from read_parquet('${data}/raw_content/pages/*.parquet')`;
  await connection.run(`copy (select * from (${versions}) where ${condition}) to '${folder}/part-0.parquet'`);
  connection.closeSync();
  instance.closeSync();
}

beforeAll(async () => {
  await generate({ ...defaultSettings, events: 500 }, data, () => {});
});

describe("compare", () => {
  it("finds a port equal that holds what was expected, and all others unbuilt", async () => {
    await buildPages("true");
    const results = new Map((await compare(data, lake)).map((one) => [one.product, one]));
    expect(results.get("content.page-catalog")).toEqual({
      product: "content.page-catalog",
      figures: 2,
      differences: [],
    });
    const orders = results.get("commerce.orders");
    expect(orders?.differences).toHaveLength(orders?.figures ?? 0);
    expect(results.size).toBe(10);
  });

  it("names the figure that differs, with both values", async () => {
    await buildPages("is_current");
    const pages = (await compare(data, lake)).find((one) => one.product === "content.page-catalog");
    expect(pages?.differences).toHaveLength(1);
    expect(pages?.differences[0]).toMatchObject({ name: "versions" });
    expect(Number(pages?.differences[0]?.actual)).toBeLessThan(Number(pages?.differences[0]?.expected));
  });
});
