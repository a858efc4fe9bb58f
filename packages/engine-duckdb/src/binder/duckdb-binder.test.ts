import type { Binder, BoundQuery } from "@meshwork/engine";
import type { Column, LogicalType } from "@meshwork/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { duckdbBinder } from "../index.ts";

const integer: LogicalType = { kind: "integer", bits: 32, signed: true };
const column = (name: string, type: LogicalType): Column => ({ name, type, nullable: true });

let binder: Binder;
beforeAll(async () => {
  binder = duckdbBinder();
  await binder.declare({ schema: "o", name: "t" }, [
    column("id", integer),
    column("amount", { kind: "decimal", precision: 10, scale: 2 }),
    column("k", { kind: "string" }),
  ]);
  await binder.declare({ name: "u" }, [column("id", integer), column("name", { kind: "string" })]);
});
afterAll(() => binder.close());

/** `column <- relation.column (i)dentity, (t)ransformation or (a)ggregation`; `?` is unknown, nothing is a constant. */
async function lineage(sql: string): Promise<string[]> {
  const bound = await binder.bind(sql);
  if (!bound.ok) throw new Error(bound.message);
  return bound.columns.map((c) => {
    const origins = c.origins?.map((o) => `${o.relation.name}.${o.column}:${o.kind[0]}`).join(" ");
    return `${c.name} <- ${origins ?? "?"}`.trim();
  });
}

describe("origins of columns", () => {
  it.each<[string, string, string[]]>([
    ["a star", "SELECT * FROM o.t", ["id <- t.id:i", "amount <- t.amount:i", "k <- t.k:i"]],
    [
      "a star with changes",
      "SELECT * EXCLUDE (k) REPLACE (amount + 1 AS amount) FROM o.t",
      ["id <- t.id:i", "amount <- t.amount:t"],
    ],
    ["a constant", "SELECT 1 AS x, current_date AS d", ["x <-", "d <-"]],
    [
      "a CTE read twice",
      "WITH c AS (SELECT id, amount * 2 AS a FROM o.t) SELECT x.id, y.a FROM c x JOIN c y USING (id)",
      ["id <- t.id:i", "a <- t.amount:t"],
    ],
    [
      "groups",
      "SELECT k, sum(amount) s, count(*) n, max(id) FILTER (WHERE amount > 0) m FROM o.t GROUP BY k",
      ["k <- t.k:i", "s <- t.amount:a", "n <-", "m <- t.id:a"],
    ],
    [
      "a join",
      "SELECT t.id, name, amount || name AS b FROM o.t JOIN u ON t.id = u.id",
      ["id <- t.id:i", "name <- u.name:i", "b <- t.amount:t u.name:t"],
    ],
    ["a full join's common column", "SELECT id FROM o.t FULL JOIN u USING (id)", ["id <- u.id:t t.id:t"]],
    [
      "semi joins",
      "SELECT * FROM u WHERE id IN (SELECT id FROM o.t) AND EXISTS (SELECT 1 FROM o.t WHERE t.id = u.id)",
      ["id <- u.id:i", "name <- u.name:i"],
    ],
    [
      "a union",
      "SELECT id, k FROM o.t UNION ALL SELECT id, upper(name) FROM u",
      ["id <- u.id:i t.id:i", "k <- u.name:t t.k:i"],
    ],
    ["except", "SELECT id FROM o.t EXCEPT SELECT id FROM u", ["id <- t.id:i"]],
    [
      "windows",
      "SELECT sum(amount) OVER (PARTITION BY k) s, lag(amount) OVER (ORDER BY id) l, row_number() OVER (ORDER BY id) r FROM o.t",
      ["s <- t.amount:a", "l <- t.amount:t", "r <-"],
    ],
    ["qualify", "SELECT id FROM o.t QUALIFY row_number() OVER (PARTITION BY k ORDER BY amount) = 1", ["id <- t.id:i"]],
    ["a scalar subquery", "SELECT id, (SELECT max(name) FROM u) m FROM o.t", ["id <- t.id:i", "m <- u.name:a"]],
    [
      "a correlated subquery",
      "SELECT id, (SELECT max(name) FROM u WHERE u.id = t.id) m FROM o.t",
      ["id <- t.id:i", "m <- u.name:a"],
    ],
    [
      "a lateral join",
      "SELECT t.id, z.name FROM o.t LEFT JOIN LATERAL (SELECT name FROM u WHERE u.id = t.id) z ON true",
      ["id <- t.id:i", "name <- u.name:i"],
    ],
    ["an order by another column", "SELECT k FROM o.t ORDER BY amount LIMIT 3", ["k <- t.k:i"]],
    ["a list taken apart", "SELECT unnest([id, 2]) e FROM o.t", ["e <- t.id:t"]],
    ["a lambda", "SELECT list_transform([1], x -> x + id) l FROM o.t", ["l <- t.id:t"]],
    ["a case", "SELECT CASE WHEN k = 'a' THEN amount END c FROM o.t", ["c <- t.amount:t"]],
    ["values", "SELECT * FROM (VALUES (1, 'a')) v(x, y)", ["x <-", "y <-"]],
    [
      "rollup",
      "SELECT grouping(k) g, k, sum(amount) s FROM o.t GROUP BY ROLLUP (k)",
      ["g <-", "k <- t.k:i", "s <- t.amount:a"],
    ],
    [
      "a recursion",
      "WITH RECURSIVE r AS (SELECT id FROM o.t UNION ALL SELECT id + 1 FROM r WHERE id < 9) SELECT id, 1 AS one FROM r",
      ["id <- t.id:t", "one <-"],
    ],
    ["a row id: no declared column", "SELECT rowid, id FROM o.t", ["rowid <- ?", "id <- t.id:i"]],
  ])("%s", async (_, sql, expected) => {
    const norm = (line: string): string => {
      const [name, origins = ""] = line.split(" <-");
      return `${name} <- ${origins.trim().split(" ").sort().join(" ")}`.trim();
    };
    expect((await lineage(sql)).map(norm)).toEqual(expected.map(norm));
  });
});

