import { isDeepStrictEqual } from "node:util";
import { id, literal, param, raw, sql, statement, type Column, type Fragment, type LogicalType } from "@meshwork/sql";
import {
  EngineError,
  type Cell,
  type Engine,
  type EngineErrorCode,
  type QueryOptions,
  type Row,
  type Session,
} from "./engine.ts";

/**
 * What every driver has to do, as data: a driver's test runs each case against its own engine. Nothing here knows a
 * test framework, and nothing is left behind in the database but schemas that begin with `mesh_conformance`.
 */
export interface ConformanceCase {
  readonly name: string;
  /** Fails by throwing an Error that says what was expected. */
  run(engine: Engine): Promise<void>;
}

/** A name with everything that breaks out of quotes, comments and templates. */
export const hostileName = `a"b'c;--/*{{ x }}*/ DROP ../é 😀`;

function equal(actual: unknown, expected: unknown, what: string): void {
  if (!isDeepStrictEqual(actual, expected)) throw new Error(`${what}: expected ${text(expected)}, got ${text(actual)}`);
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? `${v}n` : v)) ?? String(value);

async function withSession(engine: Engine, work: (session: Session) => Promise<void>): Promise<void> {
  const session = await engine.open();
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

const query = async (session: Session, fragment: Fragment, options?: QueryOptions): Promise<Row[]> =>
  (await session.query(statement(fragment, session.dialect), options)).rows();

/** The error that a statement must fail with. */
async function failure(session: Session, statementText: string): Promise<EngineError> {
  try {
    await (await session.query(statementText)).rows();
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw new Error(`an EngineError was expected, not ${String(error)}`, { cause: error });
  }
  throw new Error(`the statement must fail: ${statementText}`);
}

const one = (name: string, run: (session: Session) => Promise<void>): ConformanceCase => ({
  name,
  run: (engine) => withSession(engine, run),
});

const cast = (value: string, type: LogicalType): Fragment => sql`CAST(${literal(value)} AS ${typeName(type)})`;
const typeName = (type: LogicalType): Fragment => ({ ...raw(""), print: (dialect) => dialect.type(type) });

const long: LogicalType = { kind: "integer", bits: 64, signed: true };
const column = (name: string, type: LogicalType): Column => ({ name, type, nullable: true });

const values: readonly { name: string; value: Fragment; kind: LogicalType["kind"]; cell: Cell }[] = [
  {
    name: "the largest 64-bit integer",
    value: cast("9223372036854775807", long),
    kind: "integer",
    cell: 9223372036854775807n,
  },
  { name: "an integer beyond 2^53", value: cast("9007199254740993", long), kind: "integer", cell: 9007199254740993n },
  {
    name: "a decimal with all its digits",
    value: cast("12345678901234567890.123456789", { kind: "decimal", precision: 38, scale: 9 }),
    kind: "decimal",
    cell: "12345678901234567890.123456789",
  },
  {
    name: "a decimal with its zeros",
    value: cast("1.50", { kind: "decimal", precision: 10, scale: 2 }),
    kind: "decimal",
    cell: "1.50",
  },
  { name: "a double", value: cast("0.1", { kind: "float", bits: 64 }), kind: "float", cell: 0.1 },
  { name: "a text", value: literal("it's é 😀"), kind: "string", cell: "it's é 😀" },
  { name: "a truth value", value: literal(true), kind: "boolean", cell: true },
  { name: "a date", value: cast("2024-02-29", { kind: "date" }), kind: "date", cell: "2024-02-29" },
  {
    name: "a timestamp with microseconds",
    value: cast("2024-01-31 10:00:00.000001", { kind: "timestamp", precision: 6, zoned: false }),
    kind: "timestamp",
    cell: "2024-01-31T10:00:00.000001",
  },
  {
    name: "an instant, in UTC",
    value: cast("2024-01-31 10:00:00.5+02:00", { kind: "timestamp", precision: 6, zoned: true }),
    kind: "timestamp",
    cell: "2024-01-31T08:00:00.5Z",
  },
];

const valueCases = values.map(({ name, value, kind, cell }) =>
  one(`gives ${name} exactly`, async (session) => {
    const result = await session.query(statement(sql`SELECT ${value} AS v`, session.dialect));
    equal(result.columns[0]?.type.kind, kind, "type");
    equal(await result.rows(), [[cell]], "value");
  }),
);

/** A schema of its own, gone afterwards. */
async function withSchema(session: Session, work: (schema: string) => Promise<void>): Promise<void> {
  const schema = `mesh_conformance_${process.pid}`;
  const run = (fragment: Fragment) => query(session, fragment);
  await run(sql`CREATE SCHEMA IF NOT EXISTS ${id(schema)}`);
  try {
    await work(schema);
  } finally {
    await run(sql`DROP SCHEMA ${id(schema)} CASCADE`);
  }
}

const errors: readonly { name: string; code: EngineErrorCode; text: string; at?: string; candidate?: string }[] = [
  { name: "a syntax error", code: "syntax", text: "SELECT 1 AS a FORM x y z", at: "" },
  {
    name: "an unknown column, with a name that would do",
    code: "unknown-column",
    text: "SELECT 'é😀', amout FROM (SELECT 1 AS amount) AS t",
    at: "amout",
    candidate: "amount",
  },
  {
    name: "an unknown relation",
    code: "unknown-relation",
    text: "SELECT * FROM mesh_no_such_table",
    at: "mesh_no_such_table",
  },
  {
    name: "an ambiguous column",
    code: "ambiguous-column",
    text: "SELECT n FROM (SELECT 1 AS n) AS a, (SELECT 2 AS n) AS b",
    at: "n",
  },
  {
    name: "a value that cannot be converted",
    code: "conversion",
    text: "SELECT CAST(v AS INTEGER) FROM (SELECT 'x' AS v) AS t",
  },
];

const errorCases = errors.map((wanted) =>
  one(`tells ${wanted.name}`, async (session) => {
    const error = await failure(session, wanted.text);
    equal(error.code, wanted.code, "code");
    // Engines that tell no place are allowed; a wrong place is not.
    if (wanted.at !== undefined && wanted.at !== "" && error.offset !== undefined)
      equal(wanted.text.slice(error.offset, error.offset + wanted.at.length), wanted.at, "the text at the offset");
    if (wanted.candidate !== undefined && error.candidates.length > 0)
      equal(error.candidates.includes(wanted.candidate), true, `candidates ${error.candidates.join(", ")}`);
    equal(
      await query(session, sql`SELECT 1 AS one`).then((rows) => rows.length),
      1,
      "the session goes on after an error",
    );
  }),
);

/** Enough rows for several batches, made by crossing ten values. */
function manyRows(power: number): Fragment {
  const ten = sql`(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)`;
  const aliases = Array.from({ length: power }, (_, i) => `t${i}`);
  const tables = aliases.map((alias, i) => sql`${i === 0 ? raw("") : raw(" CROSS JOIN ")}${ten} AS ${id(alias)}`);
  const sum = aliases.map((alias, i) => `${i === 0 ? "" : " + "}CAST(${alias}.d AS BIGINT) * ${10 ** i}`).join("");
  return sql`SELECT ${raw(sum)} AS n FROM ${tables.reduce((all, table) => sql`${all}${table}`)}`;
}

const otherCases: readonly ConformanceCase[] = [
  one("gives NULL of every type", async (session) => {
    const types: LogicalType[] = [
      long,
      { kind: "decimal", precision: 10, scale: 2 },
      { kind: "string" },
      { kind: "boolean" },
      { kind: "date" },
      { kind: "timestamp", precision: 6, zoned: true },
    ];
    for (const type of types)
      equal(await query(session, sql`SELECT CAST(NULL AS ${typeName(type)}) AS v`), [[null]], type.kind);
  }),
  one("names columns as the query does, twice if it does", async (session) => {
    const result = await session.query(statement(sql`SELECT 1 AS ${id(hostileName)}, 2 AS n, 3 AS n`, session.dialect));
    equal(
      result.columns.map((c) => c.name),
      [hostileName, "n", "n"],
      "names",
    );
    equal((await result.rows())[0]?.map(Number), [1, 2, 3], "row");
  }),
  one("takes parameters in order, and never as SQL", async (session) => {
    const evil = "'; DROP TABLE x; --";
    const rows = await query(
      session,
      sql`SELECT CAST(${param(evil)} AS ${typeName({ kind: "string" })}) AS a, CAST(${param(7)} AS ${typeName(long)}) AS b, CAST(${param(null)} AS ${typeName(long)}) AS c, CAST(${param(9007199254740993n)} AS ${typeName(long)}) AS d`,
    );
    equal(rows, [[evil, 7n, null, 9007199254740993n]], "parameters");
  }),
  one("gives large results in batches, whole and in order", async (session) => {
    const result = await session.query(
      statement(sql`SELECT n FROM (${manyRows(4)}) AS m ORDER BY n`, session.dialect),
      { batchRows: 1000 },
    );
    let next = 0n;
    let batches = 0;
    for await (const batch of result) {
      batches++;
      if (batch.length > 1000) throw new Error(`a batch has ${batch.length} rows, 1000 were asked for`);
      for (const row of batch) equal(row[0], next++, "row");
    }
    equal(next, 10_000n, "rows");
    if (batches < 10) throw new Error(`there were ${batches} batches`);
  }),
  one("runs another statement while a result is being read", async (session) => {
    const open = await session.query(statement(sql`SELECT n FROM (${manyRows(4)}) AS m`, session.dialect), {
      batchRows: 10,
    });
    equal((await query(session, sql`SELECT 1 AS v`)).length, 1, "the second statement");
    equal((await open.rows()).length, 10_000, "rows of the first");
  }),
  one("tells an error in a late row instead of stopping early", async (session) => {
    const late = sql`SELECT CAST(CASE WHEN n = 999999 THEN 'x' ELSE '1' END AS INTEGER) AS v FROM (${manyRows(6)}) AS m`;
    let seen = 0;
    try {
      for await (const batch of await session.query(statement(late, session.dialect), { batchRows: 500 }))
        seen += batch.length;
    } catch (error) {
      if (error instanceof EngineError && error.code === "conversion") return;
      throw error;
    }
    throw new Error(`the query ended after ${seen} rows without an error`);
  }),
  one("stops when the signal aborts, and goes on afterwards", async (session) => {
    const heavy = sql`SELECT count(*) AS v FROM (${manyRows(6)}) AS a CROSS JOIN (${manyRows(6)}) AS b WHERE a.n <> b.n`;
    const abort = new AbortController();
    const running = query(session, heavy, { signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    const error = await running.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    equal(error instanceof EngineError ? error.code : String(error), "cancelled", "code");
    equal((await query(session, sql`SELECT 1 AS v`)).length, 1, "the session goes on");
    const before = await session.query("SELECT 1", { signal: AbortSignal.abort() }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    equal(
      before instanceof EngineError ? before.code : String(before),
      "cancelled",
      "an aborted signal starts nothing",
    );
  }),
  one("quotes hostile names of schemas, tables and columns", async (session) => {
    await withSchema(session, async (schema) => {
      const relation = { schema, name: hostileName };
      await session.query(session.dialect.createTable(relation, [column(hostileName, { kind: "string" })]));
      await query(session, sql`INSERT INTO ${id(schema, hostileName)} VALUES (${literal(hostileName)})`);
      equal(
        await query(session, sql`SELECT ${id(hostileName)} FROM ${id(schema, hostileName)}`),
        [[hostileName]],
        "value",
      );
    });
  }),
  one("keeps all of a transaction or nothing, where it has them", async (session) => {
    if (!session.capabilities.transactions || session.transaction === undefined) return;
    await withSchema(session, async (schema) => {
      await session.query(session.dialect.createTable({ schema, name: "t" }, [column("n", long)]));
      const count = async (): Promise<number> =>
        Number((await query(session, sql`SELECT count(*) AS c FROM ${id(schema, "t")}`))[0]?.[0]);
      const failed = await session.transaction!(async (inside) => {
        await inside.query(statement(sql`INSERT INTO ${id(schema, "t")} VALUES (1)`, inside.dialect));
        throw new Error("stop");
      }).catch((error: unknown) => String(error));
      equal(failed, "Error: stop", "the error comes out");
      equal(await count(), 0, "rows after a rollback");
      await session.transaction!(async (inside) => {
        await inside.query(statement(sql`INSERT INTO ${id(schema, "t")} VALUES (1)`, inside.dialect));
      });
      equal(await count(), 1, "rows after a commit");
    });
  }),
  one("refuses a second statement within a Statement", async (session) => {
    await withSchema(session, async (schema) => {
      await session.query(session.dialect.createTable({ schema, name: "t" }, [column("n", long)]));
      const attack = sql`SELECT * FROM (SELECT 1 AS a) AS x; DROP TABLE ${id(schema, "t")}`;
      const error = await query(session, attack).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      equal(error instanceof EngineError ? error.code : String(error), "syntax", "code");
      equal(await query(session, sql`SELECT count(*) AS c FROM ${id(schema, "t")}`), [[0n]], "the table is there");
    });
  }),
];

export const conformanceCases: readonly ConformanceCase[] = [...valueCases, ...otherCases, ...errorCases];

/** Nested values, for engines that have them as types (not Postgres, which keeps them as JSON). */
export const nestedConformanceCases: readonly ConformanceCase[] = [
  one("gives lists, structs and maps as values", async (session) => {
    const text: LogicalType = { kind: "string" };
    const list: LogicalType = { kind: "array", element: column("element", long) };
    const nested: LogicalType = {
      kind: "struct",
      fields: [column("n", long), column("tags", { kind: "array", element: column("element", text) })],
    };
    await withSchema(session, async (schema) => {
      await session.query(
        session.dialect.createTable({ schema, name: "t" }, [
          column("a", list),
          column("s", nested),
          column("m", { kind: "map", key: text, value: column("value", long) }),
        ]),
      );
      const result = await session.query(statement(sql`SELECT * FROM ${id(schema, "t")}`, session.dialect));
      equal(
        result.columns.map((c) => c.type.kind),
        ["array", "struct", "map"],
        "types",
      );
      const [first, second] =
        session.dialect.name === "trino"
          ? ["ARRAY[1, NULL]", "CAST(ROW(9007199254740993, ARRAY['x']) AS ROW(n BIGINT, tags ARRAY(VARCHAR)))"]
          : ["[1, NULL]", "{'n': 9007199254740993, 'tags': ['x']}"];
      const third = session.dialect.name === "trino" ? "MAP(ARRAY['k'], ARRAY[BIGINT '1'])" : "MAP {'k': 1}";
      await session.query(
        statement(
          sql`INSERT INTO ${id(schema, "t")} SELECT ${raw(first)}, ${raw(second)}, ${raw(third)}`,
          session.dialect,
        ),
      );
      equal(
        await query(session, sql`SELECT * FROM ${id(schema, "t")}`),
        [[[1n, null], { n: 9007199254740993n, tags: ["x"] }, { k: 1n }]],
        "row",
      );
    });
  }),
];
