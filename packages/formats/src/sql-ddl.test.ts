import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PGlite } from "@electric-sql/pglite";
import type { DuckDBConnection } from "@duckdb/node-api";
import { emit } from "./define-format.ts";
import type { Format } from "./define-format.ts";
import { sqlDuckdb } from "./sql-duckdb.format.ts";
import { sqlPostgres } from "./sql-postgres.format.ts";
import { formats } from "./registry.ts";
import { wellFormed } from "./tree/names.ts";
import { column, contract, decimal, int, port, text } from "./testdata/contracts.ts";
import { everyFeature, everyType, hostile } from "./testdata/every-feature.ts";
import { expectGolden, lossTable } from "./testdata/golden.ts";

const ddl = (format: Format, of: typeof everyFeature): string => emit(format, of).files[0]!.text;

let duck: DuckDBConnection;
let pg: PGlite;

beforeAll(async () => {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  duck = await (await DuckDBInstance.create(":memory:")).connect();
  pg = await (await import("@electric-sql/pglite")).PGlite.create();
}, 60_000);
afterAll(async () => {
  duck.closeSync();
  await pg.close();
});

/** The databases that start here: what each is asked, and how a table is gone again. */
const engines = {
  duckdb: { format: sqlDuckdb, run: (sql: string): Promise<unknown> => duck.run(sql) },
  postgres: { format: sqlPostgres, run: (sql: string): Promise<unknown> => pg.exec(sql) },
} as const;
const drop = 'DROP SCHEMA IF EXISTS "orders" CASCADE';

describe.each(Object.entries(engines))("tables in %s", (name, { format, run }) => {
  it.each([
    ["every feature", everyFeature],
    ["every type", everyType],
    ["hostile names", hostile],
  ])("are created for %s", async (_, of) => {
    await run(drop);
    await run(ddl(format, of));
    await run(drop);
  });

  it("refuse what the contract refuses, and take what it takes", async () => {
    await run(drop);
    await run(ddl(format, everyFeature));
    const row = (values: Record<string, string>): string => {
      const all: Record<string, string> = {
        order_id: "'o-1'",
        email: "'a@b'",
        status: "'placed'",
        amount: "10",
        at: "'2024-01-01T00:00:00Z'",
        ...values,
      };
      return `INSERT INTO "orders"."order_events_v2" (${Object.keys(all)
        .map((k) => `"${k}"`)
        .join(", ")}) VALUES (${Object.values(all).join(", ")})`;
    };
    for (const bad of [
      { order_id: "NULL" },
      { order_id: "''" },
      { order_id: `'${"x".repeat(37)}'` },
      { email: "'nobody'" },
      { status: "'lost'" },
      { amount: "-1" },
      { amount: "1000000" },
      { at: "'2019-12-31T23:59:59Z'" },
      { at: "NULL" },
    ])
      await expect(run(row(bad)), JSON.stringify(bad)).rejects.toThrow();
    await run(row({}));
    await run(row({ order_id: "'o-2'", email: "NULL", status: "'it''s paid'", amount: "NULL" }));
    await expect(run(row({ order_id: "'o-1'", email: "'c@d'" })), "key").rejects.toThrow();
    await expect(run(row({ order_id: "'o-3'" })), "unique").rejects.toThrow();
    await run(drop);
  });

  it("orders a composite key as the contract does", () => {
    const key = (column1: string, position: number) =>
      column(column1, int, { nullable: false, constraints: { primaryKey: true, primaryKeyPosition: position } });
    const c = contract({ ports: [port("t", [key("b", 2), key("a", 1)])] });
    expect(ddl(format, c)).toContain('PRIMARY KEY ("a", "b")');
  });

  it("leave out a pattern or a bound that the database does not have, and say so", async () => {
    const c = contract({
      ports: [
        port("t", [
          column("a", text, { constraints: { pattern: name === "duckdb" ? "^(?=a)" : "^(?<x>a)" } }),
          column("b", text, { constraints: { pattern: "(broken" } }),
          column("c", decimal(4, 2), { constraints: { min: "soon", max: "99.99" } }),
          column("d", { kind: "date" }, { constraints: { enum: ["2024-01-01", "never"] } }),
        ]),
      ],
    });
    await run(drop);
    await run(ddl(format, c));
    await run(drop);
    expect(lossTable(format, c)).toEqual({ pattern: ["a", "b"], bounds: ["c"], enum: ["d"] });
  });

  it("are created whatever the columns are called", async () => {
    const names = fc.uniqueArray(
      fc.string({ unit: "binary", minLength: 1, maxLength: 10 }).filter((n) => !n.includes("\0")),
      {
        minLength: 1,
        maxLength: 4,
        selector: (n) => n.toLowerCase(),
      },
    );
    await fc.assert(
      fc.asyncProperty(names, fc.string({ unit: "binary", maxLength: 20 }), async (columns, words) => {
        // Lone surrogates are no text that could be sent.
        const sent = wellFormed(words);
        const c = contract({
          ports: [
            port(
              "t",
              columns.map((n) => column(wellFormed(n), text, { description: sent, constraints: { enum: [sent] } })),
            ),
          ],
        });
        await run(drop);
        await run(ddl(format, c));
      }),
      { numRuns: 25 },
    );
    await run(drop);
  });
});

