import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  describeType,
  dialects,
  id,
  join,
  literal,
  param,
  raw,
  relation,
  sameType,
  sql,
  statement,
  widens,
  type DialectName,
  type LogicalType,
  type SqlValue,
} from "./index.ts";

const names = Object.keys(dialects) as DialectName[];

/** A new dialect without an expectation here is a type error. */
function each(what: string, run: (name: DialectName) => unknown, expected: Record<DialectName, unknown>): void {
  it.each(names)(`${what} in %s`, (name) => expect(run(name)).toEqual(expected[name]));
}

const long: LogicalType = { kind: "integer", bits: 64, signed: true };
const text: LogicalType = { kind: "string" };
const field = (name: string, type: LogicalType, nullable = true) => ({ name, type, nullable });

describe("literals", () => {
  const print = (value: SqlValue) => (name: DialectName) => dialects[name].literal(value);
  const same = (value: string): Record<DialectName, string> => ({ duckdb: value, postgres: value, trino: value });
  each("NULL", print(null), same("NULL"));
  each("a quote", print("it's"), same("'it''s'"));
  each("a backslash", print("a\\'b"), same("'a\\''b'"));
  each("true", print(true), same("TRUE"));
  each("a 64-bit integer", print(9223372036854775807n), same("9223372036854775807"));
  each("a double", print(0.1), same("0.1"));
  each("NaN", print(Number.NaN), { duckdb: "'NaN'::DOUBLE", postgres: "'NaN'::double precision", trino: "nan()" });
  each("minus infinity", print(Number.NEGATIVE_INFINITY), {
    duckdb: "'-Infinity'::DOUBLE",
    postgres: "'-Infinity'::double precision",
    trino: "-infinity()",
  });
  each("bytes", print(Uint8Array.from([0, 255])), {
    duckdb: "unhex('00FF')",
    postgres: "'\\x00FF'::bytea",
    trino: "X'00FF'",
  });
  each("an instant", print(new Date("2024-01-31T10:00:00.5Z")), {
    duckdb: "TIMESTAMPTZ '2024-01-31 10:00:00.500+00'",
    postgres: "TIMESTAMPTZ '2024-01-31 10:00:00.500+00'",
    trino: "TIMESTAMP '2024-01-31 10:00:00.500 UTC'",
  });
  each("NUL, which ends a text in C", print("a\0b"), {
    duckdb: "('a' || chr(0) || 'b')",
    postgres: "'a\uFFFDb'",
    trino: "U&'a\\0000b'",
  });
});

describe("names", () => {
  each("are always quoted", (name) => dialects[name].identifier('we"ird'), {
    duckdb: '"we""ird"',
    postgres: '"we""ird"',
    trino: '"we""ird"',
  });
  each(
    "of relations keep their parts apart",
    (name) => dialects[name].relation({ database: "d.b", schema: "s", name: "t" }),
    {
      duckdb: '"d.b"."s"."t"',
      postgres: '"d.b"."s"."t"',
      trino: '"d.b"."s"."t"',
    },
  );
  it("cannot end a quoted name whatever they hold", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom(...names), (name, dialect) => {
        const quoted = dialects[dialect].identifier(name);
        const inside = quoted.slice(1, -1).replaceAll('""', "");
        return quoted.startsWith('"') && quoted.endsWith('"') && !inside.includes('"') && !quoted.includes("\0");
      }),
    );
  });
});

describe("functions that engines name differently", () => {
  each("a match", (name) => dialects[name].matches("s", "'x'"), {
    duckdb: "regexp_matches(s, 'x')",
    postgres: "(s ~ 'x')",
    trino: "regexp_like(s, 'x')",
  });
  each("a length", (name) => dialects[name].length("s"), {
    duckdb: "length(s)",
    postgres: "char_length(s)",
    trino: "length(s)",
  });
});