describe("binding", () => {
  it("tells names and types", async () => {
    const bound = (await binder.bind("SELECT id, sum(amount) AS s, [k] AS l FROM o.t GROUP BY ALL")) as BoundQuery;
    expect(bound.columns.map((c) => [c.name, c.type.kind])).toEqual([
      ["id", "integer"],
      ["s", "decimal"],
      ["l", "array"],
    ]);
  });

  it("follows a relation that is declared anew", async () => {
    await binder.declare({ schema: "o", name: "changing" }, [column("a", integer)]);
    expect((await binder.bind("SELECT a FROM o.changing")).ok).toBe(true);
    await binder.declare({ schema: "o", name: "changing" }, [column("b", integer)]);
    expect(await binder.bind("SELECT a FROM o.changing")).toMatchObject({
      ok: false,
      code: "unknown-column",
      candidates: ["b"],
    });
  });

  it.each([
    [
      "an unknown column",
      "SELECT id,\n  amuont FROM o.t",
      { code: "unknown-column", offset: 13, candidates: ["amount"] },
    ],
    ["an unknown relation", "SELECT * FROM o.tt", { code: "unknown-relation", offset: 14 }],
    ["a syntax error", "SELECT id FROM", { code: "syntax" }],
    ["two statements", "SELECT 1; DROP TABLE u", { code: "syntax" }],
    ["a statement that is no query", "DROP TABLE u", { code: "syntax" }],
    ["nothing but a comment", "-- nothing", { code: "syntax" }],
    ["a file outside", "SELECT * FROM read_csv('/etc/passwd')", { code: "other" }],
    [
      "a column that a subquery's table does not have",
      "SELECT id FROM u WHERE EXISTS (SELECT 1 FROM o.t AS x WHERE x.amonut = 1 AND x.id = u.id)",
      { code: "unknown-column", offset: 60, candidates: ["amount", "name"] },
    ],
    [
      "a table that a subquery does not have",
      "SELECT id FROM u WHERE EXISTS (SELECT 1 FROM o.t AS x WHERE y.amonut = 1)",
      { code: "unknown-relation", offset: 60 },
    ],
    [
      "a common column that is not there",
      "SELECT k FROM o.t JOIN u USING (name)",
      { code: "unknown-column", offset: 32 },
    ],
  ])("says what is wrong with %s, and goes on", async (_, sql, expected) => {
    expect(await binder.bind(sql)).toMatchObject({ ok: false, ...expected });
    expect((await binder.bind("SELECT name FROM u")).ok).toBe(true);
  });

  it("quotes hostile names", async () => {
    const name = `x"; DROP TABLE u; --`;
    await binder.declare({ schema: name, name }, [column(name, integer)]);
    const quoted = `"${name.replaceAll('"', '""')}"`;
    expect(await lineage(`SELECT * FROM ${quoted}.${quoted}`)).toEqual([`${name} <- ${name}.${name}:i`]);
  });
});