const all = formats.filter((format) => format.name.startsWith("sql-"));

describe.each(all)("$name", (format) => {
  it("writes what a person can read, and lists what is lost", () => {
    expectGolden(format, everyFeature, "every-feature");
    expectGolden(format, everyType, "every-type");
  });

  it("reports what its database does not have", () => {
    const table = lossTable(format, everyFeature);
    expect(table["masking"]).toEqual(["email"]);
    expect(table["not-null"] ?? []).toEqual(
      [
        "sql-duckdb",
        "sql-postgres",
        "sql-pgvector",
        "sql-trino",
        "sql-mysql",
        "sql-redshift",
        "sql-sqlserver",
      ].includes(format.name)
        ? ["lines.sku"]
        : [],
    );
    const enforced = [
      "sql-duckdb",
      "sql-postgres",
      "sql-pgvector",
      "sql-mysql",
      "sql-databricks",
      "sql-sqlserver",
    ].includes(format.name);
    expect((table["enum"] ?? []).includes("status")).toBe(!enforced);
    expect((table["bounds"] ?? []).includes("amount")).toBe(!enforced);
    expect((table["primary-key"] ?? []).includes("order_id")).toBe(format.name === "sql-trino");
    expect(table["checks"]).toEqual(["(port)"]);
  });

  it("keeps every name of an author inside its quotes", () => {
    for (const of of [hostile, everyType]) {
      const rest = outsideQuotes(ddl(format, of), format.name);
      // Nothing of an author is left but what a generated statement is made of.
      expect(rest).not.toMatch(/drop|<.?script|alert|--.*--|\{\{|#/i);
      expect(
        rest
          .split(/;\n/)
          .filter((part) => part.trim() !== "")
          .every((part) => /^\s*(?:--[^\n]*\n\s*)?(?:CREATE|COMMENT|ALTER|IF SCHEMA_ID)/.test(part)),
      ).toBe(true);
    }
  });
});

/** What is left when quoted names and texts are taken out, by the lexer's rules of each database. */
function outsideQuotes(sql: string, name: string): string {
  const escaping = ["sql-bigquery", "sql-databricks", "sql-mysql", "sql-snowflake", "sql-redshift"].includes(name);
  const string = escaping ? /'(?:\\[\s\S]|''|[^'\\])*'/ : /'(?:''|[^'])*'/;
  const tick = name === "sql-bigquery" ? /`(?:\\[\s\S]|[^`\\])*`/ : /`(?:``|[^`])*`/;
  const quoted = [string, tick, /"(?:""|[^"])*"/, ...(name === "sql-sqlserver" ? [/\[(?:\]\]|[^\]])*\]/] : [])];
  const [head = "", ...body] = sql.split("\n");
  expect(head).toMatch(/^-- Generated by Meshwork from the contract of [\p{L}\p{N}. _+-]+\.$/u);
  return body.join("\n").replace(new RegExp(quoted.map((each) => each.source).join("|"), "g"), "q");
}
