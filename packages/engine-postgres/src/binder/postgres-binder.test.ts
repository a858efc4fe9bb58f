import { declareLineageTables, lineageCases, lineageOf, type Binder } from "@meshwork/engine";
import { describeType, type Column, type LogicalType } from "@meshwork/sql";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresBinder } from "../index.ts";
import { parseNodeTree } from "./node-tree.ts";

const integer: LogicalType = { kind: "integer", bits: 32, signed: true };
const column = (name: string, type: LogicalType = integer): Column => ({ name, type, nullable: true });

let binder: Binder;
beforeAll(async () => {
  binder = postgresBinder();
  await declareLineageTables(binder);
  await binder.declare({ schema: "o", name: "orders" }, [
    column("id"),
    column("amount", { kind: "decimal", precision: 10, scale: 2 }),
    column("at", { kind: "timestamp", precision: 3, zoned: true }),
    column("code", { kind: "string", maxLength: 12 }),
    column("doc", { kind: "json" }),
  ]);
});
afterAll(() => binder.close());

describe("what a query reads", () => {
  it.each(lineageCases.map((c) => [c.name, c] as const))("as every engine tells it: %s", async (_, each) => {
    expect(await lineageOf(binder, each.sql)).toEqual(each.reads);
  });

  it.each<[string, string, string[]]>([
    ["a row as a whole", "SELECT row_to_json(t) r FROM t", ["r <- t.id:t t.k:t t.l:t t.n:t |", "rows:"]],
    [
      "a system column is of no declared column",
      "SELECT ctid, id FROM t",
      ["ctid <- ? | ?", "id <- t.id:i |", "rows:"],
    ],
    [
      "an array of a subquery",
      "SELECT ARRAY(SELECT m FROM u WHERE u.id = t.id ORDER BY name) a FROM t",
      ["a <- u.m:a |", "rows: t.id:filter u.id:filter u.name:sort"],
    ],
    [
      "within a group",
      "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n) p, mode() WITHIN GROUP (ORDER BY k) m FROM t",
      ["p <- t.n:a |", "m <- t.k:a |", "rows:"],
    ],
    [
      "rows with their numbers",
      "SELECT x.e, x.i FROM t, unnest(t.l) WITH ORDINALITY AS x(e, i)",
      ["e <- t.l:t |", "i <- |", "rows: t.l:join"],
    ],
    [
      "members of a document",
      "SELECT doc->>'a' AS a, j.key FROM o.orders, jsonb_each(doc) j WHERE doc ? 'b'",
      ["a <- orders.doc:t |", "key <- orders.doc:t |", "rows: orders.doc:filter orders.doc:join"],
    ],
    [
      "a table out of a document",
      "SELECT x.id FROM o.orders, jsonb_to_recordset(doc) AS x(id int)",
      ["id <- orders.doc:t |", "rows: orders.doc:join"],
    ],
    [
      "a lateral subquery",
      "SELECT t.id, z.v FROM t LEFT JOIN LATERAL (SELECT max(m) v FROM u WHERE u.id = t.id) z ON true",
      ["id <- t.id:i |", "v <- u.m:a |", "rows: t.id:filter u.id:filter"],
    ],
    [
      "one of several in a list",
      "SELECT id FROM t WHERE (id, n) IN (SELECT id, m FROM u)",
      ["id <- t.id:i | not null", "rows: t.id:filter t.n:filter u.id:filter u.m:filter"],
    ],
    [
      "a view of a function that reads what it likes",
      "SELECT query_to_xml('select k from t', true, true, '') x",
      ["x <- ? | ?", "rows:"],
    ],
    [
      "a type of another name",
      "SELECT code::text c, code::varchar(3) s FROM o.orders",
      ["c <- orders.code:i |", "s <- orders.code:t |", "rows:"],
    ],
    [
      "a recursion of two that read each other's rows",
      "WITH RECURSIVE r(a, b) AS (SELECT id, n FROM t UNION ALL (SELECT b, a FROM r WHERE a > 1)) SELECT a FROM r",
      ["a <- t.id:i t.n:i |", "rows: t.id:filter t.n:filter"],
    ],
    ["a limit out of a query", "SELECT id FROM t LIMIT (SELECT max(m) FROM u)", ["id <- t.id:i |", "rows: u.m:filter"]],
    ["two columns of one name", "SELECT id, n AS id FROM t", ["id <- t.id:i |", "id <- t.n:i |", "rows:"]],
    [
      "a not null column behind an outer join",
      "SELECT y.id FROM t LEFT JOIN (SELECT id FROM u WHERE id > 1) y ON y.id = t.id",
      ["id <- u.id:i |", "rows: t.id:join u.id:filter u.id:join"],
    ],
  ])("%s", async (_, sql, expected) => {
    expect(await lineageOf(binder, sql)).toEqual(expected);
  });

  it("generated queries read what they were made of", async () => {
    await fc.assert(
      fc.asyncProperty(query, async ({ sql, columns, rows }) => {
        const found = (await lineageOf(binder, sql)).map((line) =>
          line.replace(/:[ita](?= |$)/g, "").replace(/ \|.*$/, ""),
        );
        expect(found.slice(0, -1)).toEqual(columns.map((c, i) => `c${i} <- ${[...c].sort().join(" ")}`.trim()));
        expect(found.at(-1)).toBe(`rows: ${[...rows].sort().join(" ")}`.trim());
      }),
      { numRuns: 100 },
    );
  });
});

