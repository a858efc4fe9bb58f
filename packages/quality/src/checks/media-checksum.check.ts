import { id, sql } from "@meshwork/sql";
import { textArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { matches, notNull } from "../fragments.ts";
import { allowance, rowsOf } from "../wording.ts";

const DIGITS = new Map([
  ["md5", 32],
  ["sha1", 40],
  ["sha256", 64],
  ["sha512", 128],
]);

/** Each reference has the digest of its object beside it, as hexadecimal text of the algorithm's length. */
export const mediaChecksumCheck = defineCheck({
  code: "media-checksum",
  assertions: ["media_checksum"],
  plan(call) {
    if (call.column === undefined) return refused("it names no column");
    const digest = textArgument(call, "checksum_column");
    if (digest === undefined) return refused("it names no column with the digest");
    const algorithm = textArgument(call, "algorithm") ?? "sha256";
    const digits = DIGITS.get(algorithm);
    if (digits === undefined)
      return refused(`its algorithm "${algorithm}" is none of ${[...DIGITS.keys()].join(", ")}`);
    const value = id(digest);
    return {
      form: "rows",
      columns: [call.column, digest],
      expected: `a ${algorithm} digest of ${digits} hexadecimal digits in "${digest}"`,
      considered: notNull(id(call.column)),
      failing: sql`(${value} IS NULL OR NOT (${matches(value, `^[0-9a-fA-F]{${digits}}$`)}))`,
      show: [call.column, digest],
    };
  },
  message: (f) => `${rowsOf(f)} refer in "${f.column}" to objects without ${f.expected}; ${allowance(f)}.`,
  help: "compute the digest where the object is stored, and write it as hexadecimal text",
});
