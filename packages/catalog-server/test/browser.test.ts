import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { catalogClient } from "@meshwork/catalog-api";
import type { RunningCatalog } from "@meshwork/catalog-server";
import { startCatalog } from "@meshwork/catalog-server";
import { exportCatalog } from "@meshwork/catalog-web";
import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { check, contractText, run } from "./contracts.ts";

const executablePath = [
  process.env["CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path !== undefined && existsSync(path));

describe.skipIf(executablePath === undefined)(
  `in a browser${executablePath === undefined ? ": needs chromium (or its path in CHROMIUM)" : ""}`,
  () => {
    let dir: string;
    let catalog: RunningCatalog;
    let browser: Browser;
    const complaints: string[] = [];

    beforeAll(async () => {
      dir = mkdtempSync(join(tmpdir(), "mesh-browser-"));
      const started = await startCatalog({ dir: join(dir, "catalog"), port: 0 });
      if (!started.ok) throw new Error(started.diagnostic.message);
      catalog = started.value;
      const key = readFileSync(join(dir, "catalog/key"), "utf8").trim();
      const client = catalogClient({ url: catalog.url, key });
      const publish = async (text: string, rest: object = {}) =>
        expect(await client.publish({ contract: text, ...rest })).toMatchObject({ ok: true });
      const checks = ["{ column: order_id, assertion: not_null }"];
      const fields = [
        "{ name: order_id, type: string, description: Key of the order }",
        "{ name: customer_email, type: string, constraints: { pii: true, masking: hash } }",
      ];
      await publish(contractText("orders", "order-events", { checks, fields }), {
        run: run(new Date(Date.now() - 12 * 60_000).toISOString()),
        checks: [check("not_null.order_id", "passed")],
        ports: [{ port: "order_events", location: "/lake/current", rows: 1204, builtAt: new Date().toISOString() }],
      });
      await publish(
        contractText("growth", "kpis", { upstream: ["orders.order-events"], fields: ["{ name: day, type: date }"] }),
      );
      await publish(
        contractText("hostile", "orders", { description: `'<img src=x onerror=alert(1)><script>alert(2)</script>'` }),
      );
      await exportCatalog(client, join(dir, "export"), { now: new Date() });
      browser = await chromium.launch({
        executablePath: executablePath!,
        headless: true,
        // The sandbox needs an account that is not root.
        chromiumSandbox: process.getuid?.() !== 0,
        args: [
          "--disable-dev-shm-usage",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--no-proxy-server",
          // Whatever is asked of any other host fails, and shows as a console error.
          "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ],
      });
    });
    afterAll(async () => {
      await browser?.close();
      await catalog?.close();
      rmSync(dir, { recursive: true, force: true });
    });

    async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
      const page = await context.newPage();
      page.on(
        "console",
        (message) => ["error", "warning"].includes(message.type()) && complaints.push(`${path}: ${message.text()}`),
      );
      page.on("pageerror", (error) => complaints.push(`${path}: ${error.message}`));
      page.on("dialog", (dialog) => (complaints.push(`${path}: ${dialog.message()}`), void dialog.dismiss()));
      await page.goto(path.startsWith("file:") ? path : `${catalog.url}${path}`);
      return page;
    }

    test("the product is found by its column's name, by keyboard alone, and the column is in view", async () => {
      const page = await open("/");
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.textContent.trim()")).toBe("Skip to content");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.type("customer_email");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/search\?q=customer_email/);
      expect(await page.locator(".entry h3").allTextContents()).toEqual(["orders.order-events"]);
      expect(await page.locator(".matches mark").allTextContents()).toEqual(["customer", "email"]);
      await page.locator(".matches a").focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(/order-events#column-order_events-customer_email$/);
      const row = page.locator("tr:target");
      expect(await row.textContent()).toContain("hashed");
      expect(
        await row.evaluate((e: { getBoundingClientRect(): { top: number } }) => e.getBoundingClientRect().top),
      ).toBeLessThan(860);
      await page.context().close();
    });

    test("above the fold of a product's page: purpose, status, owner, channel, verdict, freshness and a query", async () => {
      const page = await open("/products/orders/order-events");
      for (const text of [
        "What happened.",
        "1.0.0",
        "active",
        "team-orders@acme.example",
        "Passing",
        "checked 12 min ago",
        "promised 15m",
        "in time",
        "from orders.order_events_v1",
      ]) {
        const box = await page.getByText(text, { exact: false }).first().boundingBox();
        expect(box === null ? -1 : box.y + box.height, text).toBeLessThanOrEqual(860);
        expect(box, text).not.toBeNull();
      }
      await page.context().close();
    });

    test("every control is reached by keyboard in order, and shows that it is", async () => {
      const page = await open("/products/orders/order-events");
      const reachable = await page.evaluate(
        `[...document.querySelectorAll("a[href]:not([tabindex='-1']), button, input, summary, [tabindex='0']")].filter((e) => e.checkVisibility()).length`,
      );
      const seen = new Set<string>();
      for (let at = 0; at < Number(reachable); at++) {
        await page.keyboard.press("Tab");
        const [name, outline] = (await page.evaluate(
          `(() => { const e = document.activeElement; e.dataset.seen ??= String(Math.random()); return [e.dataset.seen, getComputedStyle(e).outlineStyle + getComputedStyle(e).outlineWidth]; })()`,
        )) as [string, string];
        seen.add(name);
        expect(outline).toMatch(/^(solid|auto)[1-9]/);
      }
      expect(seen.size).toBe(reachable);
      await page.context().close();
    });

    test("nothing is cut off at 200 % zoom and on a phone, in light and dark", async () => {
      for (const options of [
        { viewport: { width: 640, height: 430 } },
        { viewport: { width: 320, height: 640 } },
      ] as const)
        for (const colorScheme of ["light", "dark"] as const)
          for (const path of ["/", "/products/orders/order-events", "/search?q=order"]) {
            const page = await open(path, { ...options, colorScheme, reducedMotion: "reduce" });
            expect(
              await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
              `${path} ${options.viewport.width}`,
            ).toBe(0);
            await page.context().close();
          }
    });

    test("works without JavaScript", async () => {
      const page = await open("/", { javaScriptEnabled: false });
      await page.locator("#home-search").fill("email");
      await page.locator(".search button").click();
      expect(await page.locator(".entry h3").allTextContents()).toEqual(["orders.order-events"]);
      await page.locator(".entry h3 a").click();
      expect(await page.locator("h1").textContent()).toBe("orders.order-events");
      await page.context().close();
    });

    test("what a contract says is never run", async () => {
      const page = await open("/products/hostile/orders");
      expect(await page.locator(".purpose .lead").textContent()).toContain("<script>alert(2)</script>");
      await page.context().close();
    });

    test("the export opens from disk, and its search finds a column", async () => {
      const page = await open(pathToFileURL(join(dir, "export/index.html")).href);
      await page.locator("#home-search").fill("customerEmail");
      await page.keyboard.press("Enter");
      await page.waitForURL(/search\.html\?q=/);
      expect(await page.locator("[data-search-entry]:visible h2").allTextContents()).toEqual(["orders.order-events"]);
      expect(await page.locator("mark").allTextContents()).toEqual(["customer_email"]);
      expect(await page.locator("[data-search-status]").textContent()).toContain("1 product matches");
      await page.locator(".matches a:visible").click();
      await page.waitForURL(/order-events\/index\.html#column-/);
      await page.context().close();
    });

    test("no page complained", () => expect(complaints).toEqual([]));
  },
);
