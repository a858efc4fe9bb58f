import { id, literal, sql } from "@meshwork/sql";
import { argument, textArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { any, notNull } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

/** Each reference has the size of its object beside it: there, not below zero, within the limit. */
export const mediaSizeCheck = defineCheck({
  code: "media-size",
  assertions: ["media_size"],
  plan(call) {
    if (call.column === undefined) return refused("it names no column");
    const size = textArgument(call, "size_column");
    if (size === undefined) return refused("it names no column with the size");
    const limit = argument(call, "max_bytes");
    if (limit !== undefined && typeof limit !== "number") return refused("its greatest size is no number");
    const value = id(size);
    const wrong = [sql`${value} IS NULL`, sql`${value} < 0`];
    if (limit !== undefined) wrong.push(sql`${value} > ${literal(limit)}`);
    return {
      form: "rows",
      columns: [call.column, size],
      expected: limit === undefined ? `a size in "${size}"` : `a size of at most ${limit} bytes in "${size}"`,
      considered: notNull(id(call.column)),
      failing: any(wrong),
      show: [call.column, size],
    };
  },
  message: (f) => `${rowsOf(f)} refer in "${f.column}" to objects without ${f.expected}; ${allowance(f)}.`,
  help: "write the size of the stored object, or raise max_bytes in the contract: a major change for readers",
});
