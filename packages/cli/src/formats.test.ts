import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import schema from "@meshwork/diagnostics/schema/report.v1.schema.json" with { type: "json" };
import { commands } from "./commands/registry.ts";
import { edited, mesh, orders, runIn, scratch } from "./testdata/scratch-mesh.ts";

const validate = new Ajv.default({ allErrors: true, strict: false }).compile(schema);

/** One command line of every command; a command without one fails the test below. */
const lines: Readonly<Record<string, readonly string[]>> = {
  adopt: ["adopt", "domains/shop"],
  new: ["new", "domain", "shipping", "--dry-run"],
  remove: ["remove", "shipping", "--dry-run"],
  lint: ["lint"],
  diff: ["diff", `HEAD:${orders}`, orders],
  convert: ["convert", orders, "--to", "avro"],
  compat: ["compat", "--base", "main"],
  typecheck: ["typecheck"],
  build: ["build"],
  check: ["check"],
  publish: ["publish", "--dry-run"],
  catalog: ["catalog", "export"],
  status: ["status"],
  import: ["import", "usage", "absent.csv", "--from", "pg"],
  lineage: ["lineage", "shop.orders"],
  impact: ["impact", "shop.orders"],
  sync: ["sync", "--check"],
  compile: ["compile"],
  run: ["run"],
  test: ["test"],
  seed: ["seed"],
  snapshot: ["snapshot"],
  parse: ["parse"],
  show: ["show", "--inline", "select 1 as n"],
  metrics: ["metrics"],
  retry: ["retry"],
  clone: ["clone", "--state", "nowhere"],
  source: ["source", "freshness"],
  "run-operation": ["run-operation", "nope"],
  docs: ["docs", "generate"],
  ls: ["ls"],
  prune: ["prune"],
  explain: ["explain", "contract/owner-required"],
  doctor: ["doctor"],
};

describe("--format json", () => {
  it.each(commands.map((c) => c.name))("mesh %s prints one object, as the published schema says", async (name) => {
    const root = await scratch(edited(orders, "What was paid.", "What was paid, really."));
    const argv = lines[name];
    expect(argv, `a line for mesh ${name}`).toBeDefined();
    const done = await mesh(root, ...argv!, "--format", "json");
    const report: unknown = JSON.parse(done.stdout);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report).toMatchObject({ command: name, exitCode: done.code });
  });

  it("also where there is no result: exit code and reason", async () => {
    const done = await mesh(await scratch(), "build", "--target", "nope", "--format", "json");
    const report: unknown = JSON.parse(done.stdout);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report).toMatchObject({ exitCode: 2, problem: expect.stringContaining('no target "nope"') });
  });
});

it("stdout carries the result only: progress goes to stderr", async () => {
  const done = await mesh(await scratch(), "build");
  expect(done.stdout).toMatch(/^ok  shop\.orders .+\nok  finance\.revenue .+\n$/);
  expect(done.stderr).toMatch(/^ok       shop\.orders  .+\nok       finance\.revenue  .+\n$/);
  const quiet = await mesh(await scratch(), "lint", "--quiet", "--format", "pretty");
  expect(quiet).toEqual({ code: 0, stdout: "", stderr: "" });
});

describe("which format", () => {
  const broken = edited(orders, "column: amount", "column: nope");

  it("pretty on a terminal, line in a pipe, github on GitHub", async () => {
    const cwd = await scratch(broken);
    expect((await runIn({ cwd, terminal: true }, "lint")).stdout).toContain("next:");
    expect((await runIn({ cwd }, "lint")).stdout).toMatch(
      /^domains\/shop.+:15:19: error: .+\[contract\/unknown-column\]$/m,
    );
    const github = await runIn({ cwd, env: { GITHUB_ACTIONS: "true" } }, "lint");
    expect(github.stdout).toMatch(/^::error file=domains\/shop\/orders\/data-product-contract\.yaml,line=/m);
  });

  it("several at once, some to files", async () => {
    const root = await scratch(broken);
    const argv = ["--format", "json=out/report.json", "--format", "sarif=out/report.sarif", "--format", "line"];
    const done = await mesh(root, "lint", ...argv, "--format", "junit=out/report.xml");
    expect(done.stdout).toMatch(/^domains\//);
    expect(JSON.parse(readFileSync(join(root, "out/report.json"), "utf8")).exitCode).toBe(1);
    const sarif = JSON.parse(readFileSync(join(root, "out/report.sarif"), "utf8"));
    expect(sarif.runs[0].results.map((r: { ruleId: string }) => r.ruleId)).toContain("contract/unknown-column");
    expect(sarif.runs[0].tool.driver.rules[0].shortDescription.text).not.toBe(sarif.runs[0].tool.driver.rules[0].id);
    expect(readFileSync(join(root, "out/report.xml"), "utf8")).toContain("<testsuite name=");
  });

  it("a file that cannot be written is said, with exit 3", async () => {
    const root = await scratch();
    writeFileSync(join(root, "taken"), "");
    const done = await mesh(root, "lint", "--output", "taken/report.txt");
    expect(done.code).toBe(3);
    expect(done.stderr).toMatch(/^taken\/report\.txt cannot be written \(\w+\)\.\n/);
  });

  it("colour by the usual rules", async () => {
    const cwd = await scratch(broken);
    const colored = async (env: Record<string, string>, terminal: boolean, ...argv: string[]) =>
      (await runIn({ cwd, env, terminal }, "lint", "--format", "pretty", ...argv)).stdout.includes("\u001b[");
    expect(await colored({}, true)).toBe(true);
    expect(await colored({}, false)).toBe(false);
    expect(await colored({ NO_COLOR: "1" }, true)).toBe(false);
    expect(await colored({ TERM: "dumb" }, true)).toBe(false);
    expect(await colored({ FORCE_COLOR: "1" }, false)).toBe(true);
    expect(await colored({ NO_COLOR: "1" }, false, "--color")).toBe(true);
    expect(await colored({ FORCE_COLOR: "1" }, true, "--no-color")).toBe(false);
  });

  it("colours the result's own lines too, and nothing but colours", async () => {
    const done = await runIn({ cwd: await scratch(), terminal: true }, "build");
    expect(done.stdout).toMatch(/^\u001b\[32mok\u001b\[39m {2}shop\.orders /); // oxlint-disable-line no-control-regex
    expect(done.stdout).not.toContain("\ufffd");
  });

  it("60 columns: no line of a frame is wider; without UTF-8 only ASCII", async () => {
    const long = "  description: x".padEnd(300, "x");
    const cwd = await scratch({ [orders]: broken[orders]!.replace("What was paid.", long.trim().replaceAll(":", "")) });
    const narrow = { cwd, terminal: true, columns: 60 };
    const wide = await runIn({ ...narrow, env: { NO_COLOR: "1" } }, "lint");
    for (const line of wide.stdout.split("\n").filter((l) => /^\s*>? \d+ \|/.test(l)))
      expect(line.length).toBeLessThanOrEqual(60);
    // Where an ellipsis is three dots it takes four more.
    const done = await runIn({ ...narrow, env: { LC_ALL: "C", NO_COLOR: "1" } }, "lint");
    for (const line of done.stdout.split("\n").filter((l) => /^\s*>? \d+ \|/.test(l)))
      expect(line.length).toBeLessThanOrEqual(64);
    expect(done.stdout).toMatch(/^[\u0000-\u007f]*$/); // oxlint-disable-line no-control-regex
  });
});
