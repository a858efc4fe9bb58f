import { describe, expect, it } from "vitest";
import {
  durationOf,
  durationText,
  kebabName,
  majorOf,
  portReference,
  relationOf,
  shareOf,
  snakeName,
  typeOf,
  typeWordOf,
  versionOf,
} from "./index.ts";
import { dateOf } from "./datamesh/read-values.ts";
import { compareVersions } from "./version.ts";

describe("durationOf", () => {
  it.each([
    ["15m", 900],
    ["15min", 900],
    ["15 minutes", 900],
    ["1h30m", 5400],
    ["1 hour and 30 minutes", 5400],
    ["1 hour, 30 min", 5400],
    ["1.5h", 5400],
    ["4 hours", 14_400],
    ["90 days", 7_776_000],
    ["90D", 7_776_000],
    ["1w", 604_800],
    ["2 months", 5_184_000],
    ["1y", 31_536_000],
    ["500ms", 0.5],
    ["0s", 0],
    ["PT15M", 900],
    ["P1DT2H", 93_600],
    ["P2W", 1_209_600],
    ["P1M", 2_592_000],
    ["PT0.5S", 0.5],
    [" 15m ", 900],
  ])("reads %s", (text, seconds) => {
    expect(durationOf(text)).toEqual({ text: text.trim(), seconds });
  });

  it.each([
    "",
    "15",
    "m",
    "15x",
    "-15m",
    "15 M",
    "1h-30m",
    "P",
    "PT",
    "P1H",
    "P1DT",
    "soon",
    "1h 30",
    "2000y",
    "1e9d",
    "15m!",
    "9".repeat(70),
  ])("refuses %j", (text) => expect(durationOf(text)).toBeUndefined());

  it.each([
    [0, "0s"],
    [0.5, "0.5s"],
    [900, "15m"],
    [5400, "1h30m"],
    [93_600, "1d2h"],
    [86_461, "1d1m1s"],
  ])("writes %d seconds as %s, and reads it back", (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
    expect(durationOf(text)?.seconds).toBe(seconds);
  });
});

describe("shareOf", () => {
  it.each([
    ["99.9%", 0.999],
    ["99.95 %", 0.9995],
    ["100%", 1],
    ["0%", 0],
    ["0.07%", 0.0007],
    ["0.999", 0.999],
    [".5", 0.5],
    [0.999, 0.999],
    [1, 1],
    [0, 0],
  ])("reads %s", (written, value) => expect(shareOf(written)?.value).toBe(value));
  it.each(["99.9", "101%", "-1%", "1.1", -0.1, 2, Number.NaN, "", "%", "a%", "50 percent", "1e-3%"])(
    "refuses %s",
    (written) => expect(shareOf(written)).toBeUndefined(),
  );
});

describe("names", () => {
  it.each([
    ["order_events", "order-events", "order_events"],
    ["Order Events", "order-events", "order_events"],
    ["OrderEvents", "order-events", "order_events"],
    ["HTTPServer2", "http-server2", "http_server2"],
    ["../etc/passwd", "etc-passwd", "etc_passwd"],
    ['a"; drop table x; --', "a-drop-table-x", "a_drop_table_x"],
    ["{{ x }}", "x", "x"],
    ["--", "", ""],
  ])("%s", (name, kebab, snake) => {
    expect([kebabName(name), snakeName(name)]).toEqual([kebab, snake]);
  });

  it("make relations by the mesh's naming", () => {
    expect(relationOf("web-platform", "page-views", 2)).toEqual({ schema: "web_platform", name: "page_views_v2" });
    const naming = { relation: "{domain}__{port}__{major}", schema: "mart_{other}" };
    expect(relationOf({ domain: "orders" }, { name: "facts" }, 1, naming)).toEqual({
      schema: "mart_{other}",
      name: "orders__facts__1",
    });
  });
});

describe("portReference", () => {
  it.each([
    ["content.page-catalog@1", { domain: "content", product: "page-catalog", major: 1 }],
    ["content.page_catalog", { domain: "content", product: "page-catalog" }],
    ["a.b.c@v2", { domain: "a", product: "b", port: "c", major: 2 }],
    ["a.b@2.1.0", { domain: "a", product: "b", major: 2 }],
    ["raw.kafka.order_events", { domain: "raw", product: "kafka", port: "order_events" }],
    ["raw.kafka.eu.orders", { domain: "raw", product: "kafka", port: "eu.orders" }],
  ])("%s", (text, reference) => expect(portReference(text)).toEqual({ text, ...reference }));
  it.each(["", "a", "a.", ".b", "a..b", "a.b@", "a.b@x", "a b.c", 'a."b"', "../a.b", "a.b;c", "a".repeat(400)])(
    "refuses %j",
    (text) => expect(portReference(text)).toBeUndefined(),
  );
});

