import { describe, expect, it } from "vitest";
import type { ContractColumn } from "@meshwork/contract";
import { typeWordOf } from "@meshwork/contract";
import { readIn } from "./read-in.ts";
import { guessFormat, importFormatNamed, importFormats } from "./registry.ts";

const read = (format: string, text: string) => readIn(importFormatNamed(format)!, { file: "schema.sql", text });
const columnsOf = (format: string, text: string): readonly ContractColumn[] =>
  read(format, text).imported.ports[0]!.columns;

/** `name type!` with the constraints that are said. */
const shownColumn = (c: ContractColumn): string =>
  `${c.name} ${typeWordOf(c.type)}${c.nullable ? "" : "!"}${Object.keys(c.constraints).length > 0 ? ` ${JSON.stringify(c.constraints)}` : ""}`;
const table = (format: string, definitions: string): string[] =>
  columnsOf(format, `create table t (${definitions})`).map(shownColumn);

describe("the words of each database", () => {
  const cases: Readonly<Record<string, readonly (readonly [word: string, type: string])[]>> = {
    "sql-duckdb": [
      ["FLOAT", "float"],
      ["TIMESTAMP_NS", "timestamp(9)"],
      ["DECIMAL", "decimal(18,3)"],
      ["UBIGINT", "ubigint"],
      ["STRUCT(a INTEGER, b VARCHAR)[]", "array"],
      ["MAP(VARCHAR, INTEGER)", "map"],
    ],
    "sql-postgres": [
      ["double precision", "double"],
      ["character varying(3)", 'string {"maxLength":3}'],
      ["numeric(10,2)", "decimal(10,2)"],
      ["timestamp with time zone", "timestamp_tz"],
      ["timestamptz(3)", "timestamp_tz(3)"],
      ["integer[][]", "array"],
      ["pg_catalog.int8", "long"],
      ["float(24)", "float"],
    ],
    "sql-trino": [
      ["timestamp", "timestamp(3)"],
      ["timestamp(6) with time zone", "timestamp_tz"],
      ["row(a bigint, b varchar)", "struct"],
      ["array(row(x double))", "array"],
      ["varbinary", "binary"],
    ],
    "sql-snowflake": [
      ["NUMBER", "decimal(38,0)"],
      ["TIMESTAMP_LTZ", "timestamp_tz(9)"],
      ["VARIANT", "json"],
      ["OBJECT(a NUMBER(38,0) NOT NULL)", "struct"],
      ["FLOAT", "double"],
    ],
    "sql-bigquery": [
      ["INT64", "long"],
      ["TIMESTAMP", "timestamp_tz"],
      ["DATETIME", "timestamp"],
      ["STRING(36)", 'string {"maxLength":36}'],
      ["ARRAY<STRUCT<a INT64, b ARRAY<STRING>>>", "array!"],
      ["BIGNUMERIC(50, 10)", "decimal(50,10)"],
    ],
    "sql-databricks": [
      ["TIMESTAMP", "timestamp_tz"],
      ["TIMESTAMP_NTZ", "timestamp"],
      ["MAP<STRING, ARRAY<INT>>", "map"],
      ["DECIMAL", "decimal(10,0)"],
    ],
    "sql-mysql": [
      ["INT UNSIGNED", "uinteger"],
      ["BIGINT(20) UNSIGNED", "ubigint"],
      ["TINYINT(1)", "boolean"],
      ["DATETIME(6)", "timestamp"],
      ["ENUM('a', 'b')", 'string {"enum":["a","b"]}'],
      ["DOUBLE", "double"],
    ],
    "sql-sqlserver": [
      ["nvarchar(max)", "string"],
      ["datetimeoffset(3)", "timestamp_tz(3)"],
      ["[int]", "integer"],
      ["tinyint", "utinyint"],
      ["uniqueidentifier", "uuid"],
      ["money", "decimal(19,4)"],
    ],
    "sql-redshift": [
      ["VARCHAR(65535)", "string"],
      ["SUPER", "json"],
      ["TIMESTAMPTZ", "timestamp_tz"],
      ["CHARACTER VARYING(10)", 'string {"maxLength":10}'],
    ],
  };
  it.each(Object.entries(cases))("%s", (format, all) => {
    for (const [word, type] of all) expect([word, table(format, `c ${word}`)]).toEqual([word, [`c ${type}`]]);
  });
  it("has an expectation for each database", () => {
    expect(
      importFormats
        .map((f) => f.name)
        .filter((name) => name.startsWith("sql-"))
        .sort(),
    ).toEqual(Object.keys(cases).sort());
  });
});

