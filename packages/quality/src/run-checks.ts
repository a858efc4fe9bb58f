import type { Path } from "@meshwork/diagnostics";
import type { CheckSeverity } from "@meshwork/contract";
import { EngineError, type Cell, type Row, type Session } from "@meshwork/engine";
import { id, join, literal, sql, statement, type Column, type Fragment } from "@meshwork/sql";
import type { JudgeContext, MeasurePlan, RowsPlan, StatementPlan, Verdict } from "./check-kind.ts";
import type { Check } from "./compile-checks.ts";
import { findColumn } from "./fits-type.ts";
import { enough, toCount } from "./judge.ts";
import { isGuarded, mask, maskedColumns, maskRow, shownColumns, tellsSecret } from "./sample.ts";
import type { CheckPlan } from "./plan-checks.ts";
import { cellText } from "./wording.ts";

/** A value as JSON can hold it: integers that a double cannot hold, decimals and times as text. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

export type CheckStatus = "passed" | "failed" | "warning" | "error" | "skipped";

/** Failing rows, masked where the contract says so. */
export interface Sample {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Plain[])[];
}

export interface CheckResult {
  /** The check's name. */
  readonly check: string;
  /** `check/not-null` … */
  readonly code: string;
  readonly assertion: string;
  readonly column?: string | undefined;
  /** `warning` is a failure that the contract calls a warning; `error` is a check that could not run. */
  readonly status: CheckStatus;
  /** Why it was skipped or could not run, or what to know about a pass ("0 of 0 rows"). */
  readonly reason?: string | undefined;
  readonly actual?: Plain | undefined;
  readonly expected: string;
  readonly failing?: number | undefined;
  /** Rows looked at: for most checks those with a value. */
  readonly total?: number | undefined;
  readonly threshold: number;
  readonly severity: CheckSeverity;
  readonly dimension?: string | undefined;
  readonly sample?: Sample | undefined;
  /** To run by hand: the failing rows, or what was measured. */
  readonly sql?: string | undefined;
  /** Time of the statement it was measured in; checks that share one tell the same. */
  readonly ms: number;
  readonly at: Path;
}

export interface RunOptions {
  /** The time of the run, for freshness. */
  readonly now: Date;
  /** How many failing rows to fetch of each failed check; none where absent. */
  readonly rows?: number | undefined;
  /** False shows values as they are; only for data that nobody but its owner sees. */
  readonly mask?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Measured {
  readonly verdict?: Verdict | undefined;
  readonly error?: string | undefined;
  readonly skipped?: string | undefined;
  readonly ms: number;
}

/** Runs a plan. One result a check, in the checks' order; only a cancelled run throws (EngineError `cancelled`). */
export async function runChecks(session: Session, plan: CheckPlan, options: RunOptions): Promise<CheckResult[]> {
  const run = new Run(session, options);
  const measured = new Map<Check, Measured>();
  for (const pass of plan.passes) {
    if (pass.kind === "none")
      measured.set(
        pass.check,
        pass.status === "error" ? { error: pass.reason, ms: 0 } : { skipped: pass.reason, ms: 0 },
      );
    else if (pass.kind === "own") measured.set(pass.check, await run.own(pass.check));
    else if (pass.kind === "columns")
      for (const check of pass.checks) measured.set(check, await run.judgeColumns(check));
    else for (const [check, found] of await run.shared(pass.checks)) measured.set(check, found);
  }
  const results: CheckResult[] = [];
  for (const check of plan.checks) results.push(await run.result(check, measured.get(check)!));
  return results;
}

class Run {
  readonly #session: Session;
  readonly #options: RunOptions;
  readonly #columns = new Map<string, Promise<readonly Column[] | string>>();

  constructor(session: Session, options: RunOptions) {
    this.#session = session;
    this.#options = options;
  }

  #text(fragment: Fragment): string {
    return statement(fragment, this.#session.dialect).text;
  }

