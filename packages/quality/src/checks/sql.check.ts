import type { Cell, Row } from "@meshwork/engine";
import { raw, sql, type Fragment } from "@meshwork/sql";
import { isScalar, shown, type Scalar } from "../arguments.ts";
import { defineCheck, refused, type CheckCall, type Source, type Verdict } from "../check-kind.ts";
import { dialectal } from "../fragments.ts";
import { compareCells, within } from "../judge.ts";

interface Modifier {
  readonly words: string;
  holds(actual: Cell, wanted: readonly Scalar[]): boolean;
}

const one = (words: string, holds: (order: number) => boolean): Modifier => ({
  words,
  holds: (actual, [wanted]) => holds(compareCells(actual, wanted!)),
});
const between = (actual: Cell, [min, max]: readonly Scalar[]): boolean =>
  within(actual, { min, max, strictMin: false, strictMax: false });

/** The Open Data Contract Standard's modifiers. Between includes both ends: its prose says otherwise, its tool does so. */
const modifiers: Readonly<Record<string, Modifier>> = {
  must_be: one("", (order) => order === 0),
  must_not_be: one("anything but ", (order) => order !== 0),
  must_be_greater_than: one("more than ", (order) => order > 0),
  must_be_greater_or_equal_to: one("at least ", (order) => order >= 0),
  must_be_less_than: one("less than ", (order) => order < 0),
  must_be_less_or_equal_to: one("at most ", (order) => order <= 0),
  must_be_between: { words: "between ", holds: between },
  must_not_be_between: { words: "outside ", holds: (actual, wanted) => !between(actual, wanted) },
};

interface Condition extends Modifier {
  readonly wanted: readonly Scalar[];
}

function conditions(call: CheckCall): Condition[] | undefined {
  const found: Condition[] = [];
  for (const [key, given] of Object.entries(call.arguments)) {
    const name = key === "value" ? "must_be" : key;
    if (!Object.hasOwn(modifiers, name)) continue;
    const wanted = Array.isArray(given) ? given : [given];
    const needed = name.endsWith("between") ? 2 : 1;
    if (wanted.length !== needed || !wanted.every(isScalar)) return undefined;
    found.push({ ...modifiers[name]!, wanted });
  }
  return found;
}

/** The query with the port in place of `{port}`, closed in brackets: it can only be one query. */
function closed(text: string, source: Source): Fragment {
  const query = text.trim().replace(/;\s*$/, "");
  return dialectal((d) => sql`(${raw(`\n${query.replaceAll("{port}", () => source.print(d, []))}\n`)})`);
}

/** A query that yields one value to compare, or, without a modifier, the rows that are wrong (as in dbt). */
export const sqlCheck = defineCheck({
  code: "sql",
  assertions: ["sql"],
  plan(call) {
    const { sql: query } = call;
    if (query === undefined || query.trim() === "") return refused("it has no query");
    const wanted = conditions(call);
    if (wanted === undefined) return refused("a must_… of it has no value to compare with");
    const one = wanted.length > 0;
    const expected = one ? wanted.map((c) => c.words + c.wanted.map(shown).join(" and ")).join(", ") : "no rows";
    return {
      form: "statement",
      columns: [],
      reveals: true,
      expected,
      statement: (source) =>
        one
          ? sql`SELECT * FROM ${closed(query, source)} AS q LIMIT 2`
          : sql`SELECT count(*) FROM ${closed(query, source)} AS q`,
      judge: (rows) => (one ? judgeValue(rows, wanted) : judgeRows(rows)),
      sample: one ? undefined : (source) => sql`SELECT * FROM ${closed(query, source)} AS q`,
      show: [],
    };
  },
  message: (f) => `Query "${f.column}" on port ${f.port} yields ${f.actual}; promised: ${f.expected}.`,
  help: "run the query yourself to see the rows behind it",
});

function judgeValue(rows: readonly Row[], wanted: readonly Condition[]): Verdict {
  const [first] = rows;
  if (rows.length !== 1 || first === undefined || first.length !== 1)
    return {
      ok: false,
      actual: rows.length === 0 ? "no row" : "more than one value",
      reason: "the query must yield one value",
    };
  const actual = first[0] ?? null;
  return { ok: actual !== null && wanted.every((c) => c.holds(actual, c.wanted)), actual };
}

function judgeRows(rows: readonly Row[]): Verdict {
  const failing = Number(rows[0]?.[0] ?? 0);
  return { ok: failing === 0, actual: `${failing} rows`, failing };
}
