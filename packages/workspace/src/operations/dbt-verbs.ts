import { join, relative } from "node:path";
import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { NodeResult, Project, ResourceType, RunOutcome, Window } from "@meshwork/models";
import { joinedWindows, manifest, resultId, runNodes, runResults } from "@meshwork/models";
import type { DbtOptions } from "../dbt/dbt-options.ts";
import type { DbtPlace } from "../dbt/dbt-place.ts";
import { artifactOptions, writeTarget } from "../dbt/dbt-place.ts";
import { openPlaces } from "../dbt/open-places.ts";
import { stateFolder, stateRelations } from "../dbt/state.ts";
import type { Relation } from "@meshwork/sql";
import { unique } from "./dbt-read.ts";
import { FileIntervalLedger } from "../interval-ledger.ts";
import type { OperationResult } from "../operation.ts";
import { answering } from "../operation.ts";

export interface RanNode {
  readonly id: string;
  readonly product: string | undefined;
  readonly status: NodeResult["status"];
  readonly ms: number;
  /** What the database was told to make: `table`, `view` …; of tests nothing. */
  readonly made?: string | undefined;
  readonly rows?: number | undefined;
  readonly failures?: number | undefined;
  /** Why it was skipped: the node that failed. */
  readonly skippedFor?: string | undefined;
  /** Of `microbatch` models, by how they came out; neighbours are one. ISO times, the end left out. */
  readonly intervals?: {
    readonly filled: readonly Window[];
    readonly kept: readonly Window[];
    readonly failed: readonly Window[];
    readonly skipped: readonly Window[];
    /** Batches, by the same words. */
    readonly counts: { readonly filled: number; readonly failed: number; readonly skipped: number };
  };
}

export interface RunVerbOptions extends DbtOptions {
  /** Failing rows of a test to show (5). */
  readonly rows?: number | undefined;
  /** The first failure ends the run. */
  readonly failFast?: boolean | undefined;
  /** What `microbatch` models are built for. */
  readonly eventTimeStart?: string | undefined;
  readonly eventTimeEnd?: string | undefined;
  /** The same range, of which only what is missing or stale is filled. */
  readonly fillFrom?: string | undefined;
  readonly fillTo?: string | undefined;
  /** All of that range, filled or not. */
  readonly again?: boolean | undefined;
  /** What templates print. */
  readonly onPrint?: ((text: string) => void) | undefined;
}

/** dbt's `run`: models only. In a mesh they go into the private schema, and ports are left as they are. */
export const run = (options: RunVerbOptions) => runVerb(options, "run", ["model"]);
/** dbt's `seed`. */
export const seed = (options: RunVerbOptions) => runVerb(options, "seed", ["seed"]);
/** dbt's `snapshot`. */
export const snapshot = (options: RunVerbOptions) => runVerb(options, "snapshot", ["snapshot"]);
/** dbt's `test`: the tests of what is built. */
export const test = (options: RunVerbOptions) => runVerb(options, "test", ["test"]);
/** dbt's `build`: seeds, models, snapshots and tests, each after what it reads; a failed test stops what comes after. */
export const buildNodes = (options: RunVerbOptions) => runVerb(options, "build", ["seed", "model", "snapshot", "test"]);

/** What one verb runs: which types of nodes, or exactly which nodes of a run before. */
interface Verb {
  readonly command: string;
  readonly types: readonly ResourceType[];
  readonly again?: ((place: DbtPlace) => Again) | undefined;
}

/** What is left to do of a run before, by id, and the batches of models that failed. */
export interface Again {
  readonly ids: ReadonlySet<string>;
  readonly batches: ReadonlyMap<string, readonly { readonly start: string; readonly end: string }[]>;
}

const runVerb = (
  options: RunVerbOptions,
  command: string,
  types: readonly ResourceType[],
): Promise<OperationResult<readonly RanNode[]>> => answering([], () => runIn(options, { command, types }));

const recordEveryMs = 250;

/**
 * What is wrong with the project whatever is run of it. What a template raises while it is rendered for a run
 * (`exceptions.raise_compiler_error`) is that node's failure: it stops what depends on it, and nothing where it is not run.
 */
function withoutRaised(project: Project): readonly Diagnostic[] {
  const known = project.diagnostics.filter((d) => d.code !== "sql/needs-engine");
  const raised = known.filter((d) => d.code === "sql/template-failed" && d.severity === "error");
  if (raised.length === 0) return known;
  const place = (d: Diagnostic): string => `${d.span?.file}:${d.span?.line}:${d.span?.column} ${d.message}`;
  const ofNodes = new Set(
    [...project.nodes.values()].flatMap((n) =>
      n.resourceType === "seed" ? [] : project.compile(n).diagnostics.map(place),
    ),
  );
  return known.filter((d) => !raised.includes(d) || !ofNodes.has(place(d)));
}

