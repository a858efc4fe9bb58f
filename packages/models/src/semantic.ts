import type { ConfigValue } from "./model.ts";

/** A mapping of plain data. */
export type Plain = { readonly [key: string]: ConfigValue };

export const isPlain = (value: ConfigValue | undefined): value is Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: ConfigValue | undefined): readonly ConfigValue[] =>
  Array.isArray(value) ? (value as readonly ConfigValue[]) : value === undefined || value === null ? [] : [value];

const textOr = (value: ConfigValue | undefined, fallback: string | null = null): string | null =>
  value === undefined || value === null ? fallback : String(value as string | number);

const given = (value: ConfigValue | undefined): ConfigValue => value ?? null;

/** `filter: "…"` or a list of them, as dbt's manifest keeps it. */
export function whereFilter(value: ConfigValue | undefined): ConfigValue {
  if (value === undefined || value === null) return null;
  return { where_filters: listOf(value).map((text) => ({ where_sql_template: String(text as string) })) };
}

const grains = "nanosecond microsecond millisecond second minute hour day week month quarter year".split(" ");

/** `28 days` as a count and a grain; nothing for a text of another form. */
export function timeWindow(value: ConfigValue | undefined): ConfigValue {
  if (typeof value !== "string") return isPlain(value) ? value : null;
  const [count, word, ...rest] = value.toLowerCase().split(" ");
  if (word === undefined || rest.length > 0 || !/^\d+$/.test(count!)) return null;
  const single = word.replace(/s$/, "");
  return { count: Number(count), granularity: grains.includes(single) ? single : word };
}

const metaOf = (value: Plain, inherited: Plain): Plain => {
  const config = value["config"];
  const own = isPlain(config) ? config["meta"] : undefined;
  return { meta: { ...inherited, ...(isPlain(own) ? own : {}) } };
};

/** The measures, dimensions and entities of a semantic model, with everything dbt fills in. */
export function semanticModelDetails(entry: Plain, meta: Plain): Plain {
  const named = (key: string): Plain[] => listOf(entry[key]).filter(isPlain);
  const defaults = entry["defaults"];
  return {
    model: given(entry["model"]),
    label: given(entry["label"]),
    defaults: isPlain(defaults) ? { agg_time_dimension: given(defaults["agg_time_dimension"]) } : null,
    entities: named("entities").map((e) => entity(e, meta)),
    measures: named("measures").map((m) => measure(m, meta)),
    dimensions: named("dimensions").map((d) => dimension(d, meta)),
    metadata: null,
    primary_entity: given(entry["primary_entity"]),
  };
}

const entity = (e: Plain, meta: Plain): Plain => ({
  name: given(e["name"]),
  type: given(e["type"]),
  description: given(e["description"]),
  label: given(e["label"]),
  role: given(e["role"]),
  expr: textOr(e["expr"]),
  config: metaOf(e, meta),
});

function measure(m: Plain, meta: Plain): Plain {
  const additive = m["non_additive_dimension"];
  return {
    name: given(m["name"]),
    agg: given(m["agg"]),
    description: given(m["description"]),
    label: given(m["label"]),
    // What `create_metric` makes is a metric of its own; dbt keeps false here.
    create_metric: false,
    expr: textOr(m["expr"]),
    agg_params: given(m["agg_params"]),
    non_additive_dimension: isPlain(additive) ? nonAdditive(additive) : null,
    agg_time_dimension: given(m["agg_time_dimension"]),
    config: metaOf(m, meta),
  };
}

const nonAdditive = (d: Plain): Plain => ({
  name: given(d["name"]),
  window_choice: given(d["window_choice"] ?? d["window_agg"] ?? null),
  window_groupings: listOf(d["window_groupings"] ?? d["group_by"]),
});

function dimension(d: Plain, meta: Plain): Plain {
  const type = d["type_params"];
  return {
    name: given(d["name"]),
    type: given(d["type"]),
    description: given(d["description"]),
    label: given(d["label"]),
    is_partition: d["is_partition"] === true,
    type_params: isPlain(type)
      ? { time_granularity: given(type["time_granularity"]), validity_params: given(type["validity_params"]) }
      : null,
    expr: textOr(d["expr"]),
    metadata: null,
    config: metaOf(d, meta),
    datatype: null,
  };
}

