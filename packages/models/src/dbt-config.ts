import type { ConfigValue, Declared, ProjectNode, SourceNode } from "./model.ts";
import type { Plain } from "./semantic.ts";

type Settings = ReadonlyMap<string, ConfigValue>;

const listOf = (value: ConfigValue | undefined): readonly ConfigValue[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? (value as readonly ConfigValue[]) : [value];
const isMap = (value: ConfigValue | undefined): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Base of every node's configuration, with dbt's defaults. */
const common: Plain = {
  enabled: true,
  alias: null,
  schema: null,
  database: null,
  tags: [],
  meta: {},
  group: null,
  static_analysis: null,
  materialized: "view",
};

const built: Plain = {
  incremental_strategy: null,
  batch_size: null,
  lookback: 1,
  begin: null,
  persist_docs: {},
  "post-hook": [],
  "pre-hook": [],
  quoting: {},
  column_types: {},
  full_refresh: null,
  unique_key: null,
  on_schema_change: "ignore",
  on_configuration_change: "apply",
  grants: {},
  packages: [],
  docs: { show: true, node_color: null },
  contract: { enforced: false, alias_types: true },
  event_time: null,
  concurrent_batches: null,
};

const byType: Readonly<Record<ProjectNode["resourceType"], Plain>> = {
  model: {
    ...common,
    ...built,
    access: "protected",
    freshness: null,
    on_error: null,
    latest_version_pointer: { enabled: null, alias: null },
  },
  analysis: { ...common, ...built },
  seed: { ...common, ...built, materialized: "seed", delimiter: ",", quote_columns: null },
  snapshot: {
    ...common,
    ...built,
    materialized: "snapshot",
    strategy: null,
    target_schema: null,
    target_database: null,
    updated_at: null,
    check_cols: null,
    snapshot_meta_column_names: {
      dbt_valid_to: null,
      dbt_valid_from: null,
      dbt_scd_id: null,
      dbt_updated_at: null,
      dbt_is_deleted: null,
    },
    dbt_valid_to_current: null,
  },
  test: {
    ...common,
    schema: "dbt_test__audit",
    materialized: "test",
    severity: "ERROR",
    store_failures: null,
    store_failures_as: null,
    sql_header: null,
    where: null,
    limit: null,
    fail_calc: "count(*)",
    warn_if: "!= 0",
    error_if: "!= 0",
  },
};

/** The configuration of a node as dbt's manifest has it: every known key with its default, own keys behind them. */
export function dbtConfig(node: ProjectNode): Plain {
  const defaults = byType[node.resourceType];
  const { all } = node.config;
  const config: Record<string, ConfigValue> = Object.assign(Object.create(null), defaults);
  for (const [key, value] of all) {
    if (key === "pre_hook" || key === "post_hook") {
      if (node.resourceType !== "test") config[key.replace("_", "-")] = hooksOf(value);
    } else if (isMap(value) && isMap(defaults[key]) && !["meta", "grants", "column_types"].includes(key)) {
      config[key] = { ...defaults[key], ...value };
    } else if (value !== null || !Object.hasOwn(defaults, key) || defaults[key] === null) config[key] = value;
  }
  config["enabled"] = node.config.enabled;
  config["tags"] = listOf(all.get("tags"));
  if (config["packages"] !== undefined) config["packages"] = listOf(config["packages"]);
  if (node.resourceType === "test") {
    // The macro of a test may set it too.
    if (node.config.failCalc !== undefined) config["fail_calc"] = node.config.failCalc;
    storedFailures(config);
  }
  return config;
}

/** The configuration of a hook of the run: nothing is set for one. */
export const dbtOperationConfig: Plain = byType.analysis;

/** `store_failures` and `store_failures_as` say the same thing; dbt keeps both. */
function storedFailures(config: Record<string, ConfigValue>): void {
  const as = config["store_failures_as"];
  if (typeof as === "string") config["store_failures"] = as !== "ephemeral";
  else if (config["store_failures"] === true) config["store_failures_as"] = "table";
  else if (config["store_failures"] === false) config["store_failures_as"] = "ephemeral";
}

const hooksOf = (value: ConfigValue): readonly ConfigValue[] =>
  listOf(value).map((hook) =>
    isMap(hook)
      ? { sql: hook["sql"] ?? "", transaction: hook["transaction"] ?? true, index: hook["index"] ?? null }
      : hookOf(String(hook as string)),
  );

/** A hook may be JSON in a text: `{"sql": "…", "transaction": false}`. */
function hookOf(text: string): ConfigValue {
  if (text.trimStart().startsWith("{") && !text.trimStart().startsWith("{{")) {
    try {
      const read = JSON.parse(text) as ConfigValue;
      if (isMap(read) && typeof read["sql"] === "string")
        return { sql: read["sql"], transaction: read["transaction"] ?? true, index: null };
    } catch {
      // Not JSON: it is SQL as it stands.
    }
  }
  return { sql: text, transaction: true, index: null };
}

const picked = (settings: Settings, defaults: Plain): Plain => {
  const config: Record<string, ConfigValue> = Object.assign(Object.create(null), defaults);
  for (const [key, value] of settings) config[key] = value;
  return config;
};

/** The limits of a source's data as dbt's manifest has them. */
export function dbtFreshness(source: SourceNode): ConfigValue {
  const { freshness } = source;
  if (source.noFreshness) return null;
  const limit = (l: { readonly count: number; readonly period: string } | undefined): ConfigValue =>
    l === undefined ? { count: null, period: null } : { count: l.count, period: l.period };
  return {
    warn_after: limit(freshness?.warnAfter),
    error_after: limit(freshness?.errorAfter),
    filter: freshness?.filter ?? null,
  };
}

export function dbtSourceConfig(source: SourceNode): Plain {
  const defaults: Plain = {
    enabled: true,
    event_time: null,
    freshness: null,
    loaded_at_field: null,
    loaded_at_query: null,
    meta: {},
    tags: [],
    static_analysis: null,
  };
  return {
    ...picked(source.config, defaults),
    freshness: dbtFreshness(source),
    loaded_at_field: source.freshness?.loadedAtField ?? null,
    loaded_at_query: source.freshness?.loadedAtQuery ?? null,
    tags: source.tags,
  };
}

const declaredDefaults: Readonly<Record<Declared["kind"], Plain>> = {
  exposure: { enabled: true, tags: [], meta: {} },
  metric: { enabled: true, group: null, meta: {} },
  semantic_model: { enabled: true, group: null, meta: {} },
  saved_query: { enabled: true, group: null, meta: {}, export_as: null, schema: null, cache: { enabled: false } },
  group: { meta: {} },
};

export const dbtDeclaredConfig = (item: Declared): Plain => picked(item.config, declaredDefaults[item.kind]);

export const dbtUnitTestConfig = (config: Settings): Plain =>
  picked(config, { tags: [], meta: {}, enabled: true, static_analysis: null });
