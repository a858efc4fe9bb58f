import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { emit } from "./define-format.ts";
import { formatNamed, formats } from "./registry.ts";
import { array, column, contract, port, struct, text } from "./testdata/contracts.ts";
import { allColumnFeatures, allPortFeatures, allProductFeatures } from "./tree/carried.ts";
import { everyFeature, everyType, hostile } from "./testdata/every-feature.ts";
import { expectGolden, lossTable } from "./testdata/golden.ts";

/** What each format carries of a column's promises; all else of the contract with everything is asserted as lost. */
const carried: Readonly<Record<string, readonly string[]>> = {
  arrow: ["not-null", "description", "timezone", "embedding", "media"],
  avro: ["not-null", "description", "timezone", "embedding"],
  dcat: ["not-null", "primary-key", "title", "description"],
  graphql: ["not-null", "description", "deprecated"],
  "great-expectations": ["not-null", "unique", "length", "bounds", "pattern", "enum", "description"],
  iceberg: ["not-null", "primary-key", "description"],
  parquet: ["not-null"],
  protobuf: ["description"],
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
  media: "photo",
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

it("has a line on every format in the documentation", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/formats.md"), "utf8");
  for (const { name } of formats) expect(page).toContain(`\`${name}\``);
});

it("has an example of everything that a contract can say", () => {
  const all = lossTable(formatNamed("parquet")!, everyFeature);
  for (const feature of [...allPortFeatures, ...allProductFeatures])
    expect(Object.keys(all), feature).toContain(feature);
  expect(Object.keys(example).sort()).toEqual([...allColumnFeatures].sort());
});

describe("whatever columns are called", () => {
  const name = fc.string({ unit: "binary", minLength: 1, maxLength: 8 });
  const contracts = fc.uniqueArray(name, { minLength: 1, maxLength: 4 }).map((names) =>
    contract({
      description: names.join(" "),
      ports: [
        port(
          names[0]!,
          names.map((each, i) =>
            column(each, i % 2 === 0 ? text : array(struct({ name: each, type: text })), {
              nullable: i > 1,
              description: names.join("\n"),
              ...(i % 2 === 0 ? { constraints: { enum: names } } : {}),
            }),
          ),
        ),
      ],
    }),
  );
  const texts = (format: string, of: ReturnType<typeof contract>): string[] =>
    emit(formatNamed(format)!, of).files.map((file) => file.text);

  it.each(formats.map((format) => format.name))("%s reports and writes, and its JSON and YAML are whole", (format) => {
    fc.assert(
      fc.property(contracts, (of) => {
        for (const file of emit(formatNamed(format)!, of).files) {
          if (file.path.endsWith(".json") || file.path.endsWith(".avsc")) JSON.parse(file.text);
          if (/\.ya?ml$/.test(file.path)) expect(load(file.text)).toBeTypeOf("object");
        }
      }),
      { numRuns: 30 },
    );
  });

  it("Protobuf, GraphQL, Parquet and Python have nothing but lines of their own grammar", () => {
    const lines: Record<string, RegExp> = {
      protobuf:
        /^(?:\/\/ .*|syntax = "proto3";|package \w+\.v\d+;|import "[\w/]+\.proto";|\s*message \w+ \{|\s*\/\/ .*|\s*(?:optional |repeated )?[\w.]+ \w+ = \d+;|\s*\}|)$/,
      graphql: /^(?:# .*|\s*"(?:[^"\\]|\\.)*"|scalar \w+|type \w+ \{|\s*\w+: [\w[\]!]+|\}|)$/,
      parquet:
        /^(?:message \w+ \{|\s*(?:optional|required|repeated) \w+(?:\(\d+\))? [^\s;(){}=,]+(?: \([\w(),]+\))?(?:;| \{)|\s*\})$/,
      pydantic:
        /^(?:# .*|import \w+|from \w+ import [\w, ]+|class \w+\(BaseModel\):|\s*__doc__ = "(?:[^"\\]|\\.)*"|\s*model_config = .*|\s+\w+: (?:[\w[\], =().*-]|"(?:[^"\\]|\\.)*")+|)$/,
    };
    fc.assert(
      fc.property(contracts, (of) => {
        for (const [format, grammar] of Object.entries(lines))
          for (const written of texts(format, of))
            for (const line of written.trimEnd().split(/\r\n|[\n\r\u2028\u2029\u0085\v\f]/))
              expect(line).toMatch(grammar);
      }),
      { numRuns: 100 },
    );
  });
});
