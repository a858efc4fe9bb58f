import { describeType } from "@meshwork/sql";
import { expect, test } from "vitest";
import { warehouseType } from "./warehouse-type.ts";

test.each([
  ["duckdb", "DECIMAL(38,2)", "decimal(38,2)"],
  ["duckdb", "VARCHAR[]", "array of string"],
  ["duckdb", "HUGEINT", "128-bit integer"],
  ["postgres", "character varying(36)", "string(36)"],
  ["redshift", "timestamp without time zone", "timestamp"],
  ["snowflake", "NUMBER(38,0)", "decimal(38,0)"],
  ["snowflake", "TEXT", "string"],
  ["snowflake", "FLOAT", "double"],
  ["snowflake", "TIMESTAMP_NTZ(9)", "timestamp(9)"],
  ["snowflake", "VARIANT", "json"],
  ["bigquery", "INT64", "long"],
  ["bigquery", "FLOAT64", "double"],
  ["bigquery", "BIGNUMERIC", "decimal(38,9)"],
  ["bigquery", "TIMESTAMP", "timestamp with time zone"],
  ["bigquery", "ARRAY<STRUCT<sku STRING, quantity INT64>>", "array of struct {sku: string, quantity: long}"],
  ["databricks", "map<string,bigint>", "map of string to long"],
  ["sqlserver", "datetime2", "timestamp"],
  ["sqlserver", "bit", "boolean"],
])("%s says %s: %s", (adapter, word, wanted) => {
  const type = warehouseType(adapter, word);
  expect(type === undefined ? "unknown" : describeType(type)).toBe(wanted);
});

test("a word that nobody knows has no type", () => {
  expect(warehouseType("snowflake", "GEOSPATIAL_THING")).toBeUndefined();
  expect(warehouseType("bigquery", "")).toBeUndefined();
  expect(warehouseType("duckdb", "x".repeat(100_000))).toBeUndefined();
});
