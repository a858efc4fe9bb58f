import { describe, expect, it } from "vitest";
import type { Contract, ContractColumn, Media } from "@meshwork/contract";
import type { ClassifyOptions } from "./classify.ts";
import { classify, classifyAll } from "./classify.ts";
import type { Level } from "./define-change.ts";
import { diff } from "./diff.ts";
import { array, column, contract, decimal, int, long, port, struct, text, timestamp } from "./testdata/contracts.ts";

const cols = (...columns: ContractColumn[]): Contract => contract({ ports: [port("orders", columns)] });
const c = (constraints: ContractColumn["constraints"], type = text) => cols(column("x", type, { constraints }));
const id = column("id", text, { nullable: false });
const days = (n: number) => ({ text: `${n}d`, seconds: n * 86_400 });
const minutes = (n: number) => ({ text: `${n}m`, seconds: n * 60 });
const share = (value: number) => ({ text: String(value), value });
const check = (rest: object) => ({
  name: "c",
  assertion: "row_count",
  arguments: {},
  severity: "error" as const,
  at: [],
  ...rest,
});
const checked = (...checks: ReturnType<typeof check>[]) => contract({ ports: [port("orders", [id], { checks })] });
const media = (rest: Partial<Media>): Contract => cols(column("x", text, { media: { types: ["image/png"], ...rest } }));
const sha256 = { algorithm: "sha256", column: "digest" } as const;
const vector = (length: number) =>
  ({
    kind: "array",
    length,
    element: { name: "element", type: { kind: "float", bits: 32 }, nullable: false },
  }) as const;
const role = (...roles: string[]) => contract({ access: { roles, policies: [], purposes: [] } });
const map = (key: typeof text) => ({ kind: "map" as const, key, value: { name: "value", type: text, nullable: true } });
const key = (...names: string[]) =>
  cols(
    ...["a", "b"].map((n) =>
      column(n, text, { nullable: false, constraints: names.includes(n) ? { primaryKey: true } : {} }),
    ),
  );
const pdf = (kind: "float" | "string", bits: 32 | 64 = 32) => (kind === "float" ? ({ kind, bits } as const) : text);

