import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import { EngineError } from "@meshwork/engine";
import type { BatchContext, Compiled, CompileOptions, ProjectNode } from "../model.ts";
import { sqlCodes } from "../sql.codes.ts";
import { buildNode } from "./build-node.ts";
import { engineDiagnostic } from "./engine-diagnostics.ts";
import type { FillPlan } from "./fill-plan.ts";
import { planFill, ReadStates } from "./fill-plan.ts";
import type { FilledModel } from "./interval-ledger.ts";
import { joined, overlap } from "./interval-ledger.ts";
import { batchesOf, timeOf, windowCondition } from "./microbatch.ts";
import type { Window } from "./microbatch.ts";
import type { NodeResult, RunOptions } from "./outcome.ts";
import { markOn } from "./ownership.ts";
import type { Work } from "./perform-steps.ts";
import type { ReadRewrites, TimedRead } from "./read-rewrites.ts";

type Batched = Pick<NodeResult, "status" | "rowsAffected" | "compiledPath" | "batches" | "diagnostics">;

export interface BatchesRun {
  readonly options: RunOptions;
  readonly reads: ReadRewrites | undefined;
  /** Windows that something upstream failed to fill in this run: nothing is built from them. */
  readonly holes: readonly Window[];
  compile(options: CompileOptions): Promise<Compiled>;
  write(sql: string): string | undefined;
}

/** A model of `microbatch`: batch after batch, each for itself. A failed one does not undo the others. */
export async function runBatches(
  run: BatchesRun,
  node: ProjectNode,
  work: Work,
  incremental: boolean,
): Promise<Batched> {
  const { options } = run;
  const ledger = options.intervals?.ledger;
  let planned: FillPlan & { readonly states: ReadStates };
  try {
    planned = await plan(run, node, work, incremental);
  } catch (error) {
    if (error instanceof RangeError) {
      const params = { key: "begin", value: error.message, expected: "a date", where: `model "${node.name}"` };
      return { status: "error", diagnostics: [sqlCodes.create("bad-config", params, { span: node.place })] };
    }
    if (!(error instanceof EngineError)) throw error;
    return { status: "error", diagnostics: [engineDiagnostic(work.project, node, error, undefined, {})] };
  }
  const { fill, kept, late, states } = planned;
  const diagnostics: Diagnostic[] = [];
  if (late !== undefined) {
    const beyond = node.config.microbatch.lateData!.beyond;
    const params = { model: node.name, rows: late.rows, from: late.windows[0]!.start, to: late.windows.at(-1)!.end };
    const extra = {
      span: node.place,
      product: node.product,
      severity: beyond === "error" ? "error" : "warning",
    } as const;
    diagnostics.push(sqlCodes.create("late-rows", params, extra));
    if (beyond === "error") return { status: "error", diagnostics };
  }
  const skipped = fill.filter((b) => run.holes.some((hole) => overlap(hole, b)));
  const batches = fill.filter((b) => !skipped.includes(b));
  const column = node.config.microbatch.eventTime ?? "";
  const successful: Window[] = [];
  const failed: Window[] = [];
  const code = ledger === undefined ? "" : work.project.fingerprint(node);
  let rowsAffected = 0;
  let path: string | undefined;
  for (const [i, batch] of batches.entries()) {
    const stopped = work.signal?.aborted === true;
    // dbt gives up when there is no table to add to; with a ledger, the batch that works makes it.
    if ((ledger === undefined && i === 1 && failed.length === 1 && !incremental) || stopped) {
      failed.push(...batches.slice(i).map(({ start, end }) => ({ start, end })));
      break;
    }
    const adds = incremental || (ledger === undefined ? i > 0 : successful.length > 0);
    options.onEvent?.({ kind: "batch", node, window: batch, index: i + 1, total: batches.length });
    const compiled = await run.compile({ incremental: adds, reads: run.reads?.of(batch), batch });
    path = run.write(compiled.sql);
    const window = windowCondition(column, batch, (t) => work.session.dialect.literal(t));
    const hooks = { before: i === 0, after: i === batches.length - 1 };
    if (ledger !== undefined && !adds)
      ledger.begin(node.id, work.marks?.run, isRanged(run, node) ? lookedAfter(run, node) : batches[0]!.start);
    const built = hasErrors(compiled.diagnostics)
      ? { diagnostics: compiled.diagnostics }
      : await buildNode(work, node, { compiled, compiledPath: path, incremental: adds, window, hooks });
    diagnostics.push(...built.diagnostics.filter((d) => !diagnostics.some((known) => known.message === d.message)));
    const good = !hasErrors(built.diagnostics);
    (good ? successful : failed).push({ start: batch.start, end: batch.end });
    if (good && ledger !== undefined && options.empty !== true)
      ledger.note(node.id, {
        start: batch.start,
        end: batch.end,
        code,
        read: states.of(batch),
        ...(timeOf(batch.end) > present(run) ? { open: true } : {}),
      });
    rowsAffected += ("rowsAffected" in built ? built.rowsAffected : 0) ?? 0;
  }
  const all = { successful, failed, kept: joined(kept), skipped: skipped.map(({ start, end }) => ({ start, end })) };
  const whole = failed.length + skipped.length === 0;
  const nothing = failed.length > 0 && successful.length + kept.length === 0;
  const status = whole ? "success" : nothing && skipped.length === 0 ? "error" : "partial success";
  return { status, rowsAffected, compiledPath: path, batches: all, diagnostics };
}

