import { describe, expect, it } from "vitest";
import { berlinTime } from "./berlin-time.ts";
import { Expectations, weightsOf } from "./expected.ts";
import { emptyTrail, type Hit, type Trail } from "./raw.ts";

const at = (text: string): number => Date.parse(`${text}Z`);

const blank: Hit = {
  hitId: "",
  payloadVersion: 2,
  ts: null,
  tsMs: null,
  receivedAt: 0,
  localTime: 0,
  event: null,
  eventType: "page_view",
  cookieId: "phone",
  userId: null,
  email: null,
  fullName: null,
  ip: "10.0.0.1",
  userAgent: "Mozilla/5.0 Firefox/135.0",
  url: null,
  pageUrl: "https://shop.acme.example/",
  referrer: null,
  utmSource: null,
  utmMedium: null,
  utmCampaign: null,
  device: "mobile",
  country: "DE",
  consent: "granted",
  productId: null,
  quantity: null,
  unitPrice: null,
  orderId: null,
  revenue: null,
  searchTerm: null,
};

const hit = (hitId: string, time: string, more: Partial<Hit> = {}): Hit => ({
  ...blank,
  hitId,
  tsMs: at(time),
  receivedAt: at(time) + 1_000,
  ...more,
});

/**
 * One customer, two devices, worked out by hand:
 * visit 1 (phone, 1 March, from a Google ad): page, product           -> reaches product_view
 * visit 2 (laptop, 2 March): product, cart, checkout, payment, purchase of 30.00, of which 10.00 came back
 * visit 3 (phone, 2 March): two pages, exactly 30 minutes apart
 * visit 4 (phone, 2 March): begins 30 minutes and 1 ms later; its second page has the first payload version
 */
const trail: Trail = {
  ...emptyTrail(),
  hits: [
    hit("a1", "2026-03-01T10:00:00", {
      utmMedium: " CPC ",
      utmSource: "google",
      utmCampaign: "x",
      referrer: "https://www.google.com/",
    }),
    hit("a2", "2026-03-01T10:30:00", { eventType: "product_view" }),
    hit("a2", "2026-03-01T10:30:00", { eventType: "product_view", receivedAt: at("2026-03-01T10:35:00") }),
    hit("late", "2026-03-01T10:31:00", { receivedAt: at("2026-03-01T11:31:00.001") }),
    hit("b1", "2026-03-02T08:00:00", { cookieId: "laptop", eventType: "product_view", pageUrl: "htp:/broken" }),
    hit("b2", "2026-03-02T08:01:00", { cookieId: "laptop", eventType: "add_to_cart" }),
    hit("b3", "2026-03-02T08:02:00", { cookieId: "laptop", eventType: "checkout_start", userId: "null" }),
    hit("b4", "2026-03-02T08:03:00", { cookieId: "laptop", eventType: "checkout_payment", userId: "c1" }),
    hit("b5", "2026-03-02T08:04:00", {
      cookieId: "laptop",
      eventType: "purchase",
      userId: "c1",
      orderId: "o1",
      revenue: 3_000,
    }),
    hit("c1", "2026-03-02T20:00:00"),
    hit("c2", "2026-03-02T20:30:00"),
    hit("c3", "2026-03-02T21:00:00.001"),
    hit("old", "2026-03-02T21:05:00", {
      payloadVersion: 1,
      tsMs: null,
      ts: at("2026-03-02T21:05:00") / 1_000,
      eventType: null,
      event: "view",
      consent: "0",
    }),
  ],
  orders: [
    {
      orderId: "o1",
      customerId: "c1",
      orderedAt: at("2026-03-02T08:04:00"),
      paymentMethod: "card",
      currency: "EUR",
      total: 3_000,
      shippingEmail: "",
    },
    {
      orderId: "o2",
      customerId: null,
      orderedAt: at("2026-03-04T00:00:00"),
      paymentMethod: "card",
      currency: "EUR",
      total: 999,
      shippingEmail: "",
    },
  ],
  orderLines: [
    { orderId: "o1", lineNo: 1, sku: "SKU-0001", quantity: 3, unitPrice: 1_000 },
    { orderId: "o2", lineNo: 1, sku: "SKU-0002", quantity: 1, unitPrice: 999 },
  ],
  returns: [{ returnId: "r", orderId: "o1", lineNo: 1, quantity: 1, returnedAt: at("2026-03-09T00:00:00") }],
  cookieLinks: [
    { cookieId: "phone", customerId: "c1", linkedAt: at("2026-03-01T10:00:00") },
    { cookieId: "laptop", customerId: "c1", linkedAt: at("2026-03-02T08:02:30") },
  ],
};

function figuresOf(trails: readonly Trail[]): Map<string, string> {
  const expectations = new Expectations();
  for (const one of trails) expectations.addTrail(one);
  return new Map(expectations.figures().map((figure) => [`${figure.product} ${figure.name}`, figure.value]));
}

