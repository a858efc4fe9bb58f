import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildNodes, metrics, queryMetrics } from "../index.ts";

interface Recorded {
  readonly metrics: string[];
  readonly groupBy?: string[];
  readonly where?: string[];
  readonly orderBy?: string[];
  readonly limit?: number;
  readonly start?: string;
  readonly end?: string;
  readonly columns: string[];
  readonly rows: string[][];
}

const folder = fileURLToPath(new URL("../testdata/metrics", import.meta.url));
const recorded = JSON.parse(readFileSync(join(folder, "metricflow.json"), "utf8")) as Recorded[];
const cwd = mkdtempSync(join(tmpdir(), "meshwork-metrics-"));
const place = { cwd, env: {} };

beforeAll(async () => {
  cpSync(folder, cwd, { recursive: true });
  expect((await buildNodes(place)).exitCode).toBe(0);
}, 60_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** A cell as MetricFlow's CSV has it, numbers to nine digits. */
function cell(value: unknown): string {
  if (value === null || value === "") return "";
  const text = String(value as string);
  if (/^\d{4}-\d\d-\d\d(?:T|$)/.test(text)) return `${text.slice(0, 10)} ${text.slice(11) || "00:00:00"}`;
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase();
  return /^-?\d+(?:\.\d+)?(?:e-?\d+)?$/.test(text) ? String(Number(Number(text).toPrecision(9))) : text;
}

const rowsOf = (columns: readonly string[], rows: readonly (readonly unknown[])[]): string[] =>
  rows.map((row) =>
    columns
      .map((c, i) => `${c}=${cell(row[i])}`)
      .sort()
      .join(" "),
  );

const ask = (query: Parameters<typeof queryMetrics>[0]["query"], explain = false) =>
  queryMetrics({ ...place, query, explain });

describe("metrics queried on DuckDB", () => {
  it.each(recorded.map((r) => [r.metrics.join(), (r.groupBy ?? []).join(), (r.where ?? []).join(" and "), r] as const))(
    "%s by %s where %s is what MetricFlow yields",
    async (_, __, ___, { columns, rows, ...query }) => {
      const done = await ask(query);
      expect(done.diagnostics).toEqual([]);
      const [result] = done.results;
      const ours = rowsOf(
        result!.columns,
        result!.show.map((r) => result!.columns.map((c) => r[c])),
      );
      const theirs = rowsOf(columns, rows);
      // Without an order MetricFlow's rows come as the engine has them.
      expect(query.orderBy === undefined ? ours.sort() : ours).toEqual(
        query.orderBy === undefined ? theirs.sort() : theirs,
      );
    },
  );

  it("explains a query as SQL that the engine takes", async () => {
    const { results } = await ask({ metrics: ["web_share"], groupBy: ["metric_time__month"] }, true);
    expect(results[0]!.sql).toContain(`DATE_TRUNC('month', "src".`);
    expect(results[0]!.show).toEqual([]);
  });

  it.each([
    [{ metrics: ["revenu"] }, `There is no metric "revenu". Did you mean "revenue"?`],
    [{ metrics: ["revenue"], groupBy: ["customer__contry"] }, `Did you mean "customer__country"?`],
    [{ metrics: ["customers"], groupBy: ["customer__channel"] }, "would be counted more than once"],
    [{ metrics: ["revenue"], groupBy: ["order__customer__country"] }, "more than one join"],
    [{ metrics: ["revenue"], groupBy: ["metric_time__hour"] }, "is kept by day, so it cannot be told by hour"],
    [{ metrics: ["revenue"], groupBy: ["metric_time__fortnight"] }, `no dimension "metric_time__fortnight"`],
    [{ metrics: ["revenue_growth"] }, "offset_window and offset_to_grain are not supported"],
    [{ metrics: ["revenue_30_days"] }, "group it by metric_time"],
    [{ metrics: ["revenue"], where: ["{{ Metric('orders') }} > 1"] }, "cannot be read"],
    [{ metrics: ["revenue"], where: ["{{ Dimension('order__channel' }}"] }, "cannot be read"],
    [{ metrics: ["revenue"], where: ["nope = 1"] }, "does not run"],
    [{ metrics: ["revenue"], start: "2024-02-31" }, "is no date"],
    [{ metrics: ["revenue"], orderBy: ["orders"] }, `no column "orders"`],
  ])("%j is refused: %s", async (query, reason) => {
    const done = await ask(query);
    expect(done.exitCode).toBeGreaterThan(0);
    expect([done.problem, ...done.diagnostics.map((d) => d.message)].join("\n")).toContain(reason);
    expect(done.results).toEqual([]);
    for (const found of done.diagnostics)
      expect(found).toMatchObject({ code: "sql/metric-query", span: { line: expect.any(Number) } });
  });

  it("names and texts of hostile forms stay what they are", async () => {
    const query = {
      metrics: ["orders"],
      where: [`{{ Dimension('order__channel') }} = 'we''b\n  "; drop table orders --'`],
    };
    expect((await ask(query)).results[0]!.show).toEqual([{ orders: null }]);
    expect((await ask({ metrics: ["orders"] })).results[0]!.show).toEqual([{ orders: 10 }]);
  });

  it("lists what there is, with what each can be grouped by", async () => {
    const done = await metrics(place);
    expect(done.results.map((m) => m.name)).toContain("revenue_30_days");
    expect(done.results.find((m) => m.name === "revenue")).toMatchObject({
      type: "simple",
      description: "All money.",
      dimensions: [
        "customer",
        "customer__country",
        "customer__joined_on",
        "metric_time",
        "order",
        "order__channel",
        "order__is_big",
        "order__ordered_on",
      ],
    });
    expect((await metrics({ ...place, names: ["revenu"] })).problem).toContain(`Did you mean "revenue"?`);
  });

  it("a table that is not built is said with the metric's place", async () => {
    const root = mkdtempSync(join(tmpdir(), "meshwork-metrics-"));
    try {
      cpSync(folder, root, { recursive: true });
      writeFileSync(
        join(root, "profiles.yml"),
        "shop: {target: a, outputs: {a: {type: duckdb, path: empty.duckdb}}}\n",
      );
      const done = await queryMetrics({ cwd: root, env: {}, query: { metrics: ["revenue"] } });
      expect(done.diagnostics[0]).toMatchObject({ code: "sql/metric-query", span: { file: "models/semantic.yml" } });
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
