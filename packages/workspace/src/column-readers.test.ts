import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compat, impact, typecheck } from "./index.ts";
import { commitAll, git } from "./testdata/git.ts";

const here = fileURLToPath(new URL("../../../", import.meta.url));
const now = new Date("2026-11-21T00:00:00Z");
const file = "domains/web-platform/clickstream-events/data-product-contract.yaml";

let root: string;
let text: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "meshwork-example-"));
  const kept = (path: string) => !/[\\/](?:target|node_modules|logs)$/.test(path);
  cpSync(join(here, "domains"), join(root, "domains"), { recursive: true, filter: kept });
  for (const name of ["mesh.yaml", "package.json"]) cpSync(join(here, name), join(root, name));
  text = readFileSync(join(root, file), "utf8");
  commitAll(root);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Takes a column out of the clickstream's contract, and says who is named: `product (owner) column kinds at file:line`. */
async function withoutColumn(column: string): Promise<string[]> {
  const edited = text.replace(new RegExp(`^ {6}- \\{ name: ${column}, .*\\n`, "m"), "");
  expect(edited).not.toBe(text);
  writeFileSync(join(root, file), edited);
  const done = await compat({ root, now });
  git(root, "checkout", "-q", "--", ".");
  const [result] = done.results;
  expect(result).toMatchObject({ product: "web-platform.clickstream-events", level: "major" });
  expect(result!.consumers.flatMap((c) => c.unknown)).toEqual([]);
  // The engine's own complaint, where there is one, is about somebody who is named.
  for (const c of result!.consumers) if (c.breaks.length > 0) expect(c.reads).not.toEqual([]);
  return result!.consumers.flatMap((c) =>
    c.reads.map((r) => `${r.product} (${c.owner}) ${r.column} ${r.kinds.join("+")} at ${r.place.file}:${r.place.line}`),
  );
}

describe("the worked example, without data", () => {
  it("typechecks", async () => {
    const done = await typecheck({ root, now });
    expect(done.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
    expect(
      done.results.flatMap((m) => m.columns.filter((c) => c.origins === null).map((c) => `${m.model}.${c.name}`)),
    ).toEqual([]);
  });

  it.each([
    [
      "utm_campaign",
      [
        "behaviour.sessions (team-behaviour@acme.example) utm_campaign identity at domains/behaviour/sessions/models/sessions.sql:34",
      ],
    ],
    [
      "consent",
      [
        "web-platform.traffic-quality (team-web-platform@acme.example) consent identity+transformation at domains/web-platform/traffic-quality/models/traffic_quality.sql:10",
      ],
    ],
    ["revenue", []],
    [
      "referrer_host",
      [
        "behaviour.sessions (team-behaviour@acme.example) referrer_host identity at domains/behaviour/sessions/models/sessions.sql:31",
      ],
    ],
    ["product_id", []],
    [
      "order_id",
      [
        "commerce.orders (team-commerce@acme.example) order_id group+join+transformation at domains/commerce/orders/models/orders.sql:15",
        "marketing.attribution (team-marketing@acme.example) order_id join at domains/marketing/attribution/models/int_touches.sql:9",
      ],
    ],
    [
      "user_agent",
      [
        "web-platform.traffic-quality (team-web-platform@acme.example) user_agent join at domains/web-platform/traffic-quality/models/int_bot_visitors.sql:8",
      ],
    ],
  ])("who reads %s is named with the line, and nobody else", async (column, readers) => {
    expect(await withoutColumn(column)).toEqual(readers);
  });

  /** Words that are columns of another relation there: of sessions, the identity map, the shop's own orders, campaigns. */
  const homonyms: Readonly<Record<string, readonly string[]>> = {
    user_key: ["behaviour.sessions", "commerce.orders"],
    referrer_host: ["marketing.attribution"],
    utm_medium: ["marketing.attribution"],
    utm_campaign: ["marketing.attribution"],
    device: ["behaviour.checkout-funnel"],
    product_id: ["commerce.orders"],
    quantity: ["commerce.orders"],
  };

  it("names for every column whoever names it in SQL, found by searching the files", async () => {
    const { results } = await impact({ root, name: "web-platform.clickstream-events", now });
    const direct = results!.consumers.filter((c) => c.depth === 1);
    const texts = new Map(direct.map((c) => [c.name, sqlOf(join(root, "domains", ...c.name.split("."), "models"))]));
    const schema = text.slice(text.indexOf("\n  schema:"), text.indexOf("\n  storage:"));
    const columns = [...schema.matchAll(/^ {6}- (?:\{ )?name: (\w+)/gm)].map((m) => m[1]!);
    expect(columns).toHaveLength(20);
    for (const column of columns) {
      const named = direct.filter((c) => c.reads.some((r) => r.column === column)).map((c) => c.name);
      const word = new RegExp(`(?<![\\w$])${column}(?![\\w$])`);
      const found = [...texts].filter(([, sql]) => word.test(sql)).map(([name]) => name);
      expect(named.sort(), column).toEqual(found.filter((name) => !homonyms[column]?.includes(name)).sort());
    }
  });

  it.each([
    ["another type", "event_id", "type: string", "type: long", ["behaviour.sessions", "web-platform.traffic-quality"]],
    ["null allowed", "country", "null: false, ", "", ["behaviour.sessions"]],
    ["another value", "consent", "unknown]", "unknown, expired]", ["web-platform.traffic-quality"]],
    [
      "another name",
      "utm_source",
      "name: utm_source",
      "renamed_from: utm_source, name: campaign_source",
      ["behaviour.sessions"],
    ],
    ["a wider pattern", "page_path", 'pattern: "^/"', 'pattern: "^"', ["behaviour.sessions"]],
    ["classification raised", "user_key", "classification: confidential", "classification: restricted", []],
    ["a tighter length, which breaks nobody", "visitor_key", "max_length: 32", "max_length: 31", []],
  ] as const)("%s of %s names who reads it", async (_, column, from, to, readers) => {
    const line = new RegExp(`^ {6}- \\{ name: ${column}, .*$`, "m").exec(text)![0];
    const edited = text.replace(line, line.replace(from, to));
    expect(edited).not.toBe(text);
    writeFileSync(join(root, file), edited);
    const done = await compat({ root, now });
    git(root, "checkout", "-q", "--", ".");
    expect(done.results[0]!.consumers.filter((c) => c.reads.length > 0).map((c) => c.product)).toEqual(readers);
    for (const c of done.results[0]!.consumers) expect(c.owner).toMatch(/^team-[\w-]+@acme\.example$/);
  });
});

const sqlOf = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith(".sql"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n")
    .replace(/--[^\n]*|\/\*[\s\S]*?\*\/|\{#[\s\S]*?#\}/g, "");
