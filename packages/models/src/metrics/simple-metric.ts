import type { Diagnostic, Span } from "@meshwork/diagnostics";
import { nearest } from "@meshwork/diagnostics";
import type { Dialect } from "@meshwork/sql";
import { createEnvironment, defineFunction, JinjaError, parseTemplate, str } from "@meshwork/jinja";
import type { Value } from "@meshwork/jinja";
import type { ProjectNode } from "../model.ts";
import { isPlain } from "../semantic.ts";
import type { Plain } from "../semantic.ts";
import { sqlCodes } from "../sql.codes.ts";
import { aggregate, revealing } from "./aggregation.ts";
import { findItem } from "./group-by.ts";
import type { Found } from "./group-by.ts";
import { MeasuredRows, nested, spineTimes, truncated } from "./measured-rows.ts";
import { grains, isGrain } from "./semantic-layer.ts";
import type { Grain, Measure, SemanticLayer, TimeSpine } from "./semantic-layer.ts";

/** A condition with its template, and where it is written. */
export interface Filter {
  readonly text: string;
  readonly place: Span;
}

export interface Period {
  readonly groupBy: readonly string[];
  readonly start: string | undefined;
  readonly end: string | undefined;
}

/** A flag of the command as a place. */
export const flagPlace = (flag: string): Span => ({ file: `--${flag}`, line: 1, column: 1, endLine: 1, endColumn: 1 });

/** What a query cannot do, each thing said once. */
export class QueryTrouble {
  readonly found: Diagnostic[] = [];

  add(reason: string, span: Span, help?: string): void {
    const one = sqlCodes.create("metric-query", { reason }, { span, ...(help === undefined ? {} : { help }) });
    if (!this.found.some((f) => f.message === one.message && f.span?.file === span.file)) this.found.push(one);
  }
}

interface Request {
  readonly dialect: Dialect;
  readonly layer: SemanticLayer;
  readonly trouble: QueryTrouble;
  /** The metric, for messages. */
  readonly name: string;
  readonly column: string;
  readonly measure: Measure;
  readonly filters: readonly Filter[];
  readonly period: Period;
  readonly place: Span;
  /** `cumulative_type_params`. */
  readonly cumulative: Plain | undefined;
  readonly everyTime: boolean;
  /** SQL in place of NULL. */
  readonly fill: string | undefined;
}

interface Compiled {
  readonly sql: string;
  readonly keys: readonly string[];
  readonly fill: string | undefined;
  /** Without `column` the metric itself, without `node` the measure's own model. */
  readonly shows: readonly {
    readonly column?: string | undefined;
    readonly node?: ProjectNode | undefined;
    readonly expr: string;
  }[];
}

const environment = createEnvironment({ limits: { steps: 10_000 } });

/** A metric that aggregates rows: of type simple, or cumulative. */
export class SimpleMetric {
  readonly #r: Request;
  readonly #rows: MeasuredRows;
  readonly #keys: readonly Found[];
  readonly #base: Grain | undefined;

  constructor(request: Request) {
    this.#r = request;
    this.#rows = new MeasuredRows(request.dialect, request.measure);
    const { dimensions } = request.measure.model;
    this.#base = dimensions.find((d) => d.name === request.measure.timeDimension)?.grain;
    this.#keys = request.period.groupBy.flatMap((item) => this.#find(item, undefined, flagPlace("group-by")) ?? []);
  }

  #find(item: string, grain: string | undefined, place: Span): Found | undefined {
    const found = findItem(this.#r.layer, this.#r.measure, item, grain);
    if (!("problem" in found)) return found;
    const near = nearest(item, found.candidates);
    const meant = near.length === 0 ? "" : ` Did you mean "${near[0]}"?`;
    const help = found.candidates.length === 0 ? undefined : `"${this.#r.name}" knows ${found.candidates.join(", ")}`;
    this.#r.trouble.add(`The metric "${this.#r.name}": ${found.problem}.${meant}`, place, help);
    return undefined;
  }

