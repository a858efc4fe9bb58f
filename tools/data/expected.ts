import { eventTypes, type EventType, firstVersionNames } from "./behaviour.ts";
import type { CampaignRow, Hit, OrderRow, PageRow, Trail } from "./raw.ts";
import { day, hour } from "./settings.ts";

/**
 * What the ten products must contain, worked out from the source rows without any SQL.
 * The rules are those that the contracts state; this is a second implementation of them, to compare with.
 */
export interface Figure {
  /** `domain.product` */
  readonly product: string;
  readonly name: string;
  /** A count, or money with two decimals. */
  readonly value: string;
}

interface Event {
  readonly id: string;
  readonly at: number;
  readonly receivedAt: number;
  readonly type: EventType;
  readonly hit: Hit;
}

interface Session {
  readonly cookie: string;
  readonly events: Event[];
  readonly bot: boolean;
  readonly consented: boolean;
}

interface Day {
  sessions: number;
  visitors: number;
  pageViews: number;
  bounces: number;
  converting: number;
  orders: number;
  gross: number;
  returned: number;
}

const halfHour = 30 * 60_000;
const botAgent = /bot|crawler|spider|headless/i;
const readableAddress = /^https:\/\/shop\.acme\.example\/[A-Za-z0-9/_.-]*(\?.*)?$/;
const fromFirstVersion = new Map(eventTypes.map((type) => [firstVersionNames[type], type]));

/** The funnel's steps after the visit itself, in order. */
const funnelSteps = ["product_view", "add_to_cart", "checkout_start", "checkout_payment", "purchase"] as const;
const attributionModels = ["first_touch", "last_touch", "linear", "position_based"] as const;
/** Weights are counted in hundred-millionths, so that they add up exactly. */
const whole = 100_000_000;

export class Expectations {
  readonly #counts = new Map<string, number>();
  readonly #money = new Map<string, number>();
  readonly #days = new Map<string, Day>();

  /** Adds all that one visitor left, resent hits included. Holds nothing of it afterwards but sums. */
  addTrail(trail: Trail): void {
    const events = this.#clickstream(trail.hits);
    const sessions = this.#sessions(events);
    const links = this.#identities(trail);
    const orders = this.#orders(trail, events);
    const seen = new Set<string>();
    for (const session of sessions) if (!session.bot) this.#human(session, seen);
    for (const order of trail.orders) {
      const purchase = orders.purchases.get(order.orderId);
      if (purchase) this.#attribute(order, purchase, sessions, links);
    }
  }

  addPages(rows: readonly PageRow[]): void {
    this.#count("content.page-catalog", "versions", rows.length);
    this.#count("content.page-catalog", "current pages", new Set(rows.map((row) => row.pageId)).size);
  }

  addCampaigns(rows: readonly CampaignRow[]): void {
    const cpc = new Set(["cpc", "ppc"]);
    this.#count("marketing.campaigns", "campaigns", rows.length);
    this.#count("marketing.campaigns", "cpc campaigns", rows.filter((row) => cpc.has(row.medium.toLowerCase())).length);
    for (const row of rows) this.#cents("marketing.campaigns", "budget", row.budget);
  }

