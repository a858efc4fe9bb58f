import { id, literal, raw, sql } from "@meshwork/sql";
import { argument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { dialectal, notNull } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

/** Every list has as many elements as promised: files keep no lengths, and one short vector breaks a search index. */
export const dimensionsCheck = defineCheck({
  code: "dimensions",
  assertions: ["dimensions"],
  plan(call) {
    const wanted = argument(call, "equals");
    if (call.column === undefined) return refused("it names no column");
    if (typeof wanted !== "number") return refused("it names no number of elements");
    const subject = id(call.column);
    const size = dialectal((d) => sql`${raw(d.name === "duckdb" ? "len" : "cardinality")}(${subject})`);
    return {
      form: "rows",
      columns: [call.column],
      expected: `${wanted} elements`,
      considered: notNull(subject),
      failing: sql`${size} <> ${literal(wanted)}`,
      show: [],
    };
  },
  message: (f) => `${rowsOf(f)} have lists of "${f.column}" that do not have ${f.expected}; ${allowance(f)}.`,
  help: "see whether another model made some of the vectors",
});
