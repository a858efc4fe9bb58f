import { describe, expect, it } from "vitest";
import { typeWordOf } from "@meshwork/contract";
import type { ContractColumn } from "@meshwork/contract";
import { schemaOfContainer } from "./avro/container.ts";
import { readIn } from "./read-in.ts";
import { guessFormat, importFormatNamed, importFormats } from "./registry.ts";

const read = (format: string, source: unknown) =>
  readIn(importFormatNamed(format)!, {
    file: "source",
    text: typeof source === "string" ? source : JSON.stringify(source, null, 1),
  });
const shown = (c: ContractColumn): string =>
  `${c.name} ${typeWordOf(c.type)}${c.nullable ? "" : "!"}${Object.keys(c.constraints).length > 0 ? ` ${JSON.stringify(c.constraints)}` : ""}`;
const columns = (format: string, source: unknown): string[] =>
  read(format, source).imported.ports[0]!.columns.map(shown);
const codes = (format: string, source: unknown): string[] =>
  read(format, source).diagnostics.map((d) => `${d.code} ${d.span?.line}:${d.span?.column}`);
const lost = (format: string, source: unknown): string[] =>
  read(format, source).losses.map((l) => `${l.column ?? ""} ${l.feature}`.trim());

describe("json-schema", () => {
  const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });

  it("follows references and merges allOf, by pointer, anchor and id", () => {
    const schema = object(
      {
        home: { $ref: "#/$defs/address" },
        work: { $ref: "#place" },
        more: { $ref: "https://x.example/more.json" },
        both: { allOf: [{ $ref: "#/$defs/name" }, { maxLength: 5 }], description: "Both" },
      },
      {
        required: ["home", "both"],
        $defs: {
          address: { $anchor: "place", ...object({ street: { type: "string" } }, { required: ["street"] }) },
          more: { $id: "https://x.example/more.json", type: "integer", format: "int32" },
          name: { type: "string", minLength: 1, maxLength: 50 },
        },
      },
    );
    expect(columns("json-schema", schema)).toEqual([
      "home struct!",
      "work struct",
      "more integer",
      'both string! {"minLength":1,"maxLength":5}',
    ]);
    expect(codes("json-schema", schema)).toEqual([]);
  });

  it("reads what may be null, and choices of values, in every draft's way", () => {
    const schema = object(
      {
        a: { anyOf: [{ type: "string" }, { type: "null" }] },
        b: { oneOf: [{ const: "x" }, { const: "y" }] },
        c: { type: "integer", nullable: true },
        d: { enum: ["p", "q", null] },
        e: { type: "number", minimum: 0, exclusiveMinimum: true },
        f: { type: "string", format: "date-time" },
        g: { type: "integer", maximum: 9_007_199_254_740_992 },
      },
      { required: ["a", "b", "c", "d", "e", "f", "g"] },
    );
    expect(columns("json-schema", schema)).toEqual([
      "a string",
      'b string! {"enum":["x","y"]}',
      "c long",
      'd string {"enum":["p","q"]}',
      'e double! {"exclusiveMin":0}',
      "f timestamp_tz!",
      'g long! {"max":"9007199254740992"}',
    ]);
  });

  it("says what it cannot carry, where it is", () => {
    const schema = object({
      a: { type: ["string", "integer"] },
      b: { anyOf: [{ type: "string" }, { type: "number" }] },
      c: { type: "string", not: { const: "x" }, default: "y" },
      d: { type: "array", prefixItems: [{}] },
    });
    expect(lost("json-schema", schema)).toEqual(["a type", "b type", "c condition", "c default", "d type"]);
    const [first] = read("json-schema", schema).losses;
    expect(first!.span).toMatchObject({ file: "source", line: 5, column: 12 });
  });

  it("ends on circles, on doubling and on depth", () => {
    const circle = object({ a: { $ref: "#/properties/b" }, b: { $ref: "#/properties/a" }, self: { $ref: "#" } });
    expect(codes("json-schema", circle).every((code) => code.startsWith("import/too-deep"))).toBe(true);
    const defs = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [
        `d${i}`,
        { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
      ]),
    );
    const bomb = object({ a: { $ref: "#/$defs/d0" } }, { $defs: { ...defs, d60: { type: "string" } } });
    expect(columns("json-schema", bomb).length).toBe(1);
    const deep = `${'{"type":"object","properties":{"a":'.repeat(5000)}{"type":"string"}${"}}".repeat(5000)}`;
    expect(codes("json-schema", deep)[0]).toContain("import/too-deep");
    expect(
      columns(
        "json-schema",
        '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"integer"}}}',
      ),
    ).toEqual(["__proto__ string", "constructor long"]);
  });
});

