import type { Span } from "@meshwork/diagnostics";
import { nearest } from "@meshwork/diagnostics";
import type { Project } from "../model.ts";
import { isPlain } from "../semantic.ts";
import type { Plain } from "../semantic.ts";
import type { CompiledMetricQuery, MetricQuery } from "./metric-query.ts";
import { nested } from "./measured-rows.ts";
import { flagPlace, QueryTrouble, SimpleMetric } from "./simple-metric.ts";
import type { Filter, Period } from "./simple-metric.ts";
import { coarser, filtersOf, plainsOf, SemanticLayer, textOf } from "./semantic-layer.ts";
import type { Grain, Measure } from "./semantic-layer.ts";

/** A query of DuckDB that yields metrics, as MetricFlow defines them. Pure: nothing is read and nothing runs. */
export function compileMetricQuery(
  project: Pick<Project, "declared" | "nodes" | "dialect">,
  query: MetricQuery,
): CompiledMetricQuery {
  return new MetricQueryCompiler(project, query).compile();
}

interface Input {
  readonly column: string;
  readonly sql: string;
  readonly fill: string | undefined;
}

interface Leaf {
  readonly name: string;
  readonly measure: Measure;
  readonly params: Plain;
  readonly place: Span;
}

class MetricQueryCompiler {
  readonly #project: Pick<Project, "declared" | "nodes" | "dialect">;
  readonly #layer: SemanticLayer;
  readonly #query: MetricQuery;
  readonly #trouble = new QueryTrouble();
  readonly #shows: CompiledMetricQuery["shows"][number][] = [];
  readonly #models = new Set<CompiledMetricQuery["models"][number]>();
  #period: Period = { groupBy: [], start: undefined, end: undefined };

  constructor(project: Pick<Project, "declared" | "nodes" | "dialect">, query: MetricQuery) {
    this.#project = project;
    this.#layer = new SemanticLayer(project);
    this.#query = query;
  }

