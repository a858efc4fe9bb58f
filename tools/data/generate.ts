import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Expectations, type Figure } from "./expected.ts";
import { ParquetStore, type TableWriter } from "./parquet-writer.ts";
import { Random } from "./random.ts";
import type { Trail } from "./raw.ts";
import { emptyTrail } from "./raw.ts";
import type { Settings } from "./settings.ts";
import * as tables from "./tables.ts";
import { resent, Visitors } from "./visitors.ts";
import { makeWorld } from "./world.ts";

export interface Generated {
  readonly rows: Readonly<Record<string, number>>;
  /** Distinct events, before anything was sent twice. */
  readonly events: number;
  /** Per defect: of how many, and how many got it. */
  readonly defects: Readonly<Record<string, { readonly population: number; readonly planted: number }>>;
  readonly figures: readonly Figure[];
}

/** Visitor after visitor, resent hits included, until the number of events is reached. Holds one visitor at a time. */
export function* trails(settings: Settings, visitors: Visitors): Generator<Trail> {
  const cut = settings.receivedBefore === undefined ? Number.POSITIVE_INFINITY : Date.parse(settings.receivedBefore);
  let events = 0;
  for (let number = 1; events < settings.events; number++) {
    const trail = visitors.next();
    events += trail.hits.length;
    const random = new Random(settings.seed, `resent ${number}`);
    for (const hit of trail.hits.slice()) {
      if (visitors.defects.duplicates.strikes()) trail.hits.push(resent(hit, random));
    }
    yield Number.isFinite(cut) ? cutOff(trail, cut) : trail;
  }
}

/** Writes the source systems' tables below `out` and what the products must contain to `out/expected.json`. */
export async function generate(
  settings: Settings,
  out: string,
  progress: (events: number) => void,
): Promise<Generated> {
  const world = makeWorld(settings);
  const visitors = new Visitors(settings, world);
  const cut = settings.receivedBefore === undefined ? Number.POSITIVE_INFINITY : Date.parse(settings.receivedBefore);
  const pages = world.pages.filter((page) => page.changedAt < cut);
  const source = {
    trails: trails(settings, visitors),
    pages,
    campaigns: world.campaignRows,
  };
  const written = await writeSources(source, out, progress);
  const defects = Object.fromEntries(Object.entries(visitors.defects).map(([name, defect]) => [name, defect.count]));
  const result = { ...written, events: visitors.defects.late.count.population, defects };
  writeFileSync(
    join(out, "manifest.json"),
    `${JSON.stringify({ settings, ...result, figures: undefined }, null, 2)}\n`,
  );
  return result;
}

export interface Sources {
  readonly trails: Iterable<Trail>;
  readonly pages: ReturnType<typeof makeWorld>["pages"];
  readonly campaigns: ReturnType<typeof makeWorld>["campaignRows"];
}

/** Writes all tables and `expected.json`; used for generated and for real data. */
export async function writeSources(
  sources: Sources,
  out: string,
  progress: (events: number) => void,
): Promise<Pick<Generated, "rows" | "figures">> {
  mkdirSync(out, { recursive: true });
  const store = await ParquetStore.open(out);
  const expectations = new Expectations();
  const open = {
    hits: await store.table(tables.hits),
    orders: await store.table(tables.orders),
    orderLines: await store.table(tables.orderLines),
    returns: await store.table(tables.returns),
    accounts: await store.table(tables.accounts),
    cookieLinks: await store.table(tables.cookieLinks),
    deletionRequests: await store.table(tables.deletionRequests),
    pages: await store.table(tables.pages),
    campaigns: await store.table(tables.campaigns),
  };
  for (const trail of sources.trails) {
    expectations.addTrail(trail);
    await writeAll(open.hits, trail.hits);
    await writeAll(open.orders, trail.orders);
    await writeAll(open.orderLines, trail.orderLines);
    await writeAll(open.returns, trail.returns);
    await writeAll(open.accounts, trail.accounts);
    await writeAll(open.cookieLinks, trail.cookieLinks);
    await writeAll(open.deletionRequests, trail.deletionRequests);
    progress(open.hits.rows);
  }
  expectations.addPages(sources.pages);
  expectations.addCampaigns(sources.campaigns);
  await writeAll(open.pages, sources.pages);
  await writeAll(open.campaigns, sources.campaigns);
  const rows: Record<string, number> = {};
  for (const [name, writer] of Object.entries(open)) {
    await writer.close();
    rows[name] = writer.rows;
  }
  store.close();
  const figures = expectations.figures();
  writeFileSync(join(out, "expected.json"), `${JSON.stringify(figures, null, 1)}\n`);
  return { rows, figures };
}

async function writeAll<Row>(writer: TableWriter<Row>, rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    const full = writer.add(row);
    if (full) await full;
  }
}

/** The part of a trail that the source systems had by then. */
function cutOff(trail: Trail, cut: number): Trail {
  const orders = trail.orders.filter((one) => one.orderedAt < cut);
  const kept = new Set(orders.map((one) => one.orderId));
  return {
    ...emptyTrail(),
    hits: trail.hits.filter((one) => one.receivedAt < cut),
    orders,
    orderLines: trail.orderLines.filter((one) => kept.has(one.orderId)),
    returns: trail.returns.filter((one) => one.returnedAt < cut),
    accounts: trail.accounts.filter((one) => one.createdAt < cut),
    cookieLinks: trail.cookieLinks.filter((one) => one.linkedAt < cut),
    deletionRequests: trail.deletionRequests.filter((one) => one.requestedAt < cut),
  };
}
