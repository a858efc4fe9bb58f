import { id, join, raw, sql, type Fragment } from "@meshwork/sql";
import { argument, flagArgument, isScalar, textArgument, type Scalar } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { all, any, notNull, valueOf } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

const ignoring: Readonly<Record<string, (a: Fragment, b: Fragment) => Fragment>> = {
  both_values_are_missing: (a, b) => any([notNull(a), notNull(b)]),
  either_value_is_missing: (a, b) => all([notNull(a), notNull(b)]),
  neither: () => raw("TRUE"),
};

function pairs(value: unknown): (readonly [Scalar, Scalar])[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const found: (readonly [Scalar, Scalar])[] = [];
  for (const pair of value) {
    if (!Array.isArray(pair) || pair.length !== 2 || !isScalar(pair[0]) || !isScalar(pair[1])) return undefined;
    found.push([pair[0], pair[1]]);
  }
  return found;
}

/** Two columns of a row. A row where only one of them is NULL fails, unless ignore_row_if lets it. */
export const columnPairCheck = defineCheck({
  code: "column-pair",
  assertions: [
    "expect_column_pair_values_to_be_equal",
    "expect_column_pair_values_a_to_be_greater_than_b",
    "expect_column_pair_values_to_be_in_set",
  ],
  plan(call, scope) {
    const first = textArgument(call, "column_A");
    const second = textArgument(call, "column_B");
    if (first === undefined || second === undefined) return refused("it needs column_A and column_B");
    const ignore = textArgument(call, "ignore_row_if") ?? "both_values_are_missing";
    if (!Object.hasOwn(ignoring, ignore)) return refused(`"${ignore}" is no way to ignore rows`);
    const a = id(first);
    const b = id(second);
    let holds: Fragment;
    let expected: string;
    if (call.assertion === "expect_column_pair_values_to_be_equal") {
      holds = sql`${a} = ${b}`;
      expected = `"${first}" equal to "${second}"`;
    } else if (call.assertion === "expect_column_pair_values_to_be_in_set") {
      const set = pairs(argument(call, "value_pairs_set", "value"));
      if (set === undefined) return refused("value_pairs_set is a list of pairs");
      const [typeA, typeB] = [scope.typeOf(first), scope.typeOf(second)];
      holds =
        set.length === 0
          ? raw("FALSE")
          : join(
              set.map(([x, y]) => sql`(${a} = ${valueOf(x, typeA)} AND ${b} = ${valueOf(y, typeB)})`),
              " OR ",
            );
      expected = `"${first}" and "${second}" one of ${set.length} pairs`;
    } else {
      const orEqual = flagArgument(call, "or_equal");
      holds = sql`${a} ${raw(orEqual ? ">=" : ">")} ${b}`;
      expected = `"${first}" ${orEqual ? "at least" : "greater than"} "${second}"`;
    }
    return {
      form: "rows",
      columns: [first, second],
      expected,
      considered: ignoring[ignore]!(a, b),
      // Unknown is not true: one of the two is missing.
      failing: sql`((${holds}) IS NOT TRUE)`,
      show: [first, second],
    };
  },
  message: (f) => `${rowsOf(f)} break the promise of ${f.expected}; ${allowance(f)}.`,
});