describe("binding", () => {
  it("tells names and types as the server does", async () => {
    const bound = await binder.bind(
      "SELECT id, amount, at, code, doc, 'x' AS word, NULL AS nothing, ARRAY[code] AS codes, amount * 2 AS twice, count(*) AS n, now()::date AS d FROM o.orders GROUP BY id, amount, at, code, doc;",
    );
    expect(bound.ok && bound.columns.map((c) => `${c.name} ${describeType(c.type)}`)).toEqual([
      "id integer",
      "amount decimal(10,2)",
      "at timestamp(3) with time zone",
      "code string(12)",
      "doc json",
      "word string",
      "nothing string",
      "codes array of string(12)",
      "twice numeric",
      "n long",
      "d date",
    ]);
  });

  it("follows a relation that is declared anew, and one of a database", async () => {
    const relation = { database: "shop db", schema: "o", name: "changing" };
    await binder.declare(relation, [column("a")]);
    expect((await binder.bind('SELECT a FROM "shop db".o.changing')).ok).toBe(true);
    await binder.declare(relation, [column("b")]);
    expect(await binder.bind("SELECT a FROM o.changing")).toMatchObject({
      ok: false,
      code: "unknown-column",
      candidates: ["b"],
    });
    await binder.declare({ ...relation, database: "other" }, [column("a")]);
    const other = await binder.bind("SELECT a FROM other.o.changing");
    expect(!other.ok && other.message).toMatch(/cross-database references are not implemented/i);
  });

  it("forgets all relations when it is reset", async () => {
    const own = postgresBinder();
    await own.declare({ database: "one", schema: "s", name: "a" }, [column("id")]);
    await own.declare({ name: "b" }, [column("id")]);
    await own.reset!();
    for (const sql of ["select id from s.a", "select id from b"])
      expect(await own.bind(sql)).toMatchObject({ ok: false, code: "unknown-relation", candidates: [] });
    await own.declare({ database: "two", schema: "s", name: "a" }, [column("n")]);
    expect(await lineageOf(own, "select n from two.s.a")).toEqual(["n <- a.n:i |", "rows:"]);
    await own.close();
  });

  it.each([
    [
      "an unknown column",
      "SELECT id,\n  amuont FROM o.orders",
      { code: "unknown-column", offset: 13, candidates: ["amount"] },
    ],
    [
      "an unknown column behind emoji",
      "SELECT '😀', o.amuont FROM o.orders o",
      { code: "unknown-column", offset: 13, candidates: ["amount"] },
    ],
    [
      "a column like no other",
      "SELECT zzz FROM o.orders",
      { code: "unknown-column", candidates: ["id", "amount", "at", "code", "doc"] },
    ],
    [
      "an unknown relation",
      "-- c\nSELECT * FROM o.order",
      { code: "unknown-relation", offset: 19, candidates: ["orders"] },
    ],
    ["an ambiguous column", "SELECT id FROM t, u", { code: "ambiguous-column", offset: 7 }],
    [
      "a join of types that do not meet",
      "SELECT 1 FROM t JOIN o.orders o ON t.id = o.code",
      { code: "type-mismatch", offset: 40 },
    ],
    [
      "a union of types that do not meet",
      "SELECT id FROM t UNION SELECT code FROM o.orders",
      { code: "type-mismatch" },
    ],
    ["a column that no group has", "SELECT k, n FROM t GROUP BY k", { code: "other", offset: 10 }],
    ["a syntax error", "SELECT id FROM", { code: "syntax" }],
    ["two statements", "SELECT 1; DROP TABLE u", { code: "syntax" }],
    ["two statements that look like one", "SELECT '\\'; DROP TABLE u; --'", { code: "syntax" }],
    ["a statement that is no query", "DROP TABLE u", { code: "syntax" }],
    ["a statement that writes and answers", "DELETE FROM u RETURNING id", { code: "syntax" }],
    ["a setting", "SHOW search_path", { code: "syntax" }],
    ["nothing but a comment", "-- nothing", { code: "syntax" }],
  ])("says what is wrong with %s, and goes on", async (_, sql, expected) => {
    expect(await binder.bind(sql)).toMatchObject({ ok: false, ...expected });
    expect((await binder.bind("SELECT name FROM u")).ok).toBe(true);
  });

  it("knows the types of what no view can hold, and says that it knows no more", async () => {
    expect(await lineageOf(binder, "SELECT id, ROW(id, n) AS r FROM t")).toEqual([
      "id <- ? | ?",
      "r <- ? | ?",
      "rows: ?",
    ]);
  });

  it("quotes hostile names", async () => {
    const name = `x"; DROP TABLE u; --`;
    await binder.declare({ schema: name, name }, [column(name)]);
    const quoted = `"${name.replaceAll('"', '""')}"`;
    expect(await lineageOf(binder, `SELECT * FROM ${quoted}.${quoted}`)).toEqual([
      `${name} <- ${name}.${name}:i |`,
      "rows:",
    ]);
  });

  it("ends on queries of hostile depth, and says what it does not know", async () => {
    const deep = `SELECT ${"(".repeat(400)}id${" + 1)".repeat(400)} AS v FROM t`;
    expect((await lineageOf(binder, deep))[0]).toBe("v <- t.id:t |");
    const deeper = await binder.bind(`SELECT ${Array.from({ length: 3000 }, () => "id").join(" + ")} AS v FROM t`);
    expect(deeper.ok ? deeper.columns[0]!.origins : undefined).toBeUndefined();
    expect((await binder.bind("SELECT id FROM t")).ok).toBe(true);
  });
});

