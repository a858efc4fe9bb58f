import type { Setting } from "./config.ts";
import type { ConfigValue, FreshnessLimit, SourceFreshness } from "./model.ts";
import type { TableEntry } from "./properties.ts";
import type { Reading } from "./reading.ts";
import { sqlCodes } from "./sql.codes.ts";
import { entryOf, valueOf } from "./yaml.ts";
import type { YamlNode } from "./yaml.ts";

const periods = ["minute", "hour", "day"] as const;

/** `freshness:` and `loaded_at_…` of a table, the source's below them; `freshness: null` of a table takes the source's away. */
export function freshnessOf(
  reading: Reading,
  table: TableEntry,
  settings: ReadonlyMap<string, Setting>,
): { readonly freshness: SourceFreshness | undefined; readonly off: boolean } {
  const configured = settings.get("freshness")?.value;
  const limits: Partial<Record<"warn_after" | "error_after", FreshnessLimit>> = {};
  let filter: string | undefined;
  let off = false;
  const take = (value: ConfigValue, node: YamlNode): void => {
    if (value === null) {
      off = true;
      return;
    }
    if (!isMap(value)) return;
    off = false;
    for (const key of ["warn_after", "error_after"] as const) {
      if (!Object.hasOwn(value, key)) continue;
      const limit = limitOf(value[key] ?? null);
      if (limit !== "bad") {
        if (limit === undefined) delete limits[key];
        else limits[key] = limit;
        continue;
      }
      const params = {
        key,
        value: JSON.stringify(value[key]),
        expected: "a count and a period: {count: 6, period: hour}, of minute, hour or day",
        where: `source "${table.sourceName}.${table.name}"`,
      };
      const span = table.source.span(node.start, node.kind === "scalar" ? node.end : node.start + 1);
      reading.diagnostics.push(sqlCodes.create("bad-config", params, { span }));
    }
    if (typeof value["filter"] === "string") filter = value["filter"];
  };
  if (configured !== undefined) take(configured, table.node);
  for (const owner of [table.sourceNode, table.node]) {
    const entry = entryOf(owner, "freshness");
    if (entry !== undefined) take(valueOf(entry.value), entry.value);
  }
  const written = (key: string): string | undefined => {
    const nodes = [
      entryOf(table.node, key),
      entryOf(entryOf(table.node, "config")?.value, key),
      entryOf(table.sourceNode, key),
      entryOf(entryOf(table.sourceNode, "config")?.value, key),
    ];
    const entry = nodes.find((n) => n !== undefined);
    const value = entry === undefined ? settings.get(key)?.value : reading.value(entry.value, table.source);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const loadedAtField = written("loaded_at_field");
  const loadedAtQuery = written("loaded_at_query");
  if (off || (limits.warn_after === undefined && limits.error_after === undefined)) {
    const loaded = loadedAtField === undefined && loadedAtQuery === undefined;
    return { freshness: loaded ? undefined : { loadedAtField, loadedAtQuery }, off };
  }
  const { warn_after: warnAfter, error_after: errorAfter } = limits;
  return { freshness: { warnAfter, errorAfter, filter, loadedAtField, loadedAtQuery }, off };
}

const isMap = (value: ConfigValue | undefined): value is { readonly [key: string]: ConfigValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function limitOf(value: ConfigValue): FreshnessLimit | undefined | "bad" {
  if (value === null) return undefined;
  if (!isMap(value)) return "bad";
  const { count, period } = value;
  if ((count === undefined || count === null) && (period === undefined || period === null)) return undefined;
  const known = periods.find((p) => p === period);
  return known === undefined || typeof count !== "number" ? "bad" : { count, period: known };
}
