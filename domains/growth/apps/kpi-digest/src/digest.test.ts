import type { DailyWebKpis } from "@acme/growth/daily-web-kpis";
import { describe, expect, it } from "vitest";
import { digest } from "./digest.ts";

const day = (kpi_date: string, more: Partial<DailyWebKpis> = {}): DailyWebKpis => ({
  kpi_date,
  sessions: 100n,
  visitors: 90n,
  page_views: 300n,
  bounces: 30n,
  converting_sessions: 5n,
  orders: 5n,
  gross_revenue: "100.10",
  net_revenue: "90.05",
  bounce_rate: "0.300000",
  conversion_rate: "0.050000",
  average_order_value: "20.02",
  ...more,
});

const dates = (count: number): string[] => Array.from({ length: count }, (_, index) => `2026-03-${String(index + 1).padStart(2, "0")}`);

describe("digest", () => {
  it("sets the last seven days beside the seven before, whatever the order of rows", () => {
    const rows = dates(14).map((date, index) => day(date, index < 7 ? {} : { sessions: 150n }));
    expect(digest(rows.toReversed())).toEqual([
      "Web shop, 7 days to 2026-03-14",
      "sessions                1050  +50.0 %",
      "orders                    35  +0.0 %",
      "net revenue       630.35 EUR  +0.0 %",
      "conversion            3.33 %  before 5.00 %",
      "bounces              20.00 %  before 30.00 %",
    ]);
  });

  it("adds money to the cent", () => {
    const rows = dates(3).map((date) => day(date, { net_revenue: "0.10" }));
    expect(digest(rows)[3]).toBe("net revenue         0.30 EUR");
  });

  it("has no rate for days without sessions, and no word on days that are not there", () => {
    expect(digest([day("2026-03-01", { sessions: 0n, bounces: 0n, converting_sessions: 0n })])[4]).toBe("conversion                 -");
    expect(digest([])).toEqual(["No day has been built yet."]);
  });
});
