import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import type { Contract } from "@meshwork/contract";
import { emit } from "./define-format.ts";
import { array, column, contract, decimal, int, long, port, struct, text, timestamp } from "./testdata/contracts.ts";
import { typescriptZod } from "./typescript-zod.format.ts";

const root = join(import.meta.dirname, "../../..");
mkdirSync(join(root, "packages/formats/dist"), { recursive: true });
const scratch = mkdtempSync(join(root, "packages/formats/dist/.typescript-zod-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let folders = 0;
/** Writes what a contract yields into a folder from which `zod` resolves. */
function written(of: Contract): string {
  const folder = join(scratch, String(folders++));
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  for (const file of emit(typescriptZod, of).files) writeFileSync(join(folder, file.path), file.text);
  return folder;
}

/** What the compiler says of a consumer's text beside the emitted files. */
function compiled(folder: string, consumer: string): string {
  writeFileSync(join(folder, "consumer.ts"), consumer);
  const flags = [
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--exactOptionalPropertyTypes",
    "--target",
    "es2023",
    "--module",
    "nodenext",
    "--types",
    "",
  ];
  const run = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...flags, "consumer.ts"], {
    cwd: folder,
    encoding: "utf8",
  });
  return run.stdout + run.stderr;
}

type Schemas = Record<
  string,
  {
    safeParse(row: unknown): {
      success: boolean;
      data?: Record<string, unknown>;
      error?: { issues: { path: unknown[] }[] };
    };
  }
>;
const loaded = async (of: Contract): Promise<Schemas> =>
  (await import(/* @vite-ignore */ pathToFileURL(join(written(of), "contract.js")).href)) as Schemas;

const lines = [
  column("sku", text, { nullable: false, constraints: { pattern: "^[A-Z0-9-]+$" } }),
  column("quantity", int, { nullable: false, constraints: { min: 1 } }),
];
const orders = contract({
  title: "Order events",
  description: "One row per change.\nNot */ the end.",
  ports: [
    port("order_events", [
      column("order_id", text, {
        nullable: false,
        description: "Key of the order",
        constraints: { primaryKey: true, maxLength: 36 },
      }),
      column("event_ts", timestamp, { nullable: false, constraints: { min: "2023-01-01" } }),
      column("status", text, { nullable: false, constraints: { enum: ["placed", "paid"] } }),
      column("amount", decimal(10, 2), { constraints: { min: 0, max: "99999.99" } }),
      column(
        "lines",
        array(
          struct({ name: "sku", type: text, nullable: false }, { name: "quantity", type: int, nullable: false }),
          false,
        ),
        { fields: lines },
      ),
      column("attributes", { kind: "map", key: text, value: { name: "value", type: text, nullable: true } }),
      column("note_embedding", {
        kind: "array",
        element: { name: "element", type: { kind: "float", bits: 32 }, nullable: false },
        length: 3,
      }),
      column("visits", long, { constraints: { min: 1 } }),
      column("legacy_state", text, { deprecated: { since: "2.1.0", until: "2027-06-30", replacedBy: "status" } }),
    ]),
    port(
      "daily_orders",
      [
        column("day", { kind: "date" }, { nullable: false, constraints: { min: "2023-01-01" } }),
        column("orders", long),
      ],
      { default: false },
    ),
  ],
});

const good = {
  order_id: "o-1",
  event_ts: "2024-03-01 10:00:00",
  status: "placed",
  amount: "12.40",
  lines: [{ sku: "A-1", quantity: 1 }],
  attributes: { channel: "web" },
  note_embedding: [0.1, 0.2, 0.3],
  visits: 9007199254740993n,
  legacy_state: null,
};

