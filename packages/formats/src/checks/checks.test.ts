import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import type { ContractCheck } from "@meshwork/contract";
import { assertions } from "@meshwork/contract";
import { emit } from "../define-format.ts";
import { greatExpectations } from "../great-expectations.format.ts";
import { sodaChecks } from "../soda-checks.format.ts";
import { sodaContract } from "../soda-contract.format.ts";
import { column, contract, int, port, text } from "../testdata/contracts.ts";

const check = (
  assertion: string,
  args: Record<string, unknown> = {},
  rest: Partial<ContractCheck> = {},
): ContractCheck => ({
  name: `${assertion}.c`,
  assertion,
  arguments: args,
  severity: "error",
  at: ["spec", "quality", "checks", 0],
  ...rest,
});
const of = (...checks: ContractCheck[]) => contract({ ports: [port("t", [column("c", int)], { checks })] });
const query = (must: Record<string, unknown>): ContractCheck =>
  check("sql", must, { sql: "select count(*) from {port} -- all;" });

interface Suite {
  expectations: { type: string; kwargs: Record<string, unknown>; severity: string; meta: unknown }[];
}
const suite = (...checks: ContractCheck[]) =>
  (JSON.parse(emit(greatExpectations, of(...checks)).files[0]!.text) as Suite).expectations.slice(1);

describe("great-expectations", () => {
  it.each([
    ["not_null", {}, "expect_column_values_to_not_be_null", {}],
    ["expect_column_values_to_not_be_null", {}, "expect_column_values_to_not_be_null", {}],
    ["accepted_values", { value: [1, 2] }, "expect_column_values_to_be_in_set", { value_set: [1, 2] }],
    [
      "range",
      { exclusive_min: "0", max: 9 },
      "expect_column_values_to_be_between",
      { min_value: 0, max_value: 9, strict_min: true },
    ],
    ["length", { value: 3 }, "expect_column_value_lengths_to_equal", { value: 3 }],
    ["expect_column_mean_to_be_between", { min_value: 1 }, "expect_column_mean_to_be_between", { min_value: 1 }],
    [
      "expect_column_values_to_match_like_pattern",
      { value: "a%" },
      "expect_column_values_to_match_like_pattern",
      { like_pattern: "a%" },
    ],
  ])("writes %s %o as %s", (assertion, args, type, kwargs) => {
    expect(suite(check(assertion, args, { column: "c" }))).toEqual([
      { type, kwargs: { column: "c", ...kwargs }, severity: "critical", meta: { check: `${assertion}.c` } },
    ]);
  });

  it("says a threshold where rows are counted, and a warning", () => {
    expect(suite(check("not_null", {}, { column: "c", threshold: 0.9, severity: "warning" }))[0]).toMatchObject({
      kwargs: { column: "c", mostly: 0.9 },
      severity: "warning",
    });
    expect(suite(check("row_count", { min: 1 }, { threshold: 0.9 }))[0]!.kwargs).toEqual({ min_value: 1 });
  });

  it("turns a query into rows that are not expected", () => {
    expect(suite(query({ must_be: 0 }))[0]!.kwargs).toEqual({
      unexpected_rows_query:
        "SELECT * FROM (\nselect count(*) from {batch} -- all\n) AS result(measured) WHERE NOT (measured = 0)",
    });
    expect(suite(query({ must_be_between: [1, 2] }))[0]!.kwargs["unexpected_rows_query"]).toContain(
      "NOT (measured BETWEEN 1 AND 2)",
    );
  });

  it("reports each check that it cannot say, at its place", () => {
    const { losses } = emit(
      greatExpectations,
      of(
        check("freshness", { max_age: "1d" }, { column: "c" }),
        query({ must_be: "x'; drop" }),
        check("not_null", {}, { column: "c", where: "c > 1" }),
      ),
    );
    expect(losses.map((loss) => [loss.feature, loss.path.join(".")])).toEqual(
      Array.from({ length: 3 }, () => ["checks", "spec.quality.checks.0"]),
    );
  });
});

describe.each([greatExpectations, sodaChecks, sodaContract])("$name", (format) => {
  it.each([...assertions.keys()])("carries %s or reports it", (assertion) => {
    const args: Record<string, unknown> = {};
    for (const [name, argument] of Object.entries(assertions.get(assertion)!.arguments))
      args[name] = {
        number: 1,
        integer: 1,
        share: 0.5,
        bound: 1,
        text: "a.b.c",
        flag: true,
        list: [1, 2],
        names: ["c"],
        column: "c",
        duration: "2h",
        any: 1,
      }[argument.kind];
    if (assertion === "sql") for (const name of Object.keys(args)) if (name !== "must_be") delete args[name];
    const written = emit(format, of(check(assertion, args, { column: "c", sql: "select 1" })));
    const plain = emit(format, of());
    const grown = written.files[0]!.text.length > plain.files[0]!.text.length;
    const reported = written.losses.some((loss) => loss.feature === "checks");
    // The schema is checked by Soda for every port, whatever a check says.
    if (assertion === "schema" && format !== greatExpectations) expect(reported).toBe(false);
    else expect([grown, reported].filter(Boolean)).toHaveLength(1);
  });
});

describe("soda-checks", () => {
  const lines = (...checks: ContractCheck[]) =>
    Object.values(load(emit(sodaChecks, of(...checks)).files[0]!.text) as Record<string, unknown[]>)[0]!.slice(1);

  it.each([
    [
      check("not_null", {}, { column: "c", threshold: 0.99 }),
      { "missing_percent(c)": { name: "not_null.c", fail: "when > 1" } },
    ],
    [
      check("range", { min: 1, max: "9" }, { column: "c" }),
      { "invalid_count(c)": { "valid min": 1, "valid max": 9, name: "range.c", fail: "when > 0" } },
    ],
    [
      check("range", { exclusive_min: "2024-01-01'" }, { column: "c" }),
      { "failed rows": { name: "range.c", "fail condition": "c <= '2024-01-01'''" } },
    ],
    [
      check("row_count", { min: 1, max: 5 }, { severity: "warning" }),
      { row_count: { name: "row_count.c", warn: "when not between 1 and 5" } },
    ],
    [
      check("freshness", { max_age: "2w" }, { column: "c" }),
      { "freshness(c)": { name: "freshness.c", fail: "when > 14d" } },
    ],
    [
      query({ must_be_less_than: 3 }),
      { sql_c: { name: "sql.c", "sql_c query": "select count(*) from orders.t_v2 -- all;", fail: "when >= 3" } },
    ],
  ])("writes %o", (given, expected) => expect(lines(given)).toEqual([expected]));

  it("writes no metric of a name that SodaCL would read as something else", () => {
    const c = contract({ ports: [port("t", [column('c) = 0:\n  - "x', text, { nullable: false })])] });
    const { files, losses } = emit(sodaChecks, c);
    expect(Object.values(load(files[0]!.text) as Record<string, unknown[]>)[0]).toHaveLength(1);
    expect(losses.map((loss) => loss.feature)).toEqual(["not-null"]);
  });
});
