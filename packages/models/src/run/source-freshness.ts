import type { Diagnostic } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import type { Cell, Session } from "@meshwork/engine";
import type { FreshnessLimit, Project, SourceNode } from "../model.ts";
import { sqlCodes } from "../sql.codes.ts";
import { askSession } from "./ask-session.ts";

/** How old a source's data is, and what its limits say to it. */
export interface FreshnessResult {
  readonly source: SourceNode;
  readonly status: "pass" | "warn" | "error" | "runtime error";
  readonly startedAt: Date;
  readonly completedAt: Date;
  /** When the newest data was loaded; nothing where there is no row. */
  readonly maxLoadedAt?: Date | undefined;
  readonly ageSeconds?: number | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const seconds = { minute: 60, hour: 3600, day: 86_400 } as const;

const exceeds = (limit: FreshnessLimit | undefined, age: number): boolean =>
  limit !== undefined && age > limit.count * seconds[limit.period];

/** Asks the engine when a source was loaded, and holds its age against the source's limits. */
export async function checkFreshness(
  project: Project,
  session: Session,
  source: SourceNode,
  options: { readonly now: () => Date; readonly signal?: AbortSignal | undefined },
): Promise<FreshnessResult> {
  const { freshness } = source;
  const { signal, now } = options;
  const startedAt = now();
  const label = `${source.source}.${source.name}`;
  const failed = (reason: string): FreshnessResult => {
    const finding = sqlCodes.create("query-failed", { reason }, { span: source.place, product: source.product });
    return { source, status: "runtime error", startedAt, completedAt: now(), diagnostics: [finding] };
  };
  const rendered = async (text: string): Promise<string> => {
    if (!/\{[{%]/.test(text)) return text;
    const request = { call: { text }, package: source.package, place: source.place };
    const done = await project.evaluate(undefined, request, askSession(session, signal));
    return done.text;
  };
  const relation = source.location ?? project.dialect.relation(source.relation);
  const field = freshness?.loadedAtField;
  const query = freshness?.loadedAtQuery;
  if (field === undefined && query === undefined)
    return failed(`Nothing tells when "${label}" was loaded: add loaded_at_field or loaded_at_query to it.`);
  const where = freshness?.filter === undefined ? "" : ` where ${await rendered(freshness.filter)}`;
  const sql =
    query === undefined ? `select max(${await rendered(field!)}) from ${relation}${where}` : await rendered(query);
  let cell: Cell | undefined;
  try {
    const result = await session.query(sql, { signal });
    cell = (await result.rows())[0]?.[0];
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return failed(`The age of "${label}" cannot be read: ${error.message.split("\n")[0]!}`);
  }
  const completedAt = now();
  const maxLoadedAt = cell === null || cell === undefined ? undefined : timeOf(cell);
  if (maxLoadedAt !== undefined && Number.isNaN(maxLoadedAt.getTime()))
    return failed(`What tells when "${label}" was loaded is no time: ${String(cell)}.`);
  // Without a row the data is as old as can be.
  const age = maxLoadedAt === undefined ? Infinity : (completedAt.getTime() - maxLoadedAt.getTime()) / 1000;
  const status = exceeds(freshness?.errorAfter, age) ? "error" : exceeds(freshness?.warnAfter, age) ? "warn" : "pass";
  const limit = status === "error" ? freshness?.errorAfter : freshness?.warnAfter;
  const diagnostics = status === "pass" || limit === undefined ? [] : [stale(source, label, status, age, limit)];
  const ageSeconds = Number.isFinite(age) ? age : undefined;
  return { source, status, startedAt, completedAt, maxLoadedAt, ageSeconds, diagnostics };
}

/** A time without a zone is UTC, as dbt takes it. */
function timeOf(cell: Cell): Date {
  if (cell instanceof Date) return cell;
  const text = String(cell).trim().replace(" ", "T");
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return new Date(`${text}T00:00:00Z`);
  return new Date(/(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(text.slice(10)) ? text : `${text}Z`);
}

function stale(
  source: SourceNode,
  label: string,
  status: "warn" | "error",
  age: number,
  limit: FreshnessLimit,
): Diagnostic {
  const severity = status === "error" ? ("error" as const) : ("warning" as const);
  const params = {
    source: label,
    age: Number.isFinite(age) ? ageOf(age) : undefined,
    limit: `${limit.count} ${limit.period}${limit.count === 1 ? "" : "s"}`,
  };
  return sqlCodes.create("source-stale", params, { severity, span: source.place, product: source.product });
}

function ageOf(seconds_: number): string {
  if (seconds_ < 7200) return `${Math.round(seconds_ / 60)} minutes`;
  return seconds_ < 172_800 ? `${Math.round(seconds_ / 3600)} hours` : `${Math.round(seconds_ / 86_400)} days`;
}

/** `target/sources.json`, dbt's schema v3. */
export function freshnessArtifact(
  results: readonly FreshnessResult[],
  options: { readonly generatedAt: Date; readonly invocationId: string; readonly elapsedMs: number },
): Readonly<Record<string, unknown>> {
  return {
    metadata: {
      dbt_schema_version: "https://schemas.getdbt.com/dbt/sources/v3.json",
      dbt_version: "1.10.0",
      generated_at: options.generatedAt.toISOString(),
      invocation_id: options.invocationId,
      env: {},
    },
    results: results.map(artifactEntry),
    elapsed_time: options.elapsedMs / 1000,
  };
}

const limitEntry = (limit: FreshnessLimit | undefined) => ({
  count: limit?.count ?? null,
  period: limit?.period ?? null,
});

function artifactEntry(result: FreshnessResult): Readonly<Record<string, unknown>> {
  const { source, status, startedAt, completedAt } = result;
  if (status === "runtime error")
    return { unique_id: source.id, error: result.diagnostics[0]?.message ?? null, status };
  const earliest = new Date("0001-01-01T00:00:00Z");
  return {
    unique_id: source.id,
    max_loaded_at: (result.maxLoadedAt ?? earliest).toISOString(),
    snapshotted_at: completedAt.toISOString(),
    max_loaded_at_time_ago_in_s: result.ageSeconds ?? (completedAt.getTime() - earliest.getTime()) / 1000,
    status,
    criteria: {
      warn_after: limitEntry(source.freshness?.warnAfter),
      error_after: limitEntry(source.freshness?.errorAfter),
      filter: source.freshness?.filter ?? null,
    },
    adapter_response: {},
    timing: [{ name: "execute", started_at: startedAt.toISOString(), completed_at: completedAt.toISOString() }],
    thread_id: "Thread-1",
    execution_time: (completedAt.getTime() - startedAt.getTime()) / 1000,
  };
}
