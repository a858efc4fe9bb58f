import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { exportCatalog, livePages } from "@meshwork/catalog-web";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { now, sampleReader } from "./testdata/sample-reader.ts";
import type { Sample } from "./testdata/sample-reader.ts";

const samples: Sample[] = [
  {
    domain: "orders",
    product: "order-events",
    columns: ["order_id", "customer_id"],
    verdict: "passing",
    builtAt: "2026-11-21T03:00:00Z",
  },
  { domain: "orders", product: "refunds", columns: ["refund_id"], verdict: "failing", builtAt: "2026-11-21T00:00:00Z" },
  { domain: "growth", product: "kpis", columns: ["day"] },
];
const pages = livePages(sampleReader(samples), { now: () => now });
const textOf = (html: string): string => html.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

describe("a product's page", () => {
  test("tells the verdict with its age, freshness promised beside observed, and how to read it", async () => {
    const { status, html } = await pages.product("orders", "order-events");
    const text = textOf(html);
    expect(status).toBe(200);
    expect(text).toContain("Passing checked 12 min ago");
    expect(text).toMatch(/promised 15m\s+built 12 min ago\s+in time/);
    expect(html).toContain("from read_parquet(&#39;/lake/it&#39;&#39;s/current/*.parquet&#39;)");
    expect(html).toContain("import { type Row } from &quot;@acme/orders/order-events&quot;;");
    expect(text).toContain("billing.totals named by the contract, not confirmed");
    expect(textOf((await pages.product("orders", "refunds")).html)).toMatch(
      /built 3 h ago\s+2 h 57 min late|built 3 h 12 min ago\s+2 h 57 min late/,
    );
  });

  test("never shows what did not run as good", async () => {
    const { html } = await pages.product("growth", "kpis");
    expect(textOf(html)).toContain("Not checked");
    expect(/class="badge good"/.test(html.slice(0, html.indexOf('id="lineage"')))).toBe(false);
    expect(textOf(html)).toContain("observed: unknown");
    expect(textOf(html)).toContain("never measured");
  });

  test("the drawing of the lineage has a table that says the same", async () => {
    const { html } = await pages.product("orders", "order-events");
    const table = html.slice(html.indexOf("Lineage as a table"));
    for (const name of ["raw.kafka.clicks", "orders.refunds", "growth.kpis"]) expect(table).toContain(name);
    expect(html).toMatch(/<div class="drawing" aria-hidden="true">/);
  });

  test("an unknown product, version or domain is not found", async () => {
    for (const page of [
      await pages.product("orders", "nope"),
      await pages.product("orders", "refunds", "9.9.9"),
      await pages.domain("nope"),
      pages.notFound("/x"),
    ])
      expect(page.status).toBe(404);
  });
});

