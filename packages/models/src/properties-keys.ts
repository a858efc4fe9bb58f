/** Keys that dbt reads, by the thing they stand in. A key outside these is a misspelling: dbt would drop it silently. */
const shared = "name description config meta tags docs";
const tested = "columns tests data_tests";

const list = (...keys: readonly string[]): readonly string[] => keys.flatMap((k) => k.split(" "));

export const fileKeys = list(
  "version models seeds snapshots sources macros tests data_tests unit_tests exposures metrics groups analyses",
  "semantic_models saved_queries functions anchors",
);

export const resourceKeys: Readonly<
  Record<"model" | "seed" | "snapshot" | "macro" | "test" | "analysis", readonly string[]>
> = {
  model: list(
    shared,
    tested,
    "constraints latest_version versions deprecation_date access group time_spine primary_key semantic_model metrics",
    "derived_semantics agg_time_dimension",
  ),
  seed: list(shared, tested, "group"),
  snapshot: list(shared, tested, "relation group"),
  macro: list(shared, "arguments"),
  test: list(shared, "arguments"),
  analysis: list(shared, "columns group"),
};

export const versionKeys = list(
  "v defined_in description columns constraints config docs access deprecation_date tests data_tests",
);

export const sectionWords = {
  unit_tests: "unit test",
  exposures: "exposure",
  metrics: "metric",
  semantic_models: "semantic model",
  saved_queries: "saved query",
  groups: "group",
} as const;

export const unitTestKeys = {
  input: list("input rows format fixture"),
  expect: list("rows format fixture"),
  overrides: list("macros vars env_vars"),
};

export const otherKeys: Readonly<Record<keyof typeof sectionWords, readonly string[]>> = {
  unit_tests: list("name description model versions given expect overrides config"),
  exposures: list("name description type owner label maturity url tags meta config depends_on"),
  metrics: list(
    "name description label type type_params filter config meta tags time_granularity group enabled agg expr",
    "agg_time_dimension numerator denominator input_metrics input_metric window grain_to_date period_agg entity",
    "base_metric conversion_metric calculation constant_properties non_additive_dimension percentile",
    "percentile_type fill_nulls_with join_to_timespine hidden cumulative_type_params conversion_type_params",
    "default_grain metadata agg_params",
  ),
  semantic_models: list(
    "name description label model defaults entities dimensions measures primary_entity config meta group",
  ),
  saved_queries: list("name description label query_params exports config group meta tags"),
  groups: list("name description owner config meta"),
};

export const columnKeys = list(
  "name description data_type tests data_tests tags meta quote constraints policy_tags granularity config docs",
  "dimension entity",
);

export const sourceKeys = list(
  "name description database schema catalog loader loaded_at_field loaded_at_query freshness quoting tables meta tags",
  "overrides config tests data_tests project_name",
);

export const tableKeys = list(
  "name description identifier loader loaded_at_field loaded_at_query freshness quoting columns tests data_tests",
  "external meta tags config docs",
);

/** Configuration of a test; everything else in a test's entry is an argument. */
export const testConfigKeys = list(
  "severity warn_if error_if where limit tags enabled store_failures store_failures_as fail_calc meta database schema",
  "alias group",
);

/** Configuration keys that Meshwork or dbt give a meaning; others are the users' own and are kept. */
export const knownConfigKeys = list(
  "enabled materialized schema database alias tags meta unique_key incremental_strategy on_schema_change pre_hook",
  "post_hook full_refresh column_types delimiter quote_columns severity warn_if error_if where limit store_failures",
  "store_failures_as fail_calc persist_docs contract grants docs group access packages event_time batch_size begin",
  "lookback concurrent_batches incremental_predicates merge_update_columns merge_exclude_columns sql_header",
  "target_schema target_database strategy updated_at check_cols invalidate_hard_deletes hard_deletes",
  "snapshot_meta_column_names dbt_valid_to_current indexes unlogged partition_by partitioned_by cluster_by",
  "external_location freshness static_analysis location format options overwrite copy_grants quoting",
  "sort dist loaded_at_field loaded_at_query",
);

/** Known keys that hold a mapping: without `+` they would look like a folder. */
export const mappingConfigKeys = new Set(
  list("meta column_types persist_docs contract grants docs quoting options freshness snapshot_meta_column_names"),
);
