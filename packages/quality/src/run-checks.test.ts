import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readContract, type Contract } from "@meshwork/contract";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import { EngineError, type Engine, type Session } from "@meshwork/engine";
import { id } from "@meshwork/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkDiagnostic,
  compileChecks,
  forFiles,
  planChecks,
  runChecks,
  stageFiles,
  type CheckResult,
  type CompileOptions,
  type RunOptions,
} from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "mesh-quality-"));
const now = new Date("2026-01-02T00:00:00Z");
let engine: Engine;
let session: Session;
beforeAll(async () => {
  engine = duckdbEngine();
  session = await engine.open();
});
afterAll(async () => {
  await session.close();
  await engine.close();
  rmSync(folder, { recursive: true });
});

function contract(spec: string): { value: Contract; source: ReturnType<typeof readContract>["source"] } {
  const text = `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: shop.things, domain: shop, version: 1.0.0 }
spec:
${spec.replaceAll(/^/gm, "  ")}`;
  const read = readContract({ file: "contract.yaml", text });
  return { value: read.value!, source: read.source };
}

/** Runs a contract's checks on the rows of a query. */
async function results(
  spec: string,
  select: string,
  more: Partial<CompileOptions & RunOptions> = {},
): Promise<Map<string, CheckResult>> {
  await session.query(`CREATE OR REPLACE TABLE things AS ${select}`);
  const port = contract(spec).value.ports[0]!;
  const checks = compileChecks(port, { relation: { name: "things" }, ...more });
  const found = await runChecks(session, planChecks(checks, session), { now, ...more });
  expect(found.map((r) => r.check)).toEqual(checks.map((c) => c.name));
  return new Map(found.map((r) => [r.check, r]));
}

const short = (found: ReadonlyMap<string, CheckResult>, name: string): string => {
  const r = found.get(name)!;
  return [r.status, r.failing === undefined ? "" : `${r.failing}/${r.total}`, r.reason ?? ""]
    .filter((part) => part !== "")
    .join(" ");
};

