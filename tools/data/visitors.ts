import {
  countries,
  devices,
  type EventType,
  firstNames,
  firstVersionNames,
  landing,
  lastNames,
  otherReferrers,
  searchTerms,
  type Step,
  transitions,
  userAgents,
  visitsByHour,
} from "./behaviour.ts";
import { berlinTime } from "./berlin-time.ts";
import { Random } from "./random.ts";
import { emptyTrail, type AccountRow, type Hit, type Trail } from "./raw.ts";
import { day, Defect, defectPhases, hour, type Settings, type Window, windowOf } from "./settings.ts";
import { type Campaign, type Product, site, type World } from "./world.ts";

const minute = 60_000;

interface Browser {
  readonly cookieId: string;
  readonly device: string;
  readonly userAgent: string;
  readonly ip: string;
  readonly consent: "granted" | "denied" | null;
  linked: boolean;
}

interface Visit {
  readonly browser: Browser;
  readonly campaign: Campaign | undefined;
  readonly referrer: string | null;
  now: number;
  first: boolean;
  loggedIn: boolean;
  readonly cart: Map<Product, number>;
}

interface Visitor {
  readonly number: number;
  readonly random: Random;
  readonly country: string;
  readonly trail: Trail;
  account: AccountRow | undefined;
  hits: number;
}

interface Shown {
  readonly path: string;
  readonly product?: Product | undefined;
  readonly quantity?: number | undefined;
  readonly orderId?: string | undefined;
  readonly revenue?: number | undefined;
  readonly searchTerm?: string | undefined;
}

/** Makes visitors one after the other; each visitor's numbers come from a random stream of their own. */
export class Visitors {
  readonly #settings: Settings;
  readonly #world: World;
  readonly #window: Window;
  readonly defects: Readonly<Record<keyof Settings["defects"], Defect>>;
  #number = 0;
  #bots = 0;

  constructor(settings: Settings, world: World) {
    this.#settings = settings;
    this.#world = world;
    this.#window = windowOf(settings);
    const rates = settings.defects;
    const defect = (name: keyof Settings["defects"]): Defect => new Defect(rates[name], defectPhases[name]);
    this.defects = {
      duplicates: defect("duplicates"),
      late: defect("late"),
      bots: defect("bots"),
      nullUsers: defect("nullUsers"),
      malformedUrls: defect("malformedUrls"),
      dirtyUtm: defect("dirtyUtm"),
      untrackedPurchases: defect("untrackedPurchases"),
    };
  }

  /** The next visitor's trail, without duplicates of hits: the caller plants those while writing. */
  next(): Trail {
    this.#number += 1;
    const random = new Random(this.#settings.seed, `visitor ${this.#number}`);
    const visitor: Visitor = {
      number: this.#number,
      random,
      country: random.weighted(countries),
      trail: emptyTrail(),
      account: undefined,
      hits: 0,
    };
    if (this.defects.bots.strikes()) this.#crawl(visitor);
    else this.#live(visitor);
    return visitor.trail;
  }

  #browser(random: Random, agents?: readonly string[]): Browser {
    const device = random.weighted(devices);
    return {
      cookieId: `ck-${random.hex(16)}`,
      device,
      userAgent: random.pick(agents ?? userAgents[device] ?? []),
      ip: `${random.between(11, 220)}.${random.below(256)}.${random.below(256)}.${random.between(1, 254)}`,
      consent: random.weighted([["granted", 76] as const, ["denied", 16] as const, [null, 8] as const]),
      linked: false,
    };
  }