describe("avro", () => {
  it("finds named types in their namespaces, and records that hold themselves", () => {
    const schema = {
      type: "record",
      name: "Order",
      namespace: "a.b",
      fields: [
        { name: "state", type: { type: "enum", name: "State", symbols: ["NEW"] } },
        { name: "last", type: ["null", "State"] },
        { name: "full", type: "a.b.State", default: "NEW" },
        { name: "next", type: ["null", "Order"] },
        { name: "key", type: { type: "fixed", name: "Md5", size: 16 } },
        { name: "gone", type: "Nowhere" },
      ],
    };
    expect(columns("avro", schema)).toEqual([
      'state string! {"enum":["NEW"]}',
      'last string {"enum":["NEW"]}',
      'full string! {"enum":["NEW"]}',
      "next json",
      'key binary! {"minLength":16,"maxLength":16}',
      "gone string!",
    ]);
    expect(read("avro", schema).diagnostics.map((d) => d.code)).toEqual(["import/too-deep", "import/unknown-type"]);
    expect(lost("avro", schema)).toEqual(["full default", "gone type"]);
  });

  it("takes the schema out of a container's head, and nothing out of anything else", () => {
    const part = (text: string): number[] => [...zigzag(Buffer.byteLength(text)), ...Buffer.from(text)];
    const zigzag = (n: number): number[] =>
      n * 2 < 128 ? [n * 2] : [((n * 2) % 128) | 128, Math.floor((n * 2) / 128)];
    const head = Uint8Array.from([
      0x4f,
      0x62,
      0x6a,
      1,
      ...zigzag(2),
      ...part("avro.codec"),
      ...part("null"),
      ...part("avro.schema"),
      ...part('{"type":"int"}'),
      0,
    ]);
    expect(schemaOfContainer(head)).toBe('{"type":"int"}');
    for (let n = 0; n < head.length - 2; n++) expect(schemaOfContainer(head.subarray(0, n))).toBeUndefined();
    expect(
      schemaOfContainer(Uint8Array.from([0x4f, 0x62, 0x6a, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255])),
    ).toBeUndefined();
  });
});

describe("protobuf", () => {
  const file = `syntax = "proto3";
package shop.v3;
// One order
message Order {
  reserved 4, 6 to 7;
  string id = 1; // its key
  optional int32 n = 2 [deprecated = true];
  repeated Line lines = 3;
  map<string, Line> by = 5;
  oneof pay { string card = 8; bool cash = 9; }
  message Line { string sku = 1; Order order = 2; }
  enum Odd { ODD = 0; }
  Odd odd = 10;
  string message = 11;
}
message Unrelated { required bool yes = 1; }
`;
  it("makes ports of outer messages, with numbers and what is reserved", () => {
    const { imported } = read("protobuf", file);
    expect(imported.ports.map((port) => port.name)).toEqual(["Order", "Unrelated"]);
    expect(imported.product?.version).toBe("3.0.0");
    const [order, other] = imported.ports;
    expect(order!.columns.map(shown)).toEqual([
      "id string",
      "n integer",
      "lines array!",
      "by map!",
      "card string",
      "cash boolean",
      'odd string {"enum":["ODD"]}',
      "message string",
    ]);
    expect(order!.ids).toMatchObject({
      id: 1,
      n: 2,
      lines: 3,
      "reserved 4": 4,
      by: 5,
      "reserved 6": 6,
      "reserved 7": 7,
      card: 8,
    });
    expect([order!.description, order!.columns[0]!.description, order!.columns[1]!.deprecated]).toEqual([
      "One order",
      "its key",
      {},
    ]);
    expect(other!.columns.map(shown)).toEqual(["yes boolean!"]);
  });

  it.each([
    ["message A { string a = 1; ", "1:27"],
    ["message A { string a; }", "1:21"],
    ["message A {\n string = 1;\n}", "2:9"],
    ["mesage A { }", "1:1"],
  ])("%j is unreadable at %s", (text, place) => {
    expect(codes("protobuf", text)).toEqual([`import/unreadable ${place}`]);
  });

  it("ends on messages inside messages", () => {
    expect(codes("protobuf", `${"message A { ".repeat(5000)}`)[0]).toContain("import/unreadable");
  });
});

