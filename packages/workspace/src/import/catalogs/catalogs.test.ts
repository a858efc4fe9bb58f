import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { pgliteEngine } from "@meshwork/engine-postgres";
import { readCatalog } from "@meshwork/formats";
import { importContract } from "../../operations/import.ts";
import { withoutSecret } from "./catalog.ts";
import { postgresTables } from "./postgres-catalog.ts";

describe("PostgreSQL's catalog", () => {
  it("tells keys, conditions, enums, domains, comments and references of tables and views", async () => {
    const engine = pgliteEngine();
    const session = await engine.open();
    try {
      for (const text of [
        "CREATE SCHEMA crm",
        "CREATE TYPE crm.mood AS ENUM ('sad', 'it''s ok')",
        "CREATE DOMAIN crm.mail AS varchar(50) NOT NULL",
        `CREATE TABLE crm.people (id int PRIMARY KEY, m crm.mood, e crm.mail, "We""ird" numeric(6,2)[], s varchar(10) CHECK (s IN ('a', 'b')),
          n int CHECK (n BETWEEN 1 AND 5), r tsrange, UNIQUE (m, s), CONSTRAINT odd CHECK (n > length(s)))`,
        "CREATE VIEW crm.v AS SELECT id FROM crm.people",
        "COMMENT ON COLUMN crm.people.n IS 'One to five'",
        "CREATE TABLE crm.orders (id uuid PRIMARY KEY, person int REFERENCES crm.people (id), at timestamptz(3) NOT NULL)",
      ])
        await (await session.query(text)).rows();
      const read = readCatalog(
        (await postgresTables(session)).filter((table) => table.schema === "crm"),
        "postgres",
      );
      expect(read.imported.ports.map((port) => port.name)).toEqual(["orders", "people", "v"]);
      const [orders, people] = read.imported.ports;
      expect(people!.columns.map((c) => [c.name, c.type.kind, c.nullable, c.constraints])).toEqual([
        ["id", "integer", false, { primaryKey: true }],
        ["m", "string", true, { enum: ["sad", "it's ok"] }],
        ["e", "string", false, { maxLength: 50 }],
        ['We"ird', "array", true, {}],
        ["s", "string", true, { enum: ["a", "b"], maxLength: 10 }],
        ["n", "integer", true, { min: 1, max: 5 }],
        ["r", "string", true, {}],
      ]);
      expect(people!.columns[5]!.description).toBe("One to five");
      expect(people!.checks.map((check) => [check.name, check.assertion])).toEqual([
        ["unique_m_s", "unique"],
        ["odd", "sql"],
      ]);
      expect(orders!.references).toEqual([{ column: "person", port: "people", namespace: "crm", to: "id" }]);
      expect(read.diagnostics.map((d) => d.code)).toEqual(["import/unknown-type"]);
    } finally {
      await session.close();
      await engine.close();
    }
  });

  it("never prints a password", async () => {
    expect(withoutSecret("postgresql://u:s3cret@h/db")).toBe("postgresql://u:•••@h/db");
    const done = await importContract({ cwd: "/", source: "postgresql://u:s3cret@127.0.0.1:1/db" });
    expect([done.exitCode, done.problem?.includes("s3cret"), done.problem?.includes("cannot be read")]).toEqual([
      3,
      false,
      true,
    ]);
  });
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Speaks the protocol as its documentation has it; the server itself takes minutes to start and is tried by hand. */
async function speaking(answer: (text: string, origin: string) => object): Promise<{ url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      seen.push(`${request.method} ${request.url} ${String(request.headers["x-trino-user"])} ${body.slice(0, 20)}`);
      response.setHeader("content-type", "application/json");
      const origin = `http://${request.headers.host}`;
      response.end(
        JSON.stringify(
          request.method === "POST"
            ? { nextUri: `http://elsewhere.example/v1/q/${encodeURIComponent(body)}` }
            : answer(decodeURIComponent(request.url!.slice(6)), origin),
        ),
      );
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { url: `trino://ann@127.0.0.1:${(server.address() as AddressInfo).port}/lake/sales`, seen };
}

describe("Trino's protocol", () => {
  it("is followed page by page on the server that was named, whatever a page says is next", async () => {
    const { url, seen } = await speaking((text) => {
      if (text.includes("information_schema"))
        return {
          data: [
            ["orders", "id", "bigint", "NO"],
            ["orders", "r", "row(a varchar(3), b array(timestamp(6) with time zone))", "YES"],
          ],
        };
      if (text.startsWith("SHOW")) return { data: [["id", "bigint", "", "The key"]] };
      return { data: [["orders", "All orders"]] };
    });
    const done = await importContract({ cwd: "/", source: url });
    expect(done.problem).toBeUndefined();
    expect(done.results!.text).toContain(
      "- { name: id, type: long, constraints: { null: false }, description: The key }",
    );
    expect(done.results!.text).toContain("description: All orders");
    expect(seen.filter((line) => line.startsWith("POST")).length).toBe(3);
    expect(seen.every((line) => line.includes(" ann "))).toBe(true);
  });

  it("says what the server says, and takes no password in an address", async () => {
    const { url } = await speaking(() => ({ error: { message: "Catalog 'lake' not found" } }));
    expect(await importContract({ cwd: "/", source: url })).toMatchObject({
      exitCode: 3,
      problem: expect.stringContaining("Catalog 'lake' not found"),
    });
    expect(await importContract({ cwd: "/", source: url.replace("ann@", "ann:pw@") })).toMatchObject({
      exitCode: 2,
      problem: expect.stringContaining("TRINO_PASSWORD"),
    });
    expect(await importContract({ cwd: "/", source: url, env: { TRINO_PASSWORD: "x" } })).toMatchObject({
      exitCode: 2,
      problem: expect.stringContaining("encrypted"),
    });
    expect(await importContract({ cwd: "/", source: "trino://127.0.0.1:1/lake" })).toMatchObject({
      exitCode: 2,
      problem: expect.stringContaining("catalog and schema"),
    });
  });
});
