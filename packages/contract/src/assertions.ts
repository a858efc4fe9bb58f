/**
 * The assertions that a contract's checks may name: ours, and Great Expectations' core names
 * (greatexpectations.io/expectations, version 1.x). This is the list and the shape of their arguments;
 * what they measure is the quality package's.
 */

/** What an argument has to be: a bound is a number or text (dates, durations as written), names are columns. */
export type ArgumentKind =
  | "number"
  | "integer"
  | "share"
  | "bound"
  | "text"
  | "flag"
  | "list"
  | "names"
  | "column"
  | "duration"
  | "any";

export interface AssertionArgument {
  readonly kind: ArgumentKind;
  readonly required?: boolean | undefined;
}

export interface Assertion {
  readonly name: string;
  /** What the check's `column` is for: needed, refused, or free. */
  readonly column: "needed" | "none" | "optional";
  readonly arguments: Readonly<Record<string, AssertionArgument>>;
  /** The argument that a single value stands for. */
  readonly single?: string | undefined;
  /** One of these has to be given. */
  readonly oneOf?: readonly string[] | undefined;
  /** Looks at each row, so that a threshold (a share of rows) means something. */
  readonly byRow: boolean;
  /** Our name with the same meaning, and how the arguments are called there. */
  readonly sameAs?: { readonly name: string; readonly arguments: Readonly<Record<string, string>> } | undefined;
}

type Shape = Readonly<Record<string, ArgumentKind | `${ArgumentKind}!`>>;
type Options = Partial<Pick<Assertion, "single" | "oneOf" | "sameAs" | "column">> & { byRow?: boolean };

function assertion(name: string, shape: Shape, options: Options = {}): Assertion {
  const entries = Object.entries(shape).map(([key, kind]): [string, AssertionArgument] => [
    key,
    kind.endsWith("!") ? { kind: kind.slice(0, -1) as ArgumentKind, required: true } : { kind: kind as ArgumentKind },
  ]);
  return { name, column: "needed", byRow: false, ...options, arguments: Object.fromEntries(entries) };
}

const MIN_MAX = { min: "number", max: "number" } as const;
const RANGE = { min: "bound", max: "bound", exclusive_min: "bound", exclusive_max: "bound" } as const;
const GX_RANGE = { min_value: "bound", max_value: "bound", strict_min: "flag", strict_max: "flag" } as const;
const GX_PAIR = { column_A: "column!", column_B: "column!", ignore_row_if: "text" } as const;
const GX_LIST = { column_list: "names!", ignore_row_if: "text" } as const;
const EITHER_BOUND = ["min_value", "max_value"];
const TO_RANGE = { min_value: "min", max_value: "max", strict_min: "strict_min", strict_max: "strict_max" } as const;

const OURS: readonly Assertion[] = [
  assertion("not_null", {}, { byRow: true }),
  assertion("unique", { columns: "names" }, { byRow: true, column: "optional", single: "columns" }),
  assertion("primary_key", { columns: "names" }, { byRow: true, column: "optional", single: "columns" }),
  assertion("accepted_values", { values: "list!" }, { byRow: true, single: "values" }),
  assertion("rejected_values", { values: "list!" }, { byRow: true, single: "values" }),
  assertion("range", RANGE, { byRow: true, oneOf: Object.keys(RANGE) }),
  assertion("pattern", { regex: "text!" }, { byRow: true, single: "regex" }),
  assertion(
    "length",
    { ...MIN_MAX, equals: "integer" },
    { byRow: true, single: "equals", oneOf: ["min", "max", "equals"] },
  ),
  assertion(
    "row_count",
    { ...MIN_MAX, equals: "integer" },
    { column: "none", single: "equals", oneOf: ["min", "max", "equals"] },
  ),
  assertion("freshness", { max_age: "duration!", column: "column" }, { column: "optional", single: "max_age" }),
  assertion("schema", { exact: "flag" }, { column: "none", single: "exact" }),
  assertion("vector_finite", {}, { byRow: true }),
  assertion(
    "vector_norm",
    { equals: "number", above: "number", tolerance: "number" },
    { byRow: true, single: "equals", oneOf: ["equals", "above"] },
  ),
  // What follows from `type: media`; the columns that are named stand beside the one that is checked.
  assertion("media_reference", { base: "text", schemes: "list" }, { byRow: true, single: "base" }),
  assertion("media_type", { types: "list!", type_column: "column" }, { byRow: true, single: "types" }),
  assertion(
    "media_checksum",
    { checksum_column: "column!", algorithm: "text" },
    { byRow: true, single: "checksum_column" },
  ),
  assertion("media_size", { size_column: "column!", max_bytes: "integer" }, { byRow: true, single: "size_column" }),
  assertion("references", { to: "text!" }, { byRow: true, single: "to" }),
  // The query stands in the check's own key `sql`; these are the modifiers of the Open Data Contract Standard.
  assertion(
    "sql",
    {
      must_be: "any",
      must_not_be: "any",
      must_be_greater_than: "bound",
      must_be_greater_or_equal_to: "bound",
      must_be_less_than: "bound",
      must_be_less_or_equal_to: "bound",
      must_be_between: "list",
      must_not_be_between: "list",
    },
    { column: "optional", single: "must_be" },
  ),
];

