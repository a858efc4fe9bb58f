import type { Span } from "@meshwork/diagnostics";
import type { ConfigValue, Declared, Project, ProjectNode } from "../model.ts";
import { isPlain } from "../semantic.ts";
import type { Plain } from "../semantic.ts";

export const grains = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"] as const;
export type Grain = (typeof grains)[number];

export const isGrain = (text: unknown): text is Grain => (grains as readonly unknown[]).includes(text);
export const coarser = (a: Grain, b: Grain): Grain => (grains.indexOf(a) > grains.indexOf(b) ? a : b);

/** A dimension or an entity: a column of a semantic model. `expr` is SQL over the columns of its model. */
export interface Column {
  readonly name: string;
  readonly expr: string;
}

export interface Dimension extends Column {
  /** Of a dimension of time: its smallest grain. */
  readonly grain?: Grain | undefined;
  readonly time: boolean;
  /** The dimension is valid for a span of time only: a slowly changing one. */
  readonly validity: boolean;
}

export interface Entity extends Column {
  readonly type: "primary" | "unique" | "natural" | "foreign";
}

export interface SemanticModel {
  readonly name: string;
  readonly node: ProjectNode | undefined;
  readonly product: string | undefined;
  readonly primaryEntity: string | undefined;
  readonly entities: readonly Entity[];
  readonly dimensions: readonly Dimension[];
  readonly measures: ReadonlyMap<string, Plain>;
  readonly timeDimension: string | undefined;
  readonly place: Span;
}

/** What a simple metric counts. */
export interface Measure {
  readonly model: SemanticModel;
  readonly aggregation: string;
  readonly expr: string;
  readonly parameters: Plain;
  readonly timeDimension: string | undefined;
  readonly additive: boolean;
}

export interface TimeSpine {
  readonly node: ProjectNode;
  readonly column: string;
  readonly grain: Grain;
}

export const textOf = (value: ConfigValue | undefined): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;

export const plainsOf = (value: ConfigValue | undefined): readonly Plain[] =>
  Array.isArray(value) ? (value as readonly ConfigValue[]).filter(isPlain) : [];

/** `filter:` as the manifest keeps it, back to its templates. */
export const filtersOf = (value: ConfigValue | undefined): readonly string[] =>
  isPlain(value) ? plainsOf(value["where_filters"]).flatMap((f) => textOf(f["where_sql_template"]) ?? []) : [];

/** The semantic models and metrics of a project, as a query needs them. */
export class SemanticLayer {
  readonly models: readonly SemanticModel[];
  readonly metrics: ReadonlyMap<string, Declared>;
  readonly spines: readonly TimeSpine[];

  constructor(project: Pick<Project, "declared" | "nodes">) {
    const declared = [...project.declared.values()];
    this.models = declared
      .filter((d) => d.kind === "semantic_model")
      .map((d) => semanticModel(d, project.nodes.get(d.parents[0] ?? "")));
    this.metrics = new Map(declared.filter((d) => d.kind === "metric").map((d) => [d.name, d]));
    this.spines = [...project.nodes.values()].flatMap(timeSpine);
  }

  /** The measure of a simple metric, declared beside it or in its semantic model. */
  measureOf(params: Plain, metric: string): Measure | undefined {
    const own = params["metric_aggregation_params"];
    if (isPlain(own)) {
      const model = this.models.find((m) => m.name === own["semantic_model"]);
      const expr = textOf(params["expr"]) ?? textOf(own["expr"]) ?? metric;
      return model && measure(model, own, expr);
    }
    const named = isPlain(params["measure"]) ? textOf(params["measure"]["name"]) : undefined;
    if (named === undefined) return undefined;
    const model = this.models.find((m) => m.measures.has(named));
    const found = model?.measures.get(named);
    return model && found && measure(model, found, textOf(found["expr"]) ?? named);
  }

  /** The coarsest table of times that is fine enough. */
  spineFor(grain: Grain): TimeSpine | undefined {
    const fit = this.spines.filter((s) => grains.indexOf(s.grain) <= grains.indexOf(grain));
    return fit.sort((a, b) => grains.indexOf(b.grain) - grains.indexOf(a.grain))[0];
  }
}

const measure = (model: SemanticModel, given: Plain, expr: string): Measure => ({
  model,
  aggregation: textOf(given["agg"]) ?? "",
  expr,
  parameters: isPlain(given["agg_params"]) ? given["agg_params"] : {},
  timeDimension: textOf(given["agg_time_dimension"]) ?? model.timeDimension,
  additive: !isPlain(given["non_additive_dimension"]),
});

function semanticModel(declared: Declared, node: ProjectNode | undefined): SemanticModel {
  const { details } = declared;
  const named = (one: Plain): Column => {
    const name = textOf(one["name"]) ?? "";
    return { name, expr: textOf(one["expr"]) ?? name };
  };
  const entities = plainsOf(details["entities"]).map((e) => ({ ...named(e), type: e["type"] as Entity["type"] }));
  const dimensions = plainsOf(details["dimensions"]).map((d): Dimension => {
    const params = isPlain(d["type_params"]) ? d["type_params"] : {};
    const grain = params["time_granularity"];
    const time = d["type"] === "time";
    return {
      ...named(d),
      time,
      grain: !time ? undefined : isGrain(grain) ? grain : "day",
      validity: isPlain(params["validity_params"]),
    };
  });
  const defaults = details["defaults"];
  return {
    name: declared.name,
    node,
    product: node?.product,
    primaryEntity: entities.find((e) => e.type === "primary")?.name ?? textOf(details["primary_entity"]),
    entities,
    dimensions,
    measures: new Map(plainsOf(details["measures"]).map((m) => [textOf(m["name"]) ?? "", m])),
    timeDimension: isPlain(defaults) ? textOf(defaults["agg_time_dimension"]) : undefined,
    place: declared.place,
  };
}

function timeSpine(node: ProjectNode): TimeSpine[] {
  const column = textOf(node.timeSpine?.["standard_granularity_column"]);
  if (column === undefined)
    return node.name === "metricflow_time_spine" ? [{ node, column: "date_day", grain: "day" }] : [];
  const grain = node.columns.get(column)?.granularity;
  return [{ node, column, grain: isGrain(grain) ? grain : "day" }];
}
