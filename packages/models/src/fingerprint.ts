import type { Dialect } from "@meshwork/sql";
import { createHash } from "node:crypto";
import type { ConfigValue, ProjectNode, SeedTable } from "./model.ts";
import { sqlMeaning } from "./sql-meaning.ts";

interface Meaning {
  readonly variants: readonly string[];
  readonly hooks: readonly string[];
  readonly seed: SeedTable | undefined;
}

/** Settings that say something about a node without changing what is built of it. */
const silent = new Set("tags meta docs group access enabled description pre_hook post_hook full_refresh".split(" "));
const version = 1;

/** A hash of everything that decides what a node builds. */
export function fingerprintOf(node: ProjectNode, dialect: Dialect, meaning: Meaning): string {
  const { config } = node;
  const settings = [...config.all].filter(([key]) => !silent.has(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  const parts: ConfigValue = [
    version,
    node.resourceType,
    dialect.name,
    dialect.relation(node.relation),
    config.materialized,
    settings.map(([key, value]) => [key, sorted(value)]),
    meaning.variants.map(sqlMeaning),
    meaning.hooks.map(sqlMeaning),
    meaning.seed === undefined
      ? null
      : [meaning.seed.columns.map((c) => [c.name, dialect.type(c.type)]), meaning.seed.rows],
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** Keys in one order, so that their order in YAML does not count. */
function sorted(value: ConfigValue): ConfigValue {
  if (Array.isArray(value)) return (value as readonly ConfigValue[]).map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sorted(inner)]);
}
