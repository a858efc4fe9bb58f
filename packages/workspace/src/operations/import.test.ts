import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readContract } from "@meshwork/contract";
import { importContract } from "./import.ts";
import { lintFile } from "./lint-file.ts";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), "mesh-import-"));
  made.push(path);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

const sql = "create table sales.orders (id uuid primary key, amount numeric(10,2) check (amount > 0));";

describe("import", () => {
  it("makes a contract that lints, with what was assumed said", async () => {
    const cwd = folder({ "orders.sql": sql });
    const done = await importContract({ cwd, source: "orders.sql", out: "contract.yaml" });
    expect([done.exitCode, done.results!.format, done.results!.written]).toEqual([
      0,
      "sql-postgres",
      ["contract.yaml"],
    ]);
    expect(done.results!.assumed.map((line) => line.split(":")[0])).toEqual(["owner", "sla.freshness"]);
    const { value } = readContract({ file: "c", text: readFileSync(join(cwd, "contract.yaml"), "utf8") });
    expect([value!.domain, value!.product, value!.ports.map((p) => p.name)]).toEqual(["sales", "orders", ["orders"]]);
    expect((await lintFile({ cwd, files: ["contract.yaml"] })).exitCode).toBe(0);
  });

  it("writes nothing without a file, and over no file unless told to", async () => {
    const cwd = folder({ "orders.sql": sql, "c.yaml": "mine" });
    await importContract({ cwd, source: "orders.sql" });
    expect(readdirSync(cwd).sort()).toEqual(["c.yaml", "orders.sql"]);
    expect(await importContract({ cwd, source: "orders.sql", out: "c.yaml" })).toMatchObject({
      exitCode: 2,
      problem: expect.stringContaining("--force"),
    });
    expect(readFileSync(join(cwd, "c.yaml"), "utf8")).toBe("mine");
    expect((await importContract({ cwd, source: "orders.sql", out: "c.yaml", force: true })).exitCode).toBe(0);
  });

  it("takes the owner of the domain whose folder it is written to", async () => {
    const cwd = folder({
      "orders.sql": sql,
      "mesh.yaml": "apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: acme }\n",
      "domains/shop/domain.yaml":
        "apiVersion: datamesh.io/v1\nkind: Domain\nmetadata: { name: shop }\nspec: { owner: team-shop@acme.example }\n",
    });
    const done = await importContract({
      cwd,
      source: "orders.sql",
      out: "domains/shop/orders/data-product-contract.yaml",
      answers: { freshness: "1h" },
    });
    expect(done.results!.assumed).toEqual([]);
    expect(done.results!.text).toContain("owner: team-shop@acme.example");
    expect(done.results!.text).toContain("domain: shop");
  });

  it("writes the Open Data Contract Standard, too", async () => {
    const cwd = folder({ "orders.sql": sql });
    const done = await importContract({ cwd, source: "orders.sql", dialect: "odcs", out: "orders.odcs.yaml" });
    expect(done.results!.text).toContain("kind: DataContract");
    expect(done.exitCode).toBe(0);
    expect((await lintFile({ cwd, files: ["orders.odcs.yaml"] })).exitCode).toBe(0);
  });

  it("says what is wrong with an argument before any work", async () => {
    const cwd = folder({ "orders.sql": sql, "odd.bin": "\u0001\u0002" });
    const problem = async (source: string, from?: string) => (await importContract({ cwd, source, from })).problem;
    expect(await problem("gone.sql")).toContain("cannot be read");
    expect(await problem("orders.sql", "sql-postgre")).toContain('Did you mean "sql-postgres"?');
    expect(await problem("odd.bin")).toContain("--from");
  });
});