describe("typescript-zod", () => {
  it("compiles for a consumer, and gives the row type that the schema infers", () => {
    const consumer = `
import * as z from "zod";
import { contract, dailyOrdersSchema, type DailyOrders, type OrderEvents, orderEventsSchema } from "./contract.js";
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const row: OrderEvents = orderEventsSchema.parse({});
const other: z.infer<typeof orderEventsSchema> = row;
const status: Same<OrderEvents["status"], "placed" | "paid"> = true;
const amount: Same<OrderEvents["amount"], string | null> = true;
const visits: Same<OrderEvents["visits"], number | bigint | null> = true;
const quantity: number = row.lines![0]!.quantity;
const at: Date = row.event_ts;
const relation: "orders.order_events_v2" = contract.relation;
const daily: "orders.daily_orders_v2" = contract.ports.daily_orders;
const few = orderEventsSchema.pick({ order_id: true }).parse({}).order_id satisfies string;
const day: DailyOrders["day"] = dailyOrdersSchema.shape.day.parse("2024-01-01");
export { amount, at, daily, day, few, other, quantity, relation, status, visits };
`;
    expect(compiled(written(orders), consumer)).toBe("");
  });

  it("fails a consumer's build when a column is gone, and marks a deprecated one", () => {
    const consumer = `import type { OrderEvents } from "./contract.js";\nexport const amount = (row: OrderEvents) => row.amount;\n`;
    const [first] = orders.ports;
    const without = { ...orders, ports: [{ ...first!, columns: first!.columns.filter((c) => c.name !== "amount") }] };
    expect(compiled(written(orders), consumer)).toBe("");
    expect(compiled(written(without), consumer)).toContain("Property 'amount' does not exist on type 'OrderEvents'");
    const types = emit(typescriptZod, orders).files.find((f) => f.path === "contract.d.ts")!.text;
    expect(types).toContain(
      "/** @deprecated since 2.1.0, may be gone from 2027-06-30, use status */\n  legacy_state: string | null;",
    );
    expect(types).toContain("Not *\\/ the end.");
  });

  it("takes good rows and refuses each bad value, at its place", async () => {
    const { orderEventsSchema, dailyOrdersSchema } = await loaded(orders);
    const parsed = orderEventsSchema!.safeParse({ ...good, unpromised: 1 });
    expect(parsed.error?.issues).toBeUndefined();
    expect(parsed.data).toEqual({ ...good, event_ts: new Date("2024-03-01T10:00:00Z") });
    const bad: [string, unknown, unknown[]][] = [
      ["order_id", null, ["order_id"]],
      ["order_id", "x".repeat(37), ["order_id"]],
      ["event_ts", "2022-12-31T23:59:59Z", ["event_ts"]],
      ["event_ts", null, ["event_ts"]],
      ["event_ts", "yesterday", ["event_ts"]],
      ["status", "lost", ["status"]],
      ["amount", "-0.01", ["amount"]],
      ["amount", "100000", ["amount"]],
      ["amount", "1.234", ["amount"]],
      ["amount", 12.4, ["amount"]],
      ["amount", "ten", ["amount"]],
      ["lines", [{ sku: "a b", quantity: 1 }], ["lines", 0, "sku"]],
      ["lines", [{ sku: "A", quantity: 0 }], ["lines", 0, "quantity"]],
      ["lines", [null], ["lines", 0]],
      ["attributes", { a: 1 }, ["attributes", "a"]],
      ["note_embedding", [1, 2], ["note_embedding"]],
      ["visits", 0, ["visits"]],
      ["visits", 2n ** 63n, ["visits"]],
      ["visits", 2 ** 60, ["visits"]],
    ];
    for (const [name, value, path] of bad) {
      const result = orderEventsSchema!.safeParse({ ...good, [name]: value });
      expect(result.success, `${name} = ${String(value)}`).toBe(false);
      expect(result.error!.issues.map((issue) => issue.path)).toContainEqual(path);
    }
    for (const name of Object.keys(good)) {
      const { [name as keyof typeof good]: _, ...rest } = good;
      expect(orderEventsSchema!.safeParse(rest).success, `without ${name}`).toBe(false);
    }
    // 36 characters beyond the basic plane are 72 UTF-16 units and still 36 characters.
    expect(orderEventsSchema!.safeParse({ ...good, order_id: "😀".repeat(36) }).success).toBe(true);
    expect(dailyOrdersSchema!.safeParse({ day: "2024-02-30", orders: 1 }).success).toBe(false);
    expect(dailyOrdersSchema!.safeParse({ day: "2022-02-28", orders: 1 }).success).toBe(false);
    expect(dailyOrdersSchema!.safeParse({ day: "2024-02-29", orders: null }).success).toBe(true);
  });

  it("loads on the Node that runs it, as plain JavaScript", () => {
    const script = `import { contract } from "./contract.js"; process.stdout.write(JSON.stringify(contract))`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: written(orders),
      encoding: "utf8",
    });
    expect(JSON.parse(printed)).toEqual({
      id: "orders.order-events",
      name: "orders.order-events",
      version: "2.1.0",
      relation: "orders.order_events_v2",
      ports: { order_events: "orders.order_events_v2", daily_orders: "orders.daily_orders_v2" },
    });
  });

  it("has a shape for every kind of type", async () => {
    const types = {
      flag: { kind: "boolean" },
      small: { kind: "integer", bits: 8, signed: true },
      unsigned: { kind: "integer", bits: 32, signed: false },
      huge: { kind: "integer", bits: 128, signed: false },
      ratio: { kind: "float", bits: 64 },
      exact: decimal(3, 3),
      key: { kind: "uuid" },
      doc: { kind: "json" },
      span: { kind: "interval" },
      clock: { kind: "time", precision: 6, zoned: false },
      blob: { kind: "binary", maxLength: 2 },
      local: { kind: "timestamp", precision: 3, zoned: false },
      matrix: array(array(decimal(4, 1), false), false),
      shapes: { kind: "opaque", engine: "duckdb", name: "GEOMETRY" },
    } as const;
    const all = contract({
      ports: [
        port(
          "all",
          Object.entries(types).map(([name, type]) => column(name, type, { nullable: false })),
        ),
      ],
    });
    const row = {
      flag: true,
      small: -128,
      unsigned: 4294967295,
      huge: 2n ** 128n - 1n,
      ratio: 0.5,
      exact: "0.125",
      key: "00000000-0000-0000-0000-000000000001",
      doc: { a: [1, null] },
      span: "1 day",
      clock: "10:00:00.5",
      blob: new Uint8Array(2),
      local: new Date(0),
      matrix: [["1.5"]],
      shapes: 1,
    };
    const { allSchema } = await loaded(all);
    expect(allSchema!.safeParse(row).error?.issues).toBeUndefined();
    const wrong = {
      flag: 1,
      small: 128,
      unsigned: -1,
      huge: -1n,
      ratio: "1",
      exact: "1.1",
      key: "x",
      doc: undefined,
      span: 1,
      clock: "late",
      blob: new Uint8Array(3),
      local: "x",
      matrix: [[1.5]],
    };
    for (const [name, value] of Object.entries(wrong))
      expect(allSchema!.safeParse({ ...row, [name]: value }).success, name).toBe(false);
    expect(
      compiled(
        written(all),
        `import { allSchema, type All } from "./contract.js";\nexport const row: All = allSchema.parse(0);\n`,
      ),
    ).toBe("");
  });

  it("compares decimals, 64-bit integers and exclusive bounds exactly", async () => {
    const c = contract({
      ports: [
        port("t", [
          column("price", decimal(38, 2), {
            constraints: { exclusiveMin: 0.005, max: "1e30", enum: [0.01, "1000000000000000000000000000000.00", 7] },
          }),
          column("id", long, { constraints: { enum: [1, 2] } }),
          column("n", long, { constraints: { exclusiveMax: "9007199254740993" } }),
        ]),
      ],
    });
    const { tSchema } = await loaded(c);
    const ok = (row: object) => tSchema!.safeParse({ price: null, id: null, n: null, ...row }).success;
    expect([
      ok({ price: "0.01" }),
      ok({ price: "0.00" }),
      ok({ price: "7.00" }),
      ok({ price: "8" }),
      ok({ price: `1${"0".repeat(30)}` }),
    ]).toEqual([true, false, true, false, true]);
    expect([ok({ id: 1 }), ok({ id: 2n }), ok({ id: 3 })]).toEqual([true, true, false]);
    expect([ok({ n: 9007199254740992n }), ok({ n: 9007199254740993n })]).toEqual([true, false]);
  });

  it("reports what it cannot say", () => {
    const c = contract({
      ports: [
        port("t", [
          column("k", text, {
            constraints: { primaryKey: true, pattern: "(?<broken", format: "email", references: "a.b.c" },
          }),
          column("n", int, { constraints: { min: "soon", enum: ["one"] } }),
          column("g", { kind: "opaque", engine: "duckdb", name: "GEOMETRY" }),
          column("ok", text, { constraints: { pattern: "(?i)^a$", enum: ["a"] } }),
        ]),
      ],
    });
    const { losses } = emit(typescriptZod, c);
    expect(losses.map((l) => `${l.column}: ${l.feature}`)).toEqual([
      "k: unique",
      "k: references",
      "k: format",
      "k: pattern",
      "n: enum",
      "n: min",
      "g: type",
    ]);
    expect(losses[0]).toMatchObject({ port: "t", path: ["spec", "schema", "fields", "k"] });
  });

  it("keeps the constraints of elements and of values of a map", async () => {
    const sku = column("element", text, { nullable: false, constraints: { pattern: "^[A-Z]+$" } });
    const kind = column("value", text, { constraints: { enum: ["a", "b"] } });
    const c = contract({
      ports: [
        port("t", [
          column("skus", array(text, false), { nullable: false, element: sku }),
          column(
            "kinds",
            { kind: "map", key: text, value: { name: "value", type: text, nullable: true } },
            { nullable: false, element: kind },
          ),
        ]),
      ],
    });
    const { tSchema } = await loaded(c);
    const ok = (row: object) => tSchema!.safeParse({ skus: [], kinds: {}, ...row }).success;
    expect([ok({ skus: ["A"] }), ok({ skus: ["a"] }), ok({ skus: [null] })]).toEqual([true, false, false]);
    expect([ok({ kinds: { x: "a", y: null } }), ok({ kinds: { x: "c" } })]).toEqual([true, false]);
    expect(emit(typescriptZod, c).files.find((f) => f.path === "contract.d.ts")!.text).toContain(
      'kinds: Record<string, "a" | "b" | null>;',
    );
  });

  it("keeps inline flags of a pattern", async () => {
    const { tSchema } = await loaded(
      contract({ ports: [port("t", [column("c", text, { constraints: { pattern: "(?i)^ab$" } })])] }),
    );
    expect([tSchema!.safeParse({ c: "AB" }).success, tSchema!.safeParse({ c: "xab" }).success]).toEqual([true, false]);
  });

  it("survives hostile names, numbers what meets, and says nothing of the day it ran", async () => {
    const evil = '"; process.exit(9); //`${x}`\n*/';
    const c = contract({
      domain: "orders",
      product: evil,
      id: evil,
      description: `${evil}\n@deprecated not by us`,
      ports: [
        port("a_b", [
          column(evil, text, { description: evil, constraints: { enum: [evil], pattern: '"`;' } }),
          column("__proto__"),
          column("constructor"),
          column("2x"),
        ]),
        port("aB", [column("x")], { default: false }),
        port("date", [column("at", timestamp)], { default: false }),
        port("2024", [column("x")], { default: false }),
      ],
    });
    const folder = written(c);
    const consumer = `import { type AB, aBSchema, type AB2, type DateRow, type Port2024, port2024Schema, contract } from "./contract.js";
export const at = (row: DateRow): Date | null => row.at;
export const x: Array<AB | AB2 | Port2024> = [aBSchema.parse(0), port2024Schema.parse(0)];
export const y: string | null = aBSchema.parse(0)["2x"];
export { contract };\n`;
    expect(compiled(folder, consumer)).toBe("");
    const module = (await import(/* @vite-ignore */ pathToFileURL(join(folder, "contract.js")).href)) as Schemas;
    const row = JSON.parse(
      JSON.stringify({ [evil]: null, constructor: "c", "2x": null }).replace("{", '{"__proto__":"p",'),
    ) as object;
    expect(module["aBSchema"]!.safeParse(row).success).toBe(true);
    expect(module["aBSchema"]!.safeParse({ ...row, constructor: 1 }).success).toBe(false);
    expect(emit(typescriptZod, c)).toEqual(emit(typescriptZod, c));
  });

  it("always yields JavaScript that loads, whatever the names", async () => {
    const name = fc.string({ unit: "binary", maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
        fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
        async (columns, ports) => {
          const c = contract({
            ports: ports.map((p, i) =>
              port(
                p,
                columns.map((n) => column(n)),
                { default: i === 0 },
              ),
            ),
          });
          const module = await loaded(c);
          expect(Object.keys(module)).toHaveLength(ports.length + 1);
        },
      ),
      { numRuns: 40 },
    );
  });
});
