import { id, join, sql } from "@meshwork/sql";
import { listArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { any } from "../fragments.ts";
import { enough, toCount } from "../judge.ts";
import { allowance, rowsOf } from "../wording.ts";

/** A key identifies: rows whose key repeats fail, and so do rows that have NULL anywhere in it. */
export const primaryKeyCheck = defineCheck({
  code: "primary-key",
  assertions: ["primary_key"],
  plan(call) {
    const columns = listArgument(call, "columns")?.map(String) ?? (call.column === undefined ? [] : [call.column]);
    if (columns.length === 0) return refused("it names no column");
    const keys = join(columns.map((c) => id(c)));
    const missing = any(columns.map((c) => sql`${id(c)} IS NULL`));
    return {
      form: "statement",
      columns,
      expected: "a key of its own in every row",
      statement: (source) =>
        sql`SELECT sum(n), sum(CASE WHEN n > 1 OR incomplete THEN n ELSE 0 END) FROM (SELECT count(*) AS n, (${missing}) AS incomplete FROM ${source} AS s GROUP BY ${keys}) AS g`,
      judge(rows) {
        const total = toCount(rows[0]?.[0]);
        const failing = toCount(rows[0]?.[1]);
        return { ok: enough(failing, total, call.threshold ?? 1), actual: failing, failing, total };
      },
      sample: (source, shown) =>
        sql`SELECT ${shown} FROM (SELECT *, count(*) OVER (PARTITION BY ${keys}) AS mesh_n FROM ${source} AS s) AS g WHERE mesh_n > 1 OR ${missing}`,
      show: columns,
    };
  },
  message: (f) => `${rowsOf(f)} have no primary key "${f.column}" of their own; ${allowance(f)}.`,
  help: "make the key unique and complete in the model, or name the columns that identify a row",
});
