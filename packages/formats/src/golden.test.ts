import { describe, expect, it } from "vitest";
import { emit } from "./define-format.ts";
import { formatNamed } from "./registry.ts";
import { allColumnFeatures, allPortFeatures, allProductFeatures } from "./tree/carried.ts";
import { everyFeature, everyType, hostile } from "./testdata/every-feature.ts";
import { expectGolden, lossTable } from "./testdata/golden.ts";

/** What each format carries of a column's promises; all else of the contract with everything is asserted as lost. */
const carried: Readonly<Record<string, readonly string[]>> = {
  arrow: ["not-null", "description", "timezone", "embedding"],
  avro: ["not-null", "description", "timezone", "embedding"],
  dcat: ["not-null", "primary-key", "title", "description"],
  graphql: ["not-null", "description", "deprecated"],
  "great-expectations": ["not-null", "primary-key", "unique", "length", "bounds", "pattern", "enum", "description"],
  iceberg: ["not-null", "primary-key", "description"],
  parquet: ["not-null"],
  protobuf: ["description", "deprecated"],
  pydantic: ["not-null", "title", "description", "length", "bounds", "pattern", "enum", "deprecated", "examples"],
  "soda-checks": ["not-null", "primary-key", "unique", "length", "bounds", "pattern", "enum"],
  "soda-contract": ["not-null", "primary-key", "unique", "length", "bounds", "pattern", "enum", "description"],
  spark: ["not-null", "description", "embedding"],
};
/** The column of the contract that has the feature. */
const example: Readonly<Record<string, string>> = {
  "not-null": "order_id",
  "primary-key": "order_id",
  unique: "email",
  references: "customer_id",
  length: "order_id",
  bounds: "amount",
  pattern: "email",
  enum: "status",
  format: "email",
  timezone: "at",
  title: "order_id",
  description: "order_id",
  examples: "order_id",
  tags: "order_id",
  pii: "email",
  masking: "email",
  classification: "email",
  embedding: "vector",
  deprecated: "old_state",
  extensions: "order_id",
};

describe.each(Object.keys(carried))("%s", (name) => {
  const format = formatNamed(name)!;

  it("writes what a person can read, and lists what is lost", () => {
    expectGolden(format, everyFeature, "every-feature");
    expectGolden(format, everyType, "every-type");
  });

  it.each(allColumnFeatures)("carries or reports %s", (feature) => {
    const lost = (lossTable(format, everyFeature)[feature] ?? []).includes(example[feature]!);
    expect(lost).toBe(!carried[name]!.includes(feature));
  });

  it("writes the same for the same contract, in files of its folder", () => {
    for (const of of [everyFeature, everyType, hostile]) {
      const first = emit(format, of);
      expect(emit(format, structuredClone(of))).toEqual(first);
      for (const file of first.files) {
        expect(file.path).toMatch(/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9]+)+$/);
        // NUL and lone surrogates are no text of any of them.
        expect(file.text).not.toMatch(/\0|\p{Surrogate}/u);
      }
    }
  });
});

it("has an example of everything that a contract can say", () => {
  const all = lossTable(formatNamed("parquet")!, everyFeature);
  for (const feature of [...allPortFeatures, ...allProductFeatures])
    expect(Object.keys(all), feature).toContain(feature);
  expect(Object.keys(example).sort()).toEqual([...allColumnFeatures].sort());
});
