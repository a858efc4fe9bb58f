import { readFileSync } from "node:fs";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import type { OutputPort } from "@meshwork/contract";
import type { Engine, Session } from "@meshwork/engine";
import { duckdb } from "@meshwork/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileChecks, planChecks, runChecks, type CheckResult } from "./index.ts";

type Scalar = string | number | null;
interface Vectors {
  readonly version: string;
  readonly tables: Readonly<
    Record<string, { readonly types: Readonly<Record<string, string>>; readonly rows: readonly (readonly Scalar[])[] }>
  >;
  readonly cases: readonly {
    readonly table: string;
    readonly expectation: string;
    readonly kwargs: Readonly<Record<string, unknown>>;
    readonly success: boolean;
    readonly unexpected_count: number | null;
    readonly observed_value: unknown;
  }[];
}

// Answers of Great Expectations itself; testdata/great-expectations.py writes them.
const vectors = JSON.parse(
  readFileSync(new URL("./testdata/great-expectations.json", import.meta.url), "utf8"),
) as Vectors;

/** Where we differ on purpose, with the reason. */
const differences: Readonly<Record<string, string>> = {
  [`expect_column_to_exist numbers {"column":"n","column_index":0}`]: "it takes place 0 for no place",
};

const keyOf = (c: { expectation: string; table: string; kwargs: unknown }): string =>
  `${c.expectation} ${c.table} ${JSON.stringify(c.kwargs)}`;

let engine: Engine;
let session: Session;

beforeAll(async () => {
  engine = duckdbEngine();
  session = await engine.open();
  for (const [name, table] of Object.entries(vectors.tables)) {
    const columns = Object.entries(table.types).map(([column, type]) => `"${column}" ${type}`);
    await session.query(`CREATE TABLE "${name}" (${columns.join(", ")})`);
    for (const row of table.rows)
      await session.query(`INSERT INTO "${name}" VALUES (${row.map((value) => duckdb.literal(value)).join(", ")})`);
  }
});
afterAll(async () => {
  await session.close();
  await engine.close();
});

async function run(table: string, assertion: string, kwargs: Readonly<Record<string, unknown>>): Promise<CheckResult> {
  const { column, mostly, ...rest } = kwargs;
  const types = vectors.tables[table]!.types;
  const port: OutputPort = {
    name: table,
    default: true,
    columns: Object.entries(types).map(([name, type]) => ({
      name,
      type: duckdb.parseType(type),
      typeName: type,
      nullable: true,
      tags: [],
      constraints: {},
      pii: false,
      extensions: {},
      at: [],
    })),
    checks: [
      {
        name: "it",
        assertion,
        column: typeof column === "string" ? column : undefined,
        arguments: rest,
        threshold: typeof mostly === "number" ? mostly : undefined,
        severity: "error",
        at: [],
      },
    ],
    sla: {},
    at: [],
  };
  const checks = compileChecks(port, { relation: { name: table } }).filter((check) => check.name === "it");
  const [result] = await runChecks(session, planChecks(checks, session), { now: new Date(0) });
  return result!;
}

describe(`the meaning of Great Expectations ${vectors.version}`, () => {
  it.each(vectors.cases.map((c) => [keyOf(c), c] as const))("%s", async (key, c) => {
    const result = await run(c.table, c.expectation, c.kwargs);
    const expected = Object.hasOwn(differences, key) ? !c.success : c.success;
    expect(`${result.status} ${result.reason ?? ""}`.trim()).toMatch(expected ? /^passed/ : /^failed/);
    if (c.unexpected_count !== null && result.failing !== undefined) expect(result.failing).toBe(c.unexpected_count);
    if (typeof c.observed_value === "number" && typeof result.actual === "number")
      expect(result.actual).toBeCloseTo(c.observed_value, 9);
  });

  it("has no difference that the cases do not show", () => {
    const known = new Set(vectors.cases.map(keyOf));
    expect(Object.keys(differences).filter((key) => !known.has(key))).toEqual([]);
  });
});