describe("a table", () => {
  const columns = [
    field("id", long, false),
    field('o"dd', { kind: "array", element: field("element", { kind: "struct", fields: [field("a b", text)] }) }),
    field("m", { kind: "map", key: text, value: field("value", { kind: "decimal", precision: 10, scale: 2 }) }),
  ];
  each("is created", (name) => dialects[name].createTable({ schema: "s", name: "t" }, columns), {
    duckdb:
      'CREATE TABLE "s"."t" ("id" BIGINT NOT NULL, "o""dd" STRUCT("a b" VARCHAR)[], "m" MAP(VARCHAR, DECIMAL(10,2)))',
    postgres: 'CREATE TABLE "s"."t" ("id" bigint NOT NULL, "o""dd" jsonb[], "m" jsonb)',
    trino:
      'CREATE TABLE "s"."t" ("id" bigint NOT NULL, "o""dd" array(row("a b" varchar)), "m" map(varchar, decimal(10,2)))',
  });
});

describe("types", () => {
  each(
    "an opaque type of its own is printed as it is",
    (name) => dialects[name].type({ kind: "opaque", engine: name, name: "hll(12)" }),
    { duckdb: "hll(12)", postgres: "hll(12)", trino: "hll(12)" },
  );
  each(
    "an opaque type that is more than a type is only a name",
    (name) => dialects[name].type({ kind: "opaque", engine: name, name: 'int); DROP TABLE "x"; --' }),
    {
      duckdb: '"int); DROP TABLE ""x""; --"',
      postgres: '"int); DROP TABLE ""x""; --"',
      trino: '"int); DROP TABLE ""x""; --"',
    },
  );
  it.each<[DialectName, string, LogicalType]>([
    ["duckdb", "TIMESTAMP WITH TIME ZONE", { kind: "timestamp", precision: 6, zoned: true }],
    ["duckdb", "DECIMAL", { kind: "decimal", precision: 18, scale: 3 }],
    ["duckdb", "ENUM('a', 'b')", { kind: "opaque", engine: "duckdb", name: "ENUM('a', 'b')" }],
    ["postgres", "timestamp(3) without time zone", { kind: "timestamp", precision: 3, zoned: false }],
    ["postgres", "numeric", { kind: "opaque", engine: "postgres", name: "numeric" }],
    [
      "postgres",
      "character varying(12)[]",
      { kind: "array", element: field("element", { kind: "string", maxLength: 12 }) },
    ],
    ["postgres", '"my type"', { kind: "opaque", engine: "postgres", name: '"my type"' }],
    ["trino", "timestamp", { kind: "timestamp", precision: 3, zoned: false }],
    [
      "trino",
      "row(a integer, b double)",
      {
        kind: "struct",
        fields: [field("a", { kind: "integer", bits: 32, signed: true }), field("b", { kind: "float", bits: 64 })],
      },
    ],
    ["trino", "array(hyperloglog)", { kind: "opaque", engine: "trino", name: "array(hyperloglog)" }],
  ])("%s means by %s", (name, written, type) => expect(dialects[name].parseType(written)).toEqual(type));

  it("end somewhere, however deep or broken the text", () => {
    for (const name of names) {
      expect(dialects[name].parseType(`${"array(".repeat(500)}int${")".repeat(500)}`).kind).toBe("opaque");
      fc.assert(fc.property(fc.string(), (s) => typeof dialects[name].parseType(s).kind === "string"));
    }
  });
});

