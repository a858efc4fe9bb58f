import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { edited, mesh, orders, ordersModel, runIn, scratch } from "./testdata/scratch-mesh.ts";

describe("exit codes", () => {
  const warning = edited(orders, "[raw.files]", "[raw.files, finance.revenue]");
  it.each<[code: number, argv: string[], changes?: Record<string, string>]>([
    [0, ["lint"]],
    [0, ["--help"]],
    [0, ["build", "--help"]],
    [0, ["build"]],
    [0, ["compat", "--base", "main"]],
    [1, ["lint"], edited(orders, "column: amount", "column: nope")],
    [1, ["build"], { [ordersModel]: "selec 1\n" }],
    [1, ["build"], { [orders]: "spec: [1,\n" }],
    [1, ["build"], { [orders]: "" }],
    [1, ["check"]],
    [1, ["sync", "--check"], edited(orders, "unique }", "unique }\n      - { column: order_id, assertion: not_null }")],
    [1, ["typecheck"], { [ordersModel]: "select nope from nowhere\n" }],
    [2, ["nope"]],
    [2, ["lint", "--nope"]],
    [2, ["lint", "no.product"]],
    [2, ["lint", "--format", "xml"]],
    [2, ["lint", "--max-warnings", "few"]],
    [2, ["lint", "--cwd", "/does/not/exist"]],
    [2, ["build", "--target", "nope"]],
    [2, ["build", "--vars", "nope"]],
    [2, ["build", "--rows", "many"]],
    [2, ["explain", "no/code"]],
    [2, ["lineage", "no.product"]],
    [2, ["lineage", "shop.orders", "--depth", "none"]],
    [2, ["diff", "only-one"]],
    [2, ["new", "thing", "name"]],
    [2, ["build"], { "mesh.yaml": "spec: {\n" }],
    [2, ["ls"], { "mesh.yaml": "spec: {\n" }],
    [3, ["build", "--target", "prod"]],
    [1, ["lint"], warning],
  ])("%i for mesh %j", async (code, argv, changes) => {
    const done = await mesh(await scratch(changes), ...argv);
    expect(done.code, done.stdout + done.stderr).toBe(code);
    // What goes wrong is said in words, in two lines where there is no result.
    if (code >= 2) {
      expect(done.stdout).toBe("");
      expect(done.stderr.trimEnd().split("\n")).toHaveLength(2);
    }
    expect(done.stdout + done.stderr).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
    expect(done.stderr).not.toContain("bug of its own");
  });

  it("warnings are no errors, unless --max-warnings says so", async () => {
    const root = await scratch({ [ordersModel]: "select 1::bigint as order_id, 2::decimal(10,2) as amount\n" });
    const contract = "domains/finance/revenue/models/revenue.sql";
    writeFileSync(join(root, contract), "select 1::decimal(38,2) as total\n");
    const lint = await mesh(root, "lint", "--format", "json");
    expect(JSON.parse(lint.stdout).summary).toMatchObject({ errors: 0, warnings: 1 });
    expect(lint.code).toBe(0);
    expect((await mesh(root, "lint", "--max-warnings", "1")).code).toBe(0);
    expect((await mesh(root, "lint", "--max-warnings", "0")).code).toBe(1);
  });

  it("130 when interrupted: what was built is told, the rest is skipped, and the next run finishes it", async () => {
    const root = await scratch();
    const done = await runIn({ cwd: root, interrupt: Promise.resolve() }, "build", "--format", "json");
    const report = JSON.parse(done.stdout);
    expect(done.code).toBe(130);
    expect(report).toMatchObject({ exitCode: 130, diagnostics: [] });
    expect(report.results.map((r: { status: string; reason: string }) => [r.status, r.reason])).toEqual([
      ["skipped", "interrupted"],
      ["skipped", "interrupted"],
    ]);
    expect(done.stderr).not.toContain("bug");
    expect(JSON.parse((await mesh(root, "build", "--format", "json")).stdout).summary).toMatchObject({ built: 2 });
  });

  it.skipIf(process.getuid?.() === 0)("a lake that cannot be written is said with its reason", async () => {
    const root = await scratch();
    mkdirSync(join(root, ".mesh"));
    chmodSync(join(root, ".mesh"), 0o500);
    const done = await mesh(root, "build");
    chmodSync(join(root, ".mesh"), 0o700);
    expect(done.code).toBeGreaterThan(0);
    expect(done.stderr + done.stdout).not.toContain("bug of its own");
  });
});

describe("bad input gives a code and a place, never a stack", () => {
  it.each<[title: string, changes: Record<string, string | Buffer>, code: string]>([
    ["no YAML", { [orders]: "a: [1,\n" }, "contract/not-yaml"],
    ["nothing", { [orders]: "" }, "contract/empty"],
    ["bytes", { [orders]: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 255]) }, "contract/not-text"],
    ["a misspelt key", edited(orders, "quality:", "qualty:"), "contract/unknown-key"],
    ["a length of time", edited(orders, '"99%"', '"99%", freshness: soon'), "contract/bad-duration"],
    ["an unknown upstream", edited(orders, "raw.files", "finance.revenu"), "contract/unknown-upstream"],
    ["a circle", edited(orders, "raw.files", "finance.revenue"), "contract/upstream-cycle"],
    ["an unknown ref", { [ordersModel]: "select * from {{ ref('nope') }}\n" }, "sql/unknown-ref"],
    ["an unknown macro", { [ordersModel]: "select {{ nope(1) }}\n" }, "sql/unknown-macro"],
    ["10,000 lines", { [orders]: longContract() }, "contract/unknown-column"],
    [
      "a hostile name",
      edited(orders, "name: order_id,", `name: 'x"; drop table y; --{{ z }}',`),
      "contract/unknown-column",
    ],
  ])("%s", async (_, changes, code) => {
    const root = await scratch();
    for (const [path, text] of Object.entries(changes)) writeFileSync(join(root, path), text);
    const done = await mesh(root, "lint", "--format", "json");
    const found = JSON.parse(done.stdout).diagnostics.find((d: { code: string }) => d.code === code);
    expect(found, done.stdout + done.stderr).toMatchObject({ message: expect.any(String), line: expect.any(Number) });
    expect(done.code).toBe(1);
  });

  it("a contract that is a folder", async () => {
    const root = await scratch();
    rmSync(join(root, orders));
    mkdirSync(join(root, orders));
    expect(await mesh(root, "lint", orders)).toEqual({
      code: 2,
      stdout: "",
      stderr: `${orders} is a folder.\nName a contract file.\n`,
    });
  });

  it("no mesh.yaml", async () => {
    const root = await scratch();
    rmSync(join(root, "mesh.yaml"));
    const done = await mesh(root, "build");
    expect(done).toMatchObject({ code: 2, stdout: "" });
    expect(done.stderr).toMatch(/^No mesh and no dbt project here: .+\nGo to one, or name one with --project-dir\.\n$/);
    expect(existsSync(join(root, ".mesh/lake"))).toBe(false);
  });
});

function longContract(): string {
  const fields = Array.from({ length: 10_000 }, (_, i) => `      - { name: c${i}, type: string, description: x }`);
  const [head, tail] = edited(orders, "schema:", "schema:")[orders]!.split(
    / {6}- \{ name: order_id[^]*?(?= {2}quality)/,
  );
  return `${head}${fields.join("\n")}\n${tail}`;
}
