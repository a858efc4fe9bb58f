import type { Constraints, ContractCheck } from "@meshwork/contract";

/** What holds for every value of a column, in words. The primary key and null are shown on their own. */
export function constraintsInWords(c: Constraints): string[] {
  const words: string[] = [];
  if (c.unique === true) words.push("unique");
  if (c.enum !== undefined) words.push(`one of ${c.enum.map(String).join(", ")}`);
  if (c.min !== undefined) words.push(`at least ${c.min}`);
  if (c.exclusiveMin !== undefined) words.push(`more than ${c.exclusiveMin}`);
  if (c.max !== undefined) words.push(`at most ${c.max}`);
  if (c.exclusiveMax !== undefined) words.push(`less than ${c.exclusiveMax}`);
  if (c.minLength !== undefined && c.minLength === c.maxLength) words.push(`exactly ${c.minLength} characters`);
  else {
    if (c.minLength !== undefined) words.push(`at least ${c.minLength} characters`);
    if (c.maxLength !== undefined) words.push(`at most ${c.maxLength} characters`);
  }
  if (c.pattern !== undefined) words.push(`matches ${c.pattern}`);
  if (c.format !== undefined) words.push(`format ${c.format}`);
  if (c.timezone !== undefined) words.push(`in ${c.timezone}`);
  return words;
}

/** What a check demands, in words: the phrase of a well-known assertion, else its name and arguments. */
export function expectationInWords(check: ContractCheck): string {
  const share =
    check.threshold === undefined || check.threshold === 1 ? "" : ` in at least ${percent(check.threshold)} of rows`;
  const where = check.where === undefined ? "" : `, where ${check.where}`;
  return `${demand(check)}${share}${where}`;
}

function demand(check: ContractCheck): string {
  const name = check.assertion.replace(/^expect_(column_)?(values_)?(to_)?/, "");
  const given = Object.entries(check.arguments).filter(([, value]) => value !== undefined && value !== null);
  const value = (...keys: string[]) => given.find(([key]) => keys.includes(key))?.[1];
  const low = value("min_value", "min");
  const high = value("max_value", "max");
  const range = [
    ...(low === undefined ? [] : [`at least ${show(low)}`]),
    ...(high === undefined ? [] : [`at most ${show(high)}`]),
  ].join(", ");
  if (check.sql !== undefined) return `result of a query is ${given.length === 0 ? "as expected" : listed(given)}`;
  if (/^(not_be_null|not_null)$/.test(name)) return "never null";
  if (/^(be_unique|unique)$/.test(name)) return "no value twice";
  if (/^(be_in_set|accepted_values|in_set)$/.test(name)) {
    const set = value("value_set", "values", "value");
    if (set !== undefined) return `one of ${show(set)}`;
  }
  if (/row_count/.test(name) && range !== "") return `rows: ${range}`;
  if (/^(be_between|between|range)$/.test(name) && range !== "") return range;
  if (/regex|pattern/.test(name)) {
    const pattern = value("regex", "pattern", "value");
    if (pattern !== undefined) return `matches ${show(pattern)}`;
  }
  const phrase = name.replaceAll("_", " ");
  return given.length === 0 ? phrase : `${phrase}: ${listed(given)}`;
}

const listed = (given: [string, unknown][]): string =>
  given
    .map(([key, value]) => (key === "value" ? show(value) : `${key.replaceAll("_", " ")} ${show(value)}`))
    .join(", ");

function show(value: unknown): string {
  const text = Array.isArray(value)
    ? value.map(show).join(", ")
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);
  return text.length > 300 ? `${text.slice(0, 299)}…` : text;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(4))} %`;