describe("iceberg and delta", () => {
  it("take the current schema of several, with keys, ids and the layout as lost", () => {
    const schema = (id: number, ...fields: object[]) => ({
      type: "struct",
      "schema-id": id,
      "identifier-field-ids": [1],
      fields,
    });
    const id = { id: 1, name: "id", required: true, type: "long" };
    const metadata = {
      "format-version": 2,
      location: "s3://lake/sales/orders",
      "current-schema-id": 1,
      schemas: [
        schema(0, id),
        schema(1, id, {
          id: 2,
          name: "l",
          required: false,
          type: { type: "list", "element-id": 3, element: "decimal(4, 1)", "element-required": true },
        }),
      ],
      "default-spec-id": 0,
      "partition-specs": [{ "spec-id": 0, fields: [{ name: "id_bucket" }] }],
    };
    expect(columns("iceberg", metadata)).toEqual(['id long! {"primaryKey":true}', "l array"]);
    expect(read("iceberg", metadata).imported.ports[0]).toMatchObject({
      name: "orders",
      namespace: "sales",
      ids: { id: 1, l: 2, "l.element": 3 },
    });
    expect(lost("iceberg", metadata)).toEqual(["storage"]);
    expect(codes("iceberg", { "format-version": 2 })).toEqual(["import/nothing-found 1:1"]);
  });

  it("takes the last metadata of a log, and its conditions", () => {
    const commit = (schema: object, configuration: object) =>
      JSON.stringify({
        metaData: { name: "orders", schemaString: JSON.stringify(schema), configuration, partitionColumns: [] },
      });
    const struct = (...names: string[]) => ({
      type: "struct",
      fields: names.map((name) => ({ name, type: "long", nullable: true, metadata: { comment: `The ${name}` } })),
    });
    const log = `{"commitInfo":{}}\n${commit(struct("old"), {})}\n${commit(struct("a", "b"), { "delta.constraints.c": "a > 0", "delta.constraints.d": "a > b" })}\n{"add":{}}\n`;
    expect(columns("delta", log)).toEqual(['a long {"exclusiveMin":0}', "b long"]);
    expect(read("delta", log).imported.ports[0]!.checks).toMatchObject([
      { name: "d", sql: "select count(*) from {port} where not (a > b)" },
    ]);
    expect(codes("delta", '{"commitInfo":{}}\n')).toEqual(["import/nothing-found 1:1"]);
  });
});

describe("great-expectations", () => {
  it("takes what holds for every value as the column's, and all else as checks", () => {
    const suite = {
      expectation_suite_name: "shop.orders.warning",
      expectations: [
        { expectation_type: "expect_column_values_to_not_be_null", kwargs: { column: "id" } },
        { expectation_type: "expect_column_values_to_not_be_null", kwargs: { column: "note", mostly: 0.9 } },
        { expectation_type: "expect_column_values_to_be_of_type", kwargs: { column: "id", type_: "int64" } },
        {
          expectation_type: "expect_column_values_to_be_between",
          kwargs: { column: "amount", min_value: 0, strict_max: true, max_value: 5 },
        },
        { expectation_type: "expect_table_row_count_to_be_between", kwargs: { min_value: 1 } },
        { expectation_type: "expect_the_moon", kwargs: {} },
      ],
    };
    expect(columns("great-expectations", suite)).toEqual([
      "id long!",
      "note string",
      'amount double {"min":0,"exclusiveMax":5}',
    ]);
    expect(read("great-expectations", suite).imported.ports[0]!.checks).toMatchObject([
      { assertion: "expect_column_values_to_not_be_null", column: "note", threshold: 0.9 },
      { assertion: "expect_table_row_count_to_be_between", arguments: { min_value: 1 } },
    ]);
    expect(lost("great-expectations", suite)).toEqual(["checks", "note type", "amount type"]);
  });
});