describe("what follows from the schema", () => {
  const cases: [string, string, string, string][] = [
    // field, rows, check, outcome
    ["{ name: n, type: integer, constraints: { null: false } }", "VALUES (1), (2)", "not_null.n", "passed 0/2"],
    ["{ name: n, type: integer, constraints: { null: false } }", "VALUES (1), (NULL)", "not_null.n", "failed 1/2"],
    ["{ name: n, type: integer, constraints: { min: 0, max: 9 } }", "VALUES (0), (9), (NULL)", "range.n", "passed 0/2"],
    ["{ name: n, type: integer, constraints: { min: 0, max: 9 } }", "VALUES (-1), (10), (5)", "range.n", "failed 2/3"],
    ["{ name: n, type: integer, constraints: { exclusive_min: 0 } }", "VALUES (0), (1)", "range.n", "failed 1/2"],
    [
      "{ name: n, type: decimal, precision: 18, scale: 1, constraints: { max: 0.1 } }",
      "VALUES (0.1::DECIMAL(18,1)), (0.2)",
      "range.n",
      "failed 1/2",
    ],
    [
      "{ name: n, type: double, constraints: { min: 0 } }",
      "VALUES ('NaN'::DOUBLE), (1), (-1)",
      "range.n",
      "failed 1/3",
    ],
    [
      '{ name: n, type: date, constraints: { min: "2024-01-01" } }',
      "VALUES (DATE '2023-12-31'), (DATE '2024-01-01')",
      "range.n",
      "failed 1/2",
    ],
    [
      '{ name: n, type: timestamp, constraints: { max: "2024-01-01" } }',
      "VALUES (TIMESTAMP '2024-01-01 00:00:00'), (TIMESTAMP '2024-01-01 00:00:01')",
      "range.n",
      "failed 1/2",
    ],
    [
      '{ name: n, type: string, constraints: { enum: [a, "it\'s"] } }',
      "VALUES ('a'), ('it''s'), (NULL), ('b')",
      "accepted_values.n",
      "failed 1/3",
    ],
    ["{ name: n, type: integer, constraints: { enum: [1, 2] } }", "VALUES (1), (3)", "accepted_values.n", "failed 1/2"],
    ["{ name: n, type: string, constraints: { max_length: 2 } }", "VALUES ('äö'), ('abc')", "length.n", "failed 1/2"],
    ["{ name: n, type: varchar(2) }", "VALUES ('äö'), ('abc')", "length.n", "failed 1/2"],
    [
      '{ name: n, type: string, constraints: { pattern: "^a+$" } }',
      "VALUES ('aa'), ('ab'), (NULL)",
      "pattern.n",
      "failed 1/2",
    ],
    [
      "{ name: n, type: integer, constraints: { unique: true } }",
      "VALUES (1), (1), (2), (NULL), (NULL)",
      "unique.n",
      "failed 2/3",
    ],
    [
      "{ name: n, type: integer, constraints: { primary_key: true } }",
      "VALUES (1), (2), (NULL)",
      "primary_key.n",
      "failed 1/3",
    ],
    [
      "{ name: n, type: integer, constraints: { primary_key: true } }",
      "VALUES (1), (2)",
      "primary_key.n",
      "passed 0/2",
    ],
    ["{ name: n, type: long }", "VALUES (1::INTEGER)", "schema.n", "passed"],
    ["{ name: n, type: integer }", "VALUES (1::BIGINT)", "schema.n", "failed"],
    ["{ name: n, type: string }", "VALUES ('a'::ENUM('a'))", "schema.n", "passed"],
    [
      "{ name: n, type: timestamp, constraints: { timezone: UTC } }",
      "VALUES (TIMESTAMP '2024-01-01')",
      "schema.n",
      "failed",
    ],
    ["{ name: n, type: timestamp }", "VALUES (TIMESTAMP_NS '2024-01-01 00:00:00')", "schema.n", "passed"],
  ];
  it.each(cases)("%s on %s: %s %s", async (field, rows, check, outcome) => {
    const found = await results(`schema:\n  fields:\n    - ${field}\n`, `SELECT * FROM (${rows}) AS t(n)`);
    expect(short(found, check)).toBe(outcome);
  });

  it("looks into structs and lists, and names the place", async () => {
    const spec = `schema:
  fields:
    - name: lines
      type: array
      items:
        type: struct
        fields:
          - { name: sku, type: string, constraints: { pattern: "^[A-Z]+$", null: false } }
          - { name: price, type: struct, fields: [{ name: cents, type: integer, constraints: { min: 1 } }] }
`;
    const found = await results(
      spec,
      "SELECT [{'sku': 'A', 'price': {'cents': 1}}, {'sku': 'b', 'price': NULL}, {'sku': NULL, 'price': {'cents': 0}}, NULL] AS lines UNION ALL SELECT NULL UNION ALL SELECT []",
    );
    expect(short(found, "pattern.lines[].sku")).toBe("failed 1/2");
    expect(short(found, "not_null.lines[].sku")).toBe("failed 1/3");
    expect(short(found, "range.lines[].price.cents")).toBe("failed 1/2");
  });

  it("follows references to ports that can be read, and says which cannot", async () => {
    await session.query(
      "CREATE OR REPLACE TABLE customers AS SELECT * FROM (VALUES ('c1'), ('c2'), ('c2'), (NULL)) AS t(id)",
    );
    const spec = "schema:\n  fields:\n    - { name: n, type: string, constraints: { references: crm.customers.id } }\n";
    const resolve = () => ({ relation: { name: "customers" }, column: "id" });
    const select = "SELECT * FROM (VALUES ('c1'), ('c2'), ('c9'), (NULL)) AS t(n)";
    expect(short(await results(spec, select, { resolve }), "references.n")).toBe("failed 1/3");
    expect(short(await results(spec, select), "references.n")).toBe("skipped crm.customers.id cannot be read here");
  });
});

