import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compat, typecheck } from "./index.ts";
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
});