const present = ({ options }: BatchesRun): Date => options.asOf ?? options.now();

/** A range was named, for all models or for this one by a retry. */
const isRanged = ({ options }: BatchesRun, node: ProjectNode): boolean =>
  options.eventTimeStart !== undefined || options.eventTimeEnd !== undefined || options.batches?.has(node.id) === true;

/** Where a run without a range begins to look, on a table of which nothing is known. */
const lookedAfter = (run: BatchesRun, node: ProjectNode): string =>
  batchesOf(node, { now: present(run), incremental: true })[0]!.start;

/** The batches to build. @throws {RangeError} for a date that is none, {EngineError} when what is read cannot be asked. */
async function plan(
  run: BatchesRun,
  node: ProjectNode,
  work: Work,
  incremental: boolean,
): Promise<FillPlan & { readonly states: ReadStates }> {
  const { eventTimeStart, eventTimeEnd, intervals, batches: named } = run.options;
  const again = named?.get(node.id)?.map((w) => ({ ...w, id: w.start.slice(0, 13) }));
  const time = present(run);
  const range = { eventTimeStart, eventTimeEnd, now: time, incremental };
  const batches = again ?? batchesOf(node, range);
  const plain = { fill: batches, kept: [], late: undefined, states: ReadStates.none };
  if (intervals === undefined || run.options.empty === true) return plain;
  const ranged = isRanged(run, node);
  const known = incremental ? await knownOf(run, node, work) : undefined;
  const earliest = [known?.from ?? "", ...(known?.intervals.values() ?? [])].map((k) =>
    typeof k === "string" ? k : k.start,
  );
  const until = { ...range, incremental: false, eventTimeStart: earliest.sort()[0] };
  const since = ranged || known === undefined ? [] : batchesOf(node, until);
  const states = await readStates(run, node, work, [...batches, ...since]);
  const { ledger } = intervals;
  const refill = intervals.again === true || again !== undefined;
  const request = { project: work.project, node, ledger, known, batches, since, ranged, again: refill, now: time };
  return { ...planFill({ ...request, read: states }), states };
}

/** What the ledger knows, if it is of the table that is there and not of one that somebody made since. */
async function knownOf(run: BatchesRun, node: ProjectNode, work: Work): Promise<FilledModel | undefined> {
  const ledger = run.options.intervals!.ledger;
  const known = ledger.of(node.id);
  const made = (await markOn(work.session, node.relation, work.signal))?.run;
  if (known !== undefined && known.made === made) return known;
  ledger.begin(node.id, made, lookedAfter(run, node));
  return ledger.of(node.id);
}

async function readStates(
  run: BatchesRun,
  node: ProjectNode,
  work: Work,
  batches: readonly BatchContext[],
): Promise<ReadStates> {
  if (run.reads === undefined || batches.length === 0) return ReadStates.none;
  const reads = new Map<string, TimedRead>();
  await run.compile({ incremental: true, reads: run.reads.timed(reads), batch: batches[0] });
  const starts = batches.map((b) => b.start).sort();
  const ends = batches.map((b) => b.end).sort();
  const range = { start: starts[0]!, end: ends.at(-1)! };
  return ReadStates.ask(work.session, reads, node.config.microbatch.batchSize ?? "day", range, work.signal);
}