describe("checks that are listed", () => {
  const schema =
    "schema:\n  fields:\n    - { name: n, type: integer }\n    - { name: s, type: string }\n    - { name: at, type: timestamp }\n";
  const run = (check: string, rows: string, more = {}) =>
    results(`${schema}quality:\n  checks:\n    - ${check}\n`, `SELECT * FROM (VALUES ${rows}) AS t(n, s, "at")`, more);
  const t = "TIMESTAMP '2026-01-01 12:00:00'";
  it.each<[string, string, string]>([
    ["{ name: it, column: n, assertion: not_null, threshold: 0.5 }", `(1, 'a', ${t}), (NULL, 'b', ${t})`, "passed 1/2"],
    [
      "{ name: it, column: n, assertion: not_null, threshold: 0.51 }",
      `(1, 'a', ${t}), (NULL, 'b', ${t})`,
      "failed 1/2",
    ],
    ["{ name: it, column: n, assertion: not_null, severity: warning }", `(NULL, 'b', ${t})`, "warning 1/1"],
    [
      "{ name: it, column: n, assertion: range, value: { min: 1 }, threshold: 0.5 }",
      `(0, 'a', ${t}), (1, 'b', ${t}), (NULL, 'c', ${t}), (NULL, 'd', ${t})`,
      "passed 1/2",
    ],
    [
      "{ name: it, column: n, assertion: range, value: { min: 1 }, where: \"s = 'a' -- only\" }",
      `(0, 'b', ${t}), (1, 'a', ${t})`,
      "passed 0/1",
    ],
    ["{ name: it, assertion: row_count, value: { min: 1 }, where: \"s = 'z'\" }", `(0, 'b', ${t})`, "failed"],
    ["{ name: it, assertion: freshness, value: 12h, column: at }", `(0, 'b', ${t})`, "passed"],
    ["{ name: it, assertion: freshness, value: 11h, column: at }", `(0, 'b', ${t})`, "failed"],
    ["{ name: it, assertion: freshness, value: 11h }", "(0, 'b', NULL::TIMESTAMP)", "failed there is no time to go by"],
    ["{ name: it, sql: 'select max(n) from {port}', must_be_between: [1, 5] }", `(5, 'b', ${t})`, "passed"],
    ["{ name: it, sql: 'select max(n) from {port}', must_not_be_between: [1, 5] }", `(5, 'b', ${t})`, "failed"],
    ["{ name: it, sql: 'select max(n) from {port}', must_be_less_than: 5 }", `(5, 'b', ${t})`, "failed"],
    [
      "{ name: it, sql: 'select sum(n)/3.0 from {port};', must_be_greater_or_equal_to: 2.5 }",
      `(8, 'b', ${t})`,
      "passed",
    ],
    ["{ name: it, sql: 'select min(s) from {port}', must_be: b }", `(8, 'b', ${t})`, "passed"],
    ["{ name: it, sql: 'select null from {port}', must_be: 0 }", `(8, 'b', ${t})`, "failed"],
    [
      "{ name: it, sql: 'select n, s from {port}', must_be: 0 }",
      `(8, 'b', ${t})`,
      "failed the query must yield one value",
    ],
    ["{ name: it, sql: 'select * from {port} where n > 7' }", `(8, 'b', ${t})`, "failed 1/undefined"],
    ["{ name: it, sql: 'select * from {port} where n > 8 -- none' }", `(8, 'b', ${t})`, "passed 0/undefined"],
    [
      "{ name: it, assertion: primary_key, value: { columns: [n, s] } }",
      `(1, 'a', ${t}), (1, 'b', ${t}), (1, NULL, ${t})`,
      "failed 1/3",
    ],
    ["{ name: it, assertion: schema, value: { exact: true } }", `(1, 'a', ${t})`, "passed"],
  ])("%s on %s: %s", async (check, rows, outcome) => expect(short(await run(check, rows), "it")).toBe(outcome));

  it("pass on no rows, and say that there were none", async () => {
    const found = await results(
      "schema:\n  fields:\n    - { name: n, type: integer, constraints: { null: false, unique: true, min: 0 } }\n",
      "SELECT 1 AS n WHERE false",
    );
    for (const name of ["not_null.n", "unique.n", "range.n"])
      expect(short(found, name)).toBe("passed 0/0 0 of 0 rows: there was nothing to check");
  });
});