/** reference: the consequence of each change for an output port, and mirrored for an input port. */
const table: [string, Contract, Contract, code: string, output: Level, input: Level][] = [
  ["column removed", cols(id, column("x")), cols(id), "column-removed", "major", "none"],
  [
    "nested field removed",
    cols(column("s", struct({ name: "a", type: text }, { name: "b", type: text }))),
    cols(column("s", struct({ name: "a", type: text }))),
    "column-removed",
    "major",
    "none",
  ],
  [
    "field of an array's struct removed",
    cols(column("s", array(struct({ name: "a", type: text }, { name: "b", type: text })))),
    cols(column("s", array(struct({ name: "a", type: text })))),
    "column-removed",
    "major",
    "none",
  ],
  ["optional column added", cols(id), cols(id, column("x")), "column-added", "minor", "minor"],
  [
    "required column added",
    cols(id),
    cols(id, column("x", text, { nullable: false })),
    "column-added",
    "minor",
    "major",
  ],
  ["column moved", cols(id, column("x")), cols(column("x"), id), "column-moved", "patch", "patch"],
  ["int → long", cols(column("x", int)), cols(column("x", long)), "type-widened", "minor", "minor"],
  [
    "float → double",
    cols(column("x", pdf("float"))),
    cols(column("x", pdf("float", 64))),
    "type-widened",
    "minor",
    "minor",
  ],
  [
    "decimal precision up",
    cols(column("x", decimal(10, 2))),
    cols(column("x", decimal(12, 2))),
    "type-widened",
    "minor",
    "minor",
  ],
  [
    "decimal scale up, fewer whole digits",
    cols(column("x", decimal(10, 2))),
    cols(column("x", decimal(10, 4))),
    "type-changed",
    "major",
    "major",
  ],
  ["long → int", cols(column("x", long)), cols(column("x", int)), "type-narrowed", "major", "major"],
  ["int → string", cols(column("x", int)), cols(column("x", text)), "type-changed", "major", "major"],
  [
    "nested kind",
    cols(column("x", struct({ name: "a", type: text }))),
    cols(column("x", array(text))),
    "type-changed",
    "major",
    "major",
  ],
  ["map key", cols(column("x", map(text))), cols(column("x", map(int as never))), "type-changed", "major", "major"],
  [
    "type of an element",
    cols(column("x", array(int))),
    cols(column("x", array(text))),
    "type-changed",
    "major",
    "major",
  ],
  [
    "NOT NULL dropped",
    cols(column("x", text, { nullable: false })),
    cols(column("x")),
    "not-null-dropped",
    "major",
    "minor",
  ],
  [
    "NOT NULL of an element dropped",
    cols(column("x", array(text, false))),
    cols(column("x", array(text, true))),
    "not-null-dropped",
    "major",
    "minor",
  ],
  [
    "nullable → required",
    cols(column("x")),
    cols(column("x", text, { nullable: false })),
    "not-null-added",
    "minor",
    "major",
  ],
  ["unique dropped", c({ unique: true }), c({}), "unique-dropped", "major", "minor"],
  ["unique added", c({}), c({ unique: true }), "unique-added", "minor", "major"],
  ["primary key dropped", key("a"), key(), "primary-key-dropped", "major", "minor"],
  ["primary key added", key(), key("a"), "primary-key-added", "minor", "major"],
  ["grain changed", key("a"), key("a", "b"), "primary-key-changed", "major", "major"],
  ["foreign key dropped", c({ references: "a.b.c" }), c({}), "reference-dropped", "major", "minor"],
  [
    "foreign key changed",
    c({ references: "a.b.c" }),
    c({ references: "a.b.d" }),
    "reference-changed",
    "major",
    "major",
  ],
  ["range widened", c({ min: 0 }, int), c({ min: -1 }, int), "range-widened", "major", "minor"],
  ["range dropped", c({ max: 10 }, int), c({}, int), "range-widened", "major", "minor"],
  ["bound no longer exclusive", c({ exclusiveMin: 0 }, int), c({ min: 0 }, int), "range-widened", "major", "minor"],
  ["range narrowed", c({ max: "2030-12-31" }), c({ max: "2029-12-31" }), "range-narrowed", "minor", "major"],
  ["length widened", c({ maxLength: 36 }), c({ maxLength: 50 }), "length-widened", "major", "minor"],
  [
    "length of the type widened",
    cols(column("x", { kind: "string", maxLength: 36 })),
    cols(column("x")),
    "length-widened",
    "major",
    "minor",
  ],
  ["length narrowed", c({}), c({ minLength: 1 }), "length-narrowed", "minor", "major"],
  ["pattern dropped", c({ pattern: "a" }), c({}), "pattern-dropped", "major", "minor"],
  ["pattern changed", c({ pattern: "a" }), c({ pattern: "b" }), "pattern-changed", "major", "major"],
  ["pattern added", c({}), c({ pattern: "b" }), "pattern-added", "minor", "major"],
  ["format dropped", c({ format: "email" }), c({}), "format-dropped", "major", "minor"],
  ["enum value added", c({ enum: ["a"] }), c({ enum: ["a", "b"] }), "enum-value-added", "major", "minor"],
  ["enum value removed", c({ enum: ["a", "b"] }), c({ enum: ["a"] }), "enum-value-removed", "minor", "major"],
  ["enum dropped", c({ enum: ["a"] }), c({}), "enum-dropped", "major", "minor"],
  ["enum introduced", c({}), c({ enum: ["a"] }), "enum-introduced", "minor", "major"],
  ["time zone", c({ timezone: "UTC" }), c({ timezone: "CET" }), "time-zone-changed", "major", "major"],
  [
    "timestamp no longer zoned",
    cols(column("x", timestamp)),
    cols(column("x", { kind: "timestamp", precision: 6, zoned: false })),
    "type-changed",
    "major",
    "major",
  ],
  [
    "embedding model",
    cols(column("x", text, { embedding: { dimensions: 3, element: "float32", model: "a" } })),
    cols(column("x", text, { embedding: { dimensions: 3, element: "float32", model: "b" } })),
    "embedding-changed",
    "major",
    "major",
  ],
  ...(
    [
      ["embedding model version", { modelVersion: "1" }, { modelVersion: "2" }],
      ["embedding model stated", {}, { model: "a" }],
      ["embedding metric", { metric: "cosine" }, { metric: "dot" }],
      ["embedding normalised", { normalized: false }, { normalized: true }],
      ["embedding modality", { modality: "text" }, { modality: "image" }],
    ] as const
  ).map(([name, a, b]): (typeof table)[number] => [
    name,
    cols(column("x", vector(3), { embedding: { dimensions: 3, element: "float32", ...a } })),
    cols(column("x", vector(3), { embedding: { dimensions: 3, element: "float32", ...b } })),
    "embedding-changed",
    "major",
    "major",
  ]),
  [
    "embedding dimensions",
    cols(column("x", vector(3), { embedding: { dimensions: 3, element: "float32" } })),
    cols(column("x", vector(4), { embedding: { dimensions: 4, element: "float32" } })),
    "type-changed",
    "major",
    "major",
  ],
  ["media introduced", cols(column("x")), media({}), "media-introduced", "minor", "major"],
  ["media dropped", media({}), cols(column("x")), "media-dropped", "major", "minor"],
  [
    "media type added",
    media({}),
    media({ types: ["image/png", "image/gif"] }),
    "media-types-widened",
    "major",
    "minor",
  ],
  ["media types to a whole kind", media({}), media({ types: ["image/*"] }), "media-types-widened", "major", "minor"],
  ["media type removed", media({ types: ["image/*"] }), media({}), "media-types-narrowed", "minor", "major"],
  ["checksum dropped", media({ checksum: sha256 }), media({}), "media-checksum-dropped", "major", "minor"],
  ["checksum added", media({}), media({ checksum: sha256 }), "media-checksum-added", "minor", "major"],
  [
    "checksum algorithm",
    media({ checksum: sha256 }),
    media({ checksum: { ...sha256, algorithm: "md5" } }),
    "media-checksum-changed",
    "major",
    "major",
  ],
  ["place of objects", media({ base: "s3://a/" }), media({ base: "s3://b/" }), "media-changed", "major", "major"],
  ["one scheme more", media({ schemes: ["s3"] }), media({ schemes: ["s3", "gs"] }), "media-changed", "major", "minor"],
  ["size limit lowered", media({ maxBytes: 9 }), media({ maxBytes: 8 }), "media-changed", "minor", "major"],
  ["size limit dropped", media({ maxBytes: 9 }), media({}), "media-changed", "major", "minor"],
  ["check removed", checked(check({})), checked(), "check-removed", "major", "minor"],
  ["check added", checked(), checked(check({})), "check-added", "minor", "major"],
  ["threshold loosened", checked(check({})), checked(check({ threshold: 0.99 })), "check-loosened", "major", "minor"],
  ["severity lowered", checked(check({})), checked(check({ severity: "warning" })), "check-loosened", "major", "minor"],
  [
    "bound of a check lowered",
    checked(check({ arguments: { min: 1000 } })),
    checked(check({ arguments: { min: 500 } })),
    "check-loosened",
    "major",
    "minor",
  ],
  [
    "bound of a check raised",
    checked(check({ arguments: { min: 500 } })),
    checked(check({ arguments: { min: 1000 } })),
    "check-tightened",
    "minor",
    "major",
  ],
  [
    "threshold lowered and bound raised",
    checked(check({ arguments: { min: 500 } })),
    checked(check({ arguments: { min: 1000 }, threshold: 0.5 })),
    "check-changed",
    "major",
    "major",
  ],
  [
    "SQL of a check",
    checked(check({ assertion: "sql", sql: "select 1" })),
    checked(check({ assertion: "sql", sql: "select 2" })),
    "check-changed",
    "major",
    "major",
  ],
  [
    "freshness up",
    contract({ sla: { freshness: minutes(15) } }),
    contract({ sla: { freshness: minutes(60) } }),
    "sla-weakened",
    "major",
    "minor",
  ],
  ["latency dropped", contract({ sla: { latency: minutes(1) } }), contract(), "sla-weakened", "major", "minor"],
  [
    "availability down",
    contract({ sla: { availability: share(0.999) } }),
    contract({ sla: { availability: share(0.99) } }),
    "sla-weakened",
    "major",
    "minor",
  ],
  [
    "availability up",
    contract({ sla: { availability: share(0.99) } }),
    contract({ sla: { availability: share(0.999) } }),
    "sla-strengthened",
    "minor",
    "major",
  ],
  [
    "retention down",
    contract({ retention: { period: days(730) } }),
    contract({ retention: { period: days(90) } }),
    "retention-shortened",
    "major",
    "minor",
  ],
  [
    "retention up",
    contract({ retention: { period: days(90) } }),
    contract({ retention: { period: days(730) } }),
    "retention-extended",
    "minor",
    "major",
  ],
  [
    "support end earlier",
    contract({ deprecation: { until: "2027-06-30" } }),
    contract({ deprecation: { until: "2027-01-01" } }),
    "deprecation-changed",
    "major",
    "patch",
  ],
  [
    "support end later",
    contract({ deprecation: { until: "2027-01-01" } }),
    contract({ deprecation: { until: "2027-06-30" } }),
    "deprecation-changed",
    "patch",
    "patch",
  ],
  [
    "deprecated",
    cols(column("x")),
    cols(column("x", text, { deprecated: { until: "2027-01-01" } })),
    "deprecated",
    "minor",
    "patch",
  ],
  [
    "classification raised",
    cols(column("x", text, { classification: "internal" })),
    cols(column("x", text, { classification: "restricted" })),
    "classification-raised",
    "major",
    "minor",
  ],
  [
    "classification lowered",
    contract({ sensitivity: "restricted" }),
    contract({ sensitivity: "public" }),
    "classification-lowered",
    "minor",
    "minor",
  ],
  ["PII raised", cols(column("x")), cols(column("x", text, { pii: true })), "pii-declared", "major", "minor"],
  ["PII withdrawn", cols(column("x", text, { pii: true })), cols(column("x")), "pii-undeclared", "minor", "minor"],
  [
    "masking changed",
    cols(column("x", text, { masking: "hash" })),
    cols(column("x", text, { masking: "redact" })),
    "masking-changed",
    "major",
    "major",
  ],
  ["role removed", role("analyst", "scientist"), role("analyst"), "role-removed", "major", "minor"],
  ["role added", role("analyst"), role("analyst", "scientist"), "role-added", "minor", "major"],
  [
    "row filter added",
    contract(),
    contract({ access: { roles: [], policies: [], purposes: [], rowFilter: "a = 1" } }),
    "row-filter-changed",
    "major",
    "minor",
  ],
  [
    "output port removed",
    contract({ ports: [port("a", [id]), port("b", [id], { default: false })] }),
    contract({ ports: [port("a", [id])] }),
    "port-removed",
    "major",
    "minor",
  ],
  [
    "output port added",
    contract({ ports: [port("a", [id])] }),
    contract({ ports: [port("a", [id]), port("b", [id], { default: false })] }),
    "port-added",
    "minor",
    "major",
  ],
  [
    "endpoint moved",
    contract({ storage: { location: "s3://a", partitionBy: [] } }),
    contract({ storage: { location: "s3://b", partitionBy: [] } }),
    "storage-moved",
    "major",
    "major",
  ],
  [
    "partition",
    contract({ storage: { partitionBy: ["day"] } }),
    contract({ storage: { partitionBy: ["month"] } }),
    "partition-changed",
    "major",
    "major",
  ],
  [
    "encryption dropped",
    contract({ storage: { encryption: "AES-256", partitionBy: [] } }),
    contract({ storage: { partitionBy: [] } }),
    "encryption-changed",
    "major",
    "patch",
  ],
  ["product retired", contract(), contract({ status: "retired" }), "status-changed", "major", "patch"],
  ["product renamed", contract(), contract({ product: "order-facts" }), "product-renamed", "major", "major"],
  ["description", contract(), contract({ description: "Words." }), "text-changed", "patch", "patch"],
  ["tags of a column", cols(id), cols({ ...id, tags: ["key"] }), "text-changed", "patch", "patch"],
];