describe("every page", () => {
  const all = async () => [
    await pages.home(),
    await pages.domain("orders"),
    await pages.product("orders", "order-events"),
    await pages.search("order_id"),
    await pages.search(""),
    pages.notFound("/x"),
  ];

  test("has a language, a title, one h1, headings without a gap, labelled controls and named regions", async () => {
    for (const { html } of await all()) {
      expect(html).toMatch(/^<!doctype html><html lang="en">/);
      expect(html).toMatch(/<title>[^<]+<\/title>/);
      const levels = [...html.matchAll(/<h(\d)[ >]/g)].map((m) => Number(m[1]));
      expect(levels.filter((level) => level === 1)).toHaveLength(1);
      levels.reduce((before, level) => (expect(level - before).toBeLessThanOrEqual(1), level), 0);
      const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]!);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, id] of html.matchAll(/<input[^>]* id="([^"]+)"/g))
        expect(html).toContain(`<label class="visually-hidden" for="${id}">`);
      for (const [, id] of html.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(id);
      for (const [tag] of html.matchAll(/<(?:div|pre)[^>]*tabindex="0"[^>]*>/g)) expect(tag).toContain("aria-label=");
      expect(html).toContain('class="skip" href="#content"');
      expect(html).not.toMatch(/ style="| on\w+="|(?:src|href)="https?:\/\//);
    }
  });

  test("escapes whatever a contract says", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme", maxLength: 30 }),
        fc.constantFrom(
          "<img src=x onerror=a()>",
          '"><script>a()</script>',
          "</title><svg onload=a()>",
          "' onfocus=a() '",
          "javascript:a()",
        ),
        async (noise, attack) => {
          const text = `${noise}${attack}`;
          const hostile = livePages(sampleReader([{ domain: "d", product: "p", text, columns: [text] }]), {
            now: () => now,
          });
          for (const { html } of [
            await hostile.home(),
            await hostile.domain("d"),
            await hostile.product("d", "p"),
            await hostile.search(text),
            hostile.notFound(text),
          ]) {
            expect(html).not.toMatch(/<img|<script>|<svg onload|<title>[^<]*<svg/);
            // What is left of the attack stands in texts and quoted values only: nothing in a tag outside quotes.
            for (const [tag] of html.matchAll(/<[a-z][^>]*>/g))
              expect(tag.replace(/"[^"]*"/g, "")).not.toMatch(/onerror|onfocus|onload|a\(\)/);
            expect(html).not.toMatch(/href="javascript:/i);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("colours", () => {
  const css = readFileSync(new URL("./style.css", import.meta.url), "utf8");
  const palette = (block: string) =>
    new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((m) => [m[1]!, m[2]!]));
  const light = palette(/:root \{([^}]*)\}/.exec(css)![1]!);
  const dark = palette(/prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}/.exec(css)![1]!);
  /** WCAG 2.2, relative luminance and contrast ratio. */
  const luminance = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string) => {
    const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number];
    return (x + 0.05) / (y + 0.05);
  };

  test("text has 4.5:1 on every ground it stands on, marks and borders of controls 3:1, in both schemes", () => {
    const texts = [
      ...["ground", "surface"].flatMap((ground) =>
        ["ink", "muted", "accent", "good", "warn", "bad", "calm"].map((ink) => [ink, ground]),
      ),
      ...["good", "warn", "bad", "calm"].map((tone) => [tone, `${tone}-soft`]),
      ["accent", "accent-soft"],
      ["surface", "accent"],
      ["ink", "mark"],
      ["accent", "mark"],
      ["ink", "warn-soft"],
      ["ink", "calm-soft"],
    ] as [string, string][];
    for (const [scheme, colours] of Object.entries({ light, dark })) {
      expect([...colours.keys()]).toEqual([...light.keys()]);
      for (const [ink, ground] of texts)
        expect(
          contrast(colours.get(ink)!, colours.get(ground)!),
          `${scheme}: ${ink} on ${ground}`,
        ).toBeGreaterThanOrEqual(4.5);
      for (const ground of ["ground", "surface"])
        expect(
          contrast(colours.get("strong-line")!, colours.get(ground)!),
          `${scheme}: line on ${ground}`,
        ).toBeGreaterThanOrEqual(3);
    }
  });
});

describe("the export", () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "mesh-export-"));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test("writes every page; every link in it leads to a file; the same catalog gives the same bytes", async () => {
    const { files, skipped } = await exportCatalog(sampleReader(samples), dir, { now });
    expect(skipped).toEqual([]);
    expect(files.filter((file) => file.endsWith(".html"))).toEqual([
      "domains/growth.html",
      "domains/orders.html",
      "index.html",
      "products/growth/kpis/index.html",
      "products/orders/order-events/index.html",
      "products/orders/refunds/index.html",
      "search.html",
    ]);
    let links = 0;
    for (const file of files.filter((f) => f.endsWith(".html"))) {
      const html = readFileSync(join(dir, file), "utf8");
      for (const [, target] of html.matchAll(/(?:href|src|action)="([^"#?]+)[^"]*"/g)) {
        if (target === "data:,") continue;
        links += 1;
        expect(statSync(resolve(dir, dirname(file), decodeURIComponent(target!))).isFile(), `${file}: ${target}`).toBe(
          true,
        );
      }
    }
    expect(links).toBeGreaterThan(40);
    const first = files.map((file) => readFileSync(join(dir, file), "utf8"));
    await exportCatalog(sampleReader(samples), dir, { now });
    expect(files.map((file) => readFileSync(join(dir, file), "utf8"))).toEqual(first);
  });

  test("a name that would lead out of the folder is left out and said", async () => {
    const { files, skipped } = await exportCatalog(
      sampleReader([
        { domain: "..", product: "../../x" },
        { domain: "a", product: "b/c" },
        { domain: "ok", product: "ok" },
      ]),
      join(dir, "hostile"),
      { now },
    );
    expect(skipped).toEqual(["...../../x", "a.b/c"]);
    expect(files).toContain("products/ok/ok/index.html");
  });
});
