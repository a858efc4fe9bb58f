import { describe, expect, it } from "vitest";
import { lintContract, readContract, writeOdcs } from "../index.ts";
import { standardDocuments } from "../testdata/standard-documents.ts";

const read = (text: string, file = "datacontract.yaml") => readContract({ file, text });

const documents = [...standardDocuments("dcs"), ...standardDocuments("datacontract-cli")].filter(({ text }) =>
  /^dataContractSpecification:/m.test(text),
);

/** Fixtures that break the specification's own schema; ajv says so too. */
const INVALID = [
  "datacontract-cli/clickhouse--datacontract.yaml",
  "datacontract-cli/lint--invalid_datacontract.yaml",
  "datacontract-cli/oracle--datacontract-oracle-dcs.yaml",
  "datacontract-cli/sqlserver--datacontract.yaml",
  "datacontract-cli/trino--datacontract.yaml",
];

describe("the Data Contract Specification", () => {
  it("is read from every example, and refused where it breaks its schema", () => {
    expect(documents.length).toBeGreaterThan(80);
    const read_ = documents.map(({ file, text }) => ({ file, read: read(text, file) }));
    const refused = read_.filter(({ read }) => read.diagnostics.some((d) => d.severity === "error"));
    expect(refused.map(({ file }) => file)).toEqual(INVALID);
    expect(read_.filter(({ read }) => read.value === undefined)).toEqual([]);
  });

  it("becomes a valid contract of the Open Data Contract Standard", () => {
    for (const { file, text } of documents.filter(({ file }) => !INVALID.includes(file))) {
      const written = writeOdcs(read(text, file).value!, { version: "3.2" });
      const again = read(written.text, file).diagnostics.filter((d) => d.severity === "error");
      expect([file, again.map((d) => d.message)]).toEqual([file, []]);
    }
  });

  it("keeps definitions, keys, levels and places", () => {
    const { text } = documents.find(({ file }) => file === "dcs/orders-latest--datacontract.yaml")!;
    const { value, source } = read(text);
    const [orders, items] = value!.ports;
    expect(value).toMatchObject({
      dialect: "dcs/1.2.0",
      version: "2.0.0",
      owner: "Checkout Team",
      product: "orders-latest",
    });
    expect(value!.sla).toMatchObject({
      freshness: { seconds: 90_000 },
      latency: { seconds: 90_000 },
      availability: { value: 0.999 },
    });
    expect(value!.retention).toMatchObject({ period: { seconds: 31_536_000 } });
    expect(orders!.columns[0]).toMatchObject({ name: "order_id", title: "Order ID", pii: true, nullable: false });
    expect(orders!.columns[0]!.constraints).toMatchObject({ primaryKey: true, unique: true, format: "uuid" });
    expect(items!.columns.map((c) => c.constraints.primaryKeyPosition)).toEqual([2, 1, undefined]);
    expect(items!.columns[1]!.constraints.references).toBe("unknown.orders-latest.orders.order_id");
    expect(orders!.checks.map((c) => c.sql?.includes("{port}"))).toEqual([true, true, true]);
    expect(orders!.columns[1]!.at).toEqual(["models", "orders", "fields", "order_timestamp"]);
    expect(source.spanOf([...orders!.checks[0]!.at, "sql"])).toBeDefined();
  });

  it("places what is wrong, in definitions that unfold without end too", () => {
    const levels = Array.from({ length: 20 }, (_, i) => {
      const next = `{ $ref: "#/definitions/d${i + 1}" }`;
      return `  d${i}: { type: struct, fields: { a: ${next}, b: ${next}, c: ${next} } }`;
    });
    const text = `dataContractSpecification: 1.2.1
id: a
info: { title: a, version: 1.0.0, owner: ann }
models:
  m:
    fields:
      bomb: { $ref: "#/definitions/d0" }
      gone: { $ref: "#/definitions/nothing" }
definitions:
${levels.join("\n")}
  d20: { type: string }
`;
    const found = lintContract(read(text), { today: "2026-11-21" }).map((d) => `${d.code} ${d.span?.line}`);
    expect(found).toContain("contract/not-standard 7");
    expect(found).toContain("contract/owner-email 3");
    expect(found.filter((each) => each === "contract/not-standard 7").length).toBeLessThan(3);
  });
});
