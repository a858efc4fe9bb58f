import { dateOf } from "../datamesh/read-values.ts";
import { durationOf } from "../duration.ts";
import type { Duration, Retention, ServiceLevels, Share } from "../model.ts";
import { shareOf } from "../share.ts";
import { mapsOf, textOf } from "./raw.ts";
import type { Raw } from "./raw.ts";

export interface TableName {
  /** Of the port. */
  readonly name: string;
  /** As the document writes it. */
  readonly written: string;
}

export interface SlaReading {
  readonly sla: ServiceLevels;
  /** By the port's name, where it differs from the product's. */
  readonly ports: ReadonlyMap<string, ServiceLevels>;
  readonly retention?: Retention | undefined;
  readonly endOfLife?: string | undefined;
}

/** The standard's names and their short forms; it prefers latency to freshness and means the age of the data. */
const SYNONYMS: Readonly<Record<string, string>> = {
  ly: "latency",
  av: "availability",
  re: "retention",
  el: "endoflife",
};

type Level = keyof ServiceLevels;
const SHARES = new Set(["availability", "completeness", "accuracy"]);

/** What `slaProperties` promise. `latency` is our freshness, unless `freshness` is said beside it. */
export function readServiceLevelList(raw: Raw, tables: readonly TableName[]): SlaReading {
  const product: Record<string, Duration | Share> = {};
  const ports = new Map<string, Record<string, Duration | Share>>();
  let retention: Retention | undefined;
  let endOfLife: string | undefined;
  for (const [, each] of mapsOf(raw, "slaProperties")) {
    const word = (textOf(each, "property") ?? "").toLowerCase();
    const property = Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word]! : word;
    const element = elementOf(textOf(each, "element") ?? textOf(raw, "slaDefaultElement"), tables);
    if (property === "endoflife") endOfLife ??= dateOf(textOf(each, "value") ?? "");
    else if (property === "retention") {
      const period = durationOfLevel(each);
      if (period !== undefined)
        retention ??= element.column === undefined ? { period } : { period, by: element.column };
    } else {
      const level = levelOf(property, each);
      if (level === undefined) continue;
      const [name, value] = level;
      if (element.ports === undefined) product[name] ??= value;
      for (const port of element.ports ?? []) {
        const own = ports.get(port) ?? {};
        own[name] ??= value;
        ports.set(port, own);
      }
    }
  }
  const fresh = (levels: Record<string, Duration | Share>): ServiceLevels => {
    const { latency, ...rest } = levels;
    if (latency === undefined) return levels;
    return (rest["freshness"] === undefined ? { ...rest, freshness: latency } : levels) as ServiceLevels;
  };
  const sla = ordered(fresh(product));
  return {
    sla,
    ports: new Map([...ports].map(([name, own]) => [name, ordered({ ...sla, ...fresh(own) })])),
    ...(retention === undefined ? {} : { retention }),
    ...(endOfLife === undefined ? {} : { endOfLife }),
  };
}

const LEVELS: readonly Level[] = ["freshness", "availability", "completeness", "accuracy", "latency"];

const ordered = (levels: ServiceLevels): ServiceLevels =>
  Object.fromEntries(LEVELS.filter((key) => levels[key] !== undefined).map((key) => [key, levels[key]]));

/** `table.column`, `table`, or, where there is one table, `column`. */
function elementOf(
  element: string | undefined,
  tables: readonly TableName[],
): { readonly ports?: readonly string[] | undefined; readonly column?: string | undefined } {
  if (element === undefined) return {};
  const ports: string[] = [];
  let column: string | undefined;
  for (const each of element.split(",").map((text) => text.trim())) {
    const [head, ...rest] = each.split(".");
    const table = tables.find(({ name, written }) => written === head || name === head);
    if (table !== undefined) ports.push(table.name);
    column ??= rest.length > 0 ? rest.join(".") : table === undefined && tables.length < 2 ? head : undefined;
  }
  const all = ports.length === 0 || tables.every(({ name }) => ports.includes(name));
  return { ports: all ? undefined : ports, column };
}

