import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { readContract } from "@meshwork/contract";
import { dbtSchema } from "./dbt-schema.format.ts";
import { emit } from "./define-format.ts";
import { jsonSchema } from "./json-schema.format.ts";
import { markdown } from "./markdown.format.ts";
import { formatNamed, formats } from "./registry.ts";
import { array, column, contract, decimal, int, long, port, struct, text, timestamp } from "./testdata/contracts.ts";

const file = join(import.meta.dirname, "testdata/order-events.yaml");
const example = readContract({ file: "order-events.yaml", text: readFileSync(file, "utf8") }).value!;

describe("every format", () => {
  it("has a file and a line in the registry", () => {
    const files = readdirSync(import.meta.dirname).filter((name) => /^[\w-]+\.format\.ts$/.test(name));
    // The files of a domain's dbt project are written from several contracts.
    expect(files.map((name) => name.slice(0, -".format.ts".length)).sort()).toEqual(
      ["dbt-mesh", ...formats.map((f) => f.name)].sort(),
    );
    expect(formatNamed("json-schema")).toBe(jsonSchema);
  });

  it.each(formats)("$name carries a whole contract, twice the same, with a place for each loss", (format) => {
    const first = emit(format, example);
    expect(emit(format, structuredClone(example))).toEqual(first);
    expect(first.files.every((f) => f.text.endsWith("\n") && !f.path.includes(".."))).toBe(true);
    for (const loss of first.losses) expect([loss.port, loss.path.length > 0]).toEqual([loss.port, true]);
  });
});

describe("json-schema", () => {
  const validator = (of: typeof example, name: string) => {
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    addFormats.default(ajv);
    const emitted = emit(jsonSchema, of).files.find((f) => f.path === `${name}.schema.json`)!;
    return ajv.compile(JSON.parse(emitted.text) as object);
  };

  it("takes a row of the example and refuses each bad value", () => {
    const validate = validator(example, "order_events");
    const row = {
      order_id: "o-1",
      event_ts: "2024-03-01T10:00:00Z",
      customer_id: null,
      status: "placed",
      amount: "12.40",
      lines: [{ sku: "A-1", quantity: 1 }],
      attributes: { a: "b" },
      note_embedding: Array.from({ length: 384 }, () => 0.5),
      legacy_state: null,
    };
    expect([validate(row), validate.errors]).toEqual([true, null]);
    const bad: Record<string, unknown> = {
      order_id: "x".repeat(37),
      event_ts: "yesterday",
      status: "lost",
      amount: 12.4,
      lines: [{ sku: "a b", quantity: 1 }],
      attributes: { a: 1 },
      note_embedding: [1],
    };
    for (const [name, value] of Object.entries(bad)) expect(validate({ ...row, [name]: value }), name).toBe(false);
    expect(validate({ ...row, lines: [{ sku: "A", quantity: 0 }] })).toBe(false);
    const { status: _, ...short } = row;
    expect(validate(short)).toBe(false);
    expect(validate({ ...row, unpromised: 1 })).toBe(true);
  });

  it("keeps nullability, enums, nesting and limits", () => {
    const c = contract({
      ports: [
        port("t", [
          column("e", text, { constraints: { enum: ["a", "b"] } }),
          column("n", int, { nullable: false, constraints: { exclusiveMin: 0, max: 10 } }),
          column("l", long, { nullable: false }),
          column("d", decimal(4, 2)),
          column("s", struct({ name: "a", type: text, nullable: false }), { nullable: false }),
          column("m", array(array(int, false), false)),
          column("ts", { kind: "timestamp", precision: 3, zoned: false }, { nullable: false }),
          column("__proto__", text, { nullable: false }),
        ]),
      ],
    });
    const validate = validator(c, "t");
    // ajv itself passes over this name; the schema has it all the same.
    expect(emit(jsonSchema, c).files[0]!.text).toContain('"__proto__": {');
    const row = JSON.parse(
      '{"e":null,"n":1,"l":9007199254740993,"d":"12.34","s":{"a":"x"},"m":[[1]],"ts":"2024-01-01 10:00:00","__proto__":"p"}',
    ) as Record<string, unknown>;
    const withValue = (name: string, value: unknown) =>
      Object.defineProperty(JSON.parse(JSON.stringify(row)) as object, name, { value, enumerable: true });
    expect([validate(row), validate.errors]).toEqual([true, null]);
    for (const [name, value] of [
      ["e", "c"],
      ["n", 0],
      ["n", null],
      ["n", 2 ** 31],
      ["d", "123.4"],
      ["s", {}],
      ["m", [[null]]],
      ["ts", "2024"],
    ] as const)
      expect(validate(withValue(name, value)), `${name} ${String(value)}`).toBe(false);
  });

  it("reports what it cannot say", () => {
    const c = contract({
      ports: [
        port("t", [
          column("a", text, { constraints: { primaryKey: true, pattern: "(?i)a" } }),
          column("b", timestamp, { constraints: { min: "2024-01-01" } }),
          column("c", int, { constraints: { enum: ["x"] } }),
        ]),
      ],
    });
    expect(emit(jsonSchema, c).losses.map((l) => `${l.column} ${l.feature}`)).toEqual([
      "a primary-key",
      "a pattern",
      "b bounds",
      "c enum",
    ]);
  });
});