  /** A machine: one page a second, no cart. Every second one sends a browser's user agent. */
  #crawl(visitor: Visitor): void {
    const { random } = visitor;
    this.#bots += 1;
    const browser = this.#browser(random, this.#bots % 2 === 1 ? userAgents["bot"] : undefined);
    const length = random.between(95, 140);
    const latest = this.#window.end - this.#window.start - length * 1_000 - hour;
    const visit: Visit = {
      browser,
      campaign: undefined,
      referrer: null,
      now: this.#window.start + random.below(Math.floor(latest / 1_000)) * 1_000,
      first: true,
      loggedIn: false,
      cart: new Map(),
    };
    for (let index = 0; index < length; index++) {
      const product = random.chance(70) ? random.pick(this.#world.products) : undefined;
      const shown = product ? { path: product.path, product } : { path: random.pick(this.#world.paths) };
      this.#hit(visitor, visit, product ? "product_view" : "page_view", shown);
      visit.now += 1_000;
    }
  }

  /** A human: some visits spread over the window, on one or two devices, with or without an account. */
  #live(visitor: Visitor): void {
    const { random } = visitor;
    if (random.chance(38)) this.#signUp(visitor, this.#window.start - random.between(1, 900) * day);
    const browsers = [this.#browser(random)];
    if (random.chance(22)) browsers.push(this.#browser(random));
    let visits = 1;
    while (visits < 14 && random.chance(52)) visits += 1;
    const starts: number[] = [];
    for (let index = 0; index < visits; index++) {
      const date = this.#window.start + random.below(this.#settings.days) * day;
      starts.push(date + random.weighted(visitsByHour) * hour + random.below(3_600) * 1_000 + random.below(1_000));
    }
    let free = 0;
    for (const start of starts.toSorted((a, b) => a - b)) {
      if (start < free) continue;
      free = this.#visit(visitor, random.pick(browsers), start) + 45 * minute;
    }
    if (visitor.account && random.chance(2)) {
      visitor.trail.deletionRequests.push({
        customerId: visitor.account.customerId,
        requestedAt: this.#window.start + random.below(this.#settings.days * 24) * hour,
      });
    }
  }

  #visit(visitor: Visitor, browser: Browser, start: number): number {
    const { random } = visitor;
    const running = this.#world.campaigns.filter((one) => one.startOn <= start && start < one.endOn + day);
    const campaign = running.length > 0 && random.chance(42) ? random.pick(running) : undefined;
    const visit: Visit = {
      browser,
      campaign,
      referrer: campaign
        ? `https://www.${campaign.source}.com/`
        : random.chance(45)
          ? random.pick(otherReferrers)
          : null,
      now: start,
      first: true,
      loggedIn: false,
      cart: new Map(),
    };
    let step: Step = random.weighted(landing);
    let product = random.pick(this.#world.products);
    while (step !== "leave" && visit.now < this.#window.end - hour) {
      if (step === "product_view") product = random.pick(this.#world.products);
      this.#take(visitor, visit, step, product);
      visit.now += this.#pause(random);
      step = random.weighted(transitions[step]);
      if (step === "checkout_start" && visit.cart.size === 0) step = "product_view";
    }
    return visit.now;
  }

  /** Reading time: mostly seconds, now and then minutes, sometimes long enough for the visit to count as two. */
  #pause(random: Random): number {
    const seconds = random.weighted([
      [random.between(4, 40), 80],
      [random.between(41, 300), 17],
      [random.between(301, 2_700), 3],
    ]);
    return seconds * 1_000 + random.below(900);
  }

  #take(visitor: Visitor, visit: Visit, step: Exclude<Step, "leave">, product: Product): void {
    const { random } = visitor;
    if (step === "page_view") this.#hit(visitor, visit, step, { path: random.pick(this.#world.paths) });
    else if (step === "product_view") this.#hit(visitor, visit, step, { path: product.path, product });
    else if (step === "search")
      this.#hit(visitor, visit, step, { path: "/search", searchTerm: random.pick(searchTerms) });
    else if (step === "add_to_cart") {
      const quantity = random.weighted([
        [1, 82],
        [2, 13],
        [3, 5],
      ] as const);
      visit.cart.set(product, (visit.cart.get(product) ?? 0) + quantity);
      this.#hit(visitor, visit, step, { path: product.path, product, quantity });
    } else if (step === "remove_from_cart") {
      const removed = [...visit.cart.keys()][0] ?? product;
      visit.cart.delete(removed);
      this.#hit(visitor, visit, step, { path: "/cart", product: removed });
    } else if (step === "checkout_start") {
      this.#hit(visitor, visit, step, { path: "/checkout" });
      this.#identify(visitor, visit);
    } else if (step === "checkout_payment") this.#hit(visitor, visit, step, { path: "/checkout/payment" });
    else this.#purchase(visitor, visit);
  }

  /** On the way to the payment visitors log in, open an account, or stay guests. */
  #identify(visitor: Visitor, visit: Visit): void {
    const { random } = visitor;
    if (visit.loggedIn || (!visitor.account && !random.chance(60))) return;
    visit.now += this.#pause(random);
    const known = visitor.account !== undefined;
    if (!visitor.account) this.#signUp(visitor, visit.now);
    visit.loggedIn = true;
    if (!visit.browser.linked && visitor.account) {
      visit.browser.linked = true;
      const link = { cookieId: visit.browser.cookieId, customerId: visitor.account.customerId, linkedAt: visit.now };
      visitor.trail.cookieLinks.push(link);
    }
    this.#hit(visitor, visit, known ? "login" : "signup", { path: "/account" });
  }

  #signUp(visitor: Visitor, at: number): void {
    const { random } = visitor;
    const firstName = random.pick(firstNames);
    const lastName = random.pick(lastNames);
    const customerId = `cust-${String(visitor.number).padStart(8, "0")}`;
    visitor.account = {
      customerId,
      email: `${firstName}.${lastName}.${visitor.number}@mail.example`.toLowerCase(),
      firstName,
      lastName,
      phone: `+49 30 ${random.between(1_000_000, 9_999_999)}`,
      birthDate: `${random.between(1950, 2005)}-${String(random.between(1, 12)).padStart(2, "0")}-${String(random.between(1, 28)).padStart(2, "0")}`,
      country: visitor.country,
      createdAt: at,
    };
    visitor.trail.accounts.push(visitor.account);
  }

