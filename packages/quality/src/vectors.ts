import { raw, sql, type Fragment } from "@meshwork/sql";
import { dialectal } from "./fragments.ts";

/** The length of a vector: the root of the sum of its squares. Elements that are missing count as zero. */
export const normOf = (vector: Fragment): Fragment =>
  dialectal((d) => {
    if (d.name === "trino")
      return sql`sqrt(reduce(${vector}, CAST(0 AS DOUBLE), (s, x) -> s + coalesce(CAST(x AS DOUBLE) * CAST(x AS DOUBLE), 0), s -> s))`;
    const doubles = raw(d.name === "duckdb" ? "DOUBLE[]" : "double precision[]");
    return d.name === "duckdb"
      ? sql`sqrt(coalesce(list_sum([x * x for x in CAST(${vector} AS ${doubles})]), 0))`
      : sql`sqrt((SELECT coalesce(sum(x * x), 0) FROM unnest(CAST(${vector} AS ${doubles})) AS t(x)))`;
  });

/** True where some element is missing, infinite or no number. */
export const unfinished = (vector: Fragment): Fragment =>
  dialectal((d) => {
    if (d.name === "duckdb")
      return sql`len([x for x in CAST(${vector} AS DOUBLE[]) if x IS NULL OR isnan(x) OR isinf(x)]) > 0`;
    if (d.name === "trino")
      return sql`any_match(${vector}, x -> x IS NULL OR is_nan(CAST(x AS DOUBLE)) OR is_infinite(CAST(x AS DOUBLE)))`;
    return sql`EXISTS (SELECT 1 FROM unnest(CAST(${vector} AS double precision[])) AS t(x) WHERE x IS NULL OR x IN ('NaN', 'Infinity', '-Infinity'))`;
  });