  compile(): Compiled {
    const { measure, column, dialect, trouble, name, place, cumulative, fill } = this.#r;
    const value = this.#rows.own(measure);
    const aggregated = aggregate(measure, value);
    if (typeof aggregated !== "string")
      trouble.add(`The metric "${name}" cannot be queried: ${aggregated.problem}.`, place);
    const byTime = this.#keys.some((k) => k.metricTime);
    const accumulated = cumulative !== undefined && this.#accumulate(cumulative, byTime);
    const conditions = [
      ...this.#conditions((f) => this.#rows.item(f), this.#r.filters),
      ...this.#within((f) => this.#rows.item(f)),
    ];
    const periods = accumulated && !this.#keys.some((k) => k.metricTime && k.grain === this.#base);
    const out = dialect.identifier(column);
    const keys = this.#keys.map((k) => ({ sql: this.#rows.item(k), name: dialect.identifier(k.name) }));
    const grouped = periods ? [...keys, { sql: `"spine"."at"`, name: `"__at"` }] : keys;
    const filled = (sql: string): string => (fill === undefined ? sql : `COALESCE(${sql}, ${fill})`);
    let sql =
      `SELECT ${[...grouped.map((k) => `${k.sql} AS ${k.name}`), `${filled(String(aggregated as string))} AS ${out}`].join(", ")}\n` +
      this.#rows.from() +
      (conditions.length === 0 ? "" : `\nWHERE ${conditions.join("\n  AND ")}`) +
      (grouped.length === 0 ? "" : `\nGROUP BY ${grouped.map((k) => k.sql).join(", ")}`);
    if (periods) sql = this.#periods(sql, out, String((cumulative["period_agg"] ?? "first") as string));
    if (this.#r.everyTime && byTime) sql = this.#everyTime(sql, filled);
    const shows = [
      ...this.#keys.map((k) => ({ column: k.name, node: k.join?.model.node, expr: k.column.expr })),
      ...(revealing.has(measure.aggregation) ? [{ expr: measure.expr }] : []),
    ];
    return { sql, keys: this.#keys.map((k) => k.name), fill, shows };
  }

  /** Conditions as SQL: each `{{ … }}` becomes what `of` makes of the item it names. */
  #conditions(of: (found: Found) => string, filters: readonly Filter[]): string[] {
    return filters.flatMap((filter) => {
      const named = (args: readonly Value[], kwargs: ReadonlyMap<string, Value>, grain: boolean): Value => {
        if ([...kwargs.keys()].some((k) => k !== "time_granularity_name") || args.length > (grain ? 2 : 1))
          throw new Error("entity_path and further arguments are not supported");
        const given = args[1] ?? kwargs.get("time_granularity_name");
        const found = this.#find(
          str(args[0] ?? ""),
          given === undefined || given === null ? undefined : str(given),
          filter.place,
        );
        return found === undefined ? "NULL" : of(found);
      };
      const functions = new Map<string, Value>([
        ["Dimension", defineFunction("Dimension", (args, kwargs) => named(args, kwargs, false))],
        ["Entity", defineFunction("Entity", (args, kwargs) => named(args, kwargs, false))],
        ["TimeDimension", defineFunction("TimeDimension", (args, kwargs) => named(args, kwargs, true))],
      ]);
      try {
        const template = parseTemplate(filter.text, { name: "where" });
        return `(${environment.render(template, functions).text}\n)`;
      } catch (error) {
        if (!(error instanceof JinjaError)) throw error;
        const reason = `The condition ${JSON.stringify(filter.text)} cannot be read: ${error.message.split("\n")[0]}`;
        const help = "a condition names its columns by Dimension('…'), TimeDimension('…', 'month') and Entity('…')";
        this.#r.trouble.add(reason, filter.place, help);
        return [];
      }
    });
  }

