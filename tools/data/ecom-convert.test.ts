import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { convertEcom } from "./ecom-convert.ts";
import { Expectations } from "./expected.ts";
import { fileInTar } from "./tar.ts";

const header = "user_id,session_id,event,timestamp,platform,acquisition_channel,user_cohort,user_lifecycle";
const line = (
  event: string,
  time: string,
  more: { user?: string; session?: string; platform?: string; channel?: string } = {},
): string =>
  [
    more.user ?? "u1",
    more.session ?? "s1",
    event,
    `2024-03-13 ${time}`,
    more.platform ?? "desktop",
    more.channel ?? "email",
    "2024-01",
    "new",
  ].join(",");

const csv = [
  header,
  line("home", "10:00:00"),
  line("add_to_cart", "10:01:00"),
  line("add_to_cart", "10:02:00"),
  line("payment_details", "10:03:00"),
  line("purchase", "10:04:00"),
  line("purchase", "12:00:00", { session: "s2", platform: "mobile", channel: "direct" }),
  line("search", "09:00:00", { user: "u2", session: "s3", channel: "organic" }),
].join("\n");

describe("the public clickstream as raw tables", () => {
  const sources = convertEcom(`${csv}\n`);
  const [first, second] = [...sources.trails];

  it("keeps one trail a user and one hit a row", () => {
    expect(first?.hits.map((hit) => hit.eventType)).toEqual([
      "page_view",
      "add_to_cart",
      "add_to_cart",
      "checkout_payment",
      "purchase",
      "purchase",
    ]);
    expect(second?.hits).toHaveLength(1);
    expect(new Set([...(first?.hits ?? []), ...(second?.hits ?? [])].map((hit) => hit.hitId)).size).toBe(7);
  });

  it("orders what was put into the cart since the last purchase, at least one piece", () => {
    expect(first?.orderLines.map((each) => each.quantity)).toEqual([2, 1]);
    expect(first?.orders.map((each) => each.total)).toEqual([9_800, 4_900]);
    expect(first?.hits.map((hit) => hit.revenue)).toEqual([null, null, null, null, 9_800, 4_900]);
  });

  it("names the channel on the first hit of a session only", () => {
    expect(first?.hits.map((hit) => hit.utmMedium)).toEqual(["email", null, null, null, null, null]);
    expect(second?.hits[0]).toMatchObject({ utmMedium: null, referrer: "https://www.google.com/" });
  });

  it("links each device of a buyer, and no one else's", () => {
    expect(first?.cookieLinks.map((link) => link.cookieId)).toEqual(["ck-u1-desktop", "ck-u1-mobile"]);
    expect(second?.cookieLinks).toEqual([]);
  });

  it("has figures that can be worked out by hand", () => {
    const expectations = new Expectations();
    for (const trail of sources.trails) expectations.addTrail(trail);
    const figures = new Map(expectations.figures().map((figure) => [`${figure.product} ${figure.name}`, figure.value]));
    expect(figures.get("behaviour.sessions sessions")).toBe("3");
    expect(figures.get("commerce.orders gross revenue")).toBe("147.00");
    expect(figures.get("marketing.attribution first_touch revenue from email")).toBe("147.00");
  });

  it.each([
    ["an unknown event", [header, line("teleport", "10:00:00")].join("\n"), /"teleport"/],
    ["an unknown channel", [header, line("home", "10:00:00", { channel: "tv" })].join("\n"), /"tv"/],
    ["a time that is none", [header, line("home", "soon")].join("\n"), /line 2/],
    ["a missing column", "user_id,event\nu1,home", /"session_id"/],
  ])("stops at %s and names it", (_, text, message) => {
    expect(() => convertEcom(text)).toThrow(message);
  });
});

describe("fileInTar", () => {
  it("finds a file in an archive that tar wrote, and nothing in its place", () => {
    const directory = mkdtempSync(join(tmpdir(), "meshwork-tar-"));
    try {
      mkdirSync(join(directory, "a/b"), { recursive: true });
      writeFileSync(join(directory, "a/first.txt"), "x".repeat(700));
      writeFileSync(join(directory, "a/b/wanted.txt"), "found");
      const made = spawnSync("tar", ["--format=ustar", "-cf", "made.tar", "a"], { cwd: directory });
      expect(made.status).toBe(0);
      const archive = readFileSync(join(directory, "made.tar"));
      const file = fileInTar(archive, (name) => name.endsWith("/wanted.txt"));
      expect(new TextDecoder().decode(file)).toBe("found");
      expect(fileInTar(archive, (name) => name === "a/none.txt")).toBeUndefined();
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