describe("expected figures of one customer, worked out by hand", () => {
  const figures = figuresOf([trail]);
  it.each([
    ["web-platform.clickstream-events events", "11"],
    ["web-platform.clickstream-events events of version 1", "1"],
    ["web-platform.clickstream-events page_view events", "5"],
    ["web-platform.clickstream-events events with a user", "2"],
    ["web-platform.clickstream-events events without a readable path", "1"],
    ["web-platform.clickstream-events purchase revenue", "30.00"],
    ["web-platform.traffic-quality bot events", "0"],
    ["web-platform.traffic-quality events with consent", "10"],
    // a1+a2, b1..b5, c1+c2, then c3 comes 30 minutes and 1 ms later and takes "old" along.
    ["behaviour.sessions sessions", "4"],
    ["behaviour.sessions hits", "11"],
    ["behaviour.sessions human bounces", "0"],
    ["behaviour.sessions human converting sessions", "1"],
    ["behaviour.checkout-funnel sessions at visit", "4"],
    ["behaviour.checkout-funnel sessions at product_view", "2"],
    ["behaviour.checkout-funnel sessions at add_to_cart", "1"],
    ["behaviour.checkout-funnel sessions at purchase", "1"],
    ["commerce.orders orders", "2"],
    ["commerce.orders tracked orders", "1"],
    ["commerce.orders gross revenue", "39.99"],
    ["commerce.orders net revenue", "29.99"],
    ["identity.identity-map linked visitors", "2"],
    ["identity.identity-map users", "1"],
    // The order is shared by the phone's visit from the ad and the laptop's own.
    ["marketing.attribution attributed orders", "1"],
    ["marketing.attribution linear touches", "2"],
    ["marketing.attribution linear revenue from cpc", "15.00"],
    ["marketing.attribution linear revenue from direct", "15.00"],
    ["marketing.attribution first_touch revenue from cpc", "30.00"],
    ["marketing.attribution last_touch revenue from direct", "30.00"],
    // 1, 2 and 4 March, and the 3rd on which nothing happened.
    ["growth.daily-web-kpis days", "4"],
    ["growth.daily-web-kpis 2026-03-02 sessions", "3"],
    ["growth.daily-web-kpis 2026-03-02 visitors", "2"],
    ["growth.daily-web-kpis 2026-03-02 converting sessions", "1"],
    ["growth.daily-web-kpis 2026-03-02 net revenue", "20.00"],
    ["growth.daily-web-kpis 2026-03-03 sessions", "0"],
    ["growth.daily-web-kpis 2026-03-03 orders", "0"],
    ["growth.daily-web-kpis 2026-03-04 sessions", "0"],
    ["growth.daily-web-kpis 2026-03-04 orders", "1"],
  ])("%s is %s", (name, value) => {
    expect(figures.get(name)).toBe(value);
  });

  it("forgets a customer who asks for it: devices are strangers, the order has one visit", () => {
    const forgotten = figuresOf([{ ...trail, deletionRequests: [{ customerId: "c1", requestedAt: 0 }] }]);
    expect(forgotten.get("identity.identity-map linked visitors")).toBe("0");
    expect(forgotten.get("marketing.attribution linear touches")).toBe("1");
  });

  it("takes forty events within a minute for a machine, thirty-nine for a hurried human", () => {
    const rush = (count: number): string | undefined =>
      figuresOf([
        { ...emptyTrail(), hits: Array.from({ length: count }, (_, index) => hit(`h${index}`, "2026-03-01T10:00:00")) },
      ]).get("web-platform.traffic-quality bot events");
    expect(rush(40)).toBe("40");
    expect(rush(39)).toBe("0");
  });
});

describe("attribution weights", () => {
  it.each([1, 2, 3, 7, 11])("of %i touches add up to one whole", (touches) => {
    for (const model of ["first_touch", "last_touch", "linear", "position_based"] as const) {
      expect(weightsOf(model, touches).reduce((sum, weight) => sum + weight, 0)).toBe(100_000_000);
    }
  });
  it("give the ends forty percent each", () => {
    expect(weightsOf("position_based", 4)).toEqual([40_000_000, 10_000_000, 10_000_000, 40_000_000]);
    expect(weightsOf("linear", 3)).toEqual([33_333_333, 33_333_333, 33_333_334]);
  });
});

describe("Berlin's wall clock", () => {
  it.each([
    ["2026-01-15T12:00:00", "2026-01-15T13:00:00"],
    ["2026-03-29T00:59:59", "2026-03-29T01:59:59"],
    ["2026-03-29T01:00:00", "2026-03-29T03:00:00"],
    ["2026-10-25T00:59:59", "2026-10-25T02:59:59"],
    ["2026-10-25T01:00:00", "2026-10-25T02:00:00"],
  ])("shows %s UTC as %s", (utc, local) => {
    expect(berlinTime(at(utc))).toBe(at(local));
  });
  it("agrees with the time zone database", () => {
    const clock = new Intl.DateTimeFormat("sv-SE", {
      timeZone: "Europe/Berlin",
      dateStyle: "short",
      timeStyle: "medium",
    });
    for (let hours = 0; hours < 365 * 24; hours += 7) {
      const instant = at("2026-01-01T00:00:00") + hours * 3_600_000;
      expect(new Date(berlinTime(instant)).toISOString().slice(0, 19).replace("T", " ")).toBe(clock.format(instant));
    }
  });
});