  /** `--start` and `--end`, widened to whole periods of the grouping's metric_time. */
  #within(of: (found: Found) => string): string[] {
    const { start, end } = this.#r.period;
    if (start === undefined && end === undefined) return [];
    const flag = flagPlace(start === undefined ? "end" : "start");
    const time = this.#find("metric_time", undefined, flag);
    if (time === undefined) return [];
    const given = this.#keys.flatMap((k) => (k.name.startsWith("metric_time__") ? (k.grain ?? []) : []));
    if (given.length > 1)
      this.#r.trouble.add("--start and --end take one grain of metric_time in --group-by, not several.", flag);
    const grain = given[0] ?? time.grain!;
    const at = (text: string): string => truncated(grain, `CAST(${this.#r.dialect.literal(text)} AS TIMESTAMP)`);
    const column = of(time);
    return [
      ...(start === undefined ? [] : [`${column} >= ${at(start)}`]),
      ...(end === undefined ? [] : [`${column} < ${at(end)} + INTERVAL 1 ${grain}`]),
    ];
  }

  #spine(grain: Grain): TimeSpine | undefined {
    const spine = this.#r.layer.spineFor(grain);
    if (spine === undefined) {
      const reason = `The metric "${this.#r.name}" needs a table of all times, and no model is a time_spine by ${grain} or finer.`;
      this.#r.trouble.add(
        reason,
        this.#r.place,
        "give a model with a column of days time_spine: {standard_granularity_column: …}",
      );
    }
    return spine;
  }

  /** Spreads rows over the times they count for; whether that was needed. */
  #accumulate(cumulative: Plain, byTime: boolean): boolean {
    const { measure, trouble, name, place } = this.#r;
    const { window, grain_to_date: toDate } = cumulative;
    const limited = isPlain(window) || (toDate !== null && toDate !== undefined);
    if (!byTime) {
      if (limited) trouble.add(`The metric "${name}" runs over time: group it by metric_time.`, flagPlace("group-by"));
      return false;
    }
    const time = measure.model.dimensions.find((d) => d.name === measure.timeDimension);
    const base = this.#base;
    const unit = isPlain(window) ? window["granularity"] : (toDate ?? "day");
    if (!isGrain(unit)) {
      trouble.add(
        `The metric "${name}" cannot be queried: ${JSON.stringify(unit)} is no grain of time (${grains.join(", ")}).`,
        place,
      );
      return false;
    }
    const spine = base && this.#spine(base);
    if (time === undefined || base === undefined || spine === undefined) return false;
    const reach = (row: string, at: string): readonly string[] => [
      `${row} <= ${at}`,
      ...(isPlain(window) ? [`${row} > ${at} - INTERVAL ${Number(window["count"])} ${unit}`] : []),
      ...(!isPlain(window) && limited ? [`${row} >= ${truncated(unit, at)}`] : []),
    ];
    this.#rows.spread(spine, base, reach, time);
    return true;
  }

  /** One value for each period, out of the values of all its times. */
  #periods(sql: string, out: string, which: string): string {
    const { trouble, name, place, dialect } = this.#r;
    const known: Readonly<Record<string, string>> = {
      first: `FIRST(${out} ORDER BY "__at")`,
      last: `LAST(${out} ORDER BY "__at")`,
      average: `AVG(${out})`,
    };
    const chosen = Object.hasOwn(known, which) ? known[which] : undefined;
    if (chosen === undefined)
      trouble.add(
        `The metric "${name}" cannot be queried: period_agg is first, last or average, not "${which}".`,
        place,
      );
    const keys = this.#keys.map((k) => dialect.identifier(k.name)).join(", ");
    return `SELECT ${keys}, ${chosen} AS ${out}\nFROM (\n${nested(sql)}\n)\nGROUP BY ${keys}`;
  }

  /** A row for every time of the spine, whether anything happened then or not. */
  #everyTime(sql: string, filled: (sql: string) => string): string {
    const { dialect, column, filters } = this.#r;
    const times = this.#keys.filter((k) => k.metricTime);
    const finest = this.#base!;
    const spine = this.#spine(finest);
    if (spine === undefined) return sql;
    const at = (found: Found): string => (found.grain === undefined ? `"at"` : truncated(found.grain, `"at"`));
    const name = (k: Found): string => dialect.identifier(k.name);
    const about = filters.map((f) => ({ filter: f, items: this.#itemsOf(f) }));
    const ofTime = about.filter((a) => a.items.some((f) => f.metricTime));
    for (const { filter } of ofTime.filter((a) => !a.items.every((f) => f.metricTime))) {
      const reason = `The metric "${this.#r.name}" has a row for every time, so a condition is about metric_time or about other columns, not about both.`;
      this.#r.trouble.add(reason, filter.place, "write two conditions");
    }
    const conditions = [
      ...this.#conditions(
        at,
        ofTime.map((a) => a.filter),
      ),
      ...this.#within(at),
    ];
    const all =
      `SELECT DISTINCT ${times.map((k) => `${at(k)} AS ${name(k)}`).join(", ")}\nFROM (\n${nested(spineTimes(dialect, spine, finest))}\n)` +
      (conditions.length === 0 ? "" : `\nWHERE ${conditions.join("\n  AND ")}`);
    const of = (k: Found): string => `"${k.metricTime ? "times" : "counted"}".${name(k)}`;
    const columns = this.#keys.map((k) => `${of(k)} AS ${name(k)}`);
    const out = dialect.identifier(column);
    const on = times.map((k) => `"times".${name(k)} = "counted".${name(k)}`).join(" AND ");
    // A condition about what is grouped by holds for times without rows too, as MetricFlow has it.
    const grouped = (f: Found): boolean => this.#keys.some((k) => k.name === f.name);
    const again = about.filter((a) => !ofTime.includes(a) && a.items.length > 0 && a.items.every(grouped));
    const holding = this.#conditions(
      of,
      again.map((a) => a.filter),
    );
    return (
      `SELECT ${[...columns, `${filled(`"counted".${out}`)} AS ${out}`].join(", ")}\n` +
      `FROM (\n${nested(all)}\n) AS "times"\nLEFT JOIN (\n${nested(sql)}\n) AS "counted" ON ${on}` +
      (holding.length === 0 ? "" : `\nWHERE ${holding.join("\n  AND ")}`)
    );
  }

  /** The items that a condition names. */
  #itemsOf(filter: Filter): readonly Found[] {
    const found: Found[] = [];
    const note = (f: Found): string => {
      found.push(f);
      return "NULL";
    };
    this.#conditions(note, [filter]);
    return found;
  }
}
