import type { Project } from "../model.ts";
import { isPlain } from "../semantic.ts";
import type { Plain } from "../semantic.ts";
import { reachable } from "./group-by.ts";
import { plainsOf, SemanticLayer, textOf } from "./semantic-layer.ts";
import type { Measure } from "./semantic-layer.ts";

/** A metric as a reader chooses it. */
export interface ListedMetric {
  readonly name: string;
  readonly type: string;
  readonly label: string;
  readonly description: string;
  /** What it can be grouped by, whatever simple metrics it stands on. */
  readonly dimensions: readonly string[];
  /** The products whose models it counts, sorted. */
  readonly products: readonly string[];
  /** The file that declares it. */
  readonly file: string;
}

/** The metrics of a project, by name. */
export function listMetrics(project: Pick<Project, "declared" | "nodes">): readonly ListedMetric[] {
  const layer = new SemanticLayer(project);
  const measuresOf = (name: string, seen: Set<string>): Measure[] => {
    const metric = layer.metrics.get(name);
    if (metric === undefined || seen.has(name)) return [];
    seen.add(name);
    const params = isPlain(metric.details["type_params"]) ? metric.details["type_params"] : {};
    const own = layer.measureOf(params, name);
    return [...(own === undefined ? [] : [own]), ...inputNames(params).flatMap((n) => measuresOf(n, seen))];
  };
  return [...layer.metrics.values()]
    .map((metric): ListedMetric => {
      const measures = measuresOf(metric.name, new Set());
      const [first, ...rest] = measures.map((m) => reachable(layer, m));
      return {
        name: metric.name,
        type: textOf(metric.details["type"]) ?? "",
        label: textOf(metric.details["label"]) ?? metric.name,
        description: metric.description,
        dimensions: (first ?? []).filter((d) => rest.every((r) => r.includes(d))),
        products: [...new Set(measures.flatMap((m) => m.model.product ?? []))].sort(),
        file: metric.file,
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function inputNames(params: Plain): readonly string[] {
  const cumulative = isPlain(params["cumulative_type_params"]) ? params["cumulative_type_params"] : {};
  const inputs = [params["numerator"], params["denominator"], cumulative["metric"]].filter(isPlain);
  return [...inputs, ...plainsOf(params["metrics"])].flatMap((i) => textOf(i["name"]) ?? []);
}