describe("dbt-schema", () => {
  const written = (of: typeof example) =>
    load(emit(dbtSchema, of).files[0]!.text) as { models: { name: string; columns: Record<string, unknown>[] }[] };

  it("carries the tests that every dbt has", () => {
    const [orders, daily] = written(example).models;
    expect([orders!.name, daily!.name]).toEqual(["order_events", "daily_orders"]);
    expect(orders!.columns.find((c) => c["name"] === "order_id")!["data_tests"]).toEqual(["not_null", "unique"]);
    expect(orders!.columns.find((c) => c["name"] === "status")!["data_tests"]).toEqual([
      "not_null",
      { accepted_values: { arguments: { values: ["placed", "paid", "shipped", "returned"] } } },
    ]);
  });

  it("tests no column of a composite key alone, and says so", () => {
    const c = contract({
      ports: [
        port(
          "t",
          ["a", "b"].map((n) => column(n, text, { nullable: false, constraints: { primaryKey: true } })),
        ),
      ],
    });
    expect(written(c).models[0]!.columns.map((each) => each["data_tests"])).toEqual([["not_null"], ["not_null"]]);
    expect(emit(dbtSchema, c).losses.map((l) => l.feature)).toEqual(["primary-key", "primary-key"]);
  });

  it("lets dbt render nothing of an author's text", () => {
    const evil = `{{ env_var("SECRET") }} {% do x %} "\n- a: b #`;
    const c = contract({
      ports: [port("t", [column(evil, text, { description: evil, constraints: { enum: [evil, "yes", "1"] } })])],
    });
    const [only] = written(c).models[0]!.columns;
    const escaped = `{{ '{' }}{ env_var("SECRET") }} {{ '{' }}% do x %} "\n- a: b #`;
    expect(only).toMatchObject({ name: escaped, description: escaped });
    expect(JSON.stringify(only!["data_tests"])).toContain(JSON.stringify([escaped, "yes", "1"]));
  });
});

describe("markdown", () => {
  it("shows what people ask for, and no markup of an author", () => {
    const [page] = emit(markdown, example).files;
    expect(page!.path).toBe("order-events.md");
    for (const part of [
      "# Order events",
      "**Owner**: team-orders@acme.example",
      "| lines.sku |",
      "personal, masked (hash)",
      "deprecated until 2027-06-30",
    ])
      expect(page!.text).toContain(part);
    const evil = contract({
      title: "<script>alert(1)</script>\n# not a head",
      ports: [port("t", [column("a|b", text, { description: "x | y\n| z" })])],
    });
    const text2 = emit(markdown, evil).files[0]!.text;
    expect(text2).not.toContain("<script>");
    expect(text2).not.toMatch(/^# not a head/m);
    expect(text2).toContain("| a\\|b | string |  | x \\| y \\| z |");
  });
});
