import { id } from "@meshwork/sql";
import { listArgument, textArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";
import { notNull } from "../fragments.ts";
import { unfitReference } from "../media.ts";
import { allowance, rowsOf } from "../wording.ts";

/** References lead to objects below their base, by allowed schemes: none leads out of it, whatever it is written like. */
export const mediaReferenceCheck = defineCheck({
  code: "media-reference",
  assertions: ["media_reference"],
  plan(call, scope) {
    if (call.column === undefined) return refused("it names no column");
    if (scope.typeOf(call.column).kind !== "string") return refused("its column holds no text");
    const base = textArgument(call, "base");
    const schemes = listArgument(call, "schemes")?.map((scheme) => String(scheme).toLowerCase());
    const subject = id(call.column);
    const words = [
      base === undefined ? "" : ` below ${base}`,
      schemes === undefined ? "" : ` with scheme ${schemes.join(" or ")}`,
    ];
    return {
      form: "rows",
      columns: [call.column],
      expected: `a reference${words.join("")}`,
      considered: notNull(subject),
      failing: unfitReference(subject, base, schemes),
      show: [call.column],
    };
  },
  message: (f) => `${rowsOf(f)} have a value in "${f.column}" that is not ${f.expected}; ${allowance(f)}.`,
  help: "write URIs, or paths from the base without .., backslashes, and blanks at the ends",
});
