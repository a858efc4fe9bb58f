import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readContract } from "@meshwork/contract";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import { importContract } from "../operations/import.ts";

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "mesh-import-data-"));
  const engine = duckdbEngine({ path: join(cwd, "shop.duckdb") });
  const session = await engine.open();
  const run = async (text: string) => void (await (await session.query(text)).rows());
  await run(`CREATE TABLE orders AS SELECT i AS order_id, 'u' || i || '@x.example' AS email,
    ['paid', 'placed', 'sent'][i % 3 + 1] AS status, (i * 7 % 100)::DECIMAL(10,2) AS amount,
    CASE WHEN i % 4 > 0 THEN 'n' || (i % 90) END AS note, [{sku: 'a', qty: i}] AS lines FROM range(1, 401) r(i)`);
  await run(`COPY orders TO '${join(cwd, "orders.parquet")}'`);
  await run(`COPY (SELECT * EXCLUDE lines FROM orders) TO '${join(cwd, "orders.csv")}'`);
  await run(`COPY orders TO '${join(cwd, "orders.jsonl")}' (FORMAT json)`);
  await run("CREATE SCHEMA sales");
  await run(
    "CREATE TABLE sales.customers (id BIGINT PRIMARY KEY, name VARCHAR NOT NULL UNIQUE, tier VARCHAR CHECK (tier IN ('gold', 'iron')), score INTEGER CHECK (score >= 0), CHECK (length(name) > score))",
  );
  await run(
    "CREATE TABLE sales.visits (id BIGINT, customer BIGINT REFERENCES sales.customers (id), PRIMARY KEY (id, customer))",
  );
  await run("COMMENT ON TABLE sales.customers IS 'Who buys'");
  await run("COMMENT ON COLUMN sales.customers.tier IS 'It''s a tier'");
  await session.close();
  await engine.close();
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const imported = async (source: string, more: object = {}) => {
  const done = await importContract({ cwd, source, answers: { domain: "shop" }, ...more });
  expect(done.problem).toBeUndefined();
  return { ...done.results!, contract: readContract({ file: "c", text: done.results!.text }).value! };
};

describe("files with rows", () => {
  it.each([
    ["orders.parquet", "parquet", "decimal(10,2)"],
    ["orders.csv", "csv", "double"],
    ["orders.jsonl", "json-lines", "double"],
  ])("%s: names and types, and nothing that only the rows say", async (source, format, amount) => {
    const { contract, format: found } = await imported(source);
    expect(found).toBe(format);
    const columns = contract.ports[0]!.columns;
    expect(columns.slice(0, 5).map((c) => c.name)).toEqual(["order_id", "email", "status", "amount", "note"]);
    expect(columns.find((c) => c.name === "amount")!.typeName).toBe(amount);
    expect(columns.every((c) => c.nullable && Object.keys(c.constraints).length === 0 && !c.pii)).toBe(true);
  });

  it("suggests with evidence, the same whatever the format", async () => {
    const said = async (source: string) => (await imported(source)).suggestions.map((s) => `${s.id}: ${s.evidence}`);
    const found = await said("orders.parquet");
    expect(found).toEqual([
      "order_id.primary-key: 400 of 400 rows distinct, none null",
      "email.unique: 400 of 400 rows distinct",
      "email.not-null: 0 of 400 rows null",
      "email.format: 400 of 400 values look like one",
      "email.pii: named like an e-mail address; 400 of 400 values look like an e-mail address",
      "status.not-null: 0 of 400 rows null",
      'status.accepted-values: 400 rows hold 3 values: "placed" (134), "paid" (133), "sent" (133)',
      "amount.not-null: 0 of 400 rows null",
      "amount.range: smallest and largest of 400 values",
      "note.length: longest of 300 values",
    ]);
    expect(await said("orders.csv")).toEqual(found);
    expect(await said("orders.jsonl")).toEqual(found);
  });

  it("writes what is accepted, by id or kind, and refuses what nobody suggested", async () => {
    const { contract, accepted } = await imported("orders.parquet", {
      accept: ["order_id.primary-key,status.accepted-values", "pii"],
    });
    expect(accepted).toEqual(["order_id.primary-key", "email.pii", "status.accepted-values"]);
    const [id, email, status, amount] = contract.ports[0]!.columns;
    expect([id!.constraints.primaryKey, id!.nullable, email!.pii, status!.constraints.enum, amount!.nullable]).toEqual([
      true,
      false,
      true,
      ["paid", "placed", "sent"],
      true,
    ]);
    const wrong = await importContract({ cwd, source: "orders.parquet", accept: ["order_id.primary-kye"] });
    expect(wrong).toMatchObject({
      exitCode: 2,
      problem: expect.stringContaining('Did you mean "order_id.primary-key"?'),
    });
    expect((await imported("orders.parquet", { accept: ["all"] })).accepted.length).toBe(10);
    expect((await imported("orders.parquet", { profile: false })).suggestions.map((s) => s.id)).toEqual(["email.pii"]);
  });

  it("says of a file that is none what it is not", async () => {
    writeFileSync(join(cwd, "broken.parquet"), "PAR1 but no more");
    const done = await importContract({ cwd, source: "broken.parquet" });
    expect(done.diagnostics).toMatchObject([{ code: "import/unreadable", span: { file: "broken.parquet", line: 1 } }]);
    expect((await importContract({ cwd, source: "gone/*.parquet" })).problem).toContain("cannot be read");
  });
});