describe("keys and conditions", () => {
  it("belong to columns, wherever they stand", () => {
    const text = `
      create table s.orders (a int, b int not null, c text unique, primary key (a, b));
      alter table s.orders add constraint k check (c in ('x', 'it''s'));
      comment on column s.orders.c is 'what''s c';`;
    expect(columnsOf("sql-postgres", text).map(shownColumn)).toEqual([
      'a integer! {"primaryKey":true,"primaryKeyPosition":1}',
      'b integer! {"primaryKey":true,"primaryKeyPosition":2}',
      `c string {"unique":true,"enum":["x","it's"]}`,
    ]);
    expect(columnsOf("sql-postgres", text)[2]!.description).toBe("what's c");
  });

  it.each([
    ["a >= 0 and a < 10", { min: 0, exclusiveMax: 10 }],
    ["((a >= (0)::numeric) AND (a <= 9.5))", { min: 0, max: 9.5 }],
    ["a between -1 and 1", { min: -1, max: 1 }],
    ["5 > a", { exclusiveMax: 5 }],
    ["a <= 12345678901234567890", { max: "12345678901234567890" }],
    ["a = ANY (ARRAY['x'::text, 'y'::text])", { enum: ["x", "y"] }],
    ["((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))", { enum: ["x", "y"] }],
    ["length(a) <= 5", { maxLength: 5 }],
    ["char_length((a)::text) > 2", { minLength: 3 }],
    ["a ~ '^x'", { pattern: "^x" }],
    ["regexp_matches(a, '^x')", { pattern: "^x" }],
    ["REGEXP_LIKE(a, '^x', 'c')", { pattern: "^x" }],
    ["a >= DATE '2020-01-01'", { min: "2020-01-01" }],
    ["a >= CAST('2020-01-01' AS DATE)", { min: "2020-01-01" }],
    ["a is not null", {}],
  ])("%s", (condition, constraints) => {
    const { imported, diagnostics } = read("sql-postgres", `create table t (a text, check (${condition}))`);
    expect(diagnostics).toEqual([]);
    expect(imported.ports[0]!.checks).toEqual([]);
    expect(imported.ports[0]!.columns[0]!.constraints).toEqual(constraints);
  });

  it.each([
    "a > b",
    "a > 0 or b > 0",
    "not (a = 1)",
    "lower(a) = 'x'",
    "a in (select 1)",
    "a > 0 and b > now()",
    "a ~* 'x'",
  ])("%s stays a check with the condition as written", (condition) => {
    const { imported } = read("sql-postgres", `create table t (a text, b text, constraint odd check (${condition}))`);
    const [port] = imported.ports;
    expect(port!.columns.map((c) => c.constraints)).toEqual([{}, {}]);
    expect(port!.checks).toMatchObject([
      { name: "odd", sql: `select count(*) from {port} where not (${condition})`, arguments: { must_be: 0 } },
    ]);
  });

  it("says what is not kept and what is not understood, each at its place", () => {
    const text =
      "create table t (\n  a int default 1,\n  b int wobble 3,\n  c int references u (id)\n) with (fillfactor = 70);\ngrant all on t to x;\nfrobnicate t;";
    const { losses, diagnostics } = read("sql-postgres", text);
    expect(losses.map((l) => `${l.feature} ${l.span!.line}:${l.span!.column}`)).toEqual([
      "default 2:9",
      "storage 5:3",
      "statement 6:1",
    ]);
    expect(diagnostics.map((d) => `${d.code} ${d.span!.line}:${d.span!.column}`)).toEqual([
      "import/unknown-clause 3:9",
      "import/unknown-clause 7:1",
    ]);
  });
});