const graded = (before: Contract, after: Contract, code: string, options: ClassifyOptions): (Level | undefined)[] =>
  classifyAll(diff(before, after), options)
    .filter((change) => change.code === `compat/${code}`)
    .map((change) => change.level);

describe("the table of consequences", () => {
  it.each(table)("%s", (_, before, after, code, output, input) => {
    expect(graded(before, after, code, { direction: "output" })).toEqual([output]);
    expect(graded(before, after, code, { direction: "input" })).toEqual([input]);
    expect(diff(before, before)).toEqual([]);
  });

  it("says nothing besides: one change is one finding", () => {
    for (const [name, before, after] of table)
      expect(
        diff(before, after).map((change) => change.code),
        name,
      ).toHaveLength(1);
  });
});

describe("modes", () => {
  const added = diff(cols(id), cols(id, column("x")))[0]!;
  const required = diff(cols(id), cols(id, column("x", text, { nullable: false })))[0]!;
  const removed = diff(cols(id, column("x")), cols(id))[0]!;
  const removedRequired = diff(cols(id, column("x", text, { nullable: false })), cols(id))[0]!;
  const widened = diff(cols(column("x", int)), cols(column("x", long)))[0]!;
  const narrowed = diff(cols(column("x", long)), cols(column("x", int)))[0]!;
  const value = diff(c({ enum: ["a"] }), c({ enum: ["a", "b"] }))[0]!;
  const late = diff(contract({ sla: { freshness: minutes(15) } }), contract())[0]!;
  it.each([
    ["keep-readers", ["minor", "minor", "major", "major", "minor", "major", "major", "major"]],
    ["BACKWARD", ["minor", "major", "minor", "minor", "minor", "major", "minor", "major"]],
    ["FORWARD", ["minor", "minor", "minor", "major", "major", "minor", "major", "major"]],
    ["FULL", ["minor", "major", "minor", "major", "major", "major", "major", "major"]],
    ["FULL_TRANSITIVE", ["minor", "major", "minor", "major", "major", "major", "major", "major"]],
    ["NONE", ["minor", "minor", "minor", "minor", "minor", "minor", "minor", "minor"]],
  ] as const)("%s", (mode, levels) => {
    const changes = [added, required, removed, removedRequired, widened, narrowed, value, late];
    expect(changes.map((change) => classify(change, { mode }).level)).toEqual(levels);
  });

  it("takes strict types, positional readers and rules of the mesh into account", () => {
    expect(classify(widened, { strict: true }).level).toBe("major");
    const moved = diff(cols(id, column("x")), cols(column("x"), id))[0]!;
    expect(classify(moved, { positional: true }).level).toBe("major");
    const inserted = diff(cols(id, column("x")), cols(id, column("new"), column("x")))[0]!;
    expect([classify(inserted).level, classify(inserted, { positional: true }).level]).toEqual(["minor", "major"]);
    expect(classify(added, { positional: true }).level).toBe("minor");
    expect(classify(moved, { rules: { "compat/column-moved": "none" } })).toMatchObject({ level: "none" });
    expect(
      classify(removed, { rules: Object.create({ "compat/column-removed": "none" }) as Record<string, Level> }).level,
    ).toBe("major");
  });

  it("grades differences inside inputs as an input's, whatever the direction", () => {
    const input = (nullable: boolean) =>
      contract({
        inputs: [
          {
            name: "raw",
            from: { text: "a.b", domain: "a", product: "b" },
            columns: [column("x", text, { nullable })],
            at: [],
          },
        ],
      });
    const [change] = diff(input(true), input(false));
    expect([change!.scope, change!.input, classify(change!, { direction: "output" }).level]).toEqual([
      "input",
      "raw",
      "major",
    ]);
  });
});