describe("a tree of PostgreSQL's", () => {
  it("is read with its quotes, numbers and constants", () => {
    const tree = parseNodeTree(String.raw`({A :x 4 [ 1 0 0 0 ] :n "a\ b" :l (i 1 2) :e <> :s ("p" "q\"") :z {B}})`) as {
      kind: string;
      fields: Map<string, unknown>;
    }[];
    expect(tree[0]!.kind).toBe("A");
    expect(Object.fromEntries(tree[0]!.fields)).toEqual({
      x: "4",
      n: "a b",
      l: ["1", "2"],
      e: undefined,
      s: ["p", 'q"'],
      z: { kind: "B", fields: new Map() },
    });
  });

  it("is nothing when it is broken", () => {
    expect(parseNodeTree("{A :x (1 2")).toBeUndefined();
    expect(parseNodeTree("(".repeat(5000))).toBeUndefined();
    fc.assert(fc.property(fc.string(), (text) => void parseNodeTree(text)));
  });
});

/** A query with what it reads, put together at the same time: columns c0 and c1, both integers. */
interface Made {
  readonly sql: string;
  readonly columns: readonly (readonly string[])[];
  readonly rows: readonly string[];
}

const set = (...parts: (readonly string[])[]): string[] => [...new Set(parts.flat())];
const as = (kind: string, ...parts: (readonly string[])[]): string[] => set(...parts).map((c) => `${c}:${kind}`);

