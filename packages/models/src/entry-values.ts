import { configKey, isHook } from "./config.ts";
import type { ConfigLayer, Setting } from "./config.ts";
import { readConstraints } from "./constraints.ts";
import type { ColumnProperties, ConfigValue } from "./model.ts";
import type { ColumnEntry, ResourceEntry } from "./properties.ts";
import type { Reading } from "./reading.ts";
import type { SourceText } from "./source-text.ts";
import { entryOf, textOf, valueOf } from "./yaml.ts";
import type { YamlEntry, YamlNode } from "./yaml.ts";

/** Settings of a properties entry: the old place beside the name, then `config:`. */
export function entryLayers(
  reading: Reading,
  entry:
    | (Pick<ResourceEntry, "node" | "source"> & { readonly version?: { readonly node: YamlNode } | undefined })
    | undefined,
): ConfigLayer[] {
  if (entry === undefined) return [];
  const layer = (node: YamlNode | undefined, only?: readonly string[]): ConfigLayer => {
    const settings = new Map<string, Setting>();
    for (const item of node?.kind === "map" ? node.entries : []) {
      if (only !== undefined && !only.includes(item.key)) continue;
      const span = entry.source.span(item.value.start, item.value.end);
      settings.set(configKey(item.key), {
        value: isHook(item.key) ? valueOf(item.value) : reading.value(item.value, entry.source),
        raw: valueOf(item.value),
        span,
      });
    }
    return settings;
  };
  const beside = ["tags", "meta", "docs", "group", "access", "contract"];
  const own = [layer(entry.node, beside), layer(entryOf(entry.node, "config")?.value)];
  const version = entry.version?.node;
  return version === undefined ? own : [...own, layer(version, beside), layer(entryOf(version, "config")?.value)];
}

/** An entry of a resource: what its version says, else what the model says. */
export function saidOf(entry: ResourceEntry | undefined, key: string): YamlEntry | undefined {
  return entryOf(entry?.version?.node, key) ?? entryOf(entry?.node, key);
}

/** Ids of the docs blocks that a description names. */
export function docBlocksOf(reading: Reading, node: YamlNode | undefined): readonly string[] {
  const text = textOf(entryOf(node, "description")?.value) ?? "";
  const { docs, project } = reading.around;
  return [...text.matchAll(/\bdoc\(\s*(["'])([^"']+)\1(?:\s*,\s*(["'])([^"']+)\3)?\s*\)/g)].flatMap((call) => {
    const [, , first, , second] = call;
    const own = reading.package.name;
    return docs.find(second ?? first!, own, project, second === undefined ? undefined : first)?.id ?? [];
  });
}

/** A description with its `{{ doc(…) }}` filled in. */
export function describe(reading: Reading, node: YamlNode | undefined, source: SourceText | undefined): string {
  const entry = entryOf(node, "description");
  if (entry === undefined || source === undefined) return "";
  const text = textOf(entry.value) ?? "";
  if (!text.includes("{{")) return text;
  const value = reading.value(entry.value, source);
  return typeof value === "string" ? value : "";
}

/** Columns of an entry by name: of a version those of the model that it keeps, and its own. */
export function columnsOf(reading: Reading, entry: ResourceEntry | undefined): Map<string, ColumnProperties> {
  if (entry === undefined) return new Map();
  const { version } = entry;
  const own =
    version === undefined ? entry.columns : [...entry.columns.filter((c) => version.keeps(c.name)), ...version.columns];
  return new Map(own.map((c) => [c.name, columnProperties(reading, c, entry.source)]));
}

export function columnProperties(reading: Reading, column: ColumnEntry, source: SourceText): ColumnProperties {
  const config = entryOf(column.node, "config")?.value;
  const data = (key: string): ConfigValue => {
    const entry = entryOf(column.node, key) ?? entryOf(config, key);
    return entry === undefined ? null : valueOf(entry.value);
  };
  const tags = data("tags");
  const meta = data("meta");
  return {
    name: column.name,
    description: describe(reading, column.node, source),
    dataType: textOf(entryOf(column.node, "data_type")?.value),
    tags: (Array.isArray(tags) ? (tags as readonly ConfigValue[]) : [tags]).filter((t) => typeof t === "string"),
    meta: new Map(typeof meta === "object" && meta !== null && !Array.isArray(meta) ? Object.entries(meta) : []),
    docBlocks: docBlocksOf(reading, column.node),
    granularity: textOf(entryOf(column.node, "granularity")?.value),
    quote: truthOf(entryOf(column.node, "quote")?.value),
    constraints: readConstraints(column.node, source, reading.diagnostics, `column "${column.name}"`),
    place: column.place,
  };
}

const truthOf = (node: YamlNode | undefined): boolean | undefined =>
  node?.kind === "scalar" && typeof node.value === "boolean" ? node.value : undefined;
