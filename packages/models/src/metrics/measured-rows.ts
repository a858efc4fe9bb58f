import type { Dialect } from "@meshwork/sql";
import type { Found } from "./group-by.ts";
import type { Column, Grain, Measure, SemanticModel, TimeSpine } from "./semantic-layer.ts";

export const truncated = (grain: Grain, sql: string): string => `DATE_TRUNC('${grain}', ${sql})`;

/** Lines of a nested query, two spaces further in; as they are where a text of the query may go over several lines. */
export const nested = (sql: string): string =>
  sql.includes("$") || sql.split("\n").some((line) => line.split("'").length % 2 === 0)
    ? sql
    : sql.replaceAll(/^/gm, "  ");

/**
 * The rows that one measure is counted over: its model, what is joined to it, and the times of a spine.
 * Each model's expressions stand in a query of their own, so that a column of the same name elsewhere changes nothing.
 */
export class MeasuredRows {
  readonly #dialect: Dialect;
  readonly #measure: Measure;
  readonly #own = new Map<string, string>();
  readonly #joins = new Map<string, { model: SemanticModel; from: string; to: string; columns: Map<string, string> }>();
  #spine: { readonly sql: string; readonly on: string } | undefined;

  constructor(dialect: Dialect, measure: Measure) {
    this.#dialect = dialect;
    this.#measure = measure;
  }

  /** The SQL of an item of the query, over these rows. */
  item(found: Found): string {
    const column = found.metricTime && this.#spine !== undefined ? `"spine"."at"` : this.#column(found);
    return found.grain === undefined ? column : truncated(found.grain, column);
  }

  /** The SQL of a column of the measure's own model. */
  own(column: Pick<Column, "expr">): string {
    return `"src".${named(this.#own, column.expr)}`;
  }

  #column(found: Found): string {
    if (found.join === undefined) return this.own(found.column);
    const { model, from, to } = found.join;
    const key = JSON.stringify([model.name, from.name]);
    const join = this.#joins.get(key) ?? { model, from: this.own(from), to: to.expr, columns: new Map() };
    this.#joins.set(key, join);
    return `"j${[...this.#joins.keys()].indexOf(key) + 1}".${named(join.columns, found.column.expr)}`;
  }

  /** Each row is counted at every time of the spine that `on` lets it reach; `metric_time` is the spine's from now on. */
  spread(spine: TimeSpine, grain: Grain, on: (row: string, at: string) => readonly string[], time: Column): void {
    const row = truncated(grain, this.own(time));
    this.#spine = { sql: spineTimes(this.#dialect, spine, grain), on: on(row, `"spine"."at"`).join(" AND ") };
  }

  /** `FROM` with its joins. */
  from(): string {
    const parts = [...this.#joins.values()].map((join, i) => {
      const key = named(join.columns, join.to);
      const rows = this.#query(join.columns, join.model);
      return `LEFT JOIN (\n${rows}\n) AS "j${i + 1}" ON ${join.from} = "j${i + 1}".${key}`;
    });
    if (this.#spine !== undefined)
      parts.push(`INNER JOIN (\n${nested(this.#spine.sql)}\n) AS "spine" ON ${this.#spine.on}`);
    return [`FROM (\n${this.#query(this.#own, this.#measure.model)}\n) AS "src"`, ...parts].join("\n");
  }

  #query(columns: ReadonlyMap<string, string>, model: SemanticModel): string {
    const list = [...columns].map(([expr, name]) => `${expression(this.#dialect, expr)} AS ${name}`);
    return nested(`SELECT ${list.join(", ")}\nFROM ${this.#dialect.relation(model.node!.relation)}`);
  }
}

/** The distinct times of a spine, as the column `at`. */
export function spineTimes(dialect: Dialect, spine: TimeSpine, grain: Grain): string {
  const column = truncated(grain, dialect.identifier(spine.column));
  return `SELECT DISTINCT ${column} AS "at"\nFROM ${dialect.relation(spine.node.relation)}`;
}

function named(columns: Map<string, string>, expr: string): string {
  const name = columns.get(expr) ?? `"c${columns.size + 1}"`;
  columns.set(expr, name);
  return name;
}

/** A name is quoted; other SQL stands in brackets, whose end a comment cannot swallow. */
const expression = (dialect: Dialect, expr: string): string =>
  /^[A-Za-z_]\w*$/.test(expr) && !/^(?:true|false|null)$/i.test(expr) ? dialect.identifier(expr) : `(${expr}\n)`;