describe("what other people's files hold", () => {
  it.each([
    ["a name with quotes and line ends", 'create table "we""ird\nname" ("a ""b""\n;--" int)', ['a "b"\n;-- integer']],
    [
      "texts that look like SQL",
      "create table t (a text default '); drop table x; --', b int)",
      ["a string", "b integer"],
    ],
    [
      "comments in odd places",
      "create /* x */ table t (-- y\n a int /* , b int */, c int)",
      ["a integer", "c integer"],
    ],
    [
      "a dollar-quoted body before",
      "create function f() returns int as $x$ create table no (a int); $x$ language sql; create table t (a int)",
      ["a integer"],
    ],
    [
      "a column called like a keyword",
      'create table t (primary_x int, key text, check_it int, comment text, "constraint" int)',
      ["primary_x integer", "key string", "check_it integer", "comment string", "constraint integer"],
    ],
  ])("%s", (_, text, columns) => {
    expect(columnsOf("sql-postgres", text).map(shownColumn)).toEqual(columns);
  });

  it("reads a dump of pg_dump: enums, domains, commands of psql, owners", () => {
    const text = `\\restrict abc
SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE SCHEMA crm;
ALTER SCHEMA crm OWNER TO postgres;
CREATE DOMAIN crm.mail AS character varying(50) NOT NULL;
CREATE TYPE crm.mood AS ENUM (
    'sad',
    'it''s ok'
);
ALTER TYPE crm.mood OWNER TO postgres;
CREATE TABLE crm.people (
    id integer NOT NULL,
    m crm.mood,
    e crm.mail,
    moods crm.mood[],
    s character varying(10),
    CONSTRAINT s_check CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))
);
ALTER TABLE crm.people OWNER TO postgres;
ALTER TABLE crm.people ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME crm.people_id_seq
    START WITH 1
);
ALTER TABLE ONLY crm.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);
`;
    expect(guessFormat("dump.sql", text)?.name).toBe("sql-postgres");
    expect(read("sql-postgres", text).diagnostics).toEqual([]);
    expect(columnsOf("sql-postgres", text).map(shownColumn)).toEqual([
      'id integer! {"primaryKey":true}',
      `m string {"enum":["sad","it's ok"]}`,
      'e string! {"maxLength":50}',
      "moods array",
      's string {"enum":["a","b"],"maxLength":10}',
    ]);
  });

  it("ends in time on what never ends", () => {
    const deep = `create table t (a ${"array<".repeat(50_000)}int${">".repeat(50_000)}, b int)`;
    expect(read("sql-databricks", deep).diagnostics.map((d) => d.code)).toContain("import/too-deep");
    const brackets = `create table t (a int check ${"(".repeat(100_000)}a > 0${")".repeat(100_000)}, b int)`;
    expect(columnsOf("sql-postgres", brackets).map((c) => c.name)).toEqual(["a", "b"]);
    const open = read("sql-postgres", `create table t (a int, b text default '${"x".repeat(1_000_000)}`);
    expect(open.diagnostics).toMatchObject([{ code: "import/unreadable", span: { line: 1, column: 39 } }]);
  });

  it("tells databases apart by their words", () => {
    const guesses = {
      "CREATE TABLE `a` (`id` INT64 OPTIONS (description = 'x'))": "sql-bigquery",
      "CREATE TABLE `a` (`id` int(11) NOT NULL AUTO_INCREMENT) ENGINE=InnoDB": "sql-mysql",
      "CREATE TABLE [dbo].[a] ([id] [int] IDENTITY(1,1), [n] nvarchar(10))": "sql-sqlserver",
      "CREATE TABLE a (id STRING) USING DELTA": "sql-databricks",
      "create or replace TABLE A (ID NUMBER(38,0), V VARIANT)": "sql-snowflake",
      "CREATE TABLE public.a (id integer DEFAULT nextval('x'::regclass))": "sql-postgres",
      "CREATE TABLE a (id INT ENCODE az64) DISTSTYLE EVEN": "sql-redshift",
      "CREATE TABLE a (id HUGEINT)": "sql-duckdb",
      "CREATE TABLE a (r row(x bigint))": "sql-trino",
    };
    for (const [text, format] of Object.entries(guesses))
      expect([text, guessFormat("x.sql", text)?.name]).toEqual([text, format]);
  });
});