  async #rows(fragment: Fragment): Promise<{ rows: Row[]; columns: readonly Column[] }> {
    const result = await this.#session.query(statement(fragment, this.#session.dialect), {
      signal: this.#options.signal,
    });
    return { rows: await result.rows(), columns: result.columns };
  }

  /** The columns of a check's source, or why they cannot be had. */
  #columnsOf(check: Check): Promise<readonly Column[] | string> {
    const key = this.#text(check.source);
    let known = this.#columns.get(key);
    if (known === undefined) {
      known = this.#rows(sql`SELECT * FROM ${check.source} AS s LIMIT 0`).then((r) => r.columns, reasonOf);
      this.#columns.set(key, known);
    }
    return known;
  }

  /** What keeps a check from being measured, before anything is: a port or a column that is not there. */
  async #prepare(check: Check): Promise<{ columns: readonly Column[] } | { error: string }> {
    const columns = await this.#columnsOf(check);
    if (typeof columns === "string") return { error: columns };
    const needed = "columns" in check.plan ? check.plan.columns : [];
    const missing = needed.find((name) => findColumn(columns, name) === undefined);
    return missing === undefined ? { columns } : { error: `there is no column "${missing}"` };
  }

  #context(columns: readonly Column[]): JudgeContext {
    return { now: this.#options.now, columns, dialect: this.#session.dialect };
  }

  async judgeColumns(check: Check): Promise<Measured> {
    const ready = await this.#prepare(check);
    if ("error" in ready) return { error: ready.error, ms: 0 };
    return check.plan.form === "columns"
      ? { verdict: check.plan.judge(this.#context(ready.columns)), ms: 0 }
      : { error: "not measured", ms: 0 };
  }

  async own(check: Check): Promise<Measured> {
    const plan = check.plan as StatementPlan;
    const ready = await this.#prepare(check);
    if ("error" in ready) return { error: ready.error, ms: 0 };
    const started = performance.now();
    try {
      const { rows } = await this.#rows(plan.statement(check.source));
      return { verdict: plan.judge(rows, this.#context(ready.columns)), ms: performance.now() - started };
    } catch (error) {
      return { error: reasonOf(error), ms: performance.now() - started };
    }
  }

  async shared(checks: readonly Check[]): Promise<Map<Check, Measured>> {
    const found = new Map<Check, Measured>();
    const able: Check[] = [];
    let columns: readonly Column[] = [];
    for (const check of checks) {
      const ready = await this.#prepare(check);
      if ("error" in ready) found.set(check, { error: ready.error, ms: 0 });
      else {
        able.push(check);
        columns = ready.columns;
      }
    }
    if (able.length === 0) return found;
    const started = performance.now();
    try {
      const expressions = able.flatMap((check) => expressionsOf(check));
      const { rows } = await this.#rows(sql`SELECT ${join(expressions)} FROM ${able[0]!.source} AS s`);
      const ms = performance.now() - started;
      let at = 0;
      for (const check of able) {
        const width = expressionsOf(check).length;
        found.set(check, { verdict: judge(check, (rows[0] ?? []).slice(at, at + width), this.#context(columns)), ms });
        at += width;
      }
    } catch (error) {
      const reason = reasonOf(error);
      // One check that cannot run must not take the others with it: each is then tried alone.
      if (able.length === 1) found.set(able[0]!, { error: reason, ms: performance.now() - started });
      else for (const check of able) for (const [one, measured] of await this.shared([check])) found.set(one, measured);
    }
    return found;
  }

  async result(check: Check, measured: Measured): Promise<CheckResult> {
    const { plan } = check;
    const base = {
      check: check.name,
      code: `check/${check.code}`,
      assertion: check.assertion,
      column: check.column,
      expected: "expected" in plan ? plan.expected : "",
      threshold: check.threshold,
      severity: check.severity,
      dimension: check.dimension,
      sql: this.#byHand(check),
      ms: Math.round(measured.ms * 1000) / 1000,
      at: check.at,
    };
    const { verdict } = measured;
    if (verdict === undefined)
      return measured.skipped === undefined
        ? {
            ...base,
            code: "check/not-run",
            status: "error",
            reason: this.#withoutValues(check, measured.error ?? "it was not measured"),
          }
        : { ...base, code: "check/skipped", status: "skipped", reason: measured.skipped };
    const status: CheckStatus = verdict.ok ? "passed" : check.severity === "warning" ? "warning" : "failed";
    const nothing = verdict.ok && verdict.total === 0 ? "0 of 0 rows: there was nothing to check" : undefined;
    const sample = verdict.ok || (this.#options.rows ?? 0) <= 0 ? undefined : await this.#sample(check);
    return {
      ...base,
      status,
      reason: verdict.reason ?? nothing,
      actual: this.#options.mask !== false && tellsSecret(check, verdict.actual) ? mask : plain(verdict.actual ?? null),
      failing: verdict.failing,
      total: verdict.total,
      ...(sample === undefined ? {} : { sample }),
    };
  }

  /** Engines quote the value that they stumble over. */
  #withoutValues(check: Check, reason: string): string {
    const guarded = this.#options.mask !== false && isGuarded(check.port);
    return guarded ? reason.replaceAll(/'(?:[^']|'')*'/g, `'${mask}'`) : reason;
  }

  /** The failing rows of a check as a query, where it has such. */
  #failingRows(check: Check, shown: Fragment): Fragment | undefined {
    const { plan } = check;
    if (plan.form === "rows") return sql`SELECT ${shown} FROM ${check.source} AS s WHERE ${failingOf(plan)}`;
    return plan.form === "statement" ? plan.sample?.(check.source, shown) : undefined;
  }

  #byHand(check: Check): string | undefined {
    const { plan } = check;
    const query =
      this.#failingRows(check, sql`*`) ??
      (plan.form === "statement"
        ? plan.statement(check.source)
        : plan.form === "measure"
          ? sql`SELECT ${join(plan.expressions)} FROM ${check.source} AS s`
          : undefined);
    return query === undefined ? undefined : this.#text(query);
  }

  async #sample(check: Check): Promise<Sample | undefined> {
    const columns = await this.#columnsOf(check);
    const { plan } = check;
    if (typeof columns === "string" || !("show" in plan)) return undefined;
    const names = shownColumns(check, plan.show, columns);
    const query = this.#failingRows(check, names.length === 0 ? sql`*` : join(names.map((name) => id(name))));
    if (query === undefined) return undefined;
    try {
      const found = await this.#rows(
        sql`SELECT * FROM (${query}) AS failing LIMIT ${literal(Math.trunc(this.#options.rows ?? 0))}`,
      );
      const shownNames = found.columns.map((c) => c.name);
      const masked = this.#options.mask === false ? new Set<string>() : maskedColumns(check, shownNames);
      return { columns: shownNames, rows: found.rows.map((row) => maskRow(row, shownNames, masked).map(plain)) };
    } catch (error) {
      if (error instanceof EngineError && error.code === "cancelled") throw error;
      // The verdict stands without its rows.
      return undefined;
    }
  }
}

const failingOf = (plan: RowsPlan): Fragment =>
  plan.considered === undefined ? plan.failing : sql`(${plan.considered}) AND (${plan.failing})`;

/** A comparison with NULL is no failure by itself; kinds that mean it say IS NOT TRUE. */
function expressionsOf(check: Check): readonly Fragment[] {
  const plan = check.plan as RowsPlan | MeasurePlan;
  if (plan.form === "measure") return plan.expressions;
  const total = plan.considered === undefined ? sql`count(*)` : sql`count(*) FILTER (WHERE ${plan.considered})`;
  return [total, sql`count(*) FILTER (WHERE ${failingOf(plan)})`];
}

function judge(check: Check, values: readonly Cell[], context: JudgeContext): Verdict {
  const plan = check.plan as RowsPlan | MeasurePlan;
  if (plan.form === "measure") return plan.judge(values, context);
  const total = toCount(values[0]);
  const failing = toCount(values[1]);
  return { ok: enough(failing, total, check.threshold), actual: failing, failing, total };
}

/** One line for people; the rest of an engine's text is for its log. */
function reasonOf(error: unknown): string {
  if (error instanceof EngineError) {
    if (error.code === "cancelled") throw error;
    return error.message.split("\n")[0]!;
  }
  throw error;
}

/** Results are kept, sent and printed as JSON, which knows no big integers and no bytes. */
function plain(cell: Cell): Plain {
  if (typeof cell === "bigint") return Number.isSafeInteger(Number(cell)) ? Number(cell) : cell.toString();
  if (typeof cell === "number") return Number.isFinite(cell) ? cell : String(cell);
  if (typeof cell !== "object" || cell === null) return cell;
  if (cell instanceof Date || cell instanceof Uint8Array) return cellText(cell);
  if (isList(cell)) return cell.map(plain);
  return Object.fromEntries(Object.entries(cell).map(([name, value]) => [name, plain(value)]));
}

const isList = (cell: Cell): cell is readonly Cell[] => Array.isArray(cell);
