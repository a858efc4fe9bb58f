import { coarser, grains, isGrain } from "./semantic-layer.ts";
import type { Column, Dimension, Entity, Grain, Measure, SemanticLayer, SemanticModel } from "./semantic-layer.ts";

/** What a query groups or filters by, found from one measure. */
export interface Found {
  /** Its name in the result: `metric_time__month`, `customer__country`. */
  readonly name: string;
  readonly column: Column;
  readonly grain?: Grain | undefined;
  /** It tells the time that the measure is counted by. */
  readonly metricTime: boolean;
  /** Where the column is another model's: the model, and the entity of both that leads there. */
  readonly join?: { readonly model: SemanticModel; readonly from: Entity; readonly to: Entity } | undefined;
}

export type Finding = Found | { readonly problem: string; readonly candidates: readonly string[] };

const joinable = new Set(["primary", "unique"]);

/** Finds an item of `--group-by` or of a filter: `metric_time__month`, `customer__country`, `customer`. */
export function findItem(layer: SemanticLayer, measure: Measure, written: string, grain?: string): Finding {
  const parts = written.toLowerCase().split("__");
  const last = parts.at(-1)!;
  const ending = parts.length > 1 && isGrain(last) ? last : undefined;
  if (ending !== undefined) parts.pop();
  const wanted = grain?.toLowerCase() ?? ending;
  const fail = (problem: string, more: readonly string[] = []): Finding => ({ problem, candidates: more });
  if (wanted !== undefined && !isGrain(wanted)) return fail(`"${grain}" is no grain of time (${grains.join(", ")})`);
  const { model } = measure;
  if (parts.length > 2) return fail(`"${written}" leads over more than one join, and one is the most`);
  if (parts.length === 2) {
    const [entity, name] = parts as [string, string];
    return (
      throughEntity(layer, measure, entity, name, wanted) ??
      fail(`no dimension "${written}"`, reachable(layer, measure))
    );
  }
  const [name] = parts as [string];
  if (name === "metric_time") {
    const time = model.dimensions.find((d) => d.name === measure.timeDimension);
    if (time === undefined) return fail(`the measure of "${model.name}" has no agg_time_dimension, so no metric_time`);
    return timed({ name: "metric_time", column: time, metricTime: true }, time, wanted);
  }
  const entity = model.entities.find((e) => e.name === name);
  if (entity !== undefined) return { name, column: entity, metricTime: false };
  if (model.primaryEntity !== undefined && model.dimensions.some((d) => d.name === name))
    return throughEntity(layer, measure, model.primaryEntity, name, wanted)!;
  return fail(`no dimension "${written}"`, reachable(layer, measure));
}

function throughEntity(
  layer: SemanticLayer,
  measure: Measure,
  entity: string,
  name: string,
  grain: Grain | undefined,
): Finding | undefined {
  const { model } = measure;
  const full = `${entity}__${name}`;
  const own = model.dimensions.find((d) => d.name === name);
  if (own !== undefined && entity === model.primaryEntity)
    return timed({ name: full, column: own, metricTime: name === measure.timeDimension }, own, grain);
  const from = model.entities.find((e) => e.name === entity);
  if (from === undefined) return undefined;
  const there = layer.models.flatMap((m) => {
    const to = m === model ? undefined : m.entities.find((e) => e.name === entity);
    const column = m.dimensions.find((d) => d.name === name) ?? m.entities.find((e) => e.name === name && e !== to);
    return to === undefined || column === undefined ? [] : [{ model: m, from, to, column }];
  });
  const single = there.filter((t) => joinable.has(t.to.type));
  if (single.length > 1) {
    const models = single.map((t) => `"${t.model.name}"`).join(" and ");
    return { problem: `"${full}" could be read from ${models}`, candidates: [] };
  }
  const found = single[0];
  if (found === undefined) {
    const many = there[0];
    if (many === undefined) return undefined;
    const reason = `"${entity}" is ${many.to.type} in "${many.model.name}", so one row of "${model.name}" may meet several there and would be counted more than once`;
    return { problem: `"${full}" cannot be joined: ${reason}`, candidates: [] };
  }
  const base = { name: full, column: found.column, metricTime: false, join: found };
  if (!("time" in found.column)) return base;
  if (found.column.validity || found.model.dimensions.some((d) => d.validity))
    return {
      problem: `"${full}" is in "${found.model.name}", whose rows are valid for spans of time (validity_params)`,
      candidates: [],
    };
  return timed(base, found.column, grain);
}

function timed(found: Found, dimension: Dimension, wanted: Grain | undefined): Finding {
  const { name } = found;
  if (dimension.grain === undefined)
    return wanted === undefined ? found : { problem: `"${name}" tells no time, so it has no grain`, candidates: [] };
  const grain = wanted ?? dimension.grain;
  if (coarser(grain, dimension.grain) !== grain)
    return { problem: `"${name}" is kept by ${dimension.grain}, so it cannot be told by ${grain}`, candidates: [] };
  return { ...found, name: `${name}__${grain}`, grain };
}

/** Everything that a measure can be grouped by, sorted. */
export function reachable(layer: SemanticLayer, measure: Measure): readonly string[] {
  const { model } = measure;
  const own = model.entities.map((e) => e.name);
  const dims =
    model.primaryEntity === undefined ? [] : model.dimensions.map((d) => `${model.primaryEntity}__${d.name}`);
  const joined = model.entities.flatMap((e) =>
    layer.models
      .filter((m) => m !== model && m.entities.some((o) => o.name === e.name && joinable.has(o.type)))
      .flatMap((m) => m.dimensions.filter((d) => !d.validity).map((d) => `${e.name}__${d.name}`)),
  );
  const time = measure.timeDimension === undefined ? [] : ["metric_time"];
  return [...new Set([...time, ...own, ...dims, ...joined])].sort();
}
