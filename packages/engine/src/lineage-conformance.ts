import type { Column, LogicalType } from "@meshwork/sql";
import type { Binder, IndirectOrigin } from "./engine.ts";

/**
 * What every binder has to say of queries that all engines understand, as data: the same SQL, the same answer. Nothing
 * here knows a test framework.
 */
export interface LineageCase {
  readonly name: string;
  readonly sql: string;
  /** What `lineageOf` prints. */
  readonly reads: readonly string[];
}

const integer: LogicalType = { kind: "integer", bits: 32, signed: true };
const string: LogicalType = { kind: "string" };
const column = (name: string, type: LogicalType): Column => ({ name, type, nullable: true });

/** Declares the two tables that the cases read: `t (id, n, k, l)` and `u (id, m, name)`. */
export async function declareLineageTables(binder: Binder): Promise<void> {
  await binder.declare({ name: "t" }, [
    column("id", integer),
    column("n", integer),
    column("k", string),
    column("l", { kind: "array", element: column("element", integer) }),
  ]);
  await binder.declare({ name: "u" }, [column("id", integer), column("m", integer), column("name", string)]);
}

const deciders = (found: readonly IndirectOrigin[] | undefined): string =>
  found === undefined
    ? "?"
    : found
        .map((o) => `${o.relation.name}.${o.column}:${o.kind}`)
        .sort()
        .join(" ");

/**
 * One line a column, `name <- values | what decides about it alone`, with `not null` where NULL is left out, and a last
 * line with what decides the rows. Values are of (i)dentity, (t)ransformation, (a)ggregation; `?` is unknown.
 */
export async function lineageOf(binder: Binder, sql: string): Promise<string[]> {
  const bound = await binder.bind(sql);
  if (!bound.ok) throw new Error(`${bound.message}\n${sql}`);
  const lines = bound.columns.map((c) => {
    const origins = c.origins?.map((o) => `${o.relation.name}.${o.column}:${o.kind[0]}`).sort();
    const line = `${c.name} <- ${origins?.join(" ") ?? "?"} | ${deciders(c.indirect)}${c.notNull ? " not null" : ""}`;
    return line.replace(/ +/g, " ").trim();
  });
  return [...lines, `rows: ${deciders(bound.indirect)}`.trim()];
}

