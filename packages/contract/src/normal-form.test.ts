import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { dump } from "js-yaml";
import { describe, expect, it } from "vitest";
import type { NormalForm } from "./index.ts";
import { edit, lockText, normalForm, readContract, writeContract } from "./index.ts";
import { arbitraryFile } from "./testdata/arbitrary-file.ts";

const example = readFileSync(
  new URL("testdata/example-mesh/domains/orders/order-events/data-product-contract.yaml", import.meta.url),
  "utf8",
);
const read = (text: string) => readContract({ file: "f", text }).value!;
const lock = (text: string): string => lockText(read(text));

/** The top-level fields in which two texts differ. */
function changed(before: string, after: string): string[] {
  const [a, b] = [normalForm(read(before)), normalForm(read(after))];
  return (Object.keys(a) as (keyof NormalForm)[]).filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, reversed(each)]),
  );
}

describe("two texts that promise the same have the same lock", () => {
  it("whatever the order of keys, the comments and the style", () => {
    fc.assert(
      fc.property(arbitraryFile, (file) => {
        const expected = lock(JSON.stringify(file));
        expect(lock(`# a comment\n${dump(reversed(file))}# another\n`)).toBe(expected);
        expect(lock(writeContract(read(JSON.stringify(file))))).toBe(expected);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ["a description", ["metadata", "description"], "Other words."],
    ["a title", ["metadata", "title"], "Other"],
    ["tags", ["metadata", "tags"], ["x"]],
    ["the documentation's address", ["metadata", "documentation_url"], "https://elsewhere.example"],
    ["a column's description", ["spec", "schema", "fields", 0, "description"], "Other words."],
    ["the owner", ["spec", "owner"], "others@acme.example"],
    ["limitations", ["spec", "limitations"], "None."],
    ["an extension", ["spec", "x-cost"], 7],
    ["who reads it", ["spec", "lineage", "downstream"], ["a.b"]],
    ["another spelling of a type", ["spec", "schema", "fields", 0, "type"], "text"],
    ["a length as part of the type", ["spec", "schema", "fields", 0, "type"], "varchar(36)"],
    [
      "digits as part of the type",
      ["spec", "schema", "fields", 4],
      { name: "amount", type: "decimal(10,2)", constraints: { min: 0 } },
    ],
    ["a word for a map's values", ["spec", "schema", "fields", 6, "values"], "string"],
    [
      "generic types as one word",
      ["spec", "schema", "fields", 6],
      { name: "attributes", type: "map<string, varchar>" },
    ],
    ["another spelling of a duration", ["spec", "sla", "freshness"], "PT15M"],
    ["another spelling of a share", ["spec", "sla", "availability"], 0.999],
    ["another name of an assertion", ["spec", "quality", "checks", 0, "assertion"], "not_null"],
    [
      "another name of arguments",
      ["spec", "quality", "checks", 1],
      { column: "event_ts", assertion: "range", value: { max: "2030-12-31", min: "2023-01-01" } },
    ],
    ["a check's threshold as a percentage", ["spec", "quality", "checks", 0, "threshold"], "99%"],
    ["the default severity", ["spec", "quality", "checks", 1, "severity"], "error"],
    [
      "the order of accepted values",
      ["spec", "schema", "fields", 3, "constraints", "enum"],
      ["returned", "shipped", "paid", "placed"],
    ],
    ["the order of roles", ["spec", "access", "roles"], ["data-scientist", "analyst"]],
    ["a policy named alone", ["spec", "access", "policies"], "pii-masking"],
  ])("although they differ in %s", (_, path, set) => {
    const { text, refused } = edit({ file: "f", text: example }, [{ path, set }]);
    expect(refused).toEqual([]);
    expect(text).not.toBe(example);
    expect(changed(example, text)).toEqual([]);
    expect(lock(text)).toBe(lock(example));
  });
});

describe("a changed promise shows in its own field and in no other", () => {
  it.each([
    ["version", ["metadata", "version"], "2.2.0", ["version"]],
    ["major version", ["metadata", "version"], "3.0.0", ["version", "ports"]],
    ["id", ["metadata", "id"], "another", ["product"]],
    ["status", ["metadata", "status"], "draft", ["lifecycle"]],
    ["freshness", ["spec", "sla", "freshness"], "30m", ["sla"]],
    ["accuracy", ["spec", "sla", "accuracy"], "98%", ["sla"]],
    ["a role", ["spec", "access", "roles"], ["analyst"], ["access"]],
    ["a row filter", ["spec", "access", "row_filter"], "true", ["access"]],
    ["sensitivity", ["spec", "sensitivity"], "internal", ["access"]],
    ["retention", ["spec", "retention", "period"], "365d", ["storage"]],
    ["a partition", ["spec", "storage", "partition_by"], ["status"], ["storage"]],
    ["an upstream", ["spec", "lineage", "upstream"], ["raw.kafka.orders"], ["lineage"]],
    ["an input's major", ["spec", "inputs", 1, "from"], "content.page-catalog@2", ["inputs"]],
    ["an input's column", ["spec", "inputs", 0, "schema", "fields", 0, "constraints", "null"], true, ["inputs"]],
    ["a deprecation", ["spec", "deprecation"], { sunset: "2027-01-01" }, ["lifecycle"]],
    ["a threshold", ["spec", "quality", "checks", 0, "threshold"], 0.98, ["checks"]],
    ["a check's severity", ["spec", "quality", "checks", 0, "severity"], "warning", ["checks"]],
    ["a check's query", ["spec", "quality", "checks", 3, "sql"], "select 1", ["checks"]],
    ["a condition of a check", ["spec", "quality", "checks", 0, "where"], "true", ["checks"]],
    ["a column's name", ["spec", "schema", "fields", 0, "name"], "order_key", ["ports"]],
    ["a column's type", ["spec", "schema", "fields", 0, "type"], "uuid", ["ports"]],
    ["nullability", ["spec", "schema", "fields", 3, "constraints", "null"], true, ["ports"]],
    ["an accepted value", ["spec", "schema", "fields", 3, "constraints", "enum"], ["placed"], ["ports"]],
    ["digits", ["spec", "schema", "fields", 4, "scale"], 3, ["ports"]],
    ["a bound", ["spec", "schema", "fields", 4, "constraints", "min"], 1, ["ports"]],
    ["masking", ["spec", "schema", "fields", 2, "constraints", "masking"], "redact", ["ports"]],
    ["personal data", ["spec", "schema", "fields", 2, "constraints", "pii"], false, ["ports"]],
    [
      "a field of an array's elements",
      ["spec", "schema", "fields", 5, "items", "fields", 1, "constraints", "min"],
      2,
      ["ports"],
    ],
    [
      "a pattern deep inside",
      ["spec", "schema", "fields", 5, "items", "fields", 0, "constraints", "pattern"],
      "x",
      ["ports"],
    ],
    ["the values of a map", ["spec", "schema", "fields", 6, "values"], "long", ["ports"]],
    ["an embedding's length", ["spec", "schema", "fields", 7, "embedding", "dimensions"], 512, ["ports"]],
    ["an embedding's model", ["spec", "schema", "fields", 7, "embedding", "model"], "other", ["ports"]],
    ["the end of a column", ["spec", "schema", "fields", 8, "deprecated", "until"], "2028-01-01", ["ports"]],
  ])("%s", (_, path, set, fields) => {
    const { text, refused } = edit({ file: "f", text: example }, [{ path, set }]);
    expect(refused).toEqual([]);
    expect(changed(example, text)).toEqual(fields.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
  });

  const order = Object.keys(normalForm(read(example)));
});

it("locks the source document as text that stays the same", async () => {
  const text = readFileSync(new URL("testdata/source-documents/data-product-contract.yaml", import.meta.url), "utf8");
  await expect(lock(text)).toMatchFileSnapshot("testdata/source-documents.lock.json");
});

it("names relations as the mesh does", () => {
  const naming = { relation: "{port}__{major}", schema: "mart_{domain}" };
  expect(normalForm(read(example), { naming }).ports["daily_orders"]).toMatchObject({
    relation: { schema: "mart_orders", name: "daily_orders__2" },
  });
});
