import { expect, it } from "vitest";
import { importedProducts } from "./typescript-consumers.ts";

const found = (text: string) => importedProducts(text, "@acme");

it("sees every form of import", () => {
  expect(
    found(`
      import { type OrderEvents, orderEventsSchema } from "@acme/orders/order-events";
      import type { Kpis } from '@acme/growth/daily-web-kpis';
      export * from "@acme/content/page-catalog";
      const lazy = await import("@acme/identity/identity-map");
      import {
        a,
        b,
      } from "@acme/marketing/campaigns";
    `),
  ).toEqual([
    "orders.order-events",
    "growth.daily-web-kpis",
    "content.page-catalog",
    "identity.identity-map",
    "marketing.campaigns",
  ]);
});

it("sees none in comments, templates and other scopes", () => {
  expect(
    found(`
      // import x from "@acme/orders/order-events";
      /* import y from "@acme/orders/order-events"; */
      const t = \`import z from "@acme/orders/order-events"\`;
      import q from "@acmeX/orders/order-events";
      import r from "@acme/orders";
    `),
  ).toEqual([]);
});