  /** All figures, sorted by product and name. */
  figures(): Figure[] {
    const figures: Figure[] = [];
    const add = (key: string, value: string): void => {
      const [product = "", name = ""] = key.split("\t");
      figures.push({ product, name, value });
    };
    for (const [key, value] of this.#counts) add(key, String(value));
    for (const [key, cents] of this.#money) add(key, money(cents));
    for (const date of this.#everyDay()) {
      const one = this.#days.get(date) ?? emptyDay();
      const kpi = (name: string, value: string): void => add(`growth.daily-web-kpis\t${date} ${name}`, value);
      kpi("sessions", String(one.sessions));
      kpi("visitors", String(one.visitors));
      kpi("page views", String(one.pageViews));
      kpi("bounces", String(one.bounces));
      kpi("converting sessions", String(one.converting));
      kpi("orders", String(one.orders));
      kpi("gross revenue", money(one.gross));
      kpi("net revenue", money(one.gross - one.returned));
    }
    add("growth.daily-web-kpis\tdays", String(this.#everyDay().length));
    return figures.toSorted((a, b) => compare(a.product, b.product) || compare(a.name, b.name));
  }

  /** web-platform: the first copy of each hit, unless it came later than an hour. */
  #clickstream(hits: readonly Hit[]): Event[] {
    const product = "web-platform.clickstream-events";
    const first = new Map<string, Hit>();
    for (const hit of hits) {
      const known = first.get(hit.hitId);
      if (!known || hit.receivedAt < known.receivedAt) first.set(hit.hitId, hit);
    }
    const events: Event[] = [];
    for (const hit of first.values()) {
      const at = hit.payloadVersion === 1 ? (hit.ts ?? 0) * 1_000 : (hit.tsMs ?? 0);
      const type = hit.payloadVersion === 1 ? fromFirstVersion.get(hit.event ?? "") : (hit.eventType as EventType);
      if (!type) throw new RangeError(`hit ${hit.hitId} has no known event type`);
      if (hit.receivedAt - at <= hour) events.push({ id: hit.hitId, at, receivedAt: hit.receivedAt, type, hit });
    }
    this.#count(product, "events", events.length);
    for (const version of [1, 2] as const) {
      this.#count(
        product,
        `events of version ${version}`,
        events.filter((one) => one.hit.payloadVersion === version).length,
      );
    }
    for (const type of eventTypes)
      this.#count(product, `${type} events`, events.filter((one) => one.type === type).length);
    const users = events.filter((one) => one.hit.userId !== null && one.hit.userId !== "null");
    this.#count(product, "events with a user", users.length);
    const unreadable = events.filter((one) => !readableAddress.test(one.hit.url ?? one.hit.pageUrl ?? ""));
    this.#count(product, "events without a readable path", unreadable.length);
    const landed = events.filter((one) => one.hit.utmCampaign !== null);
    this.#count(product, "events with a campaign", landed.length);
    for (const one of events) this.#cents(product, "purchase revenue", one.hit.revenue ?? 0);
    return events;
  }

  /** behaviour: a visitor's events, cut where more than thirty minutes lie between two. Bots and consent from web-platform. */
  #sessions(events: readonly Event[]): Session[] {
    const quality = "web-platform.traffic-quality";
    const product = "behaviour.sessions";
    const byCookie = new Map<string, Event[]>();
    for (const one of events) {
      const own = byCookie.get(one.hit.cookieId);
      if (own) own.push(one);
      else byCookie.set(one.hit.cookieId, [one]);
    }
    const sessions: Session[] = [];
    for (const [cookie, own] of byCookie) {
      const sorted = own.toSorted((a, b) => a.at - b.at || compare(a.id, b.id));
      const perMinute = new Map<number, number>();
      for (const one of sorted)
        perMinute.set(Math.floor(one.at / 60_000), (perMinute.get(Math.floor(one.at / 60_000)) ?? 0) + 1);
      const named = sorted.some((one) => botAgent.test(one.hit.userAgent));
      const fast = [...perMinute.values()].some((count) => count >= 40);
      this.#count(quality, "events", sorted.length);
      this.#count(quality, "bot events", named || fast ? sorted.length : 0);
      this.#count(quality, "bot visitors", named || fast ? 1 : 0);
      this.#count(quality, "events with consent", sorted.filter(consented).length);
      let current: Event[] = [];
      const runs: Event[][] = [];
      for (const one of sorted) {
        const previous = current.at(-1);
        if (!previous || one.at - previous.at > halfHour) runs.push((current = []));
        current.push(one);
      }
      for (const run of runs) {
        sessions.push({ cookie, events: run, bot: named || fast, consented: run.every(consented) });
      }
    }
    this.#count(product, "sessions", sessions.length);
    this.#count(product, "hits", events.length);
    return sessions;
  }

  /** identity: cookies that belong to a customer who did not ask to be forgotten. */
  #identities(trail: Trail): Map<string, string> {
    const product = "identity.identity-map";
    const forgotten = new Set(trail.deletionRequests.map((one) => one.customerId));
    const links = new Map<string, string>();
    for (const link of trail.cookieLinks)
      if (!forgotten.has(link.customerId)) links.set(link.cookieId, link.customerId);
    this.#count(product, "linked visitors", links.size);
    this.#count(product, "users", new Set(links.values()).size);
    return links;
  }

