import type { Session } from "@meshwork/engine";
import type { BatchContext, BatchSize, Project, ProjectNode } from "../model.ts";
import type { FilledInterval, FilledModel, IntervalLedger } from "./interval-ledger.ts";
import { intervalKey, joined, overlap } from "./interval-ledger.ts";
import { timeOf } from "./microbatch.ts";
import type { Window } from "./microbatch.ts";
import type { TimedRead } from "./read-rewrites.ts";

export interface FillRequest {
  readonly project: Project;
  readonly node: ProjectNode;
  readonly ledger: IntervalLedger;
  /** What the ledger says of the table that is there; nothing where it speaks of another. */
  readonly known: FilledModel | undefined;
  /** The batches of the range that was asked for, or dbt's of today. */
  readonly batches: readonly BatchContext[];
  /** All batches since the table begins: what a run without a range may have to look after. */
  readonly since: readonly BatchContext[];
  /** A range was named: all of it counts, and nothing outside it. */
  readonly ranged: boolean;
  readonly again: boolean;
  readonly now: Date;
  /** What is read now, by batch: rows and a hash. */
  readonly read: ReadStates;
}

export interface FillPlan {
  /** In order of time. */
  readonly fill: readonly BatchContext[];
  /** Of the range, filled before and still right. */
  readonly kept: readonly Window[];
  /** Rows that came for batches beyond what the policy accepts, and where they lie. */
  readonly late: { readonly rows: number; readonly windows: readonly Window[] } | undefined;
}

/**
 * Which batches a model needs. With a range: those of it that are not filled, were filled by other code, or read
 * something that has changed since. Without: dbt's of today, what an interrupted run left out, what reads a batch that
 * was filled again, and what late rows came for, as far back as the model's policy accepts them.
 */
export function planFill(request: FillRequest): FillPlan {
  const { node, known, batches, ranged, again, read } = request;
  const upstream = microbatchesAbove(request.project, node).flatMap((id) => [
    ...(request.ledger.of(id)?.intervals.values() ?? []),
  ]);
  const outdated = (batch: Window, filled: FilledInterval): boolean =>
    upstream.some((u) => u.at > filled.at && overlap(u, batch));
  const filledAs = (batch: Window): FilledInterval | undefined => known?.intervals.get(intervalKey(batch));
  if (ranged) {
    const code = request.project.fingerprint(node);
    const current = (batch: Window): boolean => {
      const filled = filledAs(batch);
      return (
        filled !== undefined &&
        filled.open !== true &&
        filled.code === code &&
        !outdated(batch, filled) &&
        sameRead(read.of(batch), filled)
      );
    };
    const kept = again ? [] : batches.filter(current);
    const skip = new Set(kept);
    return { fill: batches.filter((b) => !skip.has(b)), kept, late: undefined };
  }
  const { lateData } = node.config.microbatch;
  const wanted = new Map(batches.map((b) => [intervalKey(b), b]));
  const lateWindows: Window[] = [];
  let rows = 0;
  for (const batch of known === undefined ? [] : request.since) {
    if (wanted.has(intervalKey(batch))) continue;
    const filled = filledAs(batch);
    if (filled === undefined) {
      if (batch.start >= known!.from) wanted.set(intervalKey(batch), batch);
    } else if (filled.open === true || outdated(batch, filled)) wanted.set(intervalKey(batch), batch);
    else if (lateData !== undefined) {
      const accepted = timeOf(batch.end).getTime() > request.now.getTime() - lateData.accept;
      if (accepted && !sameRead(read.of(batch), filled)) wanted.set(intervalKey(batch), batch);
      if (accepted) continue;
      const more = moreRows(read.of(batch), filled);
      if (more > 0) lateWindows.push({ start: batch.start, end: batch.end });
      rows += more;
    }
  }
  const fill = [...wanted.values()].sort((a, b) => (a.start < b.start ? -1 : 1));
  return { fill, kept: [], late: rows === 0 ? undefined : { rows, windows: joined(lateWindows) } };
}

/** The nearest models upstream that are built by batches, through whatever lies between. */
export function microbatchesAbove(project: Project, node: ProjectNode): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (id: string): void => {
    for (const parent of project.parents(id)) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      const above = project.nodes.get(parent);
      if (above !== undefined && isMicrobatch(above)) found.add(parent);
      else visit(parent);
    }
  };
  visit(node.id);
  return [...found].sort();
}

export const isMicrobatch = ({ config }: ProjectNode): boolean =>
  config.materialized === "incremental" && config.incrementalStrategy === "microbatch";

type Read = Readonly<Record<string, string>>;

const sameRead = (now: Read, filled: FilledInterval): boolean =>
  Object.keys(now).every((id) => id in filled.read && filled.read[id] === now[id]) &&
  Object.keys(filled.read).every((id) => id in now);

const countOf = (state: string | undefined): number => Number(state?.split(":")[0] ?? 0);

const moreRows = (now: Read, filled: FilledInterval): number =>
  Object.keys(now).reduce(
    // What was not read when the batch was filled tells nothing about late rows.
    (n, id) => n + (id in filled.read ? Math.max(0, countOf(now[id]) - countOf(filled.read[id])) : 0),
    0,
  );

/** What relations with a column of time hold, by batch. */
export class ReadStates {
  readonly #states = new Map<string, Map<string, string>>();
  static readonly none = new ReadStates();

  /** Rows and a hash of them, one scan of each relation. @throws {EngineError} */
  static async ask(
    session: Session,
    reads: ReadonlyMap<string, TimedRead>,
    size: BatchSize,
    range: Window,
    signal?: AbortSignal,
  ): Promise<ReadStates> {
    const states = new ReadStates();
    const { dialect } = session;
    const hash =
      session.capabilities.engine === "postgres"
        ? "sum(hashtextextended(cast(mesh_read as text), 0))"
        : "sum(cast(hash(mesh_read) as hugeint))";
    const literal = (iso: string): string =>
      `cast(${dialect.literal(iso.replace("T", " ").replace(/\.\d+Z$/, ""))} as timestamp)`;
    for (const [id, { name, column }] of reads) {
      const at = `cast((${column}) as timestamp)`;
      const sql = `select cast(date_trunc('${size}', ${at}) as varchar), count(*), cast(${hash} as varchar) from ${name} as mesh_read where ${at} >= ${literal(range.start)} and ${at} < ${literal(range.end)} group by 1`;
      const byStart = new Map<string, string>();
      for (const [start, count, sum] of await (await session.query(sql, { signal })).rows())
        byStart.set(timeOf(String(start)).toISOString(), `${String(count)}:${String(sum)}`);
      states.#states.set(id, byStart);
    }
    return states;
  }

  of(batch: Window): Read {
    return Object.fromEntries([...this.#states].map(([id, byStart]) => [id, byStart.get(batch.start) ?? "0"]));
  }
}
