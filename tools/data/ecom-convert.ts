import type { EventType } from "./behaviour.ts";
import { userAgents } from "./behaviour.ts";
import { berlinTime } from "./berlin-time.ts";
import type { Sources } from "./generate.ts";
import { emptyTrail, type CampaignRow, type Hit, type PageRow, type Trail } from "./raw.ts";
import { day } from "./settings.ts";
import { site } from "./world.ts";

/** What the public data does not say, and what is put in its place. */
export const ecomDefaults = {
  country: "DE",
  consent: "granted",
  /** All products are one, at one price. */
  productId: "SKU-0001",
  unitPriceCents: 4_900,
  paymentMethod: "card",
  currency: "EUR",
  deliveryMs: 1_000,
} as const;

/** The shop's event names as ours, with the page they show. */
const events: Readonly<Record<string, readonly [EventType, string]>> = {
  home: ["page_view", "/"],
  catalog: ["page_view", "/catalog"],
  filter_results: ["page_view", "/catalog/filtered"],
  promo_page: ["page_view", "/promo"],
  cart: ["page_view", "/cart"],
  wishlist_add: ["page_view", "/wishlist"],
  account_page: ["page_view", "/account"],
  review_page: ["page_view", "/reviews"],
  support_chat: ["page_view", "/support"],
  compare: ["page_view", "/compare"],
  error_page: ["page_view", "/error"],
  payment_error: ["page_view", "/checkout/payment-error"],
  checkout_bug: ["page_view", "/checkout/bug"],
  product_view: ["product_view", "/p/sku-0001"],
  search: ["search", "/search"],
  add_to_cart: ["add_to_cart", "/p/sku-0001"],
  shipping_details: ["checkout_start", "/checkout"],
  payment_details: ["checkout_payment", "/checkout/payment"],
  purchase: ["purchase", "/checkout/thanks"],
};

interface Channel {
  readonly source?: string;
  readonly medium?: string;
  readonly campaign?: string;
  readonly referrer?: string;
}

const channels: Readonly<Record<string, Channel>> = {
  direct: {},
  organic: { referrer: "https://www.google.com/" },
  email: { source: "newsletter", medium: "email", campaign: "newsletter" },
  paid_search: { source: "google", medium: "cpc", campaign: "paid-search", referrer: "https://www.google.com/" },
  social: { source: "facebook", medium: "social", campaign: "social", referrer: "https://www.facebook.com/" },
};

interface Row {
  readonly number: number;
  readonly userId: string;
  readonly sessionId: string;
  readonly event: string;
  readonly at: number;
  readonly platform: string;
  readonly channel: string;
}

/** The public clickstream as the source systems' tables. Throws on a name that it does not know: nothing is left out silently. */
export function convertEcom(csv: string): Sources {
  const rows = parse(csv);
  const byUser = new Map<string, Row[]>();
  for (const row of rows) {
    const own = byUser.get(row.userId);
    if (own) own.push(row);
    else byUser.set(row.userId, [row]);
  }
  const start = rows.reduce((first, row) => Math.min(first, row.at), Number.POSITIVE_INFINITY);
  const end = rows.reduce((last, row) => Math.max(last, row.at), 0);
  return {
    trails: [...byUser.values()].map(trailOf),
    pages: pagesOf(start - 30 * day),
    campaigns: campaignsOf(Math.floor(start / day) * day, Math.floor(end / day) * day),
  };
}

function parse(csv: string): Row[] {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const names = header.trim().split(",");
  const place = (name: string): number => {
    const index = names.indexOf(name);
    if (index < 0) throw new RangeError(`the public data has no column "${name}"; it has ${names.join(", ")}`);
    return index;
  };
  const [user, session, event, time, platform, channel] = [
    place("user_id"),
    place("session_id"),
    place("event"),
    place("timestamp"),
    place("platform"),
    place("acquisition_channel"),
  ];
  return lines.map((line, index) => {
    const cells = line.trim().split(",");
    const cell = (at: number): string => cells[at] ?? "";
    const at = Date.parse(`${cell(time).replace(" ", "T")}Z`);
    if (!Number.isFinite(at)) throw new RangeError(`line ${index + 2}: "${cell(time)}" is no time`);
    return {
      number: index,
      userId: cell(user),
      sessionId: cell(session),
      event: cell(event),
      at,
      platform: cell(platform),
      channel: cell(channel),
    };
  });
}