describe("versions", () => {
  it("are semantic", () => {
    expect(versionOf("2.10.3-rc.1+build.5")).toEqual({ major: 2, minor: 10, patch: 3, prerelease: "rc.1" });
    for (const text of ["2.1", "v2.1.0", "02.1.0", "2.1.0-", "a", "", "1.2.3.4"])
      expect(versionOf(text)).toBeUndefined();
    expect([majorOf("2.1.0"), majorOf("x")]).toEqual([2, 0]);
  });

  it("are ordered as semver.org's rule 11 says", () => {
    const ascending = [
      "1.0.0-alpha",
      "1.0.0-alpha.1",
      "1.0.0-alpha.beta",
      "1.0.0-beta",
      "1.0.0-beta.2",
      "1.0.0-beta.11",
      "1.0.0-rc.1",
      "1.0.0",
      "1.0.1",
      "1.1.0",
      "2.0.0",
    ];
    const parsed = ascending.map((text) => versionOf(text)!);
    for (const [i, a] of parsed.entries()) {
      for (const [j, b] of parsed.entries()) expect(Math.sign(compareVersions(a, b))).toBe(Math.sign(i - j));
    }
  });
});

it("dates exist", () => {
  expect(["2024-02-29", "2027-03-31T00:00:00Z"].map(dateOf)).toEqual(["2024-02-29", "2027-03-31"]);
  expect(["2023-02-29", "2027-13-01", "31.03.2027", "2027-3-1", "2027-00-10", ""].map(dateOf)).toEqual(
    Array(6).fill(undefined),
  );
});

describe("typeOf", () => {
  const int = (bits: number, signed = true) => ({ kind: "integer", bits, signed });
  const array = (type: object) => ({ kind: "array", element: { name: "element", type, nullable: true } });
  it.each([
    ["string", { kind: "string" }],
    ["VARCHAR(36)", { kind: "string", maxLength: 36 }],
    ["tinyint", int(8)],
    ["short", int(16)],
    ["int", int(32)],
    ["integer", int(32)],
    ["long", int(64)],
    ["bigint", int(64)],
    ["hugeint", int(128)],
    ["uint32", int(32, false)],
    ["int(11)", int(32)],
    ["decimal", { kind: "decimal", precision: 38, scale: 9 }],
    ["decimal(10)", { kind: "decimal", precision: 10, scale: 0 }],
    ["numeric( 10 , 2 )", { kind: "decimal", precision: 10, scale: 2 }],
    ["float", { kind: "float", bits: 32 }],
    ["double precision", { kind: "float", bits: 64 }],
    ["bool", { kind: "boolean" }],
    ["date", { kind: "date" }],
    ["time", { kind: "time", precision: 6, zoned: false }],
    ["timestamp", { kind: "timestamp", precision: 6, zoned: false }],
    ["timestamp_tz", { kind: "timestamp", precision: 6, zoned: true }],
    ["timestamp(3) with time zone", { kind: "timestamp", precision: 3, zoned: true }],
    ["uuid", { kind: "uuid" }],
    ["jsonb", { kind: "json" }],
    ["bytes", { kind: "binary" }],
    ["varbinary(16)", { kind: "binary", maxLength: 16 }],
    ["interval", { kind: "interval" }],
    ["string[]", array({ kind: "string" })],
    ["list<array<int>>", array(array(int(32)))],
    [
      "map<string, decimal(4,1)>",
      {
        kind: "map",
        key: { kind: "string" },
        value: { name: "value", type: { kind: "decimal", precision: 4, scale: 1 }, nullable: true },
      },
    ],
    [
      "struct<a: int, b string>",
      {
        kind: "struct",
        fields: [
          { name: "a", type: int(32), nullable: true },
          { name: "b", type: { kind: "string" }, nullable: true },
        ],
      },
    ],
    [
      "vector(3)",
      { kind: "array", length: 3, element: { name: "element", type: { kind: "float", bits: 32 }, nullable: false } },
    ],
  ])("%s", (word, type) => expect(typeOf(word)).toMatchObject({ type }));

  it("takes digits and zones from the column", () => {
    expect(typeOf("decimal", { precision: 10, scale: 2 })).toMatchObject({ type: { precision: 10, scale: 2 } });
    expect(typeOf("timestamp", { timezone: "UTC" })).toMatchObject({ type: { zoned: true } });
    expect(typeOf("timestamp_ntz", { timezone: "UTC" })).toMatchObject({ type: { zoned: false } });
  });

  it.each([
    ["strng", "unknown-type"],
    ["", "unknown-type"],
    ["1int", "unknown-type"],
    ["decimal(2,3)", "bad-type"],
    ["decimal(0)", "bad-type"],
    ["decimal(1,2,3)", "bad-type"],
    ["varchar(x)", "bad-type"],
    ["date(3)", "bad-type"],
    ["timestamp(99)", "bad-type"],
    ["map<string>", "bad-type"],
    ["struct<a>", "bad-type"],
    [`${"array<".repeat(40)}int${">".repeat(40)}`, "bad-type"],
    ["a".repeat(600), "bad-type"],
  ])("refuses %s", (word, problem) => expect(typeOf(word)).toMatchObject({ problem }));

  it("writes words that mean the same", () => {
    for (const word of [
      "string",
      "varchar(5)",
      "tinyint",
      "short",
      "integer",
      "long",
      "hugeint",
      "utinyint",
      "usmallint",
      "uinteger",
      "ubigint",
      "decimal(5,2)",
      "float",
      "double",
      "boolean",
      "date",
      "time",
      "timestamp",
      "timestamp_tz",
      "timestamp(3)",
      "timestamp_tz(3)",
      "uuid",
      "json",
      "binary",
      "interval",
    ]) {
      const found = typeOf(word);
      expect(found).toHaveProperty("type");
      expect(typeWordOf((found as { type: Parameters<typeof typeWordOf>[0] }).type)).toBe(word);
    }
  });
});
