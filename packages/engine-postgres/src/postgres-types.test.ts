import type { Engine, Session } from "@meshwork/engine";
import { describeType, postgres, type Column, type LogicalType, type SqlValue } from "@meshwork/sql";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pgliteEngine } from "./index.ts";

let engine: Engine;
let session: Session;
beforeAll(async () => {
  engine = pgliteEngine();
  session = await engine.open();
});
afterAll(() => engine.close());

const element = (type: LogicalType) => ({ name: "element", type, nullable: true });
const leaf: fc.Arbitrary<LogicalType> = fc.oneof(
  fc.constantFrom<LogicalType>(
    { kind: "boolean" },
    { kind: "date" },
    { kind: "uuid" },
    { kind: "json" },
    { kind: "interval" },
    { kind: "binary" },
    { kind: "string" },
    { kind: "map", key: { kind: "string" }, value: element({ kind: "string" }) },
    { kind: "struct", fields: [element({ kind: "string" })] },
  ),
  fc.record({
    kind: fc.constant("integer" as const),
    bits: fc.constantFrom(8 as const, 16 as const, 32 as const, 64 as const, 128 as const),
    signed: fc.boolean(),
  }),
  fc.integer({ min: 1, max: 100 }).chain((precision) =>
    fc.record({
      kind: fc.constant("decimal" as const),
      precision: fc.constant(precision),
      scale: fc.integer({ min: 0, max: precision }),
    }),
  ),
  fc.record({ kind: fc.constant("float" as const), bits: fc.constantFrom(32 as const, 64 as const) }),
  fc.record({ kind: fc.constant("string" as const), maxLength: fc.integer({ min: 1, max: 10_000 }) }),
  fc.record({
    kind: fc.constantFrom("time" as const, "timestamp" as const),
    precision: fc.integer({ min: 0, max: 9 }),
    zoned: fc.boolean(),
  }),
);
const type = fc.oneof(
  leaf,
  leaf.map((t): LogicalType => ({ kind: "array", element: element(t) })),
);

describe("the dialect's DDL on the engine", () => {
  it("makes tables whose columns have the types and names that it says", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: "binary", minLength: 1, maxLength: 12 }), type, fc.boolean()), {
          minLength: 1,
          maxLength: 6,
        }),
        async (drawn) => {
          const columns: Column[] = drawn.map(([name, t, nullable], i) => ({
            name: `${i}${name}`,
            type: t,
            nullable,
          }));
          const relation = { schema: "pg_temp", name: "made" };
          await session.query(postgres.createTable(relation, columns));
          try {
            const result = await session.query(`select * from ${postgres.relation(relation)}`);
            expect(result.columns.map((c) => describeType(c.type))).toEqual(
              columns.map((c) => describeType(postgres.parseType(postgres.type(c.type)))),
            );
            expect(result.columns.map((c) => c.name)).toEqual(columns.map((c) => c.name.replaceAll("\0", "\uFFFD")));
            const strict = await session.query(
              `select attnotnull from pg_attribute where attrelid = 'pg_temp.made'::regclass and attnum > 0 order by attnum`,
            );
            expect(await strict.rows()).toEqual(columns.map((c) => [!c.nullable]));
          } finally {
            await session.query(`drop table ${postgres.relation(relation)}`);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("writes literals that the engine reads as the values they are", async () => {
    const value: fc.Arbitrary<SqlValue> = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }).map((s) => s.replaceAll("\0", "")),
      fc.boolean(),
      fc.constant(null),
      fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }),
      fc.uint8Array({ maxLength: 12 }),
      fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
    );
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        const cast = typeof given === "bigint" ? "::bigint" : "";
        const [[cell]] = (await (await session.query(`select (${postgres.literal(given)})${cast} as v`)).rows()) as [
          [unknown],
        ];
        if (given instanceof Date) expect(new Date(String(cell)).getTime()).toBe(given.getTime());
        else expect(cell).toEqual(given);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    ["0.1", 0.1],
  ])("writes the number %s", async (_, given) => {
    expect(await (await session.query(`select ${postgres.literal(given)}::float8`)).rows()).toEqual([[given]]);
  });
});
