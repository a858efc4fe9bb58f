import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { convert } from "./convert.ts";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

const contract = (fields: string) => `apiVersion: datamesh.io/v1
kind: DataProduct
metadata: { name: orders-domain.events, domain: orders, version: 1.0.0 }
spec: { owner: team@acme.example, schema: { fields: [${fields}] } }
`;

function folder(fields: string, mesh?: string): string {
  const path = mkdtempSync(join(tmpdir(), "mesh-convert-"));
  made.push(path);
  writeFileSync(join(path, "c.yaml"), contract(fields));
  if (mesh !== undefined) writeFileSync(join(path, "mesh.yaml"), mesh);
  return path;
}
const a = "{ name: a, type: string }";
const b = "{ name: b, type: long, constraints: { min: 1 } }";

describe("convert", () => {
  it("answers with files and losses, and writes nothing without a folder", async () => {
    const cwd = folder(b);
    const done = await convert({ cwd, file: "c.yaml", to: "avro" });
    expect([done.exitCode, done.summary]).toEqual([0, { files: 1, losses: done.results!.losses.length }]);
    expect(done.results!.files[0]).toMatchObject({ path: "events.avsc" });
    expect(done.results!.losses.map((loss) => [loss.feature, loss.column])).toContainEqual(["bounds", "b"]);
    expect(readdirSync(cwd)).toEqual(["c.yaml"]);
  });

  it("keeps the numbers of columns beside the contract, and never gives one again", async () => {
    const cwd = folder(`${a}, ${b}`);
    const first = await convert({ cwd, file: "c.yaml", to: "protobuf", out: "gen" });
    expect(first.results!.written).toEqual(["gen/events.proto", "contract.ids.json"]);
    writeFileSync(join(cwd, "c.yaml"), contract(`${b}, { name: c, type: string }`));
    await convert({ cwd, file: "c.yaml", to: "protobuf", out: "gen" });
    const text = readFileSync(join(cwd, "gen/events.proto"), "utf8");
    expect(text).toContain("reserved 1;");
    expect(text).toContain("int64 b = 2;");
    expect(text).toContain("string c = 3;");
    const again = await convert({ cwd, file: "c.yaml", to: "iceberg", out: "gen" });
    expect(again.results!.written).toEqual(["gen/events.iceberg.json"]);
  });

  it("writes the dialects, and reads them again", async () => {
    const cwd = folder(b);
    for (const [to, file] of [
      ["odcs-3.2", "events.odcs.yaml"],
      ["odps", "events.odps.yaml"],
      ["datamesh", "data-product-contract.yaml"],
    ] as const) {
      const done = await convert({ cwd, file: "c.yaml", to, out: to });
      expect([to, done.results!.written]).toEqual([to, [`${to}/${file}`]]);
      const again = await convert({ cwd, file: `${to}/${file}`, to: "datamesh" });
      expect([to, again.diagnostics.filter(({ severity }) => severity === "error")]).toEqual([to, []]);
    }
    const odps = await convert({ cwd, file: "c.yaml", to: "odps" });
    expect(odps.results!.losses.map(({ feature }) => feature)).toEqual(["columns of events"]);
  });

  it("says that numbers are not kept where nothing is written", async () => {
    const done = await convert({ cwd: folder(a), file: "c.yaml", to: "protobuf" });
    expect(done.results!.numbersNotKept).toBe(true);
  });

  it("refuses numbers that it cannot trust", async () => {
    const cwd = folder(a);
    writeFileSync(join(cwd, "contract.ids.json"), "{}");
    const done = await convert({ cwd, file: "c.yaml", to: "protobuf", out: "gen" });
    expect([done.exitCode, done.problem]).toEqual([2, expect.stringContaining("contract.ids.json")]);
    expect(readdirSync(cwd)).not.toContain("gen");
  });

  it("names relations as the mesh does", async () => {
    const mesh = `apiVersion: datamesh.io/v1\nkind: Mesh\nmetadata: { name: m }\nspec: { naming: { relation: "{port}", schema: "mart_{domain}" } }\n`;
    const done = await convert({ cwd: folder(a, mesh), file: "c.yaml", to: "sql-duckdb" });
    expect(done.results!.files[0]!.text).toContain('CREATE TABLE "mart_orders"."events" (');
  });

  it.each([
    ["c.yaml", "arvo", 'Did you mean "avro"?'],
    ["d.yaml", "avro", "d.yaml cannot be read"],
  ])("refuses %s to %s", async (file, to, problem) => {
    const done = await convert({ cwd: folder(a), file, to });
    expect([done.exitCode, done.problem]).toEqual([2, expect.stringContaining(problem)]);
  });

  it("converts no contract with errors", async () => {
    const done = await convert({ cwd: folder("{ name: a, type: strnig }"), file: "c.yaml", to: "avro" });
    expect([done.exitCode, done.results, done.diagnostics[0]!.code]).toEqual([1, null, "contract/unknown-type"]);
  });
});
