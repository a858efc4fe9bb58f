import { durationOf } from "../duration.ts";
import type { Duration, ServiceLevels, Share, UpstreamReference } from "../model.ts";
import { shown } from "../names.ts";
import { portReference } from "../reference.ts";
import { shareOf } from "../share.ts";
import { repairedVersion, versionOf } from "../version.ts";
import type { Item, ReportExtra } from "../yaml/reader.ts";
import type { ServiceLevelsFile } from "./data-product.schema.ts";

/** The text of a scalar, whatever YAML takes it for; reports lists and maps. */
function written<T>(item: Item<T>, wanted: string): string | undefined {
  if (!item.exists) return undefined;
  if (item.node?.kind === "scalar") return item.node.text;
  item.wrong(wanted);
  return undefined;
}

const replaceBy = (text: string | undefined, safe: boolean): ReportExtra =>
  text === undefined ? {} : { help: `write ${text}`, replace: { title: `write ${text}`, text, safe } };

export function readDuration<T>(item: Item<T>): Duration | undefined {
  const text = written(item, "a length of time");
  if (text === undefined) return undefined;
  const duration = durationOf(text);
  if (duration === undefined) item.report("bad-duration", { what: item.name, value: shown(text) });
  return duration;
}

export function readShare<T>(item: Item<T>): Share | undefined {
  const text = written(item, "a share");
  if (text === undefined) return undefined;
  const share = shareOf(text);
  if (share === undefined) {
    // Above 1 and without a percent sign, there is one thing it can mean.
    const percent = /^\d{1,2}(?:\.\d+)?$|^100(?:\.0+)?$/.test(text.trim()) ? `"${text.trim()}%"` : undefined;
    item.report("bad-share", { what: item.name, value: shown(text) }, replaceBy(percent, false));
  }
  return share;
}

/** A semantic version; `2.1`, which YAML takes for a number, is reported with its repair. */
export function readVersion<T>(item: Item<T>): string | undefined {
  const text = written(item, "a version");
  if (text === undefined) return undefined;
  if (versionOf(text) === undefined) {
    item.report("bad-version", { what: item.name, value: shown(text) }, replaceBy(repairedVersion(text), false));
  }
  return text;
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$/;

/** A calendar date, as `YYYY-MM-DD`; undefined where the day does not exist. */
export function dateOf(text: string): string | undefined {
  const match = DATE.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month >= 1
    ? text.trim().slice(0, 10)
    : undefined;
}

export function readDate<T>(item: Item<T>): string | undefined {
  const text = written(item, "a date");
  if (text === undefined) return undefined;
  const date = dateOf(text);
  if (date === undefined) item.report("bad-date", { what: item.name, value: shown(text) });
  return date;
}

/** `<domain>.<product>…`, or a name outside the mesh. */
export function readReference<T>(item: Item<T>): UpstreamReference | undefined {
  const text = item.text();
  if (text === undefined) return undefined;
  const reference = portReference(text);
  if (reference === undefined) item.report("bad-reference", { value: shown(text) });
  return reference;
}

export function readReferences(item: Item<string | string[] | undefined>): readonly UpstreamReference[] {
  const list = item.node?.kind === "list" ? item.items() : item.exists ? [item] : [];
  return list.map((each) => readReference(each)).filter((reference) => reference !== undefined);
}

export function readServiceLevels(item: Item<ServiceLevelsFile | undefined>): ServiceLevels {
  const section = item.section("The sla");
  if (section === undefined) return {};
  const levels = withoutUndefined({
    freshness: readDuration(section.get("freshness")),
    availability: readShare(section.get("availability")),
    completeness: readShare(section.get("completeness")),
    accuracy: readShare(section.get("accuracy")),
    latency: readDuration(section.get("latency")),
  });
  section.done();
  return levels;
}

/** Leaves out what is not given, so that equal contracts are deeply equal. (Deleting keys would slow the object down.) */
export function withoutUndefined<T extends object>(value: T): T {
  const kept: Partial<T> = {};
  for (const key of Object.keys(value) as (keyof T)[]) if (value[key] !== undefined) kept[key] = value[key];
  return kept as T;
}

/** Extensions where there are any: most parts of a contract have none. */
export const extensionsOf = (found: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined =>
  Object.keys(found).length === 0 ? undefined : found;
