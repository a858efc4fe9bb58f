import type { Diagnostic } from "@meshwork/diagnostics";
import type { ProjectNode } from "../model.ts";
import type { SemanticModel } from "./semantic-layer.ts";

/** What is asked of metrics, in the words of `mesh metrics query` and of dbt's `mf query`. */
export interface MetricQuery {
  readonly metrics: readonly string[];
  /** `metric_time__month`, `customer__country`, `customer`. */
  readonly groupBy?: readonly string[] | undefined;
  /** SQL conditions with `{{ Dimension('customer__country') }}`; all must hold. */
  readonly where?: readonly string[] | undefined;
  /** Names of the result, the largest first where a `-` stands before. */
  readonly orderBy?: readonly string[] | undefined;
  readonly limit?: number | undefined;
  /** ISO dates or times, both within; widened to whole periods of `metric_time`. */
  readonly start?: string | undefined;
  readonly end?: string | undefined;
}

/** The SQL of a column of a model whose values can be read off a column of the result. */
export interface Shown {
  readonly column: string;
  readonly node: ProjectNode;
  readonly expr: string;
}

export interface CompiledMetricQuery {
  /** One query of DuckDB; empty where a diagnostic says why there is none. */
  readonly sql: string;
  readonly columns: readonly string[];
  readonly shows: readonly Shown[];
  readonly models: readonly SemanticModel[];
  readonly diagnostics: readonly Diagnostic[];
}