function trailOf(rows: readonly Row[]): Trail {
  const trail = emptyTrail();
  const sorted = rows.toSorted((a, b) => a.at - b.at || a.number - b.number);
  const linked = new Set<string>();
  let session = "";
  let inCart = 0;
  for (const row of sorted) {
    const known = events[row.event];
    const channel = channels[row.channel];
    if (!known) throw new RangeError(`the public data has an event "${row.event}" that has no counterpart here`);
    if (!channel) throw new RangeError(`the public data has a channel "${row.channel}" that has no counterpart here`);
    const [type, path] = known;
    const first = row.sessionId !== session;
    session = row.sessionId;
    const hit = hitOf(row, type, path, first ? channel : {});
    if (type === "add_to_cart") inCart += 1;
    if (type === "purchase") {
      const quantity = Math.max(1, inCart);
      inCart = 0;
      identify(trail, row, hit, linked);
      order(trail, row, hit, quantity);
    }
    trail.hits.push(hit);
  }
  return trail;
}

function hitOf(row: Row, type: EventType, path: string, channel: Channel): Hit {
  const shown = type === "product_view" || type === "add_to_cart";
  return {
    hitId: `e${String(row.number).padStart(8, "0")}`,
    payloadVersion: 2,
    ts: null,
    tsMs: row.at,
    receivedAt: row.at + ecomDefaults.deliveryMs,
    localTime: berlinTime(row.at),
    event: null,
    eventType: type,
    cookieId: `ck-${row.userId}-${row.platform}`,
    userId: null,
    email: null,
    fullName: null,
    ip: "192.0.2.1",
    userAgent: userAgents[row.platform]?.[0] ?? "unknown",
    url: null,
    pageUrl: `${site}${path}`,
    referrer: channel.referrer ?? null,
    utmSource: channel.source ?? null,
    utmMedium: channel.medium ?? null,
    utmCampaign: channel.campaign ?? null,
    device: row.platform,
    country: ecomDefaults.country,
    consent: ecomDefaults.consent,
    productId: shown ? ecomDefaults.productId : null,
    quantity: type === "add_to_cart" ? 1 : null,
    unitPrice: shown ? ecomDefaults.unitPriceCents : null,
    orderId: null,
    revenue: null,
    searchTerm: null,
  };
}

/** A buyer is a customer from the first purchase on; each device becomes theirs with its own first purchase. */
function identify(trail: Trail, row: Row, hit: Hit, linked: Set<string>): void {
  const email = `${row.userId}@ecom.example`;
  if (trail.accounts.length === 0) {
    trail.accounts.push({
      customerId: row.userId,
      email,
      firstName: "Customer",
      lastName: row.userId,
      phone: "+49 30 0000000",
      birthDate: "1970-01-01",
      country: ecomDefaults.country,
      createdAt: row.at,
    });
  }
  if (!linked.has(hit.cookieId)) {
    linked.add(hit.cookieId);
    trail.cookieLinks.push({ cookieId: hit.cookieId, customerId: row.userId, linkedAt: row.at });
  }
  hit.userId = row.userId;
  hit.email = email;
}

function order(trail: Trail, row: Row, hit: Hit, quantity: number): void {
  const orderId = `ord-${String(row.number).padStart(8, "0")}`;
  const total = quantity * ecomDefaults.unitPriceCents;
  trail.orders.push({
    orderId,
    customerId: row.userId,
    orderedAt: row.at,
    paymentMethod: ecomDefaults.paymentMethod,
    currency: ecomDefaults.currency,
    total,
    shippingEmail: `${row.userId}@ecom.example`,
  });
  trail.orderLines.push({
    orderId,
    lineNo: 1,
    sku: ecomDefaults.productId,
    quantity,
    unitPrice: ecomDefaults.unitPriceCents,
  });
  hit.orderId = orderId;
  hit.revenue = total;
}

function pagesOf(changedAt: number): PageRow[] {
  const paths = [...new Set(Object.values(events).map(([, path]) => path))];
  return paths.map((path, index) => ({
    pageId: `pg-${String(index + 1).padStart(5, "0")}`,
    path,
    title: path === "/" ? "Home" : path.slice(1),
    section: "shop",
    changedAt,
    authorEmail: "unknown@acme.example",
  }));
}

function campaignsOf(startOn: number, endOn: number): CampaignRow[] {
  return Object.values(channels)
    .filter((channel) => channel.campaign !== undefined)
    .map((channel, index) => ({
      campaignId: `cmp-${String(index + 1).padStart(3, "0")}`,
      name: channel.campaign ?? "",
      source: channel.source ?? "",
      medium: channel.medium ?? "",
      utmCampaign: channel.campaign ?? "",
      startOn,
      endOn,
      budget: 0,
      ownerEmail: "unknown@acme.example",
    }));
}
