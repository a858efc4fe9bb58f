import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Figure } from "./expected.ts";
import { measures } from "./measures.ts";

export interface Difference {
  readonly product: string;
  readonly name: string;
  /** Absent: the generator does not know this figure. */
  readonly expected: string | undefined;
  /** Absent: the port has no such row, or is not built. */
  readonly actual: string | undefined;
}

export interface ProductComparison {
  readonly product: string;
  readonly figures: number;
  readonly differences: readonly Difference[];
}

/**
 * Compares `expected.json` of the data directory with the built ports of the lake, figure by figure.
 * A figure that only one side has is a difference, except a zero: an empty group has no row.
 */
export async function compare(data: string, lake: string): Promise<ProductComparison[]> {
  const expected = JSON.parse(readFileSync(join(data, "expected.json"), "utf8")) as readonly Figure[];
  const actual = await measure(lake);
  const built = new Set([...actual.keys()].map((key) => key.split("\t")[0]));
  const wanted = new Map(expected.map((figure) => [`${figure.product}\t${figure.name}`, figure.value]));
  const products = new Map<string, { figures: number; differences: Difference[] }>();
  for (const key of [...new Set([...wanted.keys(), ...actual.keys()])].toSorted()) {
    const [product = "", name = ""] = key.split("\t");
    const one = products.get(product) ?? { figures: 0, differences: [] };
    products.set(product, one);
    one.figures += 1;
    const want = wanted.get(key);
    const got = actual.get(key);
    if (isZero(want) && got === undefined && built.has(product)) continue;
    if (want !== got) one.differences.push({ product, name, expected: want, actual: got });
  }
  return [...products].map(([product, one]) => ({ product, ...one }));
}

async function measure(lake: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    for (const { product, port, major, sql } of measures) {
      const [domain = ""] = product.split(".");
      const folder = join(lake, domain, `${port}_v${major}`, "current");
      if (!existsSync(folder)) continue;
      const rows = `read_parquet('${folder.replaceAll("'", "''")}/*.parquet')`;
      const result = await connection.runAndReadAll(sql.replaceAll("{port}", rows));
      for (const [name, value] of result.getRowsJson()) found.set(`${product}\t${String(name)}`, String(value));
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return found;
}

const isZero = (value: string | undefined): boolean => value === "0" || value === "0.00";