const statistic = (name: string): Assertion =>
  assertion(`expect_column_${name}_to_be_between`, GX_RANGE, { oneOf: EITHER_BOUND });

const GREAT_EXPECTATIONS: readonly Assertion[] = [
  assertion("expect_column_values_to_not_be_null", {}, { byRow: true, sameAs: { name: "not_null", arguments: {} } }),
  assertion("expect_column_values_to_be_null", {}, { byRow: true }),
  assertion("expect_column_values_to_be_unique", {}, { byRow: true, sameAs: { name: "unique", arguments: {} } }),
  assertion(
    "expect_column_values_to_be_in_set",
    { value_set: "list!" },
    {
      byRow: true,
      single: "value_set",
      sameAs: { name: "accepted_values", arguments: { value_set: "values" } },
    },
  ),
  assertion(
    "expect_column_values_to_not_be_in_set",
    { value_set: "list!" },
    {
      byRow: true,
      single: "value_set",
      sameAs: { name: "rejected_values", arguments: { value_set: "values" } },
    },
  ),
  assertion("expect_column_values_to_be_between", GX_RANGE, {
    byRow: true,
    oneOf: EITHER_BOUND,
    sameAs: { name: "range", arguments: TO_RANGE },
  }),
  assertion(
    "expect_column_values_to_match_regex",
    { regex: "text!" },
    {
      byRow: true,
      single: "regex",
      sameAs: { name: "pattern", arguments: { regex: "regex" } },
    },
  ),
  assertion("expect_column_values_to_not_match_regex", { regex: "text!" }, { byRow: true, single: "regex" }),
  assertion(
    "expect_column_values_to_match_regex_list",
    { regex_list: "list!", match_on: "text" },
    { byRow: true, single: "regex_list" },
  ),
  assertion(
    "expect_column_values_to_not_match_regex_list",
    { regex_list: "list!" },
    { byRow: true, single: "regex_list" },
  ),
  assertion(
    "expect_column_values_to_match_like_pattern",
    { like_pattern: "text!" },
    { byRow: true, single: "like_pattern" },
  ),
  assertion(
    "expect_column_values_to_not_match_like_pattern",
    { like_pattern: "text!" },
    { byRow: true, single: "like_pattern" },
  ),
  assertion("expect_column_values_to_be_of_type", { type_: "text!" }, { byRow: true, single: "type_" }),
  assertion("expect_column_values_to_be_in_type_list", { type_list: "list!" }, { byRow: true, single: "type_list" }),
  assertion("expect_column_values_to_be_increasing", { strictly: "flag" }, { byRow: true, single: "strictly" }),
  assertion("expect_column_values_to_be_decreasing", { strictly: "flag" }, { byRow: true, single: "strictly" }),
  assertion("expect_column_values_to_be_dateutil_parseable", {}, { byRow: true }),
  assertion("expect_column_values_to_be_json_parseable", {}, { byRow: true }),
  assertion(
    "expect_column_values_to_match_strftime_format",
    { strftime_format: "text!" },
    { byRow: true, single: "strftime_format" },
  ),
  assertion(
    "expect_column_value_lengths_to_be_between",
    { ...GX_RANGE, min_value: "integer", max_value: "integer" },
    {
      byRow: true,
      oneOf: EITHER_BOUND,
      sameAs: { name: "length", arguments: TO_RANGE },
    },
  ),
  assertion(
    "expect_column_value_lengths_to_equal",
    { value: "integer!" },
    {
      byRow: true,
      single: "value",
      sameAs: { name: "length", arguments: { value: "equals" } },
    },
  ),
  ...["min", "max", "mean", "median", "sum", "stdev", "unique_value_count"].map(statistic),
  assertion("expect_column_proportion_of_unique_values_to_be_between", GX_RANGE, { oneOf: EITHER_BOUND }),
  assertion("expect_column_proportion_of_non_null_values_to_be_between", GX_RANGE, { oneOf: EITHER_BOUND }),
  assertion(
    "expect_column_quantile_values_to_be_between",
    { quantile_ranges: "any!", allow_relative_error: "any" },
    { single: "quantile_ranges" },
  ),
  ...["be_in_set", "equal_set", "contain_set"].map((name) =>
    assertion(`expect_column_distinct_values_to_${name}`, { value_set: "list!" }, { single: "value_set" }),
  ),
  assertion(
    "expect_column_most_common_value_to_be_in_set",
    { value_set: "list!", ties_okay: "flag" },
    { single: "value_set" },
  ),
  assertion("expect_column_to_exist", { column_index: "integer" }, { single: "column_index" }),
  assertion("expect_column_pair_values_to_be_equal", GX_PAIR, { byRow: true, column: "none" }),
  assertion(
    "expect_column_pair_values_a_to_be_greater_than_b",
    { ...GX_PAIR, or_equal: "flag" },
    { byRow: true, column: "none" },
  ),
  assertion(
    "expect_column_pair_values_to_be_in_set",
    { ...GX_PAIR, value_pairs_set: "list!" },
    { byRow: true, column: "none" },
  ),
  assertion("expect_compound_columns_to_be_unique", GX_LIST, { byRow: true, column: "none", single: "column_list" }),
  assertion("expect_select_column_values_to_be_unique_within_record", GX_LIST, {
    byRow: true,
    column: "none",
    single: "column_list",
  }),
  assertion("expect_multicolumn_sum_to_equal", { ...GX_LIST, sum_total: "number!" }, { byRow: true, column: "none" }),
  assertion(
    "expect_table_row_count_to_be_between",
    { ...GX_RANGE, min_value: "integer", max_value: "integer" },
    {
      column: "none",
      oneOf: EITHER_BOUND,
      sameAs: { name: "row_count", arguments: TO_RANGE },
    },
  ),
  assertion(
    "expect_table_row_count_to_equal",
    { value: "integer!" },
    {
      column: "none",
      single: "value",
      sameAs: { name: "row_count", arguments: { value: "equals" } },
    },
  ),
  assertion(
    "expect_table_row_count_to_equal_other_table",
    { other_table_name: "text!" },
    { column: "none", single: "other_table_name" },
  ),
  assertion("expect_table_column_count_to_equal", { value: "integer!" }, { column: "none", single: "value" }),
  assertion(
    "expect_table_column_count_to_be_between",
    { min_value: "integer", max_value: "integer" },
    { column: "none", oneOf: EITHER_BOUND },
  ),
  assertion(
    "expect_table_columns_to_match_set",
    { column_set: "list!", exact_match: "flag" },
    { column: "none", single: "column_set" },
  ),
  assertion(
    "expect_table_columns_to_match_ordered_list",
    { column_list: "list!" },
    { column: "none", single: "column_list" },
  ),
];

