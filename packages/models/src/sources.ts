import { mergeLayers, unrenderedOf } from "./config.ts";
import { freshnessOf } from "./freshness.ts";
import { columnProperties, describe, docBlocksOf, entryLayers } from "./entry-values.ts";
import type { Reading } from "./reading.ts";
import type { ConfigValue, SourceNode } from "./model.ts";
import type { TableEntry } from "./properties.ts";
import { sqlCodes } from "./sql.codes.ts";
import { entryOf, textOf, valueOf } from "./yaml.ts";
import type { YamlNode } from "./yaml.ts";

interface Built {
  readonly sources: Map<string, SourceNode>;
  readonly disabledSources: Map<string, SourceNode>;
}

/** Adds the sources of a package by id. Of two tables with one name the first stays. */
export function buildSources(reading: Reading, built: Built): void {
  for (const table of reading.tables) {
    const { source, enabled } = sourceNode(reading, table);
    if (!enabled) {
      built.disabledSources.set(source.id, source);
      continue;
    }
    const before = built.sources.get(source.id);
    if (before === undefined) built.sources.set(source.id, source);
    else {
      const params = { kind: "source tables", name: `${source.source}.${source.name}`, other: before.file };
      const related = [{ message: "the other one is here", span: before.place }];
      reading.diagnostics.push(sqlCodes.create("duplicate-model", params, { span: source.place, related }));
    }
  }
}

function sourceNode(reading: Reading, table: TableEntry): { readonly source: SourceNode; readonly enabled: boolean } {
  const { around } = reading;
  const own = reading.package.name;
  const fqn = [own, ...table.folders, table.sourceName, table.name];
  const { target, productOf } = around.options;
  const rendered = (node: YamlNode | undefined): string | undefined => {
    if (node === undefined) return undefined;
    const value = reading.value(node, table.source);
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  };
  const sourceLayers = entryLayers(reading, { node: table.sourceNode, source: table.source });
  const sourceSettings = mergeLayers(sourceLayers);
  const tableLayers = entryLayers(reading, { node: table.node, source: table.source });
  const settings = mergeLayers(reading.trees.sources.around(fqn, [...sourceLayers, ...tableLayers]));
  const identifier = rendered(entryOf(table.node, "identifier")?.value) ?? table.name;
  const schema = rendered(entryOf(table.sourceNode, "schema")?.value) ?? table.sourceName;
  const database = rendered(entryOf(table.sourceNode, "database")?.value) ?? target.database;
  const meta = settings.get("meta")?.value ?? null;
  const written = isMap(meta) ? meta["external_location"] : (settings.get("external_location")?.value ?? undefined);
  const location =
    typeof written === "string"
      ? externalLocation(written, { name: table.name, identifier, schema, source_name: table.sourceName })
      : undefined;
  const tags = settings.get("tags")?.value ?? [];
  const { freshness, off } = freshnessOf(reading, table, settings);
  const source: SourceNode = {
    id: `source.${own}.${table.sourceName}.${table.name}`,
    source: table.sourceName,
    name: table.name,
    package: own,
    product: reading.package.root ? productOf?.(table.source.path) : undefined,
    path: table.source.path,
    file: table.source.file,
    fqn,
    relation: { database, schema, name: identifier },
    location,
    description: describe(reading, table.node, table.source),
    tags: (Array.isArray(tags) ? (tags as readonly ConfigValue[]) : [tags]).filter((t) => typeof t === "string"),
    columns: new Map(table.columns.map((c) => [c.name, columnProperties(reading, c, table.source)])),
    freshness,
    noFreshness: off,
    sourceDescription: describe(reading, table.sourceNode, table.source),
    loader: rendered(entryOf(table.node, "loader")?.value ?? entryOf(table.sourceNode, "loader")?.value) ?? "",
    meta: mapOf(meta),
    sourceMeta: mapOf(sourceSettings.get("meta")?.value ?? null),
    config: new Map([...settings].map(([key, setting]) => [key, setting.value])),
    docBlocks: docBlocksOf(reading, table.node),
    unrendered: {
      database: textOf(entryOf(table.sourceNode, "database")?.value),
      schema: textOf(entryOf(table.sourceNode, "schema")?.value),
      config: unrenderedOf(reading.trees.sources.around(fqn, [...sourceLayers, ...tableLayers])),
    },
    external: externalOf(table),
    quoting: quotingOf(table),
    place: table.place,
  };
  return { source, enabled: settings.get("enabled")?.value !== false };
}

const mapOf = (value: ConfigValue): ReadonlyMap<string, ConfigValue> =>
  new Map(isMap(value) ? Object.entries(value) : []);

const isMap = (value: ConfigValue): value is { readonly [key: string]: ConfigValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * dbt-duckdb's `external_location`: `{name}`, `{identifier}` and `{schema}` stand for the table's, and what is
 * neither a call nor quoted becomes a quoted path. A quote inside a name cannot end the text it is put into.
 */
function externalLocation(written: string, names: Readonly<Record<string, string>>): string {
  const filled = written.replace(/\{([a-z_]+)\}/g, (whole, key: string) =>
    Object.hasOwn(names, key) ? names[key]!.replaceAll("'", "''") : whole,
  );
  return filled.includes("(") || filled.startsWith("'") ? filled : `'${filled.replaceAll("'", "''")}'`;
}

function externalOf(table: TableEntry): ConfigValue | undefined {
  const entry = entryOf(table.node, "external");
  return entry === undefined ? undefined : valueOf(entry.value);
}

/** `quoting:` of the source, the table's own over it. */
function quotingOf(table: TableEntry): SourceNode["quoting"] {
  const found: Partial<Record<string, boolean>> = {};
  for (const owner of [table.sourceNode, table.node]) {
    const entry = entryOf(owner, "quoting");
    const value = entry === undefined ? null : valueOf(entry.value);
    for (const part of ["database", "schema", "identifier", "column"]) {
      const set = isMap(value) ? value[part] : undefined;
      if (typeof set === "boolean") found[part] = set;
    }
  }
  return found;
}