function levelOf(property: string, raw: Raw): readonly [Level, Duration | Share] | undefined {
  if (SHARES.has(property)) {
    const share = shareOfLevel(raw);
    return share === undefined ? undefined : [property as Level, share];
  }
  if (property !== "freshness" && property !== "latency") return undefined;
  const duration = durationOfLevel(raw);
  return duration === undefined ? undefined : [property, duration];
}

function durationOfLevel(raw: Raw): Duration | undefined {
  const value = raw["value"];
  const unit = textOf(raw, "unit")?.trim() ?? "";
  if (typeof value === "number") return unit === "" ? undefined : durationOf(`${value}${unitWord(unit)}`);
  if (typeof value !== "string") return undefined;
  return durationOf(/^\d+(?:\.\d+)?$/.test(value) && unit !== "" ? `${value}${unitWord(unit)}` : value);
}

/** `m` is a minute, `yr` a year: the other units are words that durations have. */
const unitWord = (unit: string): string => (/^yrs?$/i.test(unit) ? "y" : unit);

function shareOfLevel(raw: Raw): Share | undefined {
  const value = raw["value"];
  const percent = /^(?:%|percent|percentage|pct)$/i.test(textOf(raw, "unit")?.trim() ?? "");
  if (typeof value !== "number")
    return typeof value === "string" ? shareOf(percent && !value.includes("%") ? `${value}%` : value) : undefined;
  return shareOf(percent || value > 1 ? `${value}%` : String(value));
}

/** The list that `readServiceLevelList` reads back, as far as the standard has words. */
export function writeServiceLevelList(
  sla: ServiceLevels,
  ports: readonly { readonly table: TableName; readonly sla: ServiceLevels }[],
  retention: Retention | undefined,
  endOfLife: string | undefined,
  /** The one whose column tells the age of a row. */
  table: TableName | undefined,
): readonly Raw[] {
  const list = levelList(sla, undefined);
  for (const { table: named, sla: own } of ports) {
    const differing = Object.fromEntries(
      LEVELS.filter((key) => own[key]?.text !== sla[key]?.text).map((key) => [key, own[key]]),
    );
    list.push(...levelList(differing, named.written));
  }
  if (retention !== undefined) {
    const { by } = retention;
    const element = by === undefined || table === undefined ? by : `${table.written}.${by}`;
    list.push(withElement({ property: "retention", ...durationKeys(retention.period) }, element));
  }
  if (endOfLife !== undefined) list.push({ property: "endOfLife", value: endOfLife });
  return list;
}

const withElement = (level: Raw, element: string | undefined): Raw =>
  element === undefined ? level : { ...level, element };

function levelList(levels: ServiceLevels, element: string | undefined): Raw[] {
  const list: Raw[] = [];
  const add = (property: string, keys: Raw | undefined): void => {
    if (keys !== undefined) list.push(withElement({ property, ...keys }, element));
  };
  const { freshness, latency } = levels;
  add(latency === undefined ? "latency" : "freshness", freshness === undefined ? undefined : durationKeys(freshness));
  if (freshness !== undefined && latency !== undefined) add("latency", durationKeys(latency));
  for (const key of ["availability", "completeness", "accuracy"] as const) {
    const share = levels[key];
    if (share !== undefined) add(key, shareKeys(share));
  }
  return list;
}

/** A number with its unit, where reading gives the author's text back; else the text. */
function durationKeys(duration: Duration): Raw {
  const match = /^(\d+(?:\.\d+)?)([a-z]+)$/i.exec(duration.text);
  const keys = match === null ? undefined : { value: Number(match[1]), unit: match[2]! };
  return keys !== undefined && durationOfLevel(keys)?.text === duration.text ? keys : { value: duration.text };
}

function shareKeys(share: Share): Raw {
  const number = Number(share.text.replace("%", ""));
  const keys = share.text.endsWith("%") ? { value: number, unit: "percent" } : { value: number };
  return shareOfLevel(keys)?.text === share.text ? keys : { value: share.text };
}