/** Types that a dialect keeps whole. */
function keeps(options: {
  signs: boolean;
  bits: readonly (8 | 16 | 32 | 64 | 128)[];
  precisions: readonly number[];
  zonedPrecisions: readonly number[];
  lengths: boolean;
  nested: boolean;
  interval: boolean;
  fixed: boolean;
  times: readonly number[];
}): fc.Arbitrary<LogicalType> {
  const { tree } = fc.letrec<{ tree: LogicalType; leaf: LogicalType }>((tie) => ({
    leaf: fc.oneof(
      fc.constantFrom<LogicalType>(
        { kind: "boolean" },
        { kind: "date" },
        { kind: "uuid" },
        { kind: "json" },
        { kind: "binary" },
        text,
        ...(options.interval ? [{ kind: "interval" } as const] : []),
      ),
      fc.record({
        kind: fc.constant("integer" as const),
        bits: fc.constantFrom(...options.bits),
        signed: options.signs ? fc.boolean() : fc.constant(true),
      }),
      fc.integer({ min: 1, max: 38 }).chain((precision) =>
        fc.record({
          kind: fc.constant("decimal" as const),
          precision: fc.constant(precision),
          scale: fc.integer({ min: 0, max: precision }),
        }),
      ),
      fc.record({ kind: fc.constant("float" as const), bits: fc.constantFrom(32 as const, 64 as const) }),
      fc.record({
        kind: fc.constant("timestamp" as const),
        precision: fc.constantFrom(...options.precisions),
        zoned: fc.constant(false),
      }),
      fc.record({
        kind: fc.constant("timestamp" as const),
        precision: fc.constantFrom(...options.zonedPrecisions),
        zoned: fc.constant(true),
      }),
      fc.record({
        kind: fc.constant("time" as const),
        precision: fc.constantFrom(...options.times),
        zoned: fc.constant(false),
      }),
      ...(options.lengths
        ? [fc.record({ kind: fc.constant("string" as const), maxLength: fc.integer({ min: 1, max: 1000 }) })]
        : []),
    ),
    tree: options.nested
      ? fc.oneof(
          { depthSize: "small" },
          tie("leaf"),
          tie("tree").map((type): LogicalType => ({ kind: "array", element: field("element", type) })),
          ...(options.fixed
            ? [
                fc
                  .tuple(tie("tree"), fc.integer({ min: 1, max: 999 }))
                  .map(([type, length]): LogicalType => ({ kind: "array", element: field("element", type), length })),
              ]
            : []),
          fc
            .tuple(tie("leaf"), tie("tree"))
            .map(([key, value]): LogicalType => ({ kind: "map", key, value: field("value", value) })),
          fc
            .uniqueArray(
              fc.tuple(
                fc.string({ minLength: 1 }).map((s) => s.replaceAll("\0", "x")),
                tie("tree"),
              ),
              { minLength: 1, maxLength: 4, selector: ([name]) => name },
            )
            .map((fields): LogicalType => ({
              kind: "struct",
              fields: fields.map(([name, type]) => field(name, type)),
            })),
        )
      : fc.oneof(
          tie("leaf"),
          tie("leaf").map((type): LogicalType => ({ kind: "array", element: field("element", type) })),
        ),
  }));
  return tree;
}

const kept: Record<DialectName, fc.Arbitrary<LogicalType>> = {
  duckdb: keeps({
    signs: true,
    bits: [8, 16, 32, 64, 128],
    precisions: [0, 3, 6, 9],
    zonedPrecisions: [6],
    times: [6, 9],
    lengths: false,
    nested: true,
    interval: true,
    fixed: true,
  }),
  postgres: keeps({
    signs: false,
    bits: [16, 32, 64],
    precisions: [0, 1, 2, 3, 4, 5, 6],
    zonedPrecisions: [0, 3, 6],
    times: [0, 3, 6],
    lengths: true,
    nested: false,
    interval: true,
    fixed: false,
  }),
  trino: keeps({
    signs: false,
    bits: [8, 16, 32, 64],
    precisions: [0, 3, 6, 9, 12],
    zonedPrecisions: [0, 3, 6, 12],
    times: [0, 6, 12],
    lengths: true,
    nested: true,
    interval: false,
    fixed: false,
  }),
};

const anyType = keeps({
  signs: true,
  bits: [8, 16, 32, 64, 128],
  precisions: [0, 1, 4, 6, 9, 12],
  zonedPrecisions: [0, 6, 12],
  times: [0, 6, 9],
  lengths: true,
  nested: true,
  interval: true,
  fixed: true,
});

describe.each(names)("types through %s", (name) => {
  const dialect = dialects[name];
  it("come back as they were, where the engine has them", () => {
    fc.assert(
      fc.property(kept[name], (type) => {
        expect(dialect.parseType(dialect.type(type))).toEqual(type);
      }),
    );
  });
  it("lose once and never again, where it has not", () => {
    fc.assert(
      fc.property(anyType, (type) => {
        const held = dialect.parseType(dialect.type(type));
        expect(held.kind).not.toBe("opaque");
        expect(dialect.parseType(dialect.type(held))).toEqual(held);
      }),
    );
  });
});