/** Every assertion by its name. Adding one here makes it known; the quality package then has to implement it. */
export const assertions: ReadonlyMap<string, Assertion> = new Map(
  [...OURS, ...GREAT_EXPECTATIONS].map((each) => [each.name, each]),
);

export interface CanonicalCheck {
  readonly assertion: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/**
 * A check in our own words, so that two spellings of one promise are equal: Great Expectations' names where we have
 * the same assertion, a single value under its argument's name, strict bounds as exclusive ones, `mostly` left out
 * (it is the threshold). Names that we do not know stay as they are.
 */
export function canonicalCheck(name: string, given: Readonly<Record<string, unknown>>): CanonicalCheck {
  const known = assertions.get(name);
  if (known === undefined) return { assertion: name, arguments: given };
  const named: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(given)) {
    const own = Object.hasOwn(known.arguments, key);
    if ((key === "mostly" || key === "meta") && !own) continue;
    const argument = key === "value" && !own ? (known.single ?? key) : key;
    // An argument that the assertion does not have must not become one under another name.
    if (known.sameAs !== undefined && !Object.hasOwn(known.arguments, argument))
      return { assertion: name, arguments: given };
    named[known.sameAs?.arguments[argument] ?? argument] = value;
  }
  for (const key of ["columns", "values", "column_list", "value_set"]) {
    if (Object.hasOwn(named, key) && !Array.isArray(named[key])) named[key] = [named[key]];
  }
  if (known.sameAs !== undefined || name === "range") strictToExclusive(named);
  return { assertion: known.sameAs?.name ?? name, arguments: named };
}

function strictToExclusive(named: Record<string, unknown>): void {
  for (const side of ["min", "max"]) {
    const strict = named[`strict_${side}`];
    delete named[`strict_${side}`];
    if (strict !== true || named[side] === undefined) continue;
    named[`exclusive_${side}`] = named[side];
    delete named[side];
  }
}
