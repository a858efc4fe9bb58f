import { id, join, literal, sql } from "@meshwork/sql";
import { argument, describeBounds, isScalar, type Bounds, type Scalar } from "../arguments.ts";
import { defineCheck, refused, type CheckCall } from "../check-kind.ts";
import { notNull } from "../fragments.ts";
import { within } from "../judge.ts";
import { cellText } from "../wording.ts";

interface Range {
  readonly quantile: number;
  readonly bounds: Bounds;
}

function ranges(call: CheckCall): Range[] | undefined {
  const given = argument(call, "quantile_ranges", "value");
  if (typeof given !== "object" || given === null) return undefined;
  const { quantiles, value_ranges: values } = given as { quantiles?: unknown; value_ranges?: unknown };
  if (
    !Array.isArray(quantiles) ||
    !Array.isArray(values) ||
    quantiles.length !== values.length ||
    quantiles.length === 0
  )
    return undefined;
  const found: Range[] = [];
  for (const [i, quantile] of quantiles.entries()) {
    const range: unknown = values[i];
    if (typeof quantile !== "number" || quantile < 0 || quantile > 1 || !Array.isArray(range)) return undefined;
    const bound = (value: unknown): Scalar | undefined => (isScalar(value) ? value : undefined);
    found.push({
      quantile,
      bounds: { min: bound(range[0]), max: bound(range[1]), strictMin: false, strictMax: false },
    });
  }
  return found;
}

/** Values that occur (no interpolation), as Great Expectations asks SQL engines for. */
export const columnQuantilesCheck = defineCheck({
  code: "column-quantiles",
  assertions: ["expect_column_quantile_values_to_be_between"],
  supported: (capabilities) => (capabilities.engine === "trino" ? "Trino has no exact quantiles" : undefined),
  plan(call) {
    const wanted = ranges(call);
    if (call.column === undefined) return refused("it names no column");
    if (wanted === undefined) return refused("quantile_ranges needs quantiles and as many value_ranges");
    const column = id(call.column);
    const expressions = wanted.map(
      (w) => sql`percentile_disc(${literal(w.quantile)}) WITHIN GROUP (ORDER BY ${column})`,
    );
    return {
      form: "statement",
      columns: [call.column],
      reveals: true,
      expected: wanted.map((w) => `quantile ${w.quantile} ${describeBounds(w.bounds) || "of any value"}`).join(", "),
      statement: (source) => sql`SELECT ${join(expressions)} FROM ${source} AS s WHERE ${notNull(column)}`,
      judge([row]) {
        const values = row ?? [];
        const ok = wanted.every(
          (w, i) => (w.bounds.min === undefined && w.bounds.max === undefined) || within(values[i], w.bounds),
        );
        return { ok, actual: values.map(cellText).join(", ") };
      },
      show: [],
    };
  },
  message: (f) => `Column "${f.column}" of port ${f.port} has the quantiles ${f.actual}; promised: ${f.expected}.`,
});
