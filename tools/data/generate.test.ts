import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { generate, trails } from "./generate.ts";
import type { Trail } from "./raw.ts";
import { defaultSettings, defectPhases, hour, type Settings } from "./settings.ts";
import { Visitors } from "./visitors.ts";
import { makeWorld } from "./world.ts";

const made: string[] = [];
const directory = (): string => {
  const path = mkdtempSync(join(tmpdir(), "meshwork-data-"));
  made.push(path);
  return path;
};
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

const small: Settings = { ...defaultSettings, events: 6_000 };

function digest(path: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files.map((entry) => join(entry.parentPath, entry.name)).toSorted())
    hash.update(readFileSync(file));
  return hash.digest("hex");
}

describe("generated data", () => {
  it("is the same, byte for byte, for the same seed, and another for another", async () => {
    const [one, two, other] = [directory(), directory(), directory()];
    await generate(small, one, () => {});
    await generate(small, two, () => {});
    await generate({ ...small, seed: 8 }, other, () => {});
    expect(digest(one)).toBe(digest(two));
    expect(digest(one)).not.toBe(digest(other));
  });

  it("replaces what an earlier, larger run left", async () => {
    const path = directory();
    await generate(small, path, () => {});
    const before = digest(path);
    await generate({ ...small, events: 9_000 }, path, () => {});
    expect(digest(path)).not.toBe(before);
    await generate(small, path, () => {});
    expect(digest(path)).toBe(before);
  });

  it("leaves out what was received after the cut, and changes nothing before it", () => {
    const cut = "2026-03-30T06:00:00Z";
    const whole = collect(small);
    const part = collect({ ...small, receivedBefore: cut });
    const early = whole.hits.filter((hit) => hit.receivedAt < Date.parse(cut));
    expect(part.hits).toEqual(early);
    expect(part.hits.length).toBeLessThan(whole.hits.length);
    expect(part.orders.every((order) => order.orderedAt < Date.parse(cut))).toBe(true);
  });
});

/** All trails in one, as the tables hold them. */
function collect(settings: Settings): Trail & { readonly visitors: Visitors; readonly trails: Trail[] } {
  const visitors = new Visitors(settings, makeWorld(settings));
  const all = [...trails(settings, visitors)];
  return {
    visitors,
    trails: all,
    hits: all.flatMap((trail) => trail.hits),
    orders: all.flatMap((trail) => trail.orders),
    orderLines: all.flatMap((trail) => trail.orderLines),
    returns: all.flatMap((trail) => trail.returns),
    accounts: all.flatMap((trail) => trail.accounts),
    cookieLinks: all.flatMap((trail) => trail.cookieLinks),
    deletionRequests: all.flatMap((trail) => trail.deletionRequests),
  };
}

// Counted in the rows themselves, so that a defect which is announced but not planted is seen.
describe.each([1, 7, 99])("defects with seed %i", (seed) => {
  const settings = { ...small, seed };
  const data = collect(settings);
  const first = [...new Map(data.hits.toReversed().map((hit) => [hit.hitId, hit])).values()];
  const happened = (hit: (typeof first)[number]): number => hit.tsMs ?? (hit.ts ?? 0) * 1_000;
  const declared = (name: keyof Settings["defects"], population: number): number =>
    Math.floor(population * settings.defects[name] + defectPhases[name]);

  it("sends the declared number of hits twice", () => {
    expect(data.hits.length - first.length).toBe(declared("duplicates", first.length));
  });
  it("delivers the declared number late", () => {
    expect(first.filter((hit) => hit.receivedAt - happened(hit) > hour + 60_000)).toHaveLength(
      declared("late", first.length),
    );
    const inTime = first.filter((hit) => hit.receivedAt - happened(hit) <= 60_000);
    expect(inTime).toHaveLength(first.length - declared("late", first.length));
  });
  it("has the declared number of bots, half of them in disguise", () => {
    const bots = data.trails.filter(
      (trail) => trail.hits.length > 90 && trail.orders.length === 0 && onePerSecond(trail),
    );
    expect(bots).toHaveLength(declared("bots", data.trails.length));
    const named = bots.filter((trail) => /bot|spider|headless/i.test(trail.hits[0]?.userAgent ?? ""));
    expect(named).toHaveLength(Math.ceil(bots.length / 2));
  });
  it("loses the declared number of user ids", () => {
    const loggedIn = first.filter((hit) => hit.email !== null);
    const lost = loggedIn.filter((hit) => hit.userId === null || hit.userId === "null");
    expect(lost).toHaveLength(declared("nullUsers", loggedIn.length));
  });
  it("breaks the declared number of addresses", () => {
    const broken = first.filter((hit) => !(hit.url ?? hit.pageUrl ?? "").startsWith("https://shop.acme.example/"));
    expect(broken).toHaveLength(declared("malformedUrls", first.length));
  });
  it("spells the declared number of campaigns badly", () => {
    const landed = first.filter((hit) => hit.utmSource !== null);
    expect(landed.filter((hit) => hit.utmSource !== hit.utmSource?.trim())).toHaveLength(
      declared("dirtyUtm", landed.length),
    );
  });
  it("keeps the declared number of purchases from the tracker; every other order has one of equal worth", () => {
    const seen = new Map(first.filter((hit) => hit.orderId !== null).map((hit) => [hit.orderId, hit.revenue]));
    const missed = data.orders.filter((order) => !seen.has(order.orderId));
    expect(missed).toHaveLength(declared("untrackedPurchases", data.orders.length));
    for (const order of data.orders) if (seen.has(order.orderId)) expect(seen.get(order.orderId)).toBe(order.total);
  });
  it("changes the payload at one moment", () => {
    const lastOld = Math.max(...first.filter((hit) => hit.payloadVersion === 1).map(happened));
    const firstNew = Math.min(...first.filter((hit) => hit.payloadVersion === 2).map(happened));
    expect(lastOld).toBeLessThan(firstNew);
  });
});

function onePerSecond(trail: Trail): boolean {
  const times = trail.hits.map((hit) => hit.tsMs ?? (hit.ts ?? 0) * 1_000).toSorted((a, b) => a - b);
  return (
    new Set(times.map((time) => Math.floor(time / 1_000))).size > 90 && (times.at(-1) ?? 0) - (times[0] ?? 0) < 200_000
  );
}
