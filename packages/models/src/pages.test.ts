import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { IntervalLedger, ResolvePort } from "./index.ts";
import { checkFreshness, compileMetricQuery, intervalKey, runNodes, sqlCodes } from "./index.ts";
import { memoryProject, onDuckdb } from "./testdata/memory-project.ts";

const names = Object.keys(sqlCodes.definitions);
const folder = fileURLToPath(sqlCodes.pages.directory);

// The pages' mesh: a folder below `models` is a product; `orders.order_events` and `shop.daily` are ports.
const productOf = (path: string): string | undefined => {
  const product = /^models\/([^/]+)\//.exec(path)?.[1];
  return product === undefined ? undefined : `shop.${product}`;
};
const resolvePort: ResolvePort = ({ domain, port, version }) => {
  if (domain === "shop" && port === "daily")
    return { relation: { schema: "shop", name: "daily_v1" }, product: "shop.kpis" };
  if (domain === "orders" && port === "order_events") {
    const relation = { schema: "orders", name: "order_events_v2" };
    const warning = version === undefined ? "No version is named; the newest is 2." : undefined;
    return { relation, product: "orders.order-events", version: "2", warning };
  }
  return { error: { unknown: "port", candidates: domain === "shop" ? ["daily"] : ["orders.order_events"] } };
};

// The pages' `daily` is filled for a day of which nothing was there yet.
const oneDay = { start: "1969-12-20T00:00:00.000Z", end: "1969-12-21T00:00:00.000Z" };
const filledOnce: IntervalLedger = {
  of: () => ({
    made: undefined,
    from: "1969-12-31T00:00:00.000Z",
    intervals: new Map([[intervalKey(oneDay), { ...oneDay, at: 1, code: "", read: { "model.shop.events": "0" } }]]),
  }),
  begin() {},
  note() {},
};

/** Every code that an example leads to, in loading, selecting and running. */
async function codesOf(page: string, section: string): Promise<string[]> {
  const text = page.split(/^## /m).find((s) => s.startsWith(`${section}\n`)) ?? "";
  const files: Record<string, string> = {};
  const selectors: string[] = [];
  const queries: string[] = [];
  for (const [, language, body] of text.matchAll(/^```(\S+)\n([\s\S]*?)^```/gm)) {
    if (language === "text") selectors.push(body!.trim());
    else if (language === "metrics") queries.push(body!.trim());
    else if (language === "csv") files["seeds/rates.csv"] = body!;
    else files[/^(?:--|#) (\S+)\n/.exec(body!)![1]!] = body!;
  }
  if (selectors.length > 0) files["models/rev.sql"] = "{{ config(tags=['daily']) }} select 1 as n";
  const project = memoryProject(
    Object.keys(files).includes("other/dbt_project.yml") ? { ...files, "dbt_project.yml": undefined as never } : files,
    { productOf, resolvePort },
  );
  const codes = project.diagnostics.map((d) => d.code);
  for (const node of project.nodes.values()) {
    const known = new Set(codes);
    codes.push(...project.compile(node).diagnostics.flatMap((d) => (known.has(d.code) ? [] : [d.code])));
  }
  if (selectors.length > 0) codes.push(...project.select({ select: selectors }).diagnostics.map((d) => d.code));
  for (const [metric, groupBy] of queries.map((q) => q.split(" --group-by ")))
    codes.push(
      ...compileMetricQuery(project, { metrics: [metric!], groupBy: [groupBy!] }).diagnostics.map((d) => d.code),
    );
  if (codes.length > 0 || project.nodes.size + project.sources.size === 0) return codes;
  return onDuckdb(async (session) => {
    await session.query("create schema shop_private; create table shop_private.history as select 1 as id");
    const unitTests = [...project.unitTests.values()];
    const nodes = [...project.nodes.values()];
    await session.query("create table shop_private.daily as select 1 as id, timestamp '1969-12-20' as happened");
    const outcome = await runNodes(project, session, {
      nodes,
      unitTests,
      now: () => new Date(0),
      intervals: { ledger: filledOnce },
    });
    const of = outcome.results.flatMap((r) => r.diagnostics.map((d) => d.code));
    await session.query("create schema raw; create table raw.fresh_orders as select now() as loaded_at");
    await session.query("create table raw.stale_orders as select timestamp '2020-01-01' as loaded_at");
    for (const source of project.sources.values()) {
      if (source.freshness?.errorAfter === undefined) continue;
      const checked = await checkFreshness(project, session, source, { now: () => new Date() });
      of.push(...checked.diagnostics.map((d) => d.code));
    }
    return of;
  });
}

describe("the pages of sql", () => {
  it("has one page for each code", () => {
    const pages = readdirSync(folder).filter((file) => file.endsWith(sqlCodes.pages.suffix));
    expect(pages.sort()).toEqual(names.map((name) => name + sqlCodes.pages.suffix).sort());
  });

  it.each(names)("%s: Wrong yields the code alone, Right yields nothing", async (name) => {
    const page = readFileSync(new URL(name + sqlCodes.pages.suffix, sqlCodes.pages.directory), "utf8");
    expect(page.startsWith(`# sql/${name}\n`)).toBe(true);
    expect([...new Set(await codesOf(page, "Wrong"))]).toEqual([`sql/${name}`]);
    expect(await codesOf(page, "Right")).toEqual([]);
  });
});
