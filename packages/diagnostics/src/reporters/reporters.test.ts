import { readFileSync } from "node:fs";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import { diagnostic } from "../diagnostic.ts";
import type { Report, ReportContext } from "../report.ts";
import { githubSummary } from "./github-summary.ts";
import { reporters } from "./registry.ts";

const file = "domains/orders/facts/data-product-contract.yaml";
const text = ["spec:", "  fields:", "    - name: order_id", "  checks:", "    - column: ordr_id", ""].join("\n");
const span = (line: number, column: number, endColumn: number) => ({ file, line, column, endLine: line, endColumn });

const unknownColumn = diagnostic({
  code: "contract/unknown-column",
  severity: "error",
  product: "orders.facts",
  path: ["spec", "checks", 0, "column"],
  message: 'Port "orders" has no column "ordr_id".',
  help: 'replace it with "order_id" (mesh lint --fix does)',
  span: span(5, 15, 22),
  related: [{ message: "declared here", span: span(3, 13, 21) }],
  fixes: [
    {
      title: 'replace it with "order_id"',
      safe: true,
      edits: [{ line: 5, column: 15, endLine: 5, endColumn: 22, text: "order_id" }],
    },
  ],
});
const report = (diagnostics = [unknownColumn]): Report => ({
  command: "lint",
  exitCode: 1,
  durationMs: 612,
  summary: { products: 15, cached: 13 },
  diagnostics,
  scope: "2 of 15 products",
  next: "mesh lint --fix",
});
const context: ReportContext = { color: false, width: 80, unicode: true, quiet: false, readText: () => text };

describe("pretty", () => {
  it("shows one finding as a person reads it", () => {
    expect(reporters.pretty(report(), context)).toMatchInlineSnapshot(`
      "error contract/unknown-column: Port "orders" has no column "ordr_id".
        domains/orders/facts/data-product-contract.yaml:5:15
          3 |     - name: order_id
            |             -------- declared here
          4 |   checks:
        > 5 |     - column: ordr_id
            |               ^^^^^^^
        help: replace it with "order_id" (mesh lint --fix does)

      1 error in 2 of 15 products (0.6 s); 1 can be fixed
      next: mesh lint --fix
      "
    `);
  });

  it("folds the same message on more than five lines into one finding with a count", () => {
    const many = [1, 2, 3, 4, 5, 6].map((line) =>
      diagnostic({ code: "a/b", severity: "warning", message: "again", span: span(line, 1, 2) }),
    );
    const printed = reporters.pretty(report(many), context);
    expect(printed.match(/a\/b/g)).toHaveLength(1);
    expect(printed).toContain("(6 times in this file)");
    expect(printed).toContain("6 warnings");
  });

  it("keeps the mark on the screen in a line far longer than the terminal", () => {
    const long = `${"x".repeat(500)}HERE${"y".repeat(500)}`;
    const d = diagnostic({ code: "a/b", severity: "error", message: "m", span: span(1, 501, 505) });
    const lines = reporters.pretty(report([d]), { ...context, readText: () => long }).split("\n");
    const code = lines.find((l) => l.includes("HERE"))!;
    const mark = lines[lines.indexOf(code) + 1]!;
    expect(code.length).toBeLessThanOrEqual(82);
    expect(mark.indexOf("^^^^")).toBe(code.indexOf("HERE"));
  });

  it("does not let a file's bytes steer the terminal", () => {
    const d = diagnostic({ code: "a/b", severity: "error", message: "bad \u001b[2Jname", span: span(1, 1, 2) });
    const printed = reporters.pretty(report([d]), { ...context, readText: () => "k: \u001b]0;title\u0007" });
    expect(printed).not.toMatch(/[\u001b\u0007]/); // oxlint-disable-line no-control-regex
  });

  it("prints only ASCII where the terminal has no UTF-8", () => {
    const d = diagnostic({ code: "a/b", severity: "error", message: "m", details: ["17  •••"] });
    expect(reporters.pretty(report([d]), { ...context, unicode: false })).toMatch(/^[\u0000-\u007f]*$/); // oxlint-disable-line no-control-regex
  });
});

it("line: one greppable line a finding", () => {
  expect(reporters.line(report(), context)).toBe(
    `${file}:5:15: error: Port "orders" has no column "ordr_id". (replace it with "order_id" (mesh lint --fix does)) [contract/unknown-column]\n`,
  );
});

it("json: counts, places and fixes in one object", () => {
  const body = JSON.parse(reporters.json({ ...report(), results: { big: 9007199254740993n } }, context));
  expect(body).toMatchObject({
    version: 1,
    command: "lint",
    exitCode: 1,
    durationMs: 612,
    summary: { products: 15, cached: 13, errors: 1, warnings: 0, fixable: 1 },
    results: { big: "9007199254740993" },
  });
  expect(body.diagnostics[0]).toMatchObject({
    file,
    line: 5,
    column: 15,
    endLine: 5,
    endColumn: 22,
    product: "orders.facts",
  });
  expect(body.diagnostics[0].related[0]).toEqual({
    message: "declared here",
    file,
    line: 3,
    column: 13,
    endLine: 3,
    endColumn: 21,
  });
});

