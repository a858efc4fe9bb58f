import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { declareLineageTables, lineageCases, lineageOf, type Binder, type IndirectOrigin } from "@meshwork/engine";
import type { Column, LogicalType } from "@meshwork/sql";
import { duckdb } from "@meshwork/sql";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { duckdbBinder } from "../index.ts";

const integer: LogicalType = { kind: "integer", bits: 32, signed: true };
const string: LogicalType = { kind: "string" };
const column = (name: string, type: LogicalType): Column => ({ name, type, nullable: true });

const files = mkdtempSync(join(tmpdir(), "meshwork-origins-"));
let binder: Binder;
beforeAll(async () => {
  writeFileSync(join(files, "x.csv"), "a,b\n1,2\n");
  binder = duckdbBinder({ onlyBelow: [files] });
  await binder.declare({ name: "t" }, [
    column("id", integer),
    column("n", integer),
    column("k", string),
    column("s", duckdb.parseType("STRUCT(a INTEGER, b VARCHAR)")),
    column("l", duckdb.parseType("INTEGER[]")),
  ]);
  await binder.declare({ name: "u" }, [column("id", integer), column("m", integer), column("name", string)]);
});
afterAll(async () => {
  await binder.close();
  rmSync(files, { recursive: true, force: true });
});

const deciders = (found: readonly IndirectOrigin[] | undefined): string =>
  found === undefined
    ? "?"
    : found
        .map((o) => `${o.relation.name}.${o.column}:${o.kind}`)
        .sort()
        .join(" ");

/** `column <- values | deciders of it alone`, and at the end what decides the rows. */
async function reads(sql: string): Promise<string[]> {
  const bound = await binder.bind(sql);
  if (!bound.ok) throw new Error(`${bound.message}\n${sql}`);
  const lines = bound.columns.map((c) => {
    const origins = c.origins?.map((o) => `${o.relation.name}.${o.column}:${o.kind[0]}`).sort();
    return `${c.name} <- ${origins?.join(" ") ?? "?"} | ${deciders(c.indirect)}`.replace(/ +/g, " ").trim();
  });
  return [...lines, `rows: ${deciders(bound.indirect)}`.trim()];
}