/** Runs a verb in every project that the flags mean. @throws {Refusal} */
export async function runIn(options: RunVerbOptions, verb: Verb): Promise<OperationResult<readonly RanNode[]>> {
  const { command, types } = verb;
  const opened = await openPlaces({ ...options, command }, types.includes("test") ? [...types, "unit_test"] : types);
  const deferred = options.defer === true ? deferredRelations(options) : undefined;
  const found: Diagnostic[] = [];
  const results: RanNode[] = [];
  let unread = false;
  for (const place of opened.places) {
    const { project, selected } = place;
    const ofProject = withoutRaised(project);
    found.push(...ofProject, ...selected.diagnostics);
    const again = verb.again?.(place);
    const all = again === undefined ? selected.nodes : [...project.nodes.values()].filter((n) => again.ids.has(n.id));
    const nodes = all.filter((n) => types.includes(n.resourceType));
    const tested = again === undefined ? selected.unitTests : [...project.unitTests.values()];
    const unitTests = types.includes("test") ? tested.filter((t) => again === undefined || again.ids.has(t.id)) : [];
    if (hasErrors(ofProject)) unread = true;
    if (nodes.length + unitTests.length === 0 || unread) continue;
    const started = performance.now();
    const record = (outcome: Pick<RunOutcome, "results">): void => {
      const elapsedMs = performance.now() - started;
      const written = { ...artifactOptions(opened), elapsedMs, command, args: argsOf(options) };
      writeTarget(place, "run_results.json", runResults(project, outcome, written));
    };
    let next = 0;
    const connection = await place.connect(options.signal);
    // Opened after the connection: who waited for another process sees what that one filled.
    const ledger = FileIntervalLedger.open(place.intervalsFile);
    try {
      const outcome = await runNodes(project, connection.session, {
        nodes,
        unitTests,
        projectHooks: true,
        masks: place.masks,
        empty: options.empty,
        storeFailures: options.storeFailures,
        eventTimeStart: options.fillFrom ?? options.eventTimeStart,
        eventTimeEnd: options.fillTo ?? options.eventTimeEnd,
        intervals: {
          ledger,
          // dbt's own flags fill their range each time, as dbt does.
          again: options.again === true || options.fillFrom === undefined,
        },
        runId: opened.invocationId,
        asOf: opened.now,
        batches: again?.batches,
        deferred,
        favorState: options.favorState,
        onLog: (text, shown) => shown && options.onPrint?.(text),
        shownPath: (path) => shownPath(place, path, options),
        threads: place.threads,
        openSession: connection.openSession,
        fullRefresh: options.fullRefresh,
        failFast: options.failFast,
        signal: options.signal,
        sampleRows: options.rows ?? 5,
        now: () => new Date(),
        write: (path, text) => writeTarget(place, path, text),
        onState: (state) => {
          // A run that is killed leaves what a retry goes on with; writing it must not slow the run down.
          const before = performance.now();
          if (before < next) return;
          record({ results: state() });
          next = performance.now() + Math.max(recordEveryMs, 20 * (performance.now() - before));
        },
        onEvent: (e) => {
          if (e.kind === "start")
            options.onProgress?.({ kind: "phase", text: `${command}: ${e.node.name}`, done: e.index, total: e.total });
          if (e.kind === "batch")
            options.onProgress?.({
              kind: "phase",
              text: `${command}: ${e.node.name} ${shortTime(e.window.start)}`,
              done: e.index,
              total: e.total,
            });
        },
      });
      if (ledger.filled.size > 0) await place.filled?.(ledger.filled);
      found.push(...outcome.diagnostics);
      for (const r of outcome.results) {
        found.push(...r.diagnostics);
        results.push(ranNode(r));
      }
      record(outcome);
      writeTarget(place, "manifest.json", manifest(project, artifactOptions(opened)));
    } finally {
      await connection.close();
    }
  }
  const diagnostics = opened.settle(unique(found));
  const count = (...s: NodeResult["status"][]) => results.filter((r) => s.includes(r.status)).length;
  return {
    exitCode: unread || hasErrors(diagnostics) || count("error", "fail", "partial success") > 0 ? 1 : 0,
    diagnostics,
    summary: {
      resources: results.length,
      passed: count("success", "pass"),
      warned: count("warn"),
      failed: count("fail", "error", "partial success"),
      skipped: count("skipped"),
    },
    results,
  };
}

/** The flags that a `retry` runs with again; what is not a plain setting of the run stays out. */
function argsOf(options: RunVerbOptions): Record<string, unknown> {
  return {
    select: [...(options.select ?? [])],
    exclude: [...(options.exclude ?? [])],
    vars: options.vars ?? {},
    target: options.target ?? null,
    profile: options.profile ?? null,
    threads: options.threads ?? null,
    full_refresh: options.fullRefresh === true,
    fail_fast: options.failFast === true,
    empty: options.empty === true,
    store_failures: options.storeFailures === true,
    defer: options.defer === true,
    favor_state: options.favorState === true,
    state: options.deferState ?? options.state ?? null,
    event_time_start: options.eventTimeStart ?? null,
    event_time_end: options.eventTimeEnd ?? null,
  };
}

function deferredRelations(options: DbtOptions): ReadonlyMap<string, Relation> {
  const found = stateRelations(stateFolder(options, "--defer"));
  return new Map([...found].map(([id, state]) => [id, state.relation]));
}

/** A file of the target folder as findings name it. */
function shownPath(place: DbtPlace, path: string, options: DbtOptions): string {
  const base = options.root ?? options.cwd ?? process.cwd();
  return relative(base, join(place.targetFolder, path.replace(/^target\//, ""))).replaceAll("\\", "/");
}

function intervalsOf({ successful, failed, kept = [], skipped = [] }: NonNullable<NodeResult["batches"]>) {
  return {
    filled: joinedWindows(successful),
    kept: [...kept],
    failed: joinedWindows(failed),
    skipped: joinedWindows(skipped),
    counts: { filled: successful.length, failed: failed.length, skipped: skipped.length },
  };
}

const shortTime = (iso: string): string => iso.replace(/T00:00:00\.000Z$/, "").replace(/:00\.000Z$/, "");

function ranNode(r: NodeResult): RanNode {
  const { node } = r;
  return {
    id: resultId(r),
    product: node.product,
    status: r.status,
    ms: Math.round(r.ms),
    made: r.unitTest !== undefined || node.resourceType === "test" ? undefined : node.config.materialized,
    rows: r.rowsAffected,
    failures: r.failures,
    skippedFor: r.skippedFor,
    ...(r.batches === undefined ? {} : { intervals: intervalsOf(r.batches) }),
  };
}
