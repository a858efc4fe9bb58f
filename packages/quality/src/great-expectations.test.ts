import { readFileSync } from "node:fs";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import type { OutputPort } from "@meshwork/contract";
import type { Engine, Session } from "@meshwork/engine";
import { duckdb } from "@meshwork/sql";
import { pgliteEngine } from "@meshwork/engine-postgres";
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

/** What an engine cannot do is an error with its reason, never an answer. */
const lacking: Readonly<Record<string, readonly string[]>> = {
  duckdb: [],
  postgres: [
    "expect_column_values_to_be_increasing",
    "expect_column_values_to_be_decreasing",
    "expect_column_values_to_be_json_parseable",
  ],
};

/** The same answers from every engine: the types are DuckDB's words, each engine prints its own. */
const engines = { duckdb: duckdbEngine, postgres: pgliteEngine } as const satisfies Record<string, () => Engine>;

async function run(
  session: Session,
  table: string,
  assertion: string,
  kwargs: Readonly<Record<string, unknown>>,
): Promise<CheckResult> {
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

describe.each(Object.entries(engines))(`the meaning of Great Expectations ${vectors.version} on %s`, (name, open) => {
  let engine: Engine;
  let session: Session;
  beforeAll(async () => {
    engine = open();
    session = await engine.open();
    for (const [table, { types, rows }] of Object.entries(vectors.tables)) {
      const columns = Object.entries(types).map(([c, type]) => ({
        name: c,
        type: duckdb.parseType(type),
        nullable: true,
      }));
      await session.query(session.dialect.createTable({ name: table }, columns));
      for (const row of rows)
        await session.query(
          `INSERT INTO "${table}" VALUES (${row.map((value) => session.dialect.literal(value)).join(", ")})`,
        );
    }
  });
  afterAll(async () => {
    await session.close();
    await engine.close();
  });

  it.each(vectors.cases.map((c) => [keyOf(c), c] as const))("%s", async (key, c) => {
    const result = await run(session, c.table, c.expectation, c.kwargs);
    if (lacking[name]!.includes(c.expectation)) {
      expect(`${result.status} ${result.reason}`).toMatch(/^error .*postgres/);
      return;
    }
    const expected = Object.hasOwn(differences, key) ? !c.success : c.success;
    expect(`${result.status} ${result.reason ?? ""}`.trim()).toMatch(expected ? /^passed/ : /^failed/);
    if (c.unexpected_count !== null && result.failing !== undefined) expect(result.failing).toBe(c.unexpected_count);
    if (typeof c.observed_value === "number" && typeof result.actual === "number")
      expect(result.actual).toBeCloseTo(c.observed_value, 9);
  });
});

it("has no difference that the cases do not show", () => {
  const known = new Set(vectors.cases.map(keyOf));
  expect(Object.keys(differences).filter((key) => !known.has(key))).toEqual([]);
});