export const lineageCases: readonly LineageCase[] = [
  {
    name: "a filter",
    sql: "SELECT id FROM t WHERE n > 1",
    reads: ["id <- t.id:i |", "rows: t.n:filter"],
  },
  {
    name: "a filtered count",
    sql: "SELECT count(*) FILTER (WHERE n > 1) c FROM t",
    reads: ["c <- | t.n:filter", "rows:"],
  },
  {
    name: "groups and having",
    sql: "SELECT k, sum(n) s FROM t GROUP BY k HAVING max(id) > 1",
    reads: ["k <- t.k:i |", "s <- t.n:a |", "rows: t.id:filter t.k:group"],
  },
  {
    name: "distinct",
    sql: "SELECT DISTINCT k FROM t",
    reads: ["k <- t.k:i |", "rows: t.k:group"],
  },
  {
    name: "an order",
    sql: "SELECT id FROM t ORDER BY n LIMIT 3",
    reads: ["id <- t.id:i |", "rows: t.n:sort"],
  },
  {
    name: "a join",
    sql: "SELECT t.k FROM t JOIN u ON t.id = u.id AND t.n < u.m",
    reads: ["k <- t.k:i |", "rows: t.id:join t.n:join u.id:join u.m:join"],
  },
  {
    name: "a join on anything",
    sql: "SELECT t.k FROM t LEFT JOIN u ON t.id = u.id OR t.n < u.m",
    reads: ["k <- t.k:i |", "rows: t.id:join t.n:join u.id:join u.m:join"],
  },
  {
    name: "a join with USING",
    sql: "SELECT id, m FROM t JOIN u USING (id)",
    reads: ["id <- t.id:i | not null", "m <- u.m:i |", "rows: t.id:join u.id:join"],
  },
  {
    name: "a natural join",
    sql: "SELECT m FROM t NATURAL JOIN u",
    reads: ["m <- u.m:i |", "rows: t.id:join u.id:join"],
  },
  {
    name: "a cross join reads only what it shows",
    sql: "SELECT t.id, m FROM t, u",
    reads: ["id <- t.id:i |", "m <- u.m:i |", "rows:"],
  },
  {
    name: "in",
    sql: "SELECT k FROM t WHERE id IN (SELECT m FROM u WHERE name = 'x')",
    reads: ["k <- t.k:i |", "rows: t.id:filter u.m:filter u.name:filter"],
  },
  {
    name: "exists",
    sql: "SELECT k FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)",
    reads: ["k <- t.k:i |", "rows: t.id:filter u.id:filter"],
  },
  {
    name: "a membership as a value",
    sql: "SELECT id IN (SELECT m FROM u) found FROM t",
    reads: ["found <- | t.id:join u.m:join", "rows:"],
  },
  {
    name: "a correlated subquery",
    sql: "SELECT (SELECT max(name) FROM u WHERE u.id = t.id) m FROM t",
    reads: ["m <- u.name:a |", "rows: t.id:filter u.id:filter"],
  },
  {
    name: "a correlated value",
    sql: "SELECT (SELECT sum(m + t.n) FROM u WHERE u.id = t.id) m FROM t",
    reads: ["m <- t.n:a u.m:a |", "rows: t.id:filter u.id:filter"],
  },
  {
    name: "a subquery in a subquery",
    sql: "SELECT (SELECT max((SELECT min(v.m) FROM u v WHERE v.id = u.m AND v.name = t.k)) FROM u WHERE u.id = t.id) x FROM t",
    reads: ["x <- u.m:a |", "rows: t.id:filter t.k:filter u.id:filter u.m:filter u.name:filter"],
  },
  {
    name: "a lateral join",
    sql: "SELECT t.id, z.v FROM t, LATERAL (SELECT m + t.n AS v FROM u WHERE u.id = t.id) z",
    reads: ["id <- t.id:i |", "v <- t.n:t u.m:t |", "rows: t.id:filter u.id:filter"],
  },
  {
    name: "a window",
    sql: "SELECT sum(n) OVER (PARTITION BY k ORDER BY id) w FROM t",
    reads: ["w <- t.n:a | t.id:window t.k:window", "rows:"],
  },
  {
    name: "a named window's rank",
    sql: "SELECT rank() OVER w r FROM t WINDOW w AS (ORDER BY n)",
    reads: ["r <- | t.n:window", "rows:"],
  },
  {
    name: "a case",
    sql: "SELECT CASE WHEN k = 'a' THEN n ELSE id END c FROM t",
    reads: ["c <- t.id:t t.n:t | t.k:condition", "rows:"],
  },
  {
    name: "a short case",
    sql: "SELECT CASE k WHEN 'a' THEN n END c FROM t",
    reads: ["c <- t.n:t | t.k:condition", "rows:"],
  },
  {
    name: "coalesce is all value",
    sql: "SELECT coalesce(n, id) c FROM t",
    reads: ["c <- t.id:t t.n:t |", "rows:"],
  },
  {
    name: "a sum of cases",
    sql: "SELECT sum(CASE WHEN k = 'a' THEN n END) c FROM t",
    reads: ["c <- t.n:a | t.k:condition", "rows:"],
  },
  {
    name: "a filter on a case in a CTE",
    sql: "WITH c AS (SELECT id, CASE WHEN k = 'a' THEN n END x FROM t) SELECT id FROM c WHERE x = 1",
    reads: ["id <- t.id:i |", "rows: t.k:filter t.n:filter"],
  },
  {
    name: "what a CTE shows and nobody takes",
    sql: "WITH c AS (SELECT * FROM t) SELECT id FROM c",
    reads: ["id <- t.id:i |", "rows:"],
  },
  {
    name: "union",
    sql: "SELECT id FROM t WHERE n = 1 UNION SELECT m FROM u",
    reads: ["id <- t.id:i u.m:i |", "rows: t.id:group t.n:filter u.m:group"],
  },
  {
    name: "except",
    sql: "SELECT id FROM t EXCEPT ALL SELECT m FROM u",
    reads: ["id <- t.id:i |", "rows: t.id:join u.m:join"],
  },
  {
    name: "intersect",
    sql: "SELECT id FROM t INTERSECT ALL SELECT m FROM u",
    reads: ["id <- t.id:i u.m:i |", "rows: t.id:join u.m:join"],
  },
  {
    name: "a recursion",
    sql: "WITH RECURSIVE r AS (SELECT id, n FROM t UNION ALL SELECT u.m, r.n + 1 FROM r JOIN u ON u.id = r.id) SELECT * FROM r",
    reads: ["id <- t.id:i u.m:i |", "n <- t.n:t |", "rows: t.id:join u.id:join u.m:join"],
  },
  {
    name: "a recursion that swaps its columns",
    sql: "WITH RECURSIVE r(a, b, i) AS (SELECT id, n, 1 FROM t UNION ALL SELECT b, a, i + 1 FROM r WHERE i < 5) SELECT a, b FROM r",
    reads: ["a <- t.id:i t.n:i |", "b <- t.id:i t.n:i |", "rows:"],
  },
  {
    name: "unnest",
    sql: "SELECT id, unnest(l) e FROM t",
    reads: ["id <- t.id:i |", "e <- t.l:t |", "rows: t.l:join"],
  },
  {
    name: "unnest as a table",
    sql: "SELECT t.id, e FROM t, unnest(t.l) x(e)",
    reads: ["id <- t.id:i |", "e <- t.l:t |", "rows: t.l:join"],
  },
  {
    name: "values",
    sql: "SELECT x FROM (VALUES (1, 2)) v(x, y) WHERE y = 2",
    reads: ["x <- |", "rows:"],
  },
  {
    name: "values of a column",
    sql: "SELECT (SELECT max(x) FROM (VALUES (t.id), (t.n)) v(x)) g FROM t",
    reads: ["g <- t.id:a t.n:a |", "rows:"],
  },
  {
    name: "rollup",
    sql: "SELECT k, n, count(*) c FROM t GROUP BY ROLLUP (k, n)",
    reads: ["k <- t.k:i |", "n <- t.n:i |", "c <- |", "rows: t.k:group t.n:group"],
  },
  {
    name: "except without doubles",
    sql: "SELECT id FROM t EXCEPT SELECT m FROM u",
    reads: ["id <- t.id:i |", "rows: t.id:group t.id:join u.m:join"],
  },
  {
    name: "intersect without doubles",
    sql: "SELECT id FROM t INTERSECT SELECT m FROM u",
    reads: ["id <- t.id:i u.m:i |", "rows: t.id:group t.id:join u.m:group u.m:join"],
  },
  {
    name: "a filter that leaves no NULL",
    sql: "SELECT id, n FROM t WHERE id IS NOT NULL AND n > 1",
    reads: ["id <- t.id:i | not null", "n <- t.n:i | not null", "rows: t.id:filter t.n:filter"],
  },
  {
    name: "an outer join's NULLs",
    sql: "SELECT t.id, u.m, u.name FROM t LEFT JOIN u ON t.id = u.id WHERE t.n = 1",
    reads: ["id <- t.id:i |", "m <- u.m:i |", "name <- u.name:i |", "rows: t.id:join t.n:filter u.id:join"],
  },
  {
    name: "an inner join leaves no NULL",
    sql: "SELECT t.id, u.m, u.name FROM t JOIN u ON t.id = u.id WHERE lower(u.name) = 'x'",
    reads: [
      "id <- t.id:i | not null",
      "m <- u.m:i |",
      "name <- u.name:i | not null",
      "rows: t.id:join u.id:join u.name:filter",
    ],
  },
  {
    name: "a union of guarded columns",
    sql: "SELECT id FROM (SELECT id FROM t WHERE id > 1) x UNION ALL SELECT m FROM u WHERE m IN (1, 2)",
    reads: ["id <- t.id:i u.m:i | not null", "rows: t.id:filter u.m:filter"],
  },
  {
    name: "a guarded group",
    sql: "SELECT k, max(n) AS x FROM t WHERE k IS NOT NULL GROUP BY k",
    reads: ["k <- t.k:i | not null", "x <- t.n:a |", "rows: t.k:filter t.k:group"],
  },
  {
    name: "subtotals are NULL all the same",
    sql: "SELECT k, max(n) AS x FROM t WHERE k IS NOT NULL GROUP BY ROLLUP (k)",
    reads: ["k <- t.k:i |", "x <- t.n:a |", "rows: t.k:filter t.k:group"],
  },
  {
    name: "distinct aggregates",
    sql: "SELECT count(DISTINCT n) c, array_agg(id) a FROM t",
    reads: ["c <- t.n:a |", "a <- t.id:a |", "rows:"],
  },
  {
    name: "window functions of rows",
    sql: "SELECT lag(n, 1) OVER (PARTITION BY k ORDER BY id) l, first_value(n) OVER (ORDER BY id) f, ntile(4) OVER (ORDER BY n) q FROM t",
    reads: ["l <- t.n:t | t.id:window t.k:window", "f <- t.n:t | t.id:window", "q <- | t.n:window", "rows:"],
  },
  {
    name: "comparisons",
    sql: "SELECT greatest(n, id) g, nullif(n, id) x, n IS NULL y, n BETWEEN id AND 3 z FROM t",
    reads: [
      "g <- t.id:t t.n:t |",
      "x <- t.n:t | t.id:condition t.n:condition",
      "y <- t.n:t |",
      "z <- t.id:t t.n:t |",
      "rows:",
    ],
  },
  {
    name: "casts and joined texts",
    sql: "SELECT CAST(n AS VARCHAR) a, n || k b FROM t",
    reads: ["a <- t.n:t |", "b <- t.k:t t.n:t |", "rows:"],
  },
  {
    name: "not in",
    sql: "SELECT id FROM t WHERE n NOT IN (SELECT m FROM u)",
    reads: ["id <- t.id:i |", "rows: t.n:filter u.m:filter"],
  },
  {
    name: "all",
    sql: "SELECT id FROM t WHERE n > ALL (SELECT m FROM u)",
    reads: ["id <- t.id:i |", "rows: t.n:filter u.m:filter"],
  },
  {
    name: "an order by a subquery",
    sql: "SELECT id FROM t ORDER BY (SELECT max(m) FROM u WHERE u.id = t.id)",
    reads: ["id <- t.id:i |", "rows: t.id:filter u.id:filter u.m:sort"],
  },
  {
    name: "a recursion without doubles",
    sql: "WITH RECURSIVE r AS (SELECT id FROM t UNION SELECT m FROM u JOIN r ON u.id = r.id) SELECT * FROM r",
    reads: ["id <- t.id:i u.m:i |", "rows: t.id:group t.id:join u.id:join u.m:group u.m:join"],
  },
  {
    name: "a CTE of a CTE",
    sql: "WITH a AS (SELECT id FROM t WHERE n = 1), b AS (SELECT id FROM a JOIN u USING (id)) SELECT b.id, c.k FROM b JOIN t c ON b.id = c.id",
    reads: ["id <- t.id:i | not null", "k <- t.k:i |", "rows: t.id:join t.n:filter u.id:join"],
  },
  {
    name: "the first of each group",
    sql: "SELECT x.* FROM (SELECT id, row_number() OVER (PARTITION BY k ORDER BY n DESC) rn FROM t) x WHERE rn = 1",
    reads: ["id <- t.id:i |", "rn <- | t.k:window t.n:window not null", "rows: t.k:filter t.n:filter"],
  },
  {
    name: "a full join",
    sql: "SELECT t.id FROM t FULL JOIN u ON t.id = u.id",
    reads: ["id <- t.id:i |", "rows: t.id:join u.id:join"],
  },
  {
    name: "a right join with USING",
    sql: "SELECT id FROM t RIGHT JOIN u USING (id)",
    reads: ["id <- u.id:i |", "rows: t.id:join u.id:join"],
  },
  {
    name: "a filtered, windowed sum",
    sql: "SELECT sum(n) FILTER (WHERE k = 'x') OVER (PARTITION BY id) s FROM t",
    reads: ["s <- t.n:a | t.id:window t.k:filter", "rows:"],
  },
  {
    name: "constants",
    sql: "SELECT extract(year FROM DATE '2020-01-01') y, current_date d, 'a' l, NULL n FROM t",
    reads: ["y <- |", "d <- |", "l <- |", "n <- |", "rows:"],
  },
  {
    name: "a generated series",
    sql: "SELECT g, n FROM t, generate_series(1, n) x(g)",
    reads: ["g <- t.n:t |", "n <- t.n:i |", "rows: t.n:join"],
  },
  {
    name: "having without groups",
    sql: "SELECT max(n) AS x FROM t HAVING count(*) > 1",
    reads: ["x <- t.n:a |", "rows:"],
  },
  {
    name: "distinct on, ordered",
    sql: "SELECT DISTINCT ON (k) k, id FROM t ORDER BY k, n",
    reads: ["k <- t.k:i |", "id <- t.id:i |", "rows: t.k:group t.k:sort t.n:sort"],
  },
  {
    name: "an ordered text of many",
    sql: "SELECT k, string_agg(k, ',' ORDER BY id) s FROM t GROUP BY k",
    reads: ["k <- t.k:i |", "s <- t.k:a | t.id:sort", "rows: t.k:group"],
  },
  {
    name: "coalesce over an outer join",
    sql: "SELECT coalesce(t.k, u.name) c FROM t LEFT JOIN u ON t.id = u.id",
    reads: ["c <- t.k:t u.name:t |", "rows: t.id:join u.id:join"],
  },
  {
    name: "one table twice",
    sql: "SELECT a.id FROM t a, t b WHERE a.id = b.n",
    reads: ["id <- t.id:i | not null", "rows: t.id:filter t.n:filter"],
  },
];
