import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors, nearest } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import { compileMetricQuery, listMetrics, sqlCodes } from "@meshwork/models";
import type { CompiledMetricQuery, ListedMetric, MetricQuery } from "@meshwork/models";
import type { DbtOptions } from "../dbt/dbt-options.ts";
import type { DbtPlace } from "../dbt/dbt-place.ts";
import { openPlaces } from "../dbt/open-places.ts";
import type { OperationResult } from "../operation.ts";
import { answering, Refusal } from "../operation.ts";
import { LazyConnection } from "./dbt-read.ts";
import { queriedRows } from "./queried-rows.ts";
import type { Shown } from "./queried-rows.ts";

export interface MetricsOptions extends DbtOptions {
  /** Only these; all where there are none. */
  readonly names?: readonly string[] | undefined;
}

/** The metrics of the projects, with what they can be grouped by. */
export const metrics = (options: MetricsOptions): Promise<OperationResult<readonly ListedMetric[]>> =>
  answering([], async () => {
    const opened = await openPlaces(options);
    const all = opened.places.flatMap((p) => [...listMetrics(p.project)]);
    const mine = all.filter((m) => !options.products?.length || m.products.some((p) => options.products!.includes(p)));
    const names = options.names ?? [];
    for (const name of names) if (!mine.some((m) => m.name === name)) throw unknown(name, mine);
    const results = mine
      .filter((m) => names.length === 0 || names.includes(m.name))
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.file < b.file ? -1 : 1));
    const found = opened.places.flatMap((p) => p.project.diagnostics.filter((d) => d.severity === "error"));
    const diagnostics = opened.settle(found);
    return {
      exitCode: hasErrors(diagnostics) ? 1 : 0,
      diagnostics,
      summary: { metrics: results.length },
      results,
    };
  });

function unknown(name: string, among: readonly ListedMetric[]): Refusal {
  const near = nearest(
    name,
    among.map((m) => m.name),
  )[0];
  return new Refusal(
    `There is no metric "${name}".${near === undefined ? "" : ` Did you mean "${near}"?`}\nmesh metrics lists them.`,
  );
}

export interface QueryMetricsOptions extends DbtOptions {
  readonly query: MetricQuery;
  /** The SQL alone; nothing runs. */
  readonly explain?: boolean | undefined;
}

export interface QueriedMetrics extends Shown {
  readonly sql: string;
}

/** Rows of metrics, read from what is built; nothing is written. */
export const queryMetrics = (options: QueryMetricsOptions): Promise<OperationResult<readonly QueriedMetrics[]>> =>
  answering([], async () => {
    const opened = await openPlaces(options);
    const place = placeOf(opened.places, options.query.metrics);
    if (place.project.dialect.name !== "duckdb")
      throw new Refusal(
        `Metrics are queried on DuckDB, and this project is built on ${place.project.dialect.name}.\nmesh metrics lists them; take a target on DuckDB to query them.`,
      );
    const compiled = compileMetricQuery(place.project, options.query);
    const found: Diagnostic[] = [...compiled.diagnostics];
    const results: QueriedMetrics[] = [];
    if (!hasErrors(found)) {
      const node = options.query.metrics.join(",");
      if (options.explain === true) results.push({ node, columns: compiled.columns, show: [], sql: compiled.sql });
      else await run(place, compiled, node, options, results, found);
    }
    const diagnostics = opened.settle(found);
    const rows = results.reduce((sum, r) => sum + r.show.length, 0);
    return { exitCode: hasErrors(diagnostics) ? 1 : 0, diagnostics, summary: { rows }, results };
  });

/** The project that has the metrics; they stand on models of one project. */
function placeOf(places: readonly DbtPlace[], names: readonly string[]): DbtPlace {
  const listed = places.map((place) => ({ place, metrics: listMetrics(place.project) }));
  for (const name of names)
    if (!listed.some((l) => l.metrics.some((m) => m.name === name)))
      throw unknown(
        name,
        listed.flatMap((l) => l.metrics),
      );
  const fit = listed.filter((l) => names.every((name) => l.metrics.some((m) => m.name === name)));
  if (fit.length === 1) return fit[0]!.place;
  const files = listed.flatMap((l) => l.metrics.filter((m) => names.includes(m.name)).map((m) => m.file));
  throw new Refusal(
    fit.length === 0
      ? `The metrics are of several projects: ${[...new Set(files)].join(", ")}.\nQuery those of one project at once.`
      : `Several projects have these metrics: ${[...new Set(files)].join(", ")}.\nName one with --project-dir.`,
  );
}

async function run(
  place: DbtPlace,
  compiled: CompiledMetricQuery,
  name: string,
  options: QueryMetricsOptions,
  results: QueriedMetrics[],
  found: Diagnostic[],
): Promise<void> {
  const connection = new LazyConnection(place, options.signal);
  try {
    const { session } = await connection.get();
    const hidden = (column: string): boolean =>
      compiled.shows.some((s) => s.column === column && named(s.expr).some((c) => place.masks?.(s.node, c) === true));
    const rows = await queriedRows(session, name, compiled.sql, options.signal, hidden);
    results.push({ ...rows, sql: compiled.sql });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const reason = `The query of ${name} does not run: ${error.message.split("\n")[0]}`;
    const metric = [...place.project.declared.values()].find(
      (d) => d.kind === "metric" && d.name === options.query.metrics[0],
    );
    const help = "correct the expression that the engine names, or build the models; --explain prints the SQL";
    found.push(sqlCodes.create("metric-query", { reason }, { span: metric!.place, help }));
  } finally {
    await connection.close();
  }
}

/** Names that stand in a piece of SQL: columns among them. */
const named = (sql: string): readonly string[] => sql.match(/[A-Za-z_]\w*/g) ?? [];
