import { isDeepStrictEqual } from "node:util";
import type { Path } from "@meshwork/diagnostics";
import { Item } from "../yaml/reader.ts";
import type { Reader } from "../yaml/reader.ts";
import { entryOf } from "../yaml/yaml-node.ts";
import type { YamlMap, YamlNode, YamlScalar } from "../yaml/yaml-node.ts";

/**
 * A map of a standard's document, as plain values. Whether they have the right types was said by the standard's schema
 * already; reading takes what fits and passes over the rest.
 */
export type Raw = Readonly<Record<string, unknown>>;

/** The name under which a contract keeps what the model has no word for. */
export const ODCS_KEY = "x-odcs";
/** The custom property that carries what the standard has no word for, in the keys of `datamesh.io/v1`. */
export const OWN_PROPERTY = "datamesh.io/v1";

export type OdcsVersion = "3.0.2" | "3.1.0" | "3.2.0";

export const isMap = (value: unknown): value is Raw =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const own = (raw: Raw, key: string): unknown => (Object.hasOwn(raw, key) ? raw[key] : undefined);

export function textOf(raw: Raw, key: string): string | undefined {
  const value = own(raw, key);
  return typeof value === "string" ? value : undefined;
}

export function flagOf(raw: Raw, key: string): boolean | undefined {
  const value = own(raw, key);
  return typeof value === "boolean" ? value : undefined;
}

export function countOf(raw: Raw, key: string): number | undefined {
  const value = own(raw, key);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A number, or text for dates and for integers beyond what a number holds. */
export function boundOf(raw: Raw, key: string): number | string | undefined {
  const value = own(raw, key);
  return typeof value === "string" || (typeof value === "number" && Number.isFinite(value)) ? value : undefined;
}

export function mapOf(raw: Raw, key: string): Raw | undefined {
  const value = own(raw, key);
  return isMap(value) ? value : undefined;
}

/** The maps of a list, with their places in it. */
export function mapsOf(raw: Raw, key: string): readonly (readonly [number, Raw])[] {
  const value = own(raw, key);
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown, i) => (isMap(each) ? [[i, each] as const] : []));
}

export function textsOf(raw: Raw, key: string): readonly string[] {
  const value = own(raw, key);
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}

export const same = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);

/** What the writer would not write again by itself; undefined where that is nothing. */
export function leftover(raw: Raw, written: Raw, handled: ReadonlySet<string>): Raw | undefined {
  let rest: Record<string, unknown> | undefined;
  for (const key of Object.keys(raw)) {
    if (handled.has(key) || key === "__proto__" || same(raw[key], own(written, key))) continue;
    (rest ??= {})[key] = raw[key];
  }
  return rest;
}

/** Leaves out undefined values, empty lists and empty maps. */
export function filled(value: Raw): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([, each]) => each !== undefined && (typeof each !== "object" || each === null || Object.keys(each).length > 0),
    ),
  );
}

export const extended = (rest: Raw | undefined, others: Raw = {}): Raw =>
  rest === undefined ? others : { ...others, [ODCS_KEY]: rest };

/** What an earlier reading kept. */
export const keptOf = (extensions: Raw | undefined): Raw => {
  const kept = extensions === undefined ? undefined : own(extensions, ODCS_KEY);
  return isMap(kept) ? kept : {};
};

/** Extensions of other dialects: they travel as custom properties of the same name. */
export const foreign = (extensions: Raw | undefined): Raw =>
  Object.fromEntries(Object.entries(extensions ?? {}).filter(([key]) => key !== ODCS_KEY));

export interface OwnProperties {
  /** Where the value of our custom property stands. */
  readonly path: Path | undefined;
  readonly value: Raw;
  /** Extensions that travelled as custom properties. */
  readonly extensions: Raw;
  /** The custom properties of others. */
  readonly rest: readonly unknown[];
}

const NONE: OwnProperties = { path: undefined, value: {}, extensions: {}, rest: [] };

export function ownProperties(raw: Raw, path: Path): OwnProperties {
  const list = own(raw, "customProperties");
  if (!Array.isArray(list)) return NONE;
  let found: Pick<OwnProperties, "path" | "value"> = { path: undefined, value: {} };
  const extensions: Record<string, unknown> = {};
  const rest: unknown[] = [];
  for (const [i, each] of list.entries()) {
    const property = isMap(each) ? textOf(each, "property") : undefined;
    const value: unknown = isMap(each) ? own(each, "value") : undefined;
    const plain = isMap(each) && Object.keys(each).length === 2;
    if (plain && property === OWN_PROPERTY && isMap(value)) {
      found = { path: [...path, "customProperties", i, "value"], value };
    } else if (plain && property !== undefined && /^x-[\w-]+$/.test(property) && property !== ODCS_KEY) {
      extensions[property] = value;
    } else rest.push(each);
  }
  return { ...found, extensions, rest };
}

/** The list of custom properties that `ownProperties` reads back. */
export function customProperties(kept: Raw, carried: Raw, extensions: Raw | undefined): readonly unknown[] | undefined {
  const rest = own(kept, "customProperties");
  const list = [
    ...(Array.isArray(rest) ? (rest as unknown[]) : []),
    ...Object.entries(foreign(extensions)).map(([property, value]) => ({ property, value })),
    ...(Object.keys(carried).length === 0 ? [] : [{ property: OWN_PROPERTY, value: carried }]),
  ];
  return list.length === 0 ? undefined : list;
}

/** An item of the file by its path, for readers that report with places. */
export function itemAt(reader: Reader, document: YamlMap, path: Path): Item<unknown> {
  let node: YamlNode | undefined = document;
  let key: YamlScalar | undefined;
  for (const step of path) {
    if (node?.kind === "map") {
      const entry = entryOf(node, String(step));
      key = entry?.key;
      node = entry?.value;
    } else {
      key = undefined;
      node = node?.kind === "list" && typeof step === "number" ? node.items[step] : undefined;
    }
  }
  return new Item(reader, node, key, path);
}
