import { readContract } from "@meshwork/contract";
import type { Engine, Session } from "@meshwork/engine";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import { pgliteEngine } from "@meshwork/engine-postgres";
import { trino } from "@meshwork/sql";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileChecks, planChecks, runChecks } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "mesh-vectors-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** 500 vectors of 16 random directions, and five that are wrong, each in its own way. */
const tables: Readonly<
  Record<
    string,
    {
      readonly open: () => Engine;
      readonly types: string;
      readonly random: string;
      readonly list: (items: string) => string;
    }
  >
> = {
  duckdb: {
    open: () => duckdbEngine(),
    types: "FLOAT[16]",
    random: `SELECT i, [x / sqrt(list_sum([y * y for y in v])) for x in v]::FLOAT[16] FROM (SELECT i, [random() - 0.5 for j in range(16)] AS v FROM range(500) r(i))`,
    list: (items) => `[${items.replace(/^(.*?),/, "$1::FLOAT,")}]::FLOAT[16]`,
  },
  postgres: {
    open: () => pgliteEngine({ path: join(folder, "pg") }),
    types: "real[]",
    random: `SELECT i, (SELECT array_agg(x / n)::real[] FROM unnest(v) AS t(x), (SELECT sqrt(sum(y * y)) AS n FROM unnest(v) AS u(y)) AS l) FROM (SELECT i, (SELECT array_agg(random() - 0.5 + r.i * 0 + g * 0) FROM generate_series(1, 16) AS g) AS v FROM generate_series(1, 500) AS r(i)) AS s`,
    list: (items) => `ARRAY[${items}]::real[]`,
  },
};

const sixteen = (first: string, rest: string): string => [first, ...Array.from({ length: 15 }, () => rest)].join(", ");

const port = (embedding: string) =>
  readContract({
    file: "c.yaml",
    text: `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: shop.notes, domain: shop, version: 1.0.0 }
spec: { schema: { fields: [{ name: v, type: embedding, embedding: ${embedding} }] }, quality: { checks: [{ name: no_two_alike, column: v, assertion: unique }] } }
`,
  }).value!.ports[0]!;

describe.each(Object.keys(tables))("vectors in %s", (name) => {
  const { open, types, random, list } = tables[name]!;
  let engine: Engine;
  let session: Session;
  beforeAll(async () => {
    engine = open();
    session = await engine.open();
    await session.query(`CREATE TABLE notes (i integer, v ${types})`);
    await session.query(`INSERT INTO notes ${random}`);
  }, 60_000);
  afterAll(async () => {
    await session.close();
    await engine.close();
  });

  const outcomes = async (embedding: string): Promise<Record<string, string>> => {
    const checks = compileChecks(port(embedding), { relation: { name: "notes" } });
    const found = await runChecks(session, planChecks(checks, session), { now: new Date(0) });
    return Object.fromEntries(
      found.map((r) => [r.check, `${r.status} ${r.failing ?? ""}/${r.total ?? ""}${r.reason ?? ""}`]),
    );
  };
  const normal = "{ dimensions: 16, element: float32, metric: cosine, normalized: true }";

  it("pass where they are as promised", async () => {
    const found = await outcomes(normal);
    expect(found).toMatchObject({
      "dimensions.v": "passed 0/500",
      "vector_finite.v": "passed 0/500",
      "vector_norm.v": "passed 0/500",
      no_two_alike: "passed 0/500",
    });
  });

  it("fail where one is not a number, infinite, missing a part, zero, too long or there twice", async () => {
    for (const [first, rest] of [
      ["'NaN'", "0"],
      ["'Infinity'", "0"],
      ["NULL", "0"],
      ["0", "0"],
      ["3", "0"],
      ["1", "0"],
      ["1", "0"],
    ] as const)
      await session.query(`INSERT INTO notes VALUES (0, ${list(sixteen(first, rest))})`);
    expect(await outcomes(normal)).toMatchObject({
      "vector_finite.v": "failed 3/507",
      "vector_norm.v": "failed 5/507",
      no_two_alike: "failed 2/507",
    });
    expect(await outcomes("{ dimensions: 16, element: float32, metric: cosine }")).toMatchObject({
      "vector_finite.v": "failed 3/507",
    });
    const bare = await outcomes("{ dimensions: 16, element: float32, metric: euclidean }");
    expect(Object.keys(bare)).not.toContain("vector_norm.v");
  });
});

it("are measured in Trino's words too", () => {
  const spelt = compileChecks(port("{ dimensions: 3, normalized: true }"), { relation: { name: "notes" } });
  const session = { dialect: trino } as unknown as Session;
  const text = JSON.stringify(planChecks(spelt, session).passes, (_, value: unknown) =>
    typeof value === "object" && value !== null && "print" in value
      ? (value as { print(d: unknown, p: unknown[]): string }).print(trino, [])
      : value,
  );
  expect(text).toContain("any_match(");
  expect(text).toContain("sqrt(reduce(");
});
