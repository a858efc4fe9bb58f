import type { Measure } from "./semantic-layer.ts";

const simple: Readonly<Record<string, (column: string) => string>> = {
  sum: (c) => `SUM(${c})`,
  // As MetricFlow counts: no rows give NULL, as a sum does.
  count: (c) => `SUM(CASE WHEN ${c} IS NOT NULL THEN 1 ELSE 0 END)`,
  count_distinct: (c) => `COUNT(DISTINCT ${c})`,
  average: (c) => `AVG(${c})`,
  avg: (c) => `AVG(${c})`,
  min: (c) => `MIN(${c})`,
  max: (c) => `MAX(${c})`,
  median: (c) => `PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY ${c})`,
  sum_boolean: (c) => `SUM(CAST(${c} AS INTEGER))`,
};

/** Aggregations whose result may be a value of a single row. */
export const revealing = new Set(["min", "max", "median", "percentile"]);

/** The SQL that aggregates a column; or why there is none. */
export function aggregate({ aggregation, parameters }: Measure, column: string): string | { readonly problem: string } {
  const known = Object.hasOwn(simple, aggregation) ? simple[aggregation] : undefined;
  if (known !== undefined) return known(column);
  if (aggregation !== "percentile") {
    const names = [...Object.keys(simple), "percentile"].join(", ");
    return { problem: `it is aggregated by "${aggregation}"; known are ${names}` };
  }
  const share = parameters["percentile"];
  if (typeof share !== "number" || share < 0 || share > 1)
    return { problem: "percentile: is a number from 0 to 1, under agg_params" };
  const discrete = parameters["use_discrete_percentile"] === true;
  if (parameters["use_approximate_percentile"] !== true)
    return `PERCENTILE_${discrete ? "DISC" : "CONT"}(${share}) WITHIN GROUP (ORDER BY ${column})`;
  if (discrete) return { problem: "DuckDB has no approximate discrete percentile; take one of the two away" };
  return `APPROX_QUANTILE(${column}, ${share})`;
}