  /** commerce: every order of the shop, with what came back and whether the tracker saw it. */
  #orders(trail: Trail, events: readonly Event[]): { purchases: Map<string, Event> } {
    const product = "commerce.orders";
    const purchases = new Map<string, Event>();
    for (const one of events) if (one.type === "purchase" && one.hit.orderId) purchases.set(one.hit.orderId, one);
    const lines = new Map(trail.orderLines.map((line) => [`${line.orderId} ${line.lineNo}`, line]));
    const returned = new Map<string, number>();
    for (const one of trail.returns) {
      const price = lines.get(`${one.orderId} ${one.lineNo}`)?.unitPrice ?? 0;
      returned.set(one.orderId, (returned.get(one.orderId) ?? 0) + one.quantity * price);
    }
    this.#count(product, "orders", trail.orders.length);
    this.#count(product, "order lines", trail.orderLines.length);
    this.#count(product, "tracked orders", purchases.size);
    this.#count(product, "orders with returns", returned.size);
    for (const order of trail.orders) {
      const back = returned.get(order.orderId) ?? 0;
      this.#cents(product, "gross revenue", order.total);
      this.#cents(product, "net revenue", order.total - back);
      const today = this.#day(order.orderedAt);
      today.orders += 1;
      today.gross += order.total;
      today.returned += back;
    }
    return { purchases };
  }

  /** What a human's session adds to the funnel and to the day it began on; `seen` holds this trail's browsers by day. */
  #human(session: Session, seen: Set<string>): void {
    const start = session.events[0]?.at ?? 0;
    const today = this.#day(start);
    const visitor = `${Math.floor(start / day)} ${session.cookie}`;
    const purchased = session.events.some((one) => one.type === "purchase");
    today.sessions += 1;
    today.visitors += seen.has(visitor) ? 0 : 1;
    seen.add(visitor);
    today.pageViews += session.events.filter((one) => one.type === "page_view" || one.type === "product_view").length;
    today.bounces += session.events.length === 1 ? 1 : 0;
    today.converting += purchased ? 1 : 0;
    this.#count("behaviour.sessions", "human sessions", 1);
    this.#count("behaviour.sessions", "human bounces", session.events.length === 1 ? 1 : 0);
    this.#count("behaviour.sessions", "human converting sessions", purchased ? 1 : 0);
    this.#count("behaviour.checkout-funnel", "sessions at visit", 1);
    let reached = start;
    for (const step of funnelSteps) {
      const next = session.events.find((one) => one.type === step && one.at >= reached);
      if (!next) break;
      reached = next.at;
      this.#count("behaviour.checkout-funnel", `sessions at ${step}`, 1);
    }
  }

  /** marketing: an order's worth, spread over the person's consented sessions of the thirty days before the purchase. */
  #attribute(order: OrderRow, purchase: Event, sessions: readonly Session[], links: ReadonlyMap<string, string>): void {
    const product = "marketing.attribution";
    const person = links.get(purchase.hit.cookieId) ?? purchase.hit.cookieId;
    const touches = sessions
      .filter((one) => !one.bot && one.consented && (links.get(one.cookie) ?? one.cookie) === person)
      .filter((one) => startOf(one) <= purchase.at && startOf(one) >= purchase.at - 30 * day)
      .toSorted((a, b) => startOf(a) - startOf(b));
    if (touches.length === 0) return;
    this.#count(product, "attributed orders", 1);
    for (const model of attributionModels) {
      const weights = weightsOf(model, touches.length);
      let spent = 0;
      for (const [index, weight] of weights.entries()) {
        if (weight === 0) continue;
        const last = weights.slice(index + 1).every((later) => later === 0);
        const share = last ? order.total - spent : Math.floor((order.total * weight) / whole);
        spent += share;
        const touch = touches[index];
        this.#count(product, `${model} touches`, 1);
        this.#cents(product, `${model} revenue`, share);
        if (touch) this.#cents(product, `${model} revenue from ${channelOf(touch)}`, share);
      }
    }
  }

  /** Days from the first to the last, those on which nothing happened included. */
  #everyDay(): string[] {
    const known = [...this.#days.keys()].toSorted();
    const [first, last] = [known[0], known.at(-1)];
    if (first === undefined || last === undefined) return [];
    const dates: string[] = [];
    for (let at = Date.parse(first); at <= Date.parse(last); at += day)
      dates.push(new Date(at).toISOString().slice(0, 10));
    return dates;
  }

  #day(at: number): Day {
    const date = new Date(at).toISOString().slice(0, 10);
    let one = this.#days.get(date);
    if (!one) {
      one = emptyDay();
      this.#days.set(date, one);
    }
    return one;
  }

  #count(product: string, name: string, more: number): void {
    const key = `${product}\t${name}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + more);
  }

  #cents(product: string, name: string, more: number): void {
    const key = `${product}\t${name}`;
    this.#money.set(key, (this.#money.get(key) ?? 0) + more);
  }
}

const emptyDay = (): Day => ({
  sessions: 0,
  visitors: 0,
  pageViews: 0,
  bounces: 0,
  converting: 0,
  orders: 0,
  gross: 0,
  returned: 0,
});

const startOf = (session: Session): number => session.events[0]?.at ?? 0;

const consented = (event: Event): boolean => event.hit.consent === "granted" || event.hit.consent === "1";

/** Weights of n touches in hundred-millionths; what rounding leaves goes to the last touch. */
export function weightsOf(model: (typeof attributionModels)[number], touches: number): number[] {
  const weights = Array.from({ length: touches }, (): number => 0);
  if (model === "first_touch") weights[0] = whole;
  else if (model === "last_touch") weights[touches - 1] = whole;
  else {
    const middle =
      model === "linear" ? Math.floor(whole / touches) : touches > 2 ? Math.floor(whole / 5 / (touches - 2)) : 0;
    weights.fill(middle);
    if (model === "position_based") weights[0] = touches === 1 ? whole : touches === 2 ? whole / 2 : (whole / 5) * 2;
    weights[touches - 1] = whole - weights.slice(0, -1).reduce((sum, weight) => sum + weight, 0);
  }
  return weights;
}

function channelOf(session: Session): string {
  const first = session.events[0]?.hit;
  const medium = first?.utmMedium?.trim().toLowerCase();
  if (medium) return medium;
  if (!first?.referrer) return "direct";
  return /^https:\/\/(www\.)?(google|bing)\./.test(first.referrer) ? "organic" : "referral";
}

function money(cents: number): string {
  const sign = cents < 0 ? "-" : "";
  const digits = String(Math.abs(cents)).padStart(3, "0");
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
