import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertions, readContract } from "@meshwork/contract";
import { examplesOf, pageOf } from "@meshwork/diagnostics";
import { duckdbEngine } from "@meshwork/engine-duckdb";
import type { Engine, Session } from "@meshwork/engine";
import { duckdb } from "@meshwork/sql";
import { load } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkArea, checkDiagnostic, checkKinds, compileChecks, kindOf, planChecks, runChecks } from "./index.ts";

let engine: Engine;
let session: Session;
const folder = mkdtempSync(join(tmpdir(), "mesh-pages-"));

beforeAll(async () => {
  engine = duckdbEngine();
  session = await engine.open();
  await session.query("CREATE TABLE other AS SELECT * FROM range(2)");
  await session.query("CREATE TABLE customers AS SELECT unnest(['c1', 'c2']) AS customer_id");
});
afterAll(async () => {
  await session.close();
  await engine.close();
  rmSync(folder, { recursive: true });
});

/** The findings of an example: its contract, its rows in a table, its checks run on 2 January 2026. */
async function findings(example: string): Promise<string[]> {
  const [spec, rowsText] = example.split(/^(?=rows:)/m);
  const text = `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: shop.things, domain: shop, version: 1.0.0 }
spec:
${spec!.replaceAll(/^/gm, "  ")}`;
  const read = readContract({ file: "contract.yaml", text });
  expect(
    read.diagnostics
      .filter((d) => d.severity === "error" && /schema|quality|check|column|type|yaml/.test(d.code))
      .map((d) => d.message),
  ).toEqual([]);
  const port = read.value!.ports[0]!;
  const { rows } = load(rowsText!) as { rows: Record<string, unknown>[] };
  const file = join(folder, "rows.json");
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join("\n"));
  const there = new Set(rows.flatMap((row) => Object.keys(row)));
  const columns = port.columns.filter((c) => there.has(c.name));
  const types = columns.map(
    (c) => `${duckdb.literal(c.name)}: ${duckdb.literal(duckdb.type(c.type).replace(/\[\d+\]/, "[]"))}`,
  );
  await session.query(
    `CREATE OR REPLACE TABLE things AS SELECT * FROM read_json(${duckdb.literal(file)}, format = 'newline_delimited', columns = {${types.join(", ")}})`,
  );
  const resolve = (to: string) =>
    to === "crm.customers.customer_id" ? { relation: { name: "customers" }, column: "customer_id" } : undefined;
  const checks = compileChecks(port, { relation: { name: "things" }, resolve });
  const results = await runChecks(session, planChecks(checks, session), {
    now: new Date("2026-01-02T00:00:00Z"),
    rows: 5,
  });
  return results.flatMap((result) => {
    const found = checkDiagnostic(result, port, read.source);
    if (found === undefined) return [];
    expect(found.span).toBeDefined();
    return [found.code];
  });
}

describe("the page of every code", () => {
  const codes = Object.keys(checkArea.definitions);
  it.each(codes)("check/%s: the wrong example is found, the right one is not", async (code) => {
    const page = pageOf(checkArea, `check/${code}`)!;
    expect(page.what).not.toBe("");
    expect(page.sections.has("why")).toBe(true);
    const [wrong, right] = [examplesOf(page, "wrong")[0]!, examplesOf(page, "right")[0]!];
    expect(await findings(wrong.body)).toContain(`check/${code}`);
    expect(await findings(right.body)).toEqual([]);
  });
  it("has no page without a code", () => {
    const pages = readdirSync(new URL("./checks/", import.meta.url)).filter((name) => name.endsWith(".check.md"));
    expect(pages.map((name) => name.replace(".check.md", "")).sort()).toEqual([...codes].sort());
  });
});

describe("assertions", () => {
  it("each that a contract may name has a check", () => {
    expect([...assertions.keys()].filter((name) => kindOf(name) === undefined)).toEqual([]);
  });
  it("each that a check implements can be named in a contract", () => {
    const implied = new Set(["dimensions"]);
    const names = checkKinds.flatMap((kind) => kind.assertions);
    expect(names.filter((name) => !assertions.has(name) && !implied.has(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });
  it("each kind stands in a file of its name", () => {
    const files = readdirSync(new URL("./checks/", import.meta.url)).filter((name) => name.endsWith(".check.ts"));
    expect(files.map((name) => name.replace(".check.ts", "")).sort()).toEqual(
      checkKinds.map((kind) => kind.code).sort(),
    );
  });
});