describe("dbt-manifest", () => {
  const test = (about: string, name: string, kwargs: object, config: object = {}, namespace: string | null = null) => ({
    resource_type: "test",
    attached_node: about,
    column_name: (kwargs as { column_name?: string }).column_name,
    name: `${name}_test`,
    config,
    test_metadata: { name, kwargs, namespace },
  });
  const manifest = {
    metadata: {
      dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json",
      adapter_type: "postgres",
      project_name: "shop",
    },
    nodes: {
      "model.shop.orders": {
        resource_type: "model",
        name: "orders",
        schema: "sales",
        access: "public",
        description: "Orders",
        depends_on: { nodes: ["source.shop.raw.orders"] },
        columns: {
          id: { name: "id", data_type: "bigint", description: "Key", constraints: [{ type: "primary_key" }] },
          status: { name: "status", data_type: "varchar(10)", meta: { pii: true } },
          other: { name: "other" },
        },
      },
      "model.shop.stg": {
        resource_type: "model",
        name: "stg",
        schema: "sales",
        columns: { x: { name: "x", data_type: "int" } },
      },
      t1: test("model.shop.orders", "accepted_values", { column_name: "status", values: ["a", "b"] }),
      t2: test("model.shop.orders", "not_null", { column_name: "other" }, { severity: "warn" }),
      t3: test("model.shop.orders", "accepted_range", { column_name: "id", min_value: 1 }, {}, "dbt_utils"),
      t4: test("model.shop.orders", "very_own", { column_name: "id" }, {}, "mine"),
    },
    sources: { "source.shop.raw.orders": { resource_type: "source", source_name: "raw", name: "orders", columns: {} } },
  };
  it("takes public models with types, tests and lineage", () => {
    const { imported } = read("dbt-manifest", manifest);
    expect(imported.ports.map((port) => [port.name, port.namespace, port.description])).toEqual([
      ["orders", "sales", "Orders"],
    ]);
    expect(columns("dbt-manifest", manifest)).toEqual([
      'id long! {"primaryKey":true}',
      'status string {"enum":["a","b"],"maxLength":10}',
      "other string",
    ]);
    expect(imported.ports[0]!.columns[1]!.pii).toBe(true);
    expect(imported.ports[0]!.checks).toMatchObject([
      { assertion: "not_null", column: "other", severity: "warning" },
      { assertion: "range", column: "id", arguments: { min: 1 } },
    ]);
    expect(imported.product?.upstream).toEqual(["raw.orders"]);
    expect(lost("dbt-manifest", manifest)).toEqual(["other type", "id checks"]);
  });
  it("takes what is asked for", () => {
    const read_ = readIn(importFormatNamed("dbt-manifest")!, {
      file: "m",
      text: JSON.stringify(manifest),
      only: ["stg"],
    });
    expect(read_.imported.ports.map((port) => port.name)).toEqual(["stg"]);
  });
});

describe("whatever a file holds", () => {
  const texts = [
    "",
    " ",
    "null",
    "[]",
    "{}",
    "{",
    "\u0000",
    '"x"',
    "12",
    '{"fields":[null,1,{"name":{}}],"type":"record","name":[]}',
    '{"type":"struct","fields":[{},{"name":"a","type":[[]]}]}',
    '{"expectations":[1,{"kwargs":[]}]}',
    '{"nodes":{"a":null},"sources":[]}',
    '{"properties":{"a":true,"b":false,"c":[]},"type":"object"}',
    '{"schemas":[{}]}',
    "(".repeat(10_000),
    '"'.repeat(999),
    "create table",
    "create table (",
    "create table t (a",
    "create table t (,,,)",
    "alter table x add",
    "comment on column",
    '{"metaData":{"schemaString":3}}',
  ];
  it.each(importFormats.map((format) => format.name))("%s answers with findings, never with a stack", (format) => {
    for (const text of texts) {
      const { imported, diagnostics } = read(format, text);
      expect(
        imported.ports.length > 0 || diagnostics.some((d) => d.severity === "error"),
        `${format}: ${text.slice(0, 40)}`,
      ).toBe(true);
      for (const d of diagnostics)
        expect([d.code, d.span === undefined || (d.span.line >= 1 && d.span.column >= 1)]).toEqual([d.code, true]);
    }
  });
  it("guesses formats by what files hold", () => {
    const guesses: Record<string, [string, string]> = {
      avro: ["x.json", '{"type": "record", "name": "A", "fields": []}'],
      protobuf: ["x.txt", 'syntax = "proto3";'],
      iceberg: ["v3.metadata.json", "{}"],
      delta: ["_delta_log/00000000000000000000.json", "{}"],
      "great-expectations": ["suite.json", '{"expectations":[{"type": "expect_column_to_exist"}]}'],
      "dbt-manifest": [
        "manifest.json",
        '{"metadata":{"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}}',
      ],
      "json-schema": ["x.json", '{"$schema": "http://json-schema.org/draft-07/schema#"}'],
      spark: ["schema.json", '{"type":"struct","fields":[{"name":"a","type":"long","nullable":true,"metadata":{}}]}'],
    };
    for (const [format, [file, text]] of Object.entries(guesses))
      expect([format, guessFormat(file, text)?.name]).toEqual([format, format]);
    expect(guessFormat("x.bin", "\u0001\u0002")).toBeUndefined();
  });
});