const leaf: fc.Arbitrary<Made> = fc.constantFrom(
  { sql: "SELECT id AS c0, n AS c1 FROM t", columns: [["t.id"], ["t.n"]], rows: [] },
  { sql: "SELECT m AS c0, id AS c1 FROM u", columns: [["u.m"], ["u.id"]], rows: [] },
  { sql: "SELECT id AS c0, 7 AS c1 FROM u", columns: [["u.id"], []], rows: [] },
  { sql: "SELECT * FROM (VALUES (1, 2)) v(c0, c1)", columns: [[], []], rows: [] },
);

const { query } = fc.letrec<{ query: Made }>((tie) => {
  const one = (make: (sql: string, a: readonly string[], b: readonly string[], rows: readonly string[]) => Made) =>
    tie("query").map(({ sql, columns: [a, b], rows }) => make(sql, a!, b!, rows));
  const two = (make: (l: Made, r: Made) => Made) => fc.tuple(tie("query"), tie("query")).map(([l, r]) => make(l, r));
  return {
    query: fc.oneof(
      { maxDepth: 4, depthIdentifier: "query" },
      leaf,
      one((sql, a, b, rows) => ({
        sql: `SELECT c1 AS c0, c0 + c1 AS c1 FROM (${sql}) q`,
        columns: [b, set(a, b)],
        rows,
      })),
      one((sql, a, b, rows) => ({
        sql: `SELECT * FROM (${sql}) q WHERE c1 > 3`,
        columns: [a, b],
        rows: set(rows, as("filter", b)),
      })),
      one((sql, a, b, rows) => ({
        sql: `WITH g AS (${sql}) SELECT c0, max(c1) AS c1 FROM g GROUP BY c0`,
        columns: [a, b],
        rows: set(rows, as("group", a)),
      })),
      one((sql, a, b, rows) => ({
        sql: `SELECT * FROM (${sql}) q ORDER BY c1 LIMIT 5`,
        columns: [a, b],
        rows: set(rows, as("sort", b)),
      })),
      two((l, r) => ({
        sql: `SELECT l.c0, r.c1 FROM (${l.sql}) l LEFT JOIN (${r.sql}) r ON l.c1 = r.c0`,
        columns: [l.columns[0]!, r.columns[1]!],
        rows: set(l.rows, r.rows, as("join", l.columns[1]!, r.columns[0]!)),
      })),
      two((l, r) => ({
        sql: `(${l.sql}) UNION ALL (${r.sql})`,
        columns: [set(l.columns[0]!, r.columns[0]!), set(l.columns[1]!, r.columns[1]!)],
        rows: set(l.rows, r.rows),
      })),
      two((l, r) => ({
        sql: `SELECT * FROM (${l.sql}) o WHERE EXISTS (SELECT 1 FROM (${r.sql}) i WHERE i.c0 = o.c1)`,
        columns: l.columns,
        rows: set(l.rows, r.rows, as("filter", l.columns[1]!, r.columns[0]!)),
      })),
      two((l, r) => ({
        sql: `SELECT c0, (SELECT max(i.c1) FROM (${r.sql}) i WHERE i.c0 = o.c1) AS c1 FROM (${l.sql}) o`,
        columns: [l.columns[0]!, r.columns[1]!],
        rows: set(l.rows, r.rows, as("filter", l.columns[1]!, r.columns[0]!)),
      })),
    ),
  };
});