/** The semantic model that `semantic_model:` of a model describes: dimensions and entities stand with its columns. */
export function attachedSemanticModel(model: Plain, name: string, meta: Plain): Plain {
  const columns = listOf(model["columns"]).filter(isPlain);
  const derived = isPlain(model["derived_semantics"]) ? model["derived_semantics"] : {};
  const described = (column: Plain, own: Plain): ConfigValue =>
    given(own["description"]) ?? given(column["description"]);
  const columnMeta = (column: Plain): Plain => metaOf(column, {})["meta"] as Plain;
  const dimensions = columns.flatMap((column): Plain[] => {
    const own = column["dimension"];
    if (own === undefined || own === null) return [];
    if (!isPlain(own)) {
      const base = { name: column["name"]!, type: own, description: given(column["description"]) };
      return [dimension({ ...base, config: { meta: columnMeta(column) } }, meta)];
    }
    const dimensionName = own["name"] ?? column["name"]!;
    const granularity = column["granularity"] ?? null;
    return [
      dimension(
        {
          ...own,
          name: dimensionName,
          description: described(column, own),
          type_params:
            granularity === null
              ? null
              : { time_granularity: granularity, validity_params: given(own["validity_params"]) },
          expr: dimensionName === column["name"] ? null : given(column["name"]),
          config: { meta: { ...columnMeta(column), ...(metaOf(own, {})["meta"] as Plain) } },
        },
        meta,
      ),
    ];
  });
  const entities = columns.flatMap((column): Plain[] => {
    const own = column["entity"];
    if (own === undefined || own === null) return [];
    if (!isPlain(own)) {
      const base = { name: column["name"]!, type: own, description: given(column["description"]) };
      return [entity({ ...base, config: { meta: columnMeta(column) } }, meta)];
    }
    const entityName = own["name"] ?? column["name"]!;
    const expr = entityName === column["name"] ? null : given(column["name"]);
    const config = isPlain(own["config"]) ? own["config"] : { meta: columnMeta(column) };
    return [entity({ ...own, name: entityName, expr, config }, meta)];
  });
  const more = (key: string): Plain[] => listOf(derived[key]).filter(isPlain);
  return {
    model: `ref('${name}')`,
    label: null,
    defaults: { agg_time_dimension: given(model["agg_time_dimension"]) },
    entities: [...entities, ...more("entities").map((e) => entity(e, meta))],
    measures: [],
    dimensions: [
      ...dimensions,
      ...more("dimensions").map((d) => {
        const granularity = d["granularity"] ?? null;
        const params = { time_granularity: granularity, validity_params: given(d["validity_params"]) };
        return dimension({ ...d, type_params: granularity === null ? null : params }, meta);
      }),
    ],
    metadata: null,
    primary_entity: given(model["primary_entity"]),
  };
}

const inputMeasure = (value: ConfigValue | undefined): ConfigValue => {
  if (value === undefined || value === null) return null;
  const own: Plain = isPlain(value) ? value : { name: value };
  return {
    name: given(own["name"]),
    filter: whereFilter(own["filter"]),
    alias: given(own["alias"]),
    join_to_timespine: own["join_to_timespine"] === true,
    fill_nulls_with: given(own["fill_nulls_with"]),
  };
};

const inputMetric = (value: ConfigValue | undefined): ConfigValue => {
  if (value === undefined || value === null) return null;
  const own: Plain = isPlain(value) ? value : { name: value };
  return {
    name: given(own["name"]),
    filter: whereFilter(own["filter"]),
    alias: given(own["alias"]),
    offset_window: timeWindow(own["offset_window"]),
    offset_to_grain: given(own["offset_to_grain"]),
  };
};

/** `type_params` of a metric as dbt's manifest has them, of the form with `type_params:` and of the one without. */
export function metricTypeParams(
  metric: Plain,
  attachedTo: { readonly semanticModel: string; readonly timeDimension: ConfigValue } | undefined,
): Plain {
  const old = metric["type_params"];
  return isPlain(old) ? oldTypeParams(metric, old) : newTypeParams(metric, attachedTo);
}

const common: Plain = {
  measure: null,
  input_measures: [],
  numerator: null,
  denominator: null,
  expr: null,
  window: null,
  grain_to_date: null,
  metrics: [],
  conversion_type_params: null,
  cumulative_type_params: null,
  metric_aggregation_params: null,
  fill_nulls_with: null,
  join_to_timespine: false,
  is_private: null,
};