it("json: is what its published schema says", async () => {
  const { default: schema } = await import("../../schema/report.v1.schema.json", { with: { type: "json" } });
  const validate = new Ajv.default({ allErrors: true, strict: false }).compile(schema);
  expect(validate(JSON.parse(reporters.json(report(), context))), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ version: 1, command: "lint" })).toBe(false);
});

it("github: escapes what would end a command early, and counts what the page would drop", () => {
  const d = diagnostic({
    code: "a/b",
    severity: "error",
    message: "50% done\nnext",
    span: { file: "a,b:c.yaml", line: 1, column: 2, endLine: 1, endColumn: 3 },
  });
  const printed = reporters.github(report(Array.from({ length: 12 }, () => d)), context);
  expect(printed).toContain(
    "::error file=a%2Cb%3Ac.yaml,line=1,col=2,endLine=1,endColumn=3,title=a/b::50%25 done%0Anext",
  );
  expect(printed.match(/^::error/gm)).toHaveLength(10);
  expect(printed).toContain("::notice::2 more findings");
});

it("sarif: a finding keeps its fingerprint when lines move", () => {
  const print = (line: number) =>
    JSON.parse(reporters.sarif(report([diagnostic({ ...unknownColumn, span: span(line, 15, 22) })]), context));
  const [a, b] = [print(5), print(9)];
  expect(a.runs[0].results[0].partialFingerprints).toEqual(b.runs[0].results[0].partialFingerprints);
  expect(a.runs[0].results[0].locations[0].physicalLocation.region.startLine).toBe(5);
  expect(a.runs[0].columnKind).toBe("utf16CodeUnits");
});

it("github: the job's page has every finding, and none of them can break its table", () => {
  const d = diagnostic({ ...unknownColumn, message: "a | b\n<script>", severity: "warning" });
  const page = githubSummary(report([d, unknownColumn]));
  expect(page).toContain("1 error, 1 warning");
  const rows = page.split("\n").filter((l) => l.startsWith("| error") || l.startsWith("| warning"));
  expect(rows.map((r) => r.replaceAll("\\|", "").split("|").length)).toEqual([6, 6]);
  expect(rows[1]).toContain("a \\| b &lt;script>");
  expect(githubSummary({ ...report([]), closing: "15 products, no findings" })).toContain("15 products, no findings");
});

// The standard's JSON Schema is OASIS's and not ours to ship: npm pack @microsoft/jest-sarif has it in lib/schemas.
const sarifSchema = process.env["SARIF_SCHEMA"];
it.skipIf(sarifSchema === undefined)("sarif: is what the standard's own schema allows", () => {
  const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(sarifSchema!, "utf8"));
  const options = { allErrors: true, strict: false, validateFormats: false, unicodeRegExp: false };
  const validate = new Ajv.default(options).compile(schema);
  const rewritten = diagnostic({ ...unknownColumn, fixes: [{ title: "write it anew", edits: [], safe: true }] });
  const ruleOf = () => ({ severity: "error", description: "d", page: "# p", category: "quality" });
  for (const each of [report([unknownColumn, rewritten]), report([]), { ...report([]), exitCode: 3, problem: "no" }]) {
    const log: unknown = JSON.parse(
      reporters.sarif(each, { ...context, ruleOf, helpUri: () => "https://docs.example/a" }),
    );
    expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
  }
});

it("ignore: entries for mesh.yaml, one a code and product", () => {
  const other = diagnostic({ code: "mesh/bad-naming", severity: "error", message: "m" });
  expect(reporters.ignore(report([unknownColumn, unknownColumn, other]), context)).toMatchInlineSnapshot(`
    "# Below spec of mesh.yaml; give each a reason, and an end (until: 2027-03-31) where it has one.
      ignore:
        - { rule: mesh/bad-naming, reason: "" }
        - { rule: contract/unknown-column, product: "orders.facts", reason: "" }  # 2 findings
    "
  `);
  expect(reporters.ignore(report([]), context)).toBe("");
});

it("sarif: rules carry their page, category and address where these are known", () => {
  const ruleOf = () => ({ severity: "error", description: "d", page: "# p", category: "quality" });
  const [rule] = JSON.parse(
    reporters.sarif(report(), { ...context, ruleOf, helpUri: (code) => `https://docs.example/${code}` }),
  ).runs[0].tool.driver.rules;
  expect(rule).toMatchObject({
    helpUri: "https://docs.example/contract/unknown-column",
    help: { markdown: "# p" },
    properties: { tags: ["quality"] },
  });
});

it("junit: skipped is skipped, and text cannot break the XML", () => {
  const printed = reporters.junit(
    {
      ...report([]),
      cases: [
        { suite: "orders.facts", name: "not-null <id>", status: "failed", message: 'a & b "c" \u0001' },
        { suite: "orders.facts", name: "unique", status: "passed", ms: 12 },
        { suite: "orders.raw", name: "all", status: "skipped", message: "reads orders.facts" },
      ],
    },
    context,
  );
  expect(printed).toContain('<testsuite name="orders.facts" tests="2" failures="1" errors="0" skipped="0">');
  expect(printed).toContain('name="not-null &lt;id&gt;"');
  expect(printed).toContain("a &amp; b &quot;c&quot; ?");
  expect(printed).toContain('<skipped message="reads orders.facts"/>');
});
