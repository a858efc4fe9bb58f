import { listArgument } from "../arguments.ts";
import { defineCheck, refused } from "../check-kind.ts";

/** Which columns there are: as a set (others allowed with exact_match: false), or in this order. */
export const columnSetCheck = defineCheck({
  code: "column-set",
  assertions: ["expect_table_columns_to_match_set", "expect_table_columns_to_match_ordered_list"],
  plan(call) {
    const ordered = call.assertion === "expect_table_columns_to_match_ordered_list";
    const wanted = listArgument(call, "column_set", "column_list", "value")?.map(String);
    if (wanted === undefined) return refused("it names no columns");
    const exact = ordered || call.arguments["exact_match"] !== false;
    return {
      form: "columns",
      columns: [],
      expected: `${exact ? "the" : "at least the"} columns ${wanted.join(", ")}${ordered ? " in this order" : ""}`,
      judge({ columns }) {
        const names = columns.map((c) => c.name);
        const there = new Set(names);
        const same = ordered
          ? names.length === wanted.length && names.every((name, i) => name === wanted[i])
          : wanted.every((name) => there.has(name)) && (!exact || names.length === new Set(wanted).size);
        return { ok: same, actual: names.join(", ") };
      },
    };
  },
  message: (f) => `Port ${f.port} has the columns ${f.actual}; promised: ${f.expected}.`,
});