  compile(): CompiledMetricQuery {
    const { metrics, where = [], limit } = this.#query;
    if (metrics.length === 0) this.#trouble.add("A query names at least one metric.", flagPlace("metrics"));
    const leaves = metrics.flatMap((name) => this.#leaves(name, flagPlace("metrics"), []));
    const base = leaves
      .map((l) => l.measure.model.dimensions.find((d) => d.name === l.measure.timeDimension)?.grain)
      .reduce<Grain | undefined>((a, b) => (a && b ? coarser(a, b) : (a ?? b)), undefined);
    const whole = (item: string): string => (item === "metric_time" && base ? `metric_time__${base}` : item);
    const groupBy = [...new Set((this.#query.groupBy ?? []).map((item) => whole(item.trim().toLowerCase())))];
    this.#period = { groupBy, start: this.#time("start"), end: this.#time("end") };
    if (this.#trouble.found.length > 0) return this.#answer("", []);
    const filters = where.map((text): Filter => ({ text, place: flagPlace("where") }));
    const inputs = [...new Set(metrics)].map((name) => this.#metric(name, name, filters, name));
    if (this.#trouble.found.length > 0) return this.#answer("", []);
    // What the query calls a dimension and what it is called in the result differ where the grain was left out.
    const keys = this.#keys();
    const names = inputs.map((i) => this.#name(i.column));
    const sql = this.#combined(inputs, names, keys);
    const columns = [...keys, ...inputs.map((i) => i.column)];
    const order = this.#order(keys, columns, whole);
    const end = limit === undefined ? "" : `\nLIMIT ${limit}`;
    return this.#answer(`${sql}${order.length === 0 ? "" : `\nORDER BY ${order.join(", ")}`}${end}`, columns);
  }

  #answer(sql: string, columns: readonly string[]): CompiledMetricQuery {
    const { found } = this.#trouble;
    const done = found.length > 0 ? { sql: "", columns: [] } : { sql, columns };
    return { ...done, shows: this.#shows, models: [...this.#models], diagnostics: found };
  }

  #name(name: string): string {
    return this.#project.dialect.identifier(name);
  }

  /** The names of the grouping columns; every simple metric of the query found the same. */
  #keys(): readonly string[] {
    return this.#foundKeys ?? [];
  }
  #foundKeys: readonly string[] | undefined;

  #time(flag: "start" | "end"): string | undefined {
    const given = this.#query[flag];
    if (given === undefined) return undefined;
    const iso = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?$/.test(given);
    const date = new Date(`${given.slice(0, 10)}T00:00:00Z`);
    const real = iso && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(given.slice(0, 10));
    if (real && !Number.isNaN(Date.parse(given.replace(" ", "T")))) return given;
    this.#trouble.add(`"${given}" is no date: write 2024-01-31 or 2024-01-31T12:00:00.`, flagPlace(flag));
    return undefined;
  }

  #order(keys: readonly string[], columns: readonly string[], whole: (item: string) => string): readonly string[] {
    const given = (this.#query.orderBy ?? []).map((item) => {
      const down = item.startsWith("-");
      const written = whole((down ? item.slice(1) : item).toLowerCase());
      const name =
        columns.find((c) => c.toLowerCase() === written) ?? columns.find((c) => c.startsWith(`${written}__`));
      if (name === undefined) {
        const reason = `The result has no column "${written}" to be ordered by; it has ${columns.join(", ")}.`;
        this.#trouble.add(reason, flagPlace("order-by"));
      }
      return { name: name ?? written, down };
    });
    // Ties go by the grouping, so that the same data gives the same rows in the same order.
    const rest = keys.filter((k) => !given.some((g) => g.name === k)).map((name) => ({ name, down: false }));
    return [...given, ...rest].map((g) => `${this.#name(g.name)}${g.down ? " DESC" : ""}`);
  }

  /** The simple metrics that a metric stands on; trouble with what is declared is found here, all of it. */
  #leaves(name: string, place: Span, path: readonly string[]): Leaf[] {
    const metric = this.#layer.metrics.get(name);
    if (metric === undefined) {
      const near = nearest(name, [...this.#layer.metrics.keys()]);
      const meant = near.length === 0 ? "" : ` Did you mean "${near[0]}"?`;
      this.#trouble.add(`There is no metric "${name}".${meant}`, place, "mesh metrics lists them");
      return [];
    }
    const refuse = (reason: string): Leaf[] => {
      this.#trouble.add(`The metric "${name}" cannot be queried: ${reason}.`, metric.place);
      return [];
    };
    if (path.includes(name)) return refuse(`it reads itself, ${[...path, name].join(" -> ")}`);
    const params = paramsOf(metric.details);
    const type = metric.details["type"];
    if (type === "simple") {
      const measure = this.#layer.measureOf(params, name);
      if (measure?.model.node === undefined) return refuse("its measure or its semantic model's table is not there");
      if (!measure.additive) return refuse("its measure has a non_additive_dimension, which is not supported");
      return [{ name, measure, params, place: metric.place }];
    }
    if (type === "cumulative") {
      const cumulative = isPlain(params["cumulative_type_params"]) ? params["cumulative_type_params"] : {};
      const input = cumulative["metric"];
      if (isPlain(input)) return this.#leaves(textOf(input["name"]) ?? "", metric.place, [...path, name]);
      const measure = this.#layer.measureOf(params, name);
      if (measure?.model.node === undefined) return refuse("its measure or its semantic model's table is not there");
      return measure.additive
        ? [{ name, measure, params, place: metric.place }]
        : refuse("its measure has a non_additive_dimension, which is not supported");
    }
    if (type !== "ratio" && type !== "derived")
      return refuse(`metrics of type ${JSON.stringify(type)} are not supported`);
    const inputs = inputsOf(params, type);
    if (inputs.some((i) => i["offset_window"] !== null || i["offset_to_grain"] !== null))
      return refuse("offset_window and offset_to_grain are not supported");
    return inputs.flatMap((i) => this.#leaves(textOf(i["name"]) ?? "", metric.place, [...path, name]));
  }

  /** A query with the grouping columns and the metric as `column`; `top` is the metric of the result it is for. */
  #metric(name: string, column: string, above: readonly Filter[], top: string): Input {
    const metric = this.#layer.metrics.get(name)!;
    const params = paramsOf(metric.details);
    const own = (value: Parameters<typeof filtersOf>[0]): Filter[] =>
      filtersOf(value).map((text) => ({ text, place: metric.place }));
    const filters = [...above, ...own(metric.details["filter"])];
    const type = metric.details["type"];
    if (type === "ratio" || type === "derived") {
      const given = inputsOf(params, type).map((input, i) => {
        const name = textOf(input["name"])!;
        const as = type === "ratio" ? ["numerator", "denominator"][i]! : (textOf(input["alias"]) ?? name);
        return this.#metric(name, as, [...filters, ...own(input["filter"])], top);
      });
      if (new Set(given.map((g) => g.column)).size < given.length)
        this.#trouble.add(`The metric "${name}" reads two metrics under one name: give one an alias.`, metric.place);
      const expr =
        type === "ratio"
          ? `CAST("numerator" AS DOUBLE) / CAST(NULLIF("denominator", 0) AS DOUBLE)`
          : `(${textOf(params["expr"]) ?? "NULL"}\n)`;
      return {
        column,
        sql: this.#combined(given, [`${expr} AS ${this.#name(column)}`], this.#keys()),
        fill: undefined,
      };
    }
    const cumulative =
      type === "cumulative" && isPlain(params["cumulative_type_params"]) ? params["cumulative_type_params"] : undefined;
    const inner = cumulative && isPlain(cumulative["metric"]) ? cumulative["metric"] : undefined;
    const simple = inner === undefined ? metric : this.#layer.metrics.get(textOf(inner["name"])!)!;
    const simpleParams = paramsOf(simple.details);
    if (inner !== undefined) filters.push(...own(inner["filter"]), ...own(simple.details["filter"]));
    const input = isPlain(simpleParams["measure"]) ? simpleParams["measure"] : simpleParams;
    filters.push(...own(input["filter"]));
    const measure = this.#layer.measureOf(simpleParams, simple.name)!;
    this.#models.add(measure.model);
    const compiled = new SimpleMetric({
      dialect: this.#project.dialect,
      layer: this.#layer,
      trouble: this.#trouble,
      name,
      column,
      measure,
      filters,
      period: this.#period,
      place: metric.place,
      cumulative,
      everyTime: input["join_to_timespine"] === true,
      fill: typeof input["fill_nulls_with"] === "number" ? String(input["fill_nulls_with"]) : undefined,
    }).compile();
    this.#foundKeys ??= compiled.keys;
    const { node } = measure.model;
    this.#shows.push(...compiled.shows.map((s) => ({ column: s.column ?? top, node: s.node ?? node!, expr: s.expr })));
    return { column, sql: compiled.sql, fill: compiled.fill };
  }

  /** Several queries of the same grouping side by side: a row for each group that any of them has. */
  #combined(inputs: readonly Input[], select: readonly string[], keys: readonly string[]): string {
    const names = keys.map((k) => this.#name(k));
    const filled = (i: Input): string => {
      const name = this.#name(i.column);
      return `${i.fill === undefined ? `ANY_VALUE(${name})` : `COALESCE(ANY_VALUE(${name}), ${i.fill})`} AS ${name}`;
    };
    const parts = inputs.map((one) => {
      const columns = inputs.map((i) => (i === one ? this.#name(i.column) : `NULL AS ${this.#name(i.column)}`));
      return `SELECT ${[...names, ...columns].join(", ")}\nFROM (\n${nested(one.sql)}\n)`;
    });
    const only = inputs[0]!;
    const rows =
      inputs.length === 1
        ? only.sql
        : `SELECT ${[...names, ...inputs.map(filled)].join(", ")}\nFROM (\n${nested(parts.join("\nUNION ALL\n"))}\n)` +
          (names.length === 0 ? "" : `\nGROUP BY ${names.join(", ")}`);
    return `SELECT ${[...names, ...select].join(", ")}\nFROM (\n${nested(rows)}\n)`;
  }
}

const paramsOf = (details: Readonly<Record<string, Plain[string]>>): Plain =>
  isPlain(details["type_params"]) ? details["type_params"] : {};

const inputsOf = (params: Plain, type: "ratio" | "derived"): readonly Plain[] =>
  type === "ratio" ? [params["numerator"], params["denominator"]].filter(isPlain) : plainsOf(params["metrics"]);
