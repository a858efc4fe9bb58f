import { id, raw, sql, type Fragment } from "@meshwork/sql";
import { boundsArgument, describeBounds } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { dialectal, notNull } from "../fragments.ts";
import { toCount, within } from "../judge.ts";
import { cellText } from "../wording.ts";

/** The middle value, halfway between two where their number is even; engines without the function refuse. */
const median = (column: Fragment): Fragment =>
  dialectal((d) =>
    d.name === "trino"
      ? sql`approx_percentile(${column}, 0.5)`
      : sql`percentile_cont(0.5) WITHIN GROUP (ORDER BY ${column})`,
  );

const ratio = (over: (column: Fragment) => Fragment, under: (column: Fragment) => Fragment) => (column: Fragment) =>
  sql`CAST(${over(column)} AS DOUBLE PRECISION) / nullif(${under(column)}, 0)`;

interface Statistic {
  readonly words: string;
  readonly expression: (column: Fragment) => Fragment;
  /** A number of rows or values, not a value. */
  readonly counts?: boolean | undefined;
}

/** NULL is left out of all; the deviation is the sample's (n - 1), as in Great Expectations and SQL's stddev. */
const statistics: Readonly<Record<string, Statistic>> = {
  min: { words: "smallest value", expression: (c) => sql`min(${c})` },
  max: { words: "largest value", expression: (c) => sql`max(${c})` },
  mean: { words: "mean", expression: (c) => sql`avg(${c})` },
  median: { words: "median", expression: median },
  sum: { words: "sum", expression: (c) => sql`sum(${c})` },
  stdev: { words: "standard deviation", expression: (c) => sql`stddev_samp(${c})` },
  unique_value_count: {
    words: "number of distinct values",
    counts: true,
    expression: (c) => sql`count(DISTINCT ${c})`,
  },
  proportion_of_unique_values: {
    words: "share of distinct values",
    counts: true,
    expression: ratio(
      (c) => sql`count(DISTINCT ${c})`,
      (c) => sql`count(${c})`,
    ),
  },
  proportion_of_non_null_values: {
    words: "share of rows with a value",
    counts: true,
    expression: ratio(
      (c) => sql`count(${c})`,
      () => raw("count(*)"),
    ),
  },
};

const nameOf = /^expect_column_(\w+)_to_be_between$/;

export const columnStatisticCheck = defineCheck({
  code: "column-statistic",
  assertions: Object.keys(statistics).map((name) => `expect_column_${name}_to_be_between`),
  plan(call) {
    const statistic = statistics[nameOf.exec(call.assertion)?.[1] ?? ""];
    const bounds = boundsArgument(call);
    if (statistic === undefined || call.column === undefined) return refused("it names no column");
    if (bounds === undefined) return refused("it names neither min_value nor max_value");
    const column = id(call.column);
    return {
      form: "measure",
      columns: [call.column],
      reveals: statistic.counts !== true,
      expected: `a ${statistic.words} of ${describeBounds(bounds)}`,
      expressions: [statistic.expression(column), sql`count(*) FILTER (WHERE ${notNull(column)})`],
      judge([value, filled]) {
        const actual = value ?? null;
        if (toCount(filled) === 0 && actual === null) return { ok: false, actual, reason: "the column has no values" };
        return { ok: within(actual, bounds), actual: typeof actual === "object" ? cellText(actual) : actual };
      },
    };
  },
  message: (f) => `Column "${f.column}" of port ${f.port} has ${f.actual}; promised: ${f.expected}.`,
  help: "see what has shifted in the data, or correct the bounds in the contract",
});
