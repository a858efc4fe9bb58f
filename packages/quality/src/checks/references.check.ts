import { id, sql } from "@meshwork/sql";
import { textArgument } from "../arguments.ts";
import { defineCheck, refused, skipped } from "../check-kind.ts";
import { enough, toCount } from "../judge.ts";
import { allowance, rowsOf } from "../wording.ts";

/** NULL refers to nothing and is left out, as in SQL and dbt. */
export const referencesCheck = defineCheck({
  code: "references",
  assertions: ["references"],
  plan(call, scope) {
    const to = textArgument(call, "to", "value");
    const { column } = call;
    if (column === undefined) return refused("it names no column");
    if (to === undefined) return refused("it does not say what is referred to");
    const target = scope.resolve(to);
    if (target === undefined) return skipped(`${to} cannot be read here`);
    const other = sql`(SELECT DISTINCT ${id(target.column)} AS mesh_key FROM ${target.source} AS t WHERE ${id(target.column)} IS NOT NULL)`;
    return {
      form: "statement",
      columns: [column],
      expected: `a row of ${to} for every value`,
      statement: (source) =>
        sql`SELECT count(*), sum(CASE WHEN o.mesh_key IS NULL THEN 1 ELSE 0 END) FROM ${source} AS s LEFT JOIN ${other} AS o ON o.mesh_key = s.${id(column)} WHERE s.${id(column)} IS NOT NULL`,
      judge([row]) {
        const total = toCount(row?.[0]);
        const failing = toCount(row?.[1]);
        return { ok: enough(failing, total, call.threshold ?? 1), actual: failing, failing, total };
      },
      sample: (source, shown) =>
        sql`SELECT ${shown} FROM ${source} AS s WHERE ${id(column)} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ${other} AS o WHERE o.mesh_key = s.${id(column)})`,
      show: [column],
    };
  },
  message: (f) =>
    `${rowsOf(f)} have values of "${f.column}" without ${f.expected.replace("for every value", "to refer to")}; ${allowance(f)}.`,
  help: "see whether the upstream is late, or filter such rows in the model",
});