describe("what a query reads", () => {
  it.each<[string, string, string[]]>([
    ["a filter", "SELECT id FROM t WHERE n > 1", ["id <- t.id:i |", "rows: t.n:filter"]],
    ["a filtered count", "SELECT count(*) FILTER (WHERE n > 1) c FROM t", ["c <- | t.n:filter", "rows:"]],
    ["a filtered sum", "SELECT sum(id) FILTER (k = 'a') c FROM t", ["c <- t.id:a | t.k:filter", "rows:"]],
    ["an ordered aggregate", "SELECT list(id ORDER BY n) c FROM t", ["c <- t.id:a | t.n:sort", "rows:"]],
    [
      "groups and having",
      "SELECT k, sum(n) s FROM t GROUP BY k HAVING max(id) > 1",
      ["k <- t.k:i |", "s <- t.n:a |", "rows: t.id:filter t.k:group"],
    ],
    ["distinct", "SELECT DISTINCT k FROM t", ["k <- t.k:i |", "rows: t.k:group"]],
    ["distinct on", "SELECT DISTINCT ON (k) id FROM t ORDER BY n", ["id <- t.id:i |", "rows: t.k:group t.n:sort"]],
    ["an order", "SELECT id FROM t ORDER BY n LIMIT 3", ["id <- t.id:i |", "rows: t.n:sort"]],
    [
      "a join",
      "SELECT t.k FROM t JOIN u ON t.id = u.id AND t.n < u.m",
      ["k <- t.k:i |", "rows: t.id:join t.n:join u.id:join u.m:join"],
    ],
    [
      "a join on anything",
      "SELECT t.k FROM t LEFT JOIN u ON t.id = u.id OR t.n < u.m",
      ["k <- t.k:i |", "rows: t.id:join t.n:join u.id:join u.m:join"],
    ],
    [
      "a join with USING",
      "SELECT id, m FROM t JOIN u USING (id)",
      ["id <- t.id:i |", "m <- u.m:i |", "rows: t.id:join u.id:join"],
    ],
    ["a natural join", "SELECT m FROM t NATURAL JOIN u", ["m <- u.m:i |", "rows: t.id:join u.id:join"]],
    ["a cross join reads only what it shows", "SELECT t.id, m FROM t, u", ["id <- t.id:i |", "m <- u.m:i |", "rows:"]],
    [
      "an as-of join",
      "SELECT m FROM t ASOF JOIN u ON t.k = u.name AND t.n >= u.id",
      ["m <- u.m:i |", "rows: t.k:join t.n:join u.id:join u.name:join"],
    ],
    ["a semi join", "SELECT k FROM t SEMI JOIN u ON t.id = u.id", ["k <- t.k:i |", "rows: t.id:join u.id:join"]],
    ["an anti join", "SELECT k FROM t ANTI JOIN u USING (id)", ["k <- t.k:i |", "rows: t.id:join u.id:join"]],
    [
      "in",
      "SELECT k FROM t WHERE id IN (SELECT m FROM u WHERE name = 'x')",
      ["k <- t.k:i |", "rows: t.id:filter u.m:filter u.name:filter"],
    ],
    [
      "exists",
      "SELECT k FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)",
      ["k <- t.k:i |", "rows: t.id:filter u.id:filter"],
    ],
    [
      "not exists",
      "SELECT k FROM t WHERE NOT EXISTS (FROM u WHERE u.id = t.id AND m > n)",
      ["k <- t.k:i |", "rows: t.id:filter t.n:filter u.id:filter u.m:filter"],
    ],
    [
      "a membership as a value",
      "SELECT id IN (SELECT m FROM u) found FROM t",
      ["found <- | t.id:join u.m:join", "rows:"],
    ],
    [
      "a correlated subquery",
      "SELECT (SELECT max(name) FROM u WHERE u.id = t.id) m FROM t",
      ["m <- u.name:a |", "rows: t.id:filter u.id:filter"],
    ],
    [
      "a correlated value",
      "SELECT (SELECT sum(m + t.n) FROM u WHERE u.id = t.id) m FROM t",
      ["m <- t.n:a u.m:a |", "rows: t.id:filter u.id:filter"],
    ],
    [
      "a subquery in a subquery",
      "SELECT (SELECT max((SELECT min(v.m) FROM u v WHERE v.id = u.m AND v.name = t.k)) FROM u WHERE u.id = t.id) x FROM t",
      ["x <- u.m:a |", "rows: t.id:filter t.k:filter u.id:filter u.m:filter u.name:filter"],
    ],
    [
      "a lateral join",
      "SELECT t.id, z.v FROM t, LATERAL (SELECT m + t.n AS v FROM u WHERE u.id = t.id) z",
      ["id <- t.id:i |", "v <- t.n:t u.m:t |", "rows: t.id:filter u.id:filter"],
    ],
    ["a lateral alias", "SELECT n + 1 AS a, a * 2 AS b FROM t", ["a <- t.n:t |", "b <- t.n:t |", "rows:"]],
    [
      "a window",
      "SELECT sum(n) OVER (PARTITION BY k ORDER BY id) w FROM t",
      ["w <- t.n:a | t.id:window t.k:window", "rows:"],
    ],
    ["a named window's rank", "SELECT rank() OVER w r FROM t WINDOW w AS (ORDER BY n)", ["r <- | t.n:window", "rows:"]],
    [
      "a filtered window",
      "SELECT count(*) FILTER (k = 'a') OVER (ORDER BY id) w FROM t",
      ["w <- | t.id:window t.k:filter", "rows:"],
    ],
    [
      "qualify",
      "SELECT id FROM t QUALIFY row_number() OVER (PARTITION BY k ORDER BY n) = 1",
      ["id <- t.id:i |", "rows: t.k:filter t.n:filter"],
    ],
    ["a case", "SELECT CASE WHEN k = 'a' THEN n ELSE id END c FROM t", ["c <- t.id:t t.n:t | t.k:condition", "rows:"]],
    ["a short case", "SELECT CASE k WHEN 'a' THEN n END c FROM t", ["c <- t.n:t | t.k:condition", "rows:"]],
    ["if", "SELECT if(k = 'a', n, 0) c FROM t", ["c <- t.n:t | t.k:condition", "rows:"]],
    ["coalesce is all value", "SELECT coalesce(n, id) c FROM t", ["c <- t.id:t t.n:t |", "rows:"]],
    ["a sum of cases", "SELECT sum(CASE WHEN k = 'a' THEN n END) c FROM t", ["c <- t.n:a | t.k:condition", "rows:"]],
    [
      "a filter on a case in a CTE",
      "WITH c AS (SELECT id, CASE WHEN k = 'a' THEN n END x FROM t) SELECT id FROM c WHERE x = 1",
      ["id <- t.id:i |", "rows: t.k:filter t.n:filter"],
    ],
    ["what a CTE shows and nobody takes", "WITH c AS (SELECT * FROM t) SELECT id FROM c", ["id <- t.id:i |", "rows:"]],
    [
      "union",
      "SELECT id FROM t WHERE n = 1 UNION SELECT m FROM u",
      ["id <- t.id:i u.m:i |", "rows: t.id:group t.n:filter u.m:group"],
    ],
    [
      "union all by name",
      "SELECT id, n FROM t UNION ALL BY NAME SELECT m AS n FROM u",
      ["id <- t.id:i |", "n <- t.n:i u.m:i |", "rows:"],
    ],
    ["except", "SELECT id FROM t EXCEPT ALL SELECT m FROM u", ["id <- t.id:i |", "rows: t.id:join u.m:join"]],
    [
      "intersect",
      "SELECT id FROM t INTERSECT ALL SELECT m FROM u",
      ["id <- t.id:i u.m:i |", "rows: t.id:join u.m:join"],
    ],
    [
      "a recursion",
      "WITH RECURSIVE r AS (SELECT id, n FROM t UNION ALL SELECT u.m, r.n + 1 FROM r JOIN u ON u.id = r.id) SELECT * FROM r",
      ["id <- t.id:i u.m:i |", "n <- t.n:t |", "rows: t.id:join u.id:join u.m:join"],
    ],
    [
      "a recursion that swaps its columns",
      "WITH RECURSIVE r(a, b, i) AS (SELECT id, n, 1 FROM t UNION ALL SELECT b, a, i + 1 FROM r WHERE i < 5) SELECT a, b FROM r",
      ["a <- t.id:i t.n:i |", "b <- t.id:i t.n:i |", "rows:"],
    ],
    [
      "pivot",
      "PIVOT (SELECT id, k, n FROM t) ON k IN ('a', 'b') USING sum(n) GROUP BY id",
      ["id <- t.id:i |", "a <- t.n:a | t.k:filter", "b <- t.n:a | t.k:filter", "rows: t.id:group"],
    ],
    [
      "unpivot",
      "UNPIVOT (SELECT id, k, s.b FROM t) ON k, b INTO NAME a VALUE v",
      ["id <- t.id:i |", "a <- |", "v <- t.k:t t.s:t |", "rows: t.k:filter t.k:join t.s:filter t.s:join"],
    ],
    ["unnest", "SELECT id, unnest(l) e FROM t", ["id <- t.id:i |", "e <- t.l:t |", "rows: t.l:join"]],
    [
      "unnest as a table",
      "SELECT t.id, e FROM t, unnest(t.l) x(e)",
      ["id <- t.id:i |", "e <- t.l:t |", "rows: t.l:join"],
    ],
    ["a series of a column", "SELECT g FROM t, range(t.n) r(g)", ["g <- t.n:t |", "rows: t.n:join"]],
    ["a field", "SELECT s.a FROM t WHERE s.b = 'x'", ["a <- t.s:t |", "rows: t.s:filter"]],
    [
      "a field of a struct made here",
      "WITH c AS (SELECT {'x': id, 'y': k} AS z FROM t) SELECT z.x FROM c WHERE z.y = 'a'",
      ["x <- t.id:i |", "rows: t.k:filter"],
    ],
    ["a struct's fields as columns", "SELECT s.* FROM t", ["a <- t.s:t |", "b <- t.s:t |", "rows:"]],
    [
      "a star with changes",
      "SELECT * EXCLUDE (l, s) REPLACE (n + id AS n) FROM t",
      ["id <- t.id:i |", "n <- t.id:t t.n:t |", "k <- t.k:i |", "rows:"],
    ],
    ["columns by a pattern", "SELECT COLUMNS('^(id|n)$') + 1 FROM t", ["id <- t.id:t |", "n <- t.n:t |", "rows:"]],
    ["values", "SELECT x FROM (VALUES (1, 2)) v(x, y) WHERE y = 2", ["x <- |", "rows:"]],
    [
      "values of a column",
      "SELECT (SELECT max(x) FROM (VALUES (t.id), (t.n)) v(x)) g FROM t",
      ["g <- t.id:a t.n:a |", "rows:"],
    ],
    ["a lambda", "SELECT list_filter(l, x -> x > n) f FROM t", ["f <- t.l:t t.n:t |", "rows:"]],
    [
      "rollup",
      "SELECT k, n, count(*) c FROM t GROUP BY ROLLUP (k, n)",
      ["k <- t.k:i |", "n <- t.n:i |", "c <- |", "rows: t.k:group t.n:group"],
    ],
    ["a sample", "SELECT id FROM t USING SAMPLE 10 ROWS", ["id <- t.id:i |", "rows:"]],
    ["a row id is of no declared column", "SELECT id FROM t WHERE rowid > 1", ["id <- t.id:i |", "rows: ?"]],
  ])("%s", async (_, sql, expected) => {
    expect(await reads(sql)).toEqual(expected);
  });

  it.each(lineageCases.map((c) => [c.name, c] as const))("as every engine tells it: %s", async (_, each) => {
    const shared = duckdbBinder();
    await declareLineageTables(shared);
    expect(await lineageOf(shared, each.sql)).toEqual(each.reads);
    await shared.close();
  });

  it("a pivot of many values", async () => {
    const names = Array.from({ length: 30 }, (_, i) => `v${i}`);
    const list = names.map((n) => `'${n}'`).join(", ");
    expect(
      await reads(`FROM (SELECT id, k, n FROM t) PIVOT (sum(n) AS s, count(*) AS c FOR k IN (${list}) GROUP BY id)`),
    ).toEqual([
      "id <- t.id:i |",
      ...names.flatMap((n) => [`${n}_s <- t.n:a | t.k:filter`, `${n}_c <- | t.k:filter`]),
      "rows: t.id:group t.k:group",
    ]);
  });

  it("says nothing of a query over files whose plan the engine cannot write down", async () => {
    const csv = `read_csv('${join(files, "x.csv")}')`;
    expect(await reads(`SELECT f.a, t.n FROM ${csv} f JOIN t ON t.id = f.b`)).toEqual([
      "a <- ? | ?",
      "n <- ? | ?",
      "rows: ?",
    ]);
  });

  it("generated queries read what they were made of", async () => {
    await fc.assert(
      fc.asyncProperty(query, async ({ sql, columns, rows }) => {
        const lines = columns.map((c, i) => `c${i} <- ${[...c].sort().join(" ")}`);
        const found = (await reads(sql)).map((line) => line.replace(/:[ita](?= |$)/g, "").replace(/ \|.*$/, ""));
        expect(found.slice(0, -1)).toEqual(lines.map((l) => l.trim()));
        expect(found.at(-1)).toBe(`rows: ${[...rows].sort().join(" ")}`.trim());
      }),
      { numRuns: 150 },
    );
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

const { query } = fc.letrec<{ query: Made }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 4, depthIdentifier: "query" },
    leaf,
    tie("query").map(({ sql, columns: [a, b], rows }) => ({
      sql: `SELECT c1 AS c0, c0 + c1 AS c1 FROM (${sql})`,
      columns: [b!, set(a!, b!)],
      rows,
    })),
    tie("query").map(({ sql, columns: [a, b], rows }) => ({
      sql: `SELECT * FROM (${sql}) WHERE c1 > 3`,
      columns: [a!, b!],
      rows: set(rows, as("filter", b!)),
    })),
    tie("query").map(({ sql, columns: [a, b], rows }) => ({
      sql: `WITH g AS (${sql}) SELECT c0, sum(c1) AS c1 FROM g GROUP BY c0`,
      columns: [a!, b!],
      rows: set(rows, as("group", a!)),
    })),
    tie("query").map(({ sql, columns: [a, b], rows }) => ({
      sql: `SELECT * FROM (${sql}) ORDER BY c1 LIMIT 5`,
      columns: [a!, b!],
      rows: set(rows, as("sort", b!)),
    })),
    tie("query").map(({ sql, columns: [a, b], rows }) => ({
      sql: `SELECT * REPLACE (c0 * 2 AS c0) FROM (${sql})`,
      columns: [a!, b!],
      rows,
    })),
    fc.tuple(tie("query"), tie("query")).map(([l, r]) => ({
      sql: `SELECT l.c0, r.c1 FROM (${l.sql}) l LEFT JOIN (${r.sql}) r ON l.c1 = r.c0`,
      columns: [l.columns[0]!, r.columns[1]!],
      rows: set(l.rows, r.rows, as("join", l.columns[1]!, r.columns[0]!)),
    })),
    fc.tuple(tie("query"), tie("query")).map(([l, r]) => ({
      sql: `(${l.sql}) UNION ALL (${r.sql})`,
      columns: [set(l.columns[0]!, r.columns[0]!), set(l.columns[1]!, r.columns[1]!)],
      rows: set(l.rows, r.rows),
    })),
    fc.tuple(tie("query"), tie("query")).map(([l, r]) => ({
      sql: `SELECT * FROM (${l.sql}) o WHERE EXISTS (SELECT 1 FROM (${r.sql}) i WHERE i.c0 = o.c1)`,
      columns: l.columns,
      rows: set(l.rows, r.rows, as("filter", l.columns[1]!, r.columns[0]!)),
    })),
    fc.tuple(tie("query"), tie("query")).map(([l, r]) => ({
      sql: `SELECT c0, (SELECT max(i.c1) FROM (${r.sql}) i WHERE i.c0 = o.c1) AS c1 FROM (${l.sql}) o`,
      columns: [l.columns[0]!, r.columns[1]!],
      rows: set(l.rows, r.rows, as("filter", l.columns[1]!, r.columns[0]!)),
    })),
  ),
}));
