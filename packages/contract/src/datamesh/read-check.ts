import { canonicalCheck } from "../assertions.ts";
import type { ContractCheck } from "../model.ts";

import type { Item, Section } from "../yaml/reader.ts";
import type { CheckFile } from "./data-product.schema.ts";
import { extensionsOf, readShare, withoutUndefined } from "./read-values.ts";

const MODIFIERS = [
  "must_be",
  "must_not_be",
  "must_be_greater_than",
  "must_be_greater_or_equal_to",
  "must_be_less_than",
  "must_be_less_or_equal_to",
  "must_be_between",
  "must_not_be_between",
] as const;

/** The checks of a port. Those without a name get `<assertion>.<column>`, numbered where that repeats. */
export function readChecks(item: Item<{ checks?: CheckFile[] | undefined } | undefined>): readonly ContractCheck[] {
  const section = item.section("The quality section");
  if (section === undefined) return [];
  const checks = section
    .get("checks")
    .items()
    .map(readCheck)
    .filter((check) => check !== undefined);
  section.done();
  return named(checks);
}

export type Unnamed = Omit<ContractCheck, "name"> & { readonly name?: string | undefined };

export function named(checks: readonly Unnamed[]): readonly ContractCheck[] {
  const taken = new Set(checks.map((check) => check.name));
  return checks.map((check) => {
    if (check.name !== undefined) return { ...check, name: check.name };
    const { assertion } = canonicalCheck(check.assertion, check.arguments);
    const base = check.column === undefined ? assertion : `${assertion}.${check.column}`;
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}.${n}`;
    taken.add(name);
    return { ...check, name };
  });
}

export function readCheck(item: Item<CheckFile>): Unnamed | undefined {
  if (!item.exists) item.wrong("a check");
  const section = item.section("The check");
  if (section === undefined) return undefined;
  const sql = section.get("sql").text();
  const assertion = (sql === undefined ? section.need("assertion") : section.get("assertion")).text();
  const given = readArguments(section);
  const threshold = section.get("threshold");
  const share = threshold.exists ? readShare(threshold)?.value : mostlyOf(given);
  const check = withoutUndefined({
    name: section.get("name").text(),
    column: section.get("column").text(),
    assertion: assertion ?? (sql === undefined ? "" : "sql"),
    arguments: given,
    sql,
    threshold: share,
    severity: section.get("severity").oneOf(["error", "warning"]) ?? ("error" as const),
    dimension: section.get("dimension").text(),
    description: section.get("description").text(),
    where: section.get("where").text(),
    at: item.path,
    extensions: extensionsOf(section.done()),
  });
  return check.assertion === "" ? undefined : check;
}

function readArguments(section: Section<CheckFile>): Record<string, unknown> {
  const value = section.get("value");
  const given: Record<string, unknown> = {};
  if (value.isMap)
    for (const [key, item] of (value as Item<Record<string, unknown>>).entries()) given[key] = item.value();
  else if (value.exists) given["value"] = value.value();
  for (const key of MODIFIERS) {
    const item: Item<unknown> = section.get(key);
    if (!item.exists) continue;
    if (key === "must_be" || key === "must_not_be") given[key] = item.value();
    else if (key.endsWith("between")) given[key] = readPair(item as Item<[number, number]>);
    else given[key] = item.bound();
    if (given[key] === undefined) delete given[key];
  }
  return given;
}

function readPair(item: Item<[number, number]>): unknown {
  const items = item.items();
  if (items.length === 2) return items.map((each) => each.bound());
  if (item.node?.kind === "list") item.wrong("a list of two values");
  return undefined;
}

function mostlyOf(given: Readonly<Record<string, unknown>>): number | undefined {
  const mostly = given["mostly"];
  return typeof mostly === "number" && mostly >= 0 && mostly <= 1 ? mostly : undefined;
}
