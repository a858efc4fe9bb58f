import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { Session } from "@meshwork/engine";
import type { Compiled, CompileOptions, Project, ProjectNode } from "../model.ts";
import { askSession } from "./ask-session.ts";
import { buildNode, buildsIncrementally, ensureSchemas } from "./build-node.ts";
import { isMicrobatch } from "./fill-plan.ts";
import type { Window } from "./microbatch.ts";
import type { NodeResult, RunOptions, RunOutcome } from "./outcome.ts";
import { resultId } from "./outcome.ts";
import type { Work } from "./perform-steps.ts";
import { commentable } from "./ownership.ts";
import { runBatches } from "./run-batches.ts";
import { runProjectHooks } from "./project-hooks.ts";
import { ReadRewrites } from "./read-rewrites.ts";
import { RelationCatalog } from "./relations.ts";
import { RunPlan } from "./run-plan.ts";
import type { Job } from "./run-plan.ts";
import { testNode } from "./test-node.ts";
import { runUnitTest } from "./unit-test.ts";

type Finished = Omit<NodeResult, "node" | "unitTest" | "ms" | "startedAt" | "completedAt">;

/**
 * Builds and tests nodes in order. A node waits for everything it reads and for the tests of that;
 * when one of those fails it is skipped, and so is only what depends on it. Ephemeral models run inside their readers.
 * @throws {EngineError} when the session cannot even be asked what is there; a node's own trouble is in its result.
 */
export async function runNodes(project: Project, session: Session, options: RunOptions): Promise<RunOutcome> {
  const sessions = await openSessions(session, options);
  try {
    return await new Run(project, options, sessions).all();
  } finally {
    for (const extra of sessions.slice(1)) await extra.close();
  }
}

async function openSessions(session: Session, options: RunOptions): Promise<Session[]> {
  const wanted =
    options.openSession === undefined ? 1 : Math.max(1, Math.min(options.threads ?? 1, 32, options.nodes.length));
  const sessions = [session];
  while (sessions.length < wanted) sessions.push(await options.openSession!());
  return sessions;
}

class Run {
  readonly #project: Project;
  readonly #options: RunOptions;
  readonly #sessions: readonly Session[];
  readonly #plan: RunPlan;
  readonly #results: NodeResult[] = [];
  #reads: ReadRewrites | undefined;
  #started = 0;
  /** Windows that models of this run failed to fill, or could not for the sake of others, by node. */
  readonly #holes = new Map<string, readonly Window[]>();
  /** The id of what failed and ended the run, where the first failure does. */
  #failedFast: string | undefined;

  constructor(project: Project, options: RunOptions, sessions: readonly Session[]) {
    this.#project = project;
    this.#options = options;
    this.#sessions = sessions;
    this.#plan = new RunPlan(project, options.nodes, options.unitTests ?? []);
  }

