import { id, sql } from "@meshwork/sql";
import { listArgument, textArgument } from "../arguments.ts";
import { defineCheck, refused, skipped } from "../check-kind.ts";
import { matches, notNull } from "../fragments.ts";
import { endsInOneOf, extensionsOf, typePattern } from "../media.ts";
import { allowance, rowsOf } from "../wording.ts";

/** Objects have an allowed media type: as the column beside says, else as far as their extension tells. */
export const mediaTypeCheck = defineCheck({
  code: "media-type",
  assertions: ["media_type"],
  plan(call) {
    if (call.column === undefined) return refused("it names no column");
    const types = listArgument(call, "types")?.map((type) => String(type).toLowerCase());
    if (types === undefined || types.length === 0) return refused("it names no media types");
    const subject = id(call.column);
    const said = textArgument(call, "type_column");
    const expected = `one of ${types.join(", ")}`;
    const common = { form: "rows", expected, considered: notNull(subject) } as const;
    if (said !== undefined) {
      const type = id(said);
      const failing = sql`(${type} IS NULL OR NOT (${matches(type, typePattern(types))}))`;
      return { ...common, columns: [call.column, said], failing, show: [call.column, said] };
    }
    const { allowed, others, open } = extensionsOf(types);
    if (open && others.length === 0) return skipped("every media type is allowed");
    const failing = open ? endsInOneOf(subject, others) : sql`NOT (${endsInOneOf(subject, allowed)})`;
    return { ...common, columns: [call.column], failing, show: [call.column] };
  },
  message: (f) => `${rowsOf(f)} refer in "${f.column}" to objects that are not ${f.expected}; ${allowance(f)}.`,
  help: "leave the objects of other types out, or allow their type in the contract: a major change for readers",
});
