import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { dump, load } from "js-yaml";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { columnOf, readContract, writeContract } from "../index.ts";
import { arbitraryFile } from "../testdata/arbitrary-file.ts";
import { withoutPlaces } from "../testdata/places.ts";
import { dataProductFile } from "./data-product.schema.ts";

const namingNull = (constraints: unknown): unknown =>
  Object.fromEntries(
    Object.entries(constraints as object).map(([key, each]) => [key === "" ? "null" : key, each as unknown]),
  );

const read = (text: string) => readContract({ file: "contract.yaml", text });

it("gives back the same contract: read(write(c)) = c, for every key of the format", () => {
  fc.assert(
    fc.property(arbitraryFile, (file) => {
      const first = read(dump(file));
      expect(first.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
      const text = writeContract(first.value!);
      const second = read(text);
      expect(second.diagnostics.filter((d) => d.severity === "error")).toEqual([]);
      expect(withoutPlaces(second.value)).toEqual(withoutPlaces(first.value));
      expect(writeContract(second.value!)).toBe(text);
    }),
    { numRuns: 100 },
  );
});

it("writes what the file's types allow and other YAML parsers read alike", () => {
  fc.assert(
    fc.property(arbitraryFile, (file) => {
      const text = writeContract(read(dump(file)).value!);
      const value = load(text);
      // The key `null` is "" to this parser (and "null" to ours).
      expect(parse(text, (key, each: unknown) => (key === "constraints" ? namingNull(each) : each))).toEqual(value);
      const plain = JSON.parse(
        JSON.stringify(value, (key, each: unknown) => (key.startsWith("x-") ? undefined : each)),
      );
      expect(dataProductFile.safeParse(plain).error?.issues).toBeUndefined();
    }),
    { numRuns: 60 },
  );
});

it("writes a contract as a person would", () => {
  const folder = new URL("../testdata/example-mesh/domains/orders/order-events/", import.meta.url);
  const { value } = read(readFileSync(new URL("data-product-contract.yaml", folder), "utf8"));
  const text = writeContract(value!, { schema: "../contract.json" });
  expect(text.split("\n").slice(0, 4)).toEqual([
    "# yaml-language-server: $schema=../contract.json",
    "apiVersion: datamesh.io/v1",
    "kind: DataProduct",
    "metadata:",
  ]);
  expect(text).toContain("\n  description: One row per change of an order, from placement to hand-over.\n");
  expect(text).toContain(
    "\n      - { name: event_ts, type: timestamp, constraints: { null: false, timezone: UTC } }\n",
  );
  expect(text).toContain("\n  sla: { freshness: 15m, availability: 99.9%, completeness: 99.5%, accuracy: 99.5% }\n");
});

it("takes columns made from a relation's fields", () => {
  const { value } = read(
    readFileSync(new URL("../testdata/source-documents/data-product-contract.yaml", import.meta.url), "utf8"),
  );
  const [port] = value!.ports;
  const string = { kind: "string" } as const;
  const columns = [
    columnOf({ name: "id", type: { kind: "string", maxLength: 36 }, nullable: false }),
    columnOf({ name: "total", type: { kind: "decimal", precision: 12, scale: 3 }, nullable: true }),
    columnOf({ name: "at", type: { kind: "timestamp", precision: 3, zoned: true }, nullable: true }),
    columnOf({
      name: "lines",
      type: {
        kind: "array",
        element: {
          name: "element",
          type: { kind: "struct", fields: [{ name: "sku", type: string, nullable: false }] },
          nullable: true,
        },
      },
      nullable: true,
    }),
  ];
  const contract = { ...value!, ports: [{ ...port!, columns, checks: [] }] };
  const again = read(writeContract(contract));
  expect(again.diagnostics).toEqual([]);
  expect(again.value!.ports[0]!.columns.map((c) => c.type)).toEqual(columns.map((c) => c.type));
});