  async all(): Promise<RunOutcome> {
    const { signal, onLog } = this.#options;
    const nodes = this.#plan.jobs.map((j) => j.node);
    const relations = [...nodes, ...(this.#options.deferred === undefined ? [] : this.#project.nodes.values())];
    const catalog = await RelationCatalog.read(
      this.#sessions[0]!,
      relations.map((n) => n.relation),
      signal,
    );
    this.#reads = new ReadRewrites(this.#project, this.#options, catalog);
    const fullRefresh = this.#options.fullRefresh === true;
    const { runId, empty } = this.#options;
    const marks = runId === undefined ? undefined : { run: runId, on: await commentable(this.#sessions[0]!, signal) };
    const shared = { project: this.#project, catalog, fullRefresh, empty, signal, onLog, marks };
    const first: Work = { ...shared, session: this.#sessions[0]! };
    await ensureSchemas(first, nodes);
    const diagnostics: Diagnostic[] = [];
    const hooks = async (when: "start" | "end"): Promise<void> => {
      if (this.#options.projectHooks !== true) return;
      diagnostics.push(...(await runProjectHooks(first, when, nodes, this.#results)));
    };
    await hooks("start");
    if (!hasErrors(diagnostics)) {
      this.#options.onState?.(() => this.#unreached());
      await this.#work(shared);
      await hooks("end");
    }
    const cancelled = signal?.aborted === true;
    // What was not reached is skipped: a retry goes on with it.
    if (cancelled) this.#results.push(...this.#unreached());
    const good = (r: NodeResult): boolean => succeeded(r.status);
    const ok = !cancelled && !hasErrors(diagnostics) && this.#results.every(good);
    return { results: this.#results, ok, diagnostics, cancelled };
  }

  /** Results of what no session has begun, as they stand. */
  #unreached(): NodeResult[] {
    const reached = new Set(this.#results.map(resultId));
    const at = this.#options.now();
    const left = this.#plan.jobs.filter((job) => !reached.has(job.id));
    return left.map(({ node, unitTest }) => ({
      node,
      unitTest,
      status: "skipped",
      ms: 0,
      startedAt: at,
      completedAt: at,
      diagnostics: [],
    }));
  }

  /** Every session takes the next job that waits for nothing, until none is left. */
  async #work(shared: Omit<Work, "session">): Promise<void> {
    let wake: () => void = () => {};
    const woken = (): Promise<void> =>
      new Promise((resolve) => {
        const before = wake;
        wake = () => {
          before();
          resolve();
        };
      });
    const worker = async (session: Session): Promise<void> => {
      while (this.#plan.waiting > 0 && this.#options.signal?.aborted !== true) {
        const job = this.#plan.next();
        if (job === undefined) {
          await woken();
          continue;
        }
        try {
          this.#plan.done(job, await this.#one(job, { ...shared, session }));
        } finally {
          const all = wake;
          wake = () => {};
          all();
        }
      }
      wake();
    };
    await Promise.all(this.#sessions.map(worker));
  }

  /** Whether what depends on the job may go on. */
  async #one(job: Job, work: Work): Promise<boolean> {
    const { node, unitTest } = job;
    const index = ++this.#started;
    const total = this.#plan.jobs.length;
    const startedAt = this.#options.now();
    const blocker = this.#plan.blockerOf(job) ?? this.#halfFilled(job);
    // What is wrong with the node itself is said even if it would have been skipped.
    const diagnostics =
      unitTest === undefined
        ? this.#project.compile(node).diagnostics.filter((d) => d.code !== "sql/needs-engine")
        : [];
    let finished: Finished;
    if (hasErrors(diagnostics)) finished = { status: "error", diagnostics };
    else if (this.#failedFast !== undefined) {
      finished = { status: "skipped", skippedFor: this.#failedFast, diagnostics: [] };
    } else if (blocker !== undefined) finished = { status: "skipped", skippedFor: blocker, diagnostics: [] };
    else {
      this.#options.onEvent?.({ kind: "start", node, index, total });
      finished = unitTest === undefined ? await this.#run(node, work) : await this.#unit(job, work);
    }
    const completedAt = this.#options.now();
    const ms = completedAt.getTime() - startedAt.getTime();
    const result: NodeResult = { node, unitTest, ms, startedAt, completedAt, ...finished };
    this.#results.push(result);
    const failed = result.status === "error" || result.status === "fail";
    if (this.#options.failFast === true && failed) this.#failedFast ??= resultId(result);
    this.#options.onEvent?.({ kind: "finish", result, index, total });
    this.#options.onState?.(() => [...this.#results, ...this.#unreached()]);
    // A model that failed for some intervals keeps others from those alone.
    if (result.status !== "partial success" || this.#options.intervals === undefined) return succeeded(result.status);
    this.#holes.set(node.id, [...(result.batches?.failed ?? []), ...(result.batches?.skipped ?? [])]);
    return true;
  }

  /** What is not built by intervals cannot be built from a model that lacks some. */
  #halfFilled({ id, node, unitTest }: Job): string | undefined {
    if (unitTest !== undefined || isMicrobatch(node)) return undefined;
    return this.#plan.upstreamOf(id).find((upstream) => this.#holes.has(upstream));
  }

  async #unit({ unitTest }: Job, work: Work): Promise<Finished> {
    const tested = await runUnitTest(work, unitTest!);
    return { status: tested.status, failures: tested.failures, diagnostics: tested.diagnostics };
  }

  async #run(node: ProjectNode, work: Work): Promise<Finished> {
    const sent: string[] = [];
    const noting: Work = { ...work, sent: (sql) => sent.push(sql) };
    const done = await this.#runNoting(node, noting);
    if (this.#options.write !== undefined && sent.length > 0) {
      const path = compiledPath(this.#project, node).replace("target/compiled/", "target/run/");
      const text = sent.map((sql) => sql.trim().replace(/;?$/, ";")).join("\n\n");
      this.#options.write(node.resourceType === "seed" ? `${path}.sql` : path, `${text}\n`);
    }
    return done;
  }

  async #runNoting(node: ProjectNode, work: Work): Promise<Finished> {
    const incremental = buildsIncrementally(work, node);
    if (node.resourceType === "seed") {
      // A seed's statements are its rows: nobody wants them twice on disk.
      const build = { compiled: undefined, compiledPath: undefined, incremental: false };
      const built = await buildNode({ ...work, sent: undefined }, node, build);
      return { status: hasErrors(built.diagnostics) ? "error" : "success", ...built };
    }
    if (isMicrobatch(node)) return this.#batches(node, work, incremental);
    const compiled = await this.#compile(node, work, { incremental, reads: this.#reads?.of() });
    if (hasErrors(compiled.diagnostics)) return { status: "error", diagnostics: compiled.diagnostics };
    const path = this.#write(node, compiled.sql);
    if (node.resourceType === "test") {
      const tested = await testNode(work, node, compiled, {
        sampleRows: Math.max(0, Math.floor(this.#options.sampleRows ?? 0)),
        compiledPath: path === undefined ? undefined : (this.#options.shownPath?.(path) ?? path),
        storeFailures: this.#options.storeFailures === true,
        masks: this.#options.masks,
      });
      return { ...tested, compiledPath: path, diagnostics: [...compiled.diagnostics, ...tested.diagnostics] };
    }
    const shown = path === undefined ? undefined : (this.#options.shownPath?.(path) ?? path);
    const built = await buildNode(work, node, { compiled, compiledPath: shown, incremental });
    const diagnostics = [...compiled.diagnostics, ...built.diagnostics];
    const status = hasErrors(diagnostics) ? "error" : "success";
    return { status, rowsAffected: built.rowsAffected, compiledPath: path, diagnostics };
  }

  async #compile(node: ProjectNode, work: Work, options: CompileOptions): Promise<Compiled> {
    const known = this.#project.compile(node, options);
    const asks = known.diagnostics.some((d) => d.code === "sql/needs-engine");
    return asks ? this.#project.prepare(node, askSession(work.session, work.signal), options) : known;
  }

  #batches(node: ProjectNode, work: Work, incremental: boolean): Promise<Finished> {
    return runBatches(
      {
        options: this.#options,
        reads: this.#reads,
        holes: this.#plan.upstreamOf(node.id).flatMap((id) => this.#holes.get(id) ?? []),
        compile: (options) => this.#compile(node, work, options),
        write: (sql) => this.#write(node, sql),
      },
      node,
      work,
      incremental,
    );
  }

  #write(node: ProjectNode, sql: string): string | undefined {
    if (this.#options.write === undefined) return undefined;
    const path = compiledPath(this.#project, node);
    this.#options.write(path, `${sql.trim()}\n`);
    return path;
  }
}

const succeeded = (status: NodeResult["status"]): boolean =>
  status === "success" || status === "pass" || status === "warn";

/** Where a node's compiled SQL goes, below the project's root: dbt's places. */
export function compiledPath(project: Project, node: ProjectNode): string {
  const root = node.packageRoot === "" ? "" : `${node.packageRoot}/`;
  const path = node.path.startsWith(root) ? node.path.slice(root.length) : node.path;
  const folder = `target/compiled/${node.package || project.name}/${path}`;
  // A test's name may come out of YAML: only what is harmless in a file's name is kept of it.
  return node.test?.kind === "generic"
    ? `${folder}/${node.relation.name.replaceAll(/[^\w.-]+/g, "_").replace(/^\.+/, "_")}.sql`
    : folder;
}