describe("a check that cannot run", () => {
  const schema =
    "schema:\n  fields:\n    - { name: n, type: integer, constraints: { null: false } }\n    - { name: gone, type: integer, constraints: { null: false } }\n";
  it("is an error with its reason, and the others run", async () => {
    const found = await results(
      `${schema}quality:
  checks:
    - { name: bad_regex, column: n, assertion: pattern, value: "([" }
    - { name: bad_sql, sql: "select nothing from {port}", must_be: 0 }
    - { name: bad_where, column: n, assertion: not_null, where: "no_such = 1" }
    - { name: no_values, column: n, assertion: accepted_values }
    - { name: good, column: n, assertion: range, value: { min: 1 } }
    - { name: evil, sql: "select 1) as x; drop table things; select * from (select 1", must_be: 0 }
    - { name: evil_where, column: n, assertion: not_null, where: "true) ) as s; drop table things; --" }
`,
      "SELECT 1 AS n",
    );
    expect(short(found, "good")).toBe("passed 0/1");
    expect(short(found, "not_null.n")).toBe("passed 0/1");
    expect(short(found, "not_null.gone")).toBe('error there is no column "gone"');
    expect(short(found, "schema.gone")).toBe("failed");
    for (const name of ["bad_regex", "bad_sql", "bad_where", "no_values", "evil", "evil_where"]) {
      expect(found.get(name)).toMatchObject({ status: "error", code: "check/not-run" });
      expect(found.get(name)!.reason).not.toBe("");
    }
    expect(await (await session.query("SELECT count(*) FROM things")).rows()).toEqual([[1n]]);
  });

  it("is an error for all where there is no port", async () => {
    const port = contract(schema).value.ports[0]!;
    const found = await runChecks(
      session,
      planChecks(compileChecks(port, { relation: { schema: "no", name: "where" } }), session),
      { now },
    );
    expect(new Set(found.map((r) => r.status))).toEqual(new Set(["error"]));
  });

  it("throws when the run is cancelled", async () => {
    await session.query("CREATE OR REPLACE TABLE things AS SELECT 1 AS n");
    const port = contract(schema).value.ports[0]!;
    const running = runChecks(session, planChecks(compileChecks(port, { relation: { name: "things" } }), session), {
      now,
      signal: AbortSignal.abort(),
    });
    await expect(running).rejects.toBeInstanceOf(EngineError);
  });
});

describe("failing rows", () => {
  const spec = `schema:
  fields:
    - { name: order_id, type: string, constraints: { primary_key: true } }
    - { name: email, type: string, constraints: { pii: true, pattern: "@" } }
    - { name: salary, type: integer, constraints: { classification: restricted, min: 0 } }
    - { name: amount, type: decimal, precision: 10, scale: 2, constraints: { min: 0 } }
quality:
  checks:
    - { name: sneaky, sql: "select upper(email) as e, order_id from {port}" }
`;
  const select =
    "SELECT 'o' || range AS order_id, 'someone' AS email, -5 AS salary, (-range)::DECIMAL(10,2) AS amount FROM range(30)";
  it("are shown on request only, with the key, and secrets masked in every check", async () => {
    expect((await results(spec, select)).get("pattern.email")!.sample).toBeUndefined();
    const found = await results(spec, select, { rows: 3 });
    expect(found.get("range.amount")!.sample).toEqual({
      columns: ["order_id", "amount", "email", "salary"],
      rows: [
        ["o1", "-1.00", "•••", "•••"],
        ["o2", "-2.00", "•••", "•••"],
        ["o3", "-3.00", "•••", "•••"],
      ],
    });
    expect(JSON.stringify([...found.values()])).not.toMatch(/someone|SOMEONE|"-5"|:-5/);
    expect(found.get("sneaky")!.sample).toEqual({
      columns: ["e", "order_id"],
      rows: [
        ["•••", "o0"],
        ["•••", "o1"],
        ["•••", "o2"],
      ],
    });
    expect((await results(spec, select, { rows: 1, mask: false })).get("pattern.email")!.sample!.rows).toEqual([
      ["o0", "someone", -5, "0.00"],
    ]);
  });

  it("are not told by what was measured or by what the engine stumbles over", async () => {
    const checks = `    - { name: highest, column: salary, assertion: expect_column_max_to_be_between, value: { max_value: 1 } }
    - { name: distinct, column: salary, assertion: expect_column_unique_value_count_to_be_between, value: { min_value: 9 } }
    - { name: common, column: email, assertion: expect_column_most_common_value_to_be_in_set, value: [x] }
    - { name: text, sql: "select min(email) from {port}", must_be: x }
    - { name: number, sql: "select count(*) from {port}", must_be: 0 }
    - { name: stumbles, sql: "select sum(email::int) from {port}", must_be: 0 }
`;
    const found = await results(spec + checks, select.replace("-5 AS", "98765 AS"));
    expect(["highest", "distinct", "common", "text", "number"].map((name) => found.get(name)!.actual)).toEqual([
      "•••",
      1,
      "•••",
      "•••",
      30,
    ]);
    expect(found.get("stumbles")).toMatchObject({ status: "error", reason: expect.stringContaining("'•••'") });
    expect(JSON.stringify([...found.values()])).not.toMatch(/someone|98765/);
  });

  it("come with the finding: its place, five rows, and what to do", async () => {
    const found = await results(spec, select, { rows: 20 });
    const { value, source } = contract(spec);
    const finding = checkDiagnostic(found.get("range.amount")!, value.ports[0]!, source, {
      product: "shop.things",
      help: "run it yourself: x.sql",
    })!;
    expect(finding).toMatchObject({
      code: "check/range",
      severity: "error",
      product: "shop.things",
      help: "run it yourself: x.sql",
    });
    expect(finding.message).toBe(
      '29 of 30 rows of port things have values of "amount" that are not at least 0; none may.',
    );
    expect(finding.span).toMatchObject({ file: "contract.yaml", line: 10 });
    expect(finding.details).toEqual([
      "order_id  amount  email  salary",
      "o1         -1.00  •••    •••",
      "o2         -2.00  •••    •••",
      "o3         -3.00  •••    •••",
      "o4         -4.00  •••    •••",
      "o5         -5.00  •••    •••",
    ]);
  });

  it("can be had by hand with the statement of the result", async () => {
    const found = await results(spec, select);
    for (const name of ["range.amount", "primary_key.order_id", "pattern.email"])
      expect((await (await session.query(found.get(name)!.sql!)).rows()).length).toBe(found.get(name)!.failing);
  });

  it("are JSON, big integers and all", async () => {
    const found = await results(
      "schema:\n  fields:\n    - { name: n, type: long, constraints: { max: 1 } }\n    - { name: b, type: binary }\n",
      "SELECT 9007199254740993::BIGINT AS n, '\\xFF'::BLOB AS b",
      { rows: 1 },
    );
    expect(JSON.parse(JSON.stringify(found.get("range.n")!.sample))).toEqual({
      columns: ["n"],
      rows: [["9007199254740993"]],
    });
  });
});