function oldTypeParams(metric: Plain, params: Plain): Plain {
  const conversion = params["conversion_type_params"];
  const cumulative = isPlain(params["cumulative_type_params"]) ? params["cumulative_type_params"] : {};
  return {
    ...common,
    measure: inputMeasure(params["measure"]),
    numerator: inputMetric(params["numerator"]),
    denominator: inputMetric(params["denominator"]),
    expr: textOr(params["expr"]),
    window: timeWindow(params["window"]),
    grain_to_date: given(params["grain_to_date"]),
    metrics: listOf(params["metrics"]).map(inputMetric),
    conversion_type_params: isPlain(conversion)
      ? {
          base_measure: inputMeasure(conversion["base_measure"]),
          conversion_measure: inputMeasure(conversion["conversion_measure"]),
          base_metric: null,
          conversion_metric: null,
          entity: given(conversion["entity"]),
          calculation: conversion["calculation"] ?? "conversion_rate",
          window: timeWindow(conversion["window"]),
          constant_properties: given(conversion["constant_properties"]),
        }
      : null,
    cumulative_type_params:
      metric["type"] === "cumulative"
        ? {
            window: timeWindow(cumulative["window"] ?? params["window"]),
            grain_to_date: given(cumulative["grain_to_date"] ?? params["grain_to_date"]),
            period_agg: cumulative["period_agg"] ?? "first",
            metric: null,
          }
        : null,
  };
}

function newTypeParams(metric: Plain, attachedTo: Parameters<typeof metricTypeParams>[1]): Plain {
  const { agg, type } = metric;
  const percentile = String((metric["percentile_type"] ?? "") as string).toLowerCase();
  const additive = metric["non_additive_dimension"];
  return {
    ...common,
    numerator: inputMetric(metric["numerator"]),
    denominator: inputMetric(metric["denominator"]),
    expr: textOr(metric["expr"]),
    metrics: listOf(metric["input_metrics"]).map(inputMetric),
    conversion_type_params:
      type === "conversion"
        ? {
            base_measure: null,
            conversion_measure: null,
            base_metric: inputMetric(metric["base_metric"]),
            conversion_metric: inputMetric(metric["conversion_metric"]),
            entity: given(metric["entity"]),
            calculation: metric["calculation"] ?? "conversion_rate",
            window: timeWindow(metric["window"]),
            constant_properties: given(metric["constant_properties"]),
          }
        : null,
    cumulative_type_params:
      type === "cumulative"
        ? {
            window: timeWindow(metric["window"]),
            grain_to_date: given(metric["grain_to_date"]),
            period_agg: metric["period_agg"] ?? "first",
            metric: inputMetric(metric["input_metric"]),
          }
        : null,
    metric_aggregation_params:
      agg === undefined || agg === null
        ? null
        : {
            semantic_model: attachedTo?.semanticModel ?? null,
            agg,
            agg_params: {
              percentile: given(metric["percentile"]),
              use_discrete_percentile: percentile === "discrete",
              use_approximate_percentile: percentile === "continuous",
            },
            agg_time_dimension: given(metric["agg_time_dimension"]) ?? attachedTo?.timeDimension ?? null,
            non_additive_dimension: isPlain(additive) ? nonAdditive(additive) : null,
            expr: null,
          },
    join_to_timespine: metric["join_to_timespine"] === true,
    is_private: given(metric["hidden"]),
  };
}

/** The names of measures and metrics that a metric's parameters name. */
export function metricInputs(params: Plain): {
  readonly measures: readonly Plain[];
  readonly metrics: readonly string[];
} {
  const conversion = isPlain(params["conversion_type_params"]) ? params["conversion_type_params"] : {};
  const cumulative = isPlain(params["cumulative_type_params"]) ? params["cumulative_type_params"] : {};
  const measures = [params["measure"], conversion["base_measure"], conversion["conversion_measure"]].filter(isPlain);
  const metrics = [
    params["numerator"],
    params["denominator"],
    ...listOf(params["metrics"]),
    conversion["base_metric"],
    conversion["conversion_metric"],
    cumulative["metric"],
  ];
  return { measures, metrics: metrics.filter(isPlain).map((m) => String(m["name"] as string)) };
}