describe("deprecation windows", () => {
  const gone = (until?: string) =>
    diff(cols(id, column("x", text, { deprecated: { since: "1.5.0", until } })), cols(id)).find(
      (d) => d.code === "compat/column-removed",
    )!;
  it.each([
    ["2027-06-30", "2027-06-30", "minor"],
    ["2027-06-30", "2027-07-01T08:00:00Z", "minor"],
    ["2027-06-30", "2027-06-29", "major"],
    ["2027-06-30", undefined, "major"],
    [undefined, "2099-01-01", "major"],
  ] as const)("announced until %s, removed on %s: %s", (until, today, level) => {
    expect(classify(gone(until), { today }).level).toBe(level);
  });
  it("says what was announced", () => {
    expect(classify(gone("2027-06-30"), { today: "2027-01-01" }).reason).toBe(
      "It was announced to stay until 2027-06-30.",
    );
  });
});

it("points at the place, and at the former one for what is gone", () => {
  const [removed] = diff(cols(id, column("x")), cols(id));
  expect(removed).toMatchObject({
    document: "before",
    path: ["spec", "schema", "fields", "x"],
    port: "orders",
    column: "x",
    message: 'column "x" is gone',
  });
  const nested = diff(
    cols(column("s", array(struct({ name: "a", type: text })), { fields: [column("a")] })),
    cols(
      column("s", array(struct({ name: "a", type: text, nullable: false })), {
        fields: [column("a", text, { nullable: false })],
      }),
    ),
  );
  expect(nested.map((d) => [d.code, d.column])).toEqual([["compat/not-null-added", "s.a"]]);
});

it("takes a check with another name for the same check", () => {
  const changes = diff(
    checked(check({ name: "a", arguments: { min: 1 } })),
    checked(check({ name: "b", arguments: { min: 1 } })),
  );
  expect(changes.map((d) => d.code)).toEqual(["compat/text-changed"]);
});