describe("plans", () => {
  it("measure all that counts or adds up in one statement for each source", async () => {
    const fields = Array.from(
      { length: 10 },
      (_, i) => `    - { name: c${i}, type: integer, constraints: { null: false, min: 0 } }`,
    ).join("\n");
    const port = contract(
      `schema:\n  fields:\n${fields}\nquality:\n  checks:\n    - { assertion: row_count, value: { min: 1 } }\n    - { column: c1, assertion: not_null, where: "c2 > 0" }\n    - { column: c1, assertion: unique }\n`,
    ).value.ports[0]!;
    const plan = planChecks(compileChecks(port, { relation: { name: "t" } }), session);
    expect(
      plan.passes.map((p) => (p.kind === "shared" || p.kind === "columns" ? `${p.kind} ${p.checks.length}` : p.kind)),
    ).toEqual(["columns 10", "own", "shared 21", "shared 1"]);
  });

  it("are pure: the same contract gives the same statements", () => {
    const spec = "schema:\n  fields:\n    - { name: n, type: integer, constraints: { min: 0 } }\n";
    const compile = () =>
      compileChecks(contract(spec).value.ports[0]!, { relation: { name: "t" } }).map((c) => [
        c.name,
        c.source.print(session.dialect, []),
      ]);
    expect(compile()).toEqual(compile());
  });
});