describe("comparison", () => {
  it("sees one type in a type, and the same in both directions", () => {
    fc.assert(fc.property(anyType, (type) => sameType(type, structuredClone(type)) && widens(type, type)));
    fc.assert(fc.property(anyType, anyType, (a, b) => sameType(a, b) === sameType(b, a)));
  });
  it("of widening is transitive, and equal only where the types are", () => {
    fc.assert(fc.property(anyType, anyType, anyType, (a, b, c) => !(widens(a, b) && widens(b, c)) || widens(a, c)));
    fc.assert(fc.property(anyType, anyType, (a, b) => !(widens(a, b) && widens(b, a)) || sameType(a, b)));
  });
  const int = (bits: 8 | 16 | 32 | 64 | 128, signed = true): LogicalType => ({ kind: "integer", bits, signed });
  const decimal = (precision: number, scale: number): LogicalType => ({ kind: "decimal", precision, scale });
  const float = (bits: 32 | 64): LogicalType => ({ kind: "float", bits });
  it.each<[LogicalType, LogicalType, boolean]>([
    [int(32), int(64), true],
    [int(64), int(32), false],
    [int(32, false), int(32), false],
    [int(32, false), int(64), true],
    [int(32), int(64, false), false],
    [int(64), decimal(19, 0), true],
    [int(64, false), decimal(19, 0), false],
    [int(64, false), decimal(20, 0), true],
    [int(64), decimal(20, 2), false],
    [int(32), float(64), true],
    [int(32), float(32), false],
    [int(64), float(64), false],
    [decimal(10, 2), decimal(12, 3), true],
    [decimal(10, 2), decimal(11, 4), false],
    [decimal(10, 2), float(64), false],
    [float(32), float(64), true],
    [{ kind: "string", maxLength: 3 }, text, true],
    [text, { kind: "string", maxLength: 3 }, false],
    [{ kind: "timestamp", precision: 3, zoned: false }, { kind: "timestamp", precision: 6, zoned: false }, true],
    [{ kind: "timestamp", precision: 6, zoned: false }, { kind: "timestamp", precision: 6, zoned: true }, false],
    [
      { kind: "array", element: field("element", int(32), false), length: 3 },
      { kind: "array", element: field("element", int(64)) },
      true,
    ],
    [
      { kind: "array", element: field("element", int(32)) },
      { kind: "array", element: field("element", int(32), false) },
      false,
    ],
    [{ kind: "date" }, { kind: "timestamp", precision: 6, zoned: false }, false],
  ])("%j widens to %j: %s", (from, to, expected) =>
    expect(widens(from, to) && !(sameType(from, to) && !expected)).toBe(expected),
  );
  it("tells nested nullability apart only when asked", () => {
    const a: LogicalType = { kind: "array", element: field("element", text, true) };
    const b: LogicalType = { kind: "array", element: field("element", text, false) };
    expect([sameType(a, b), sameType(a, b, { nullability: true })]).toEqual([true, false]);
  });
});

it("describes types in words", () => {
  const lines: LogicalType = {
    kind: "array",
    element: field("element", { kind: "struct", fields: [field("sku", text), field("n", long)] }),
  };
  expect([
    describeType(lines),
    describeType({ kind: "timestamp", precision: 6, zoned: true }),
    describeType({ kind: "decimal", precision: 10, scale: 2 }),
    describeType({ kind: "integer", bits: 32, signed: false }),
  ]).toEqual([
    "array of struct {sku: string, n: long}",
    "timestamp with time zone",
    "decimal(10,2)",
    "unsigned integer",
  ]);
});

it("prints statements with parameters in order and names quoted", () => {
  const where = join([sql`${id("a")} = ${1}`, sql`${id("b", "c")} = ${param("x")}`], " AND ");
  const built = statement(
    sql`SELECT ${literal("it's")}, ${raw("now()")} FROM ${relation({ schema: "s", name: "t" })} WHERE ${where} AND d = ${null}`,
    dialects.duckdb,
  );
  expect(built).toEqual({
    text: `SELECT 'it''s', now() FROM "s"."t" WHERE "a" = ? AND "b"."c" = ? AND d = ?`,
    params: [1, "x", null],
  });
});