describe("a database file of DuckDB", () => {
  it("tells keys, conditions, comments and references", async () => {
    const { contract, suggestions } = await imported("shop.duckdb", { answers: { name: "crm.shop" } });
    expect(contract.ports.map((p) => [p.name, p.description])).toEqual([
      ["orders", undefined],
      ["customers", "Who buys"],
      ["visits", undefined],
    ]);
    const customers = contract.ports[1]!;
    expect(customers.columns.map((c) => [c.name, c.nullable, c.description, c.constraints])).toEqual([
      ["id", false, undefined, { primaryKey: true }],
      ["name", false, undefined, { unique: true }],
      ["tier", true, "It's a tier", { enum: ["gold", "iron"] }],
      ["score", true, undefined, { min: 0 }],
    ]);
    expect(customers.checks).toMatchObject([{ sql: expect.stringContaining("where not (") }]);
    expect(contract.ports[2]!.columns[1]!.constraints.references).toBe("crm.shop.customers.id");
    expect(suggestions.some((s) => s.id === "orders.order_id.primary-key")).toBe(true);
  });

  it("takes what is asked for", async () => {
    expect((await imported("shop.duckdb", { only: ["customers"] })).contract.ports.map((p) => p.name)).toEqual(
      ["shop"].map(() => "customers"),
    );
    expect((await importContract({ cwd, source: "shop.duckdb", only: ["custmers"] })).problem).toContain(
      'Did you mean "customers"?',
    );
  });
});

describe("into a contract that is there", () => {
  const text = `# ours
apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: shop.orders, domain: shop, version: 1.0.0 }
spec:
  owner: team@acme.example   # who else
  sla: { freshness: 1h }
  schema:
    fields:
      # the key
      - { name: order_id, type: integer, description: The key., constraints: { primary_key: true } }
      - { name: email, type: string, constraints: { pii: true } }
      - { name: status, type: string }   # says how far it is
`;
  it("adds what it lacks, keeps every word, and says where they disagree", async () => {
    writeFileSync(join(cwd, "c.yaml"), text);
    const done = await importContract({ cwd, source: "orders.parquet", into: "c.yaml", accept: ["amount.not-null"] });
    expect(done.exitCode).toBe(1);
    expect(done.results!.drift).toEqual({
      added: ["orders.amount", "orders.note", "orders.lines"],
      differs: ['orders: type of column "order_id" is wider: 64-bit integer, it was 32-bit integer'],
    });
    const now = readFileSync(join(cwd, "c.yaml"), "utf8");
    expect(now.startsWith(text.trimEnd())).toBe(true);
    expect(readContract({ file: "c", text: now }).value!.ports[0]!.columns.map((c) => [c.name, c.nullable])).toEqual([
      ["order_id", false],
      ["email", true],
      ["status", true],
      ["amount", false],
      ["note", true],
      ["lines", true],
    ]);
    const again = await importContract({ cwd, source: "orders.parquet", into: "c.yaml" });
    expect([again.results!.drift!.added, again.results!.written]).toEqual([[], []]);
    expect(readFileSync(join(cwd, "c.yaml"), "utf8")).toBe(now);
  });
});