describe("files", () => {
  const spec = `schema:
  fields:
    - { name: sku, type: string }
    - { name: n, type: integer, constraints: { min: 1 } }
    - { name: price, type: decimal, precision: 10, scale: 2 }
    - { name: at, type: timestamp, constraints: { timezone: UTC } }
`;
  const check = async (paths: string[]) => {
    const port = contract(spec).value.ports[0]!;
    const relation = await stageFiles(session, paths, port);
    const found = await runChecks(session, planChecks(compileChecks(port, { relation }), session), { now, rows: 2 });
    return new Map(found.map((r) => [r.check, r]));
  };
  it("of text are read with the promised types, and text stays text", async () => {
    writeFileSync(
      join(folder, "a.csv"),
      "sku,n,price,at\n007,1,1.5,2024-01-01T00:00:00Z\n008,0,2,2024-01-01T00:00:00Z\n",
    );
    const found = await check([join(folder, "a.csv")]);
    for (const name of ["sku", "n", "price", "at"]) expect(short(found, `schema.${name}`)).toBe("passed");
    expect(found.get("range.n")).toMatchObject({
      status: "failed",
      failing: 1,
      sample: { rows: [["008", 0, "2.00", "2024-01-01T00:00:00Z"]].map(([sku, n, price, at]) => [n, sku, price, at]) },
    });
  });
  it("whose column holds what it must not say so by the schema", async () => {
    writeFileSync(
      join(folder, "b.csv"),
      "sku,n,price,at\n1,1,1.5,2024-01-01T00:00:00Z\n2,1,oops,2024-01-01T00:00:00Z\n",
    );
    const found = await check([join(folder, "b.csv")]);
    expect(found.get("schema.price")).toMatchObject({ status: "failed", actual: '"price" as string' });
    expect(short(found, "schema.n")).toBe("passed");
  });
  it("of JSON and Parquet, by patterns", async () => {
    writeFileSync(join(folder, "c1.jsonl"), '{"sku": "x", "n": 1, "price": 1.5, "at": "2024-01-01T00:00:00Z"}\n');
    writeFileSync(join(folder, "c2.jsonl"), '{"sku": "y", "n": 2, "price": 2, "at": "2024-01-01T00:00:00Z"}\n');
    const json = await check([join(folder, "c*.jsonl")]);
    expect([...json.values()].filter((r) => r.status !== "passed")).toEqual([]);
    expect(short(json, "range.n")).toBe("passed 0/2");
    await session.query(
      `COPY (SELECT 'x' AS sku, 0 AS n, 1.5::DECIMAL(10,2) AS price, now() AS at) TO '${join(folder, "d.parquet")}'`,
    );
    expect(short(await check([join(folder, "*.parquet")]), "range.n")).toBe("failed 1/1");
  });
  it("of unknown or mixed kinds are refused, and names are no SQL", async () => {
    expect(() => forFiles(["x.xlsx"])).toThrow(RangeError);
    expect(() => forFiles(["x.csv", "y.parquet"])).toThrow(RangeError);
    expect(() => forFiles([])).toThrow(RangeError);
    await session.query("CREATE OR REPLACE TABLE things AS SELECT 1 AS n");
    const port = contract(spec).value.ports[0]!;
    const relation = forFiles(["no'); DROP TABLE things; --.parquet"]).relation;
    const found = await runChecks(session, planChecks(compileChecks(port, { relation }), session), { now });
    expect(new Set(found.map((r) => r.status))).toEqual(new Set(["error"]));
    expect(await (await session.query("SELECT count(*) FROM things")).rows()).toEqual([[1n]]);
  });
});

it("points at the service level that a late port breaks, and only warns", async () => {
  const spec = "schema:\n  fields:\n    - { name: at, type: timestamp }\nsla: { freshness: 1h }\n";
  const found = await results(spec, `SELECT TIMESTAMP '2026-01-01 21:30:00' AS "at"`);
  expect(found.get("freshness")).toMatchObject({ status: "warning", actual: "2 h 30 min old" });
  const { value, source } = contract(spec);
  const finding = checkDiagnostic(found.get("freshness")!, value.ports[0]!, source)!;
  expect([finding.severity, finding.span?.line]).toEqual(["warning", 8]);
});

it("quotes hostile names of relations and columns", async () => {
  const evil = `x"; DROP TABLE things; --`;
  const name = session.dialect.identifier(evil);
  await session.query(
    `CREATE SCHEMA IF NOT EXISTS ${name}; CREATE OR REPLACE TABLE ${name}.${name} AS SELECT NULL::INTEGER AS ${name}`,
  );
  const port = contract(
    `schema:\n  fields:\n    - { name: '${evil}', type: integer, constraints: { null: false, unique: true } }\n`,
  ).value.ports[0]!;
  const checks = compileChecks(port, { relation: { schema: evil, name: evil } });
  const found = await runChecks(session, planChecks(checks, session), { now, rows: 1 });
  expect(found.map((r) => r.status)).toEqual(["passed", "passed", "failed"]);
  expect(checks[0]!.source.print(session.dialect, [])).toBe(id(evil, evil).print(session.dialect, []));
});
