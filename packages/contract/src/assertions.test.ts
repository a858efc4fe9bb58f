import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertions, canonicalCheck } from "./index.ts";

describe("canonicalCheck", () => {
  it.each([
    ["expect_column_values_to_not_be_null", {}, "not_null", {}],
    ["expect_column_values_to_not_be_null", { mostly: 0.9 }, "not_null", {}],
    ["expect_column_values_to_be_in_set", { value_set: ["a"] }, "accepted_values", { values: ["a"] }],
    ["expect_column_values_to_be_in_set", { value: "a" }, "accepted_values", { values: ["a"] }],
    ["accepted_values", { value: ["a", "b"] }, "accepted_values", { values: ["a", "b"] }],
    ["expect_column_values_to_be_between", { min_value: 1, max_value: 5 }, "range", { min: 1, max: 5 }],
    [
      "expect_column_values_to_be_between",
      { min_value: 1, max_value: 5, strict_min: true },
      "range",
      { exclusive_min: 1, max: 5 },
    ],
    ["expect_column_values_to_be_between", { max_value: 5, strict_max: false }, "range", { max: 5 }],
    ["expect_column_values_to_match_regex", { value: "^a" }, "pattern", { regex: "^a" }],
    ["pattern", { value: "^a" }, "pattern", { regex: "^a" }],
    ["expect_column_value_lengths_to_equal", { value: 3 }, "length", { equals: 3 }],
    ["expect_column_value_lengths_to_be_between", { min_value: 1 }, "length", { min: 1 }],
    ["expect_table_row_count_to_be_between", { min_value: 1 }, "row_count", { min: 1 }],
    ["expect_table_row_count_to_equal", { value: 7 }, "row_count", { equals: 7 }],
    ["row_count", { value: 7 }, "row_count", { equals: 7 }],
    ["unique", { value: "a" }, "unique", { columns: ["a"] }],
    ["freshness", { value: "24h" }, "freshness", { max_age: "24h" }],
    ["sql", { must_be: 0 }, "sql", { must_be: 0 }],
    ["expect_column_mean_to_be_between", { min_value: 1 }, "expect_column_mean_to_be_between", { min_value: 1 }],
    ["of_ours_alone", { value: 1 }, "of_ours_alone", { value: 1 }],
  ])("%s %j is %s %j", (name, given, assertion, args) => {
    expect(canonicalCheck(name, given)).toEqual({ assertion, arguments: args });
  });

  it("is its own canonical form", () => {
    const names = fc.constantFrom(...assertions.keys());
    const given = fc.dictionary(
      fc.constantFrom("value", "min_value", "max_value", "strict_min", "value_set", "mostly", "min"),
      fc.oneof(fc.integer(), fc.boolean()),
    );
    fc.assert(
      fc.property(names, given, (name, args) => {
        const once = canonicalCheck(name, args);
        expect(canonicalCheck(once.assertion, once.arguments)).toEqual(once);
      }),
    );
  });
});

it("every assertion is whole: what it refers to exists", () => {
  for (const [name, { arguments: shape, single, oneOf, sameAs }] of assertions) {
    const keys = Object.keys(shape);
    expect({ name, single: single === undefined || keys.includes(single) }).toEqual({ name, single: true });
    expect({ name, oneOf: (oneOf ?? []).filter((key) => !keys.includes(key)) }).toEqual({ name, oneOf: [] });
    if (sameAs === undefined) continue;
    const target = assertions.get(sameAs.name)!;
    const known = [...Object.keys(target.arguments), "strict_min", "strict_max"];
    expect({ name, to: Object.values(sameAs.arguments).filter((key) => !known.includes(key)) }).toEqual({
      name,
      to: [],
    });
    expect({ name, missing: keys.filter((key) => sameAs.arguments[key] === undefined) }).toEqual({ name, missing: [] });
  }
  for (const name of [
    "not_null",
    "unique",
    "primary_key",
    "accepted_values",
    "range",
    "pattern",
    "row_count",
    "freshness",
    "schema",
    "length",
    "sql",
  ]) {
    expect(assertions.has(name)).toBe(true);
  }
});