  #purchase(visitor: Visitor, visit: Visit): void {
    const { random, trail } = visitor;
    const orderId = `ord-${String(visitor.number).padStart(8, "0")}-${trail.orders.length + 1}`;
    let total = 0;
    let lineNo = 0;
    for (const [product, quantity] of visit.cart) {
      lineNo += 1;
      trail.orderLines.push({ orderId, lineNo, sku: product.sku, quantity, unitPrice: product.price });
      total += quantity * product.price;
      if (random.chance(6)) {
        const returnedAt = visit.now + random.between(2, 14) * day;
        const returned = random.between(1, quantity);
        if (returnedAt < this.#window.end) {
          trail.returns.push({
            returnId: `ret-${orderId.slice(4)}-${lineNo}`,
            orderId,
            lineNo,
            quantity: returned,
            returnedAt,
          });
        }
      }
    }
    visit.cart.clear();
    trail.orders.push({
      orderId,
      customerId: visit.loggedIn ? (visitor.account?.customerId ?? null) : null,
      orderedAt: visit.now,
      paymentMethod: random.pick(["card", "paypal", "invoice"]),
      currency: "EUR",
      total,
      shippingEmail: visitor.account?.email ?? `guest.${visitor.number}@mail.example`,
    });
    if (!this.defects.untrackedPurchases.strikes()) {
      this.#hit(visitor, visit, "purchase", { path: "/checkout/thanks", orderId, revenue: total });
    }
  }

  #hit(visitor: Visitor, visit: Visit, type: EventType, shown: Shown): void {
    const { random } = visitor;
    const { browser, campaign } = visit;
    const { defects } = this;
    const second = visit.now >= this.#window.secondVersion;
    const account = visit.loggedIn ? visitor.account : undefined;
    const lostUser = account !== undefined && defects.nullUsers.strikes();
    const withCampaign = visit.first && campaign !== undefined ? campaign : undefined;
    const dirty = withCampaign !== undefined && defects.dirtyUtm.strikes();
    const spell = (word: string | undefined): string | null =>
      word === undefined ? null : dirty ? ` ${word.toUpperCase()} ` : word;
    const address = this.#address(shown.path, withCampaign);
    const consent = browser.consent;
    visitor.hits += 1;
    visitor.trail.hits.push({
      hitId: `h${visitor.number.toString(16).padStart(8, "0")}${visitor.hits.toString(16).padStart(4, "0")}`,
      payloadVersion: second ? 2 : 1,
      ts: second ? null : Math.floor(visit.now / 1_000),
      tsMs: second ? visit.now : null,
      receivedAt:
        visit.now + (defects.late.strikes() ? hour + random.between(2, 1_700) * minute : random.between(200, 20_000)),
      localTime: berlinTime(visit.now),
      event: second ? null : firstVersionNames[type],
      eventType: second ? type : null,
      cookieId: browser.cookieId,
      userId: lostUser ? (visitor.hits % 2 === 0 ? "null" : null) : (account?.customerId ?? null),
      email: account?.email ?? null,
      fullName: account ? `${account.firstName} ${account.lastName}` : null,
      ip: browser.ip,
      userAgent: browser.userAgent,
      url: second ? null : address,
      pageUrl: second ? address : null,
      referrer: visit.first ? visit.referrer : null,
      utmSource: spell(withCampaign?.source),
      utmMedium: spell(withCampaign?.medium),
      utmCampaign: spell(withCampaign?.utmCampaign),
      device: browser.device,
      country: visitor.country,
      consent: second || consent === null ? consent : consent === "granted" ? "1" : "0",
      productId: shown.product?.sku ?? null,
      quantity: shown.quantity ?? null,
      unitPrice: shown.product?.price ?? null,
      orderId: shown.orderId ?? null,
      revenue: shown.revenue ?? null,
      searchTerm: shown.searchTerm ?? null,
    });
    visit.first = false;
  }

  #address(path: string, campaign: Campaign | undefined): string {
    if (this.defects.malformedUrls.strikes()) return `htp:/shop.acme.example/${path}%%`;
    return campaign ? `${site}${path}?utm_campaign=${campaign.utmCampaign}` : `${site}${path}`;
  }
}

/** What the trackers resend: the same hit once more, some seconds or minutes later. */
export function resent(hit: Hit, random: Random): Hit {
  return { ...hit, receivedAt: hit.receivedAt + random.between(1_000, 600_000) };
}
