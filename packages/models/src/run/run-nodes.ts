import type { Session } from "@meshwork/engine";
import { hasErrors } from "@meshwork/diagnostics";
import type { Project, ProjectNode } from "../model.ts";
import { askSession } from "./ask-session.ts";
import { buildNode, buildsIncrementally, ensureSchemas } from "./build-node.ts";
import type { Work } from "./build-node.ts";
import type { NodeResult, NodeStatus, RunOptions, RunOutcome } from "./outcome.ts";
import { RelationCatalog } from "./relations.ts";
import { testNode } from "./test-node.ts";

type Finished = Omit<NodeResult, "node" | "ms" | "startedAt" | "completedAt">;

/**
 * Builds and tests nodes in order. A node waits for everything it reads and for the tests of that;
 * when one of those fails it is skipped, and so is only what depends on it. Ephemeral models run inside their readers.
 * @throws {EngineError} when the session cannot even be asked what is there; a node's own trouble is in its result.
 */
export async function runNodes(project: Project, session: Session, options: RunOptions): Promise<RunOutcome> {
  const nodes = project.order(options.nodes.filter((n) => n.config.materialized !== "ephemeral"));
  const sessions = await openSessions(session, options);
  try {
    return await new Run(project, nodes, options, sessions).all();
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
  readonly #nodes: readonly ProjectNode[];
  readonly #options: RunOptions;
  readonly #sessions: readonly Session[];
  readonly #results: NodeResult[] = [];
  readonly #done = new Map<string, NodeResult>();
  readonly #waitsFor = new Map<string, ReadonlySet<string>>();
  #started = 0;
  /** The node whose failure ended the run, where the first one does. */
  #failedFast: string | undefined;

  constructor(project: Project, nodes: readonly ProjectNode[], options: RunOptions, sessions: readonly Session[]) {
    this.#project = project;
    this.#nodes = nodes;
    this.#options = options;
    this.#sessions = sessions;
    const chosen = new Map(nodes.map((n) => [n.id, n]));
    for (const node of nodes) this.#waitsFor.set(node.id, this.#blockers(node, chosen));
  }

  /** Chosen nodes upstream, through nodes that are not chosen and through ephemeral models, and the tests on them. */
  #blockers(node: ProjectNode, chosen: ReadonlyMap<string, ProjectNode>): Set<string> {
    const found = new Set<string>();
    const seen = new Set<string>();
    const visit = (id: string): void => {
      for (const parent of this.#project.parents(id)) {
        if (seen.has(parent)) continue;
        seen.add(parent);
        if (chosen.has(parent)) found.add(parent);
        else visit(parent);
        if (node.resourceType === "test") continue;
        for (const child of this.#project.children(parent)) {
          const test = chosen.get(child);
          if (test?.resourceType === "test" && this.#testGates(test, node)) found.add(child);
        }
      }
    };
    visit(node.id);
    return found;
  }

  /** A test that reads the node itself, or what comes after it, cannot run before it. */
  #testGates(test: ProjectNode, node: ProjectNode): boolean {
    return test.config.severity === "error" && !this.#readsFrom(test.id, node.id, new Set());
  }

  #readsFrom(id: string, target: string, seen: Set<string>): boolean {
    for (const parent of this.#project.parents(id)) {
      if (parent === target) return true;
      if (seen.has(parent)) continue;
      seen.add(parent);
      if (this.#readsFrom(parent, target, seen)) return true;
    }
    return false;
  }

  async all(): Promise<RunOutcome> {
    const { signal } = this.#options;
    const catalog = await RelationCatalog.read(
      this.#sessions[0]!,
      this.#nodes.map((n) => n.relation),
      signal,
    );
    const shared = { project: this.#project, catalog, fullRefresh: this.#options.fullRefresh === true, signal };
    await ensureSchemas({ ...shared, session: this.#sessions[0]! }, this.#nodes);
    const waiting = [...this.#nodes];
    let wake: () => void = () => {};
    let running = 0;
    const cancelled = (): boolean => signal?.aborted === true;
    const worker = async (session: Session): Promise<void> => {
      while (waiting.length > 0 && !cancelled()) {
        let at = waiting.findIndex((n) => this.#ready(n));
        // Nothing runs and nothing is ready: these read each other, and their diagnostics say so.
        if (at < 0 && running === 0) at = 0;
        if (at < 0) {
          await new Promise<void>((resolve) => {
            const before = wake;
            wake = () => {
              before();
              resolve();
            };
          });
          continue;
        }
        const [node] = waiting.splice(at, 1);
        running++;
        try {
          await this.#one(node!, { ...shared, session });
        } finally {
          running--;
          const woken = wake;
          wake = () => {};
          woken();
        }
      }
    };
    await Promise.all(this.#sessions.map(worker));
    const ok =
      !cancelled() && this.#results.every((r) => r.status !== "error" && r.status !== "fail" && r.status !== "skipped");
    return { results: this.#results, ok, cancelled: cancelled() };
  }

  #ready(node: ProjectNode): boolean {
    return [...this.#waitsFor.get(node.id)!].every((id) => this.#done.has(id));
  }

  async #one(node: ProjectNode, work: Work): Promise<void> {
    const index = ++this.#started;
    const total = this.#nodes.length;
    const startedAt = this.#options.now();
    const blocker = [...this.#waitsFor.get(node.id)!].find((id) => {
      const before = this.#done.get(id);
      return before !== undefined && !succeeded(before.status);
    });
    // What is wrong with the node itself is said even if it would have been skipped.
    const diagnostics = this.#project.compile(node).diagnostics.filter((d) => d.code !== "sql/needs-engine");
    let finished: Finished;
    if (hasErrors(diagnostics)) finished = { status: "error", diagnostics };
    else if (this.#failedFast !== undefined) {
      finished = { status: "skipped", skippedFor: this.#failedFast, diagnostics: [] };
    } else if (blocker !== undefined) {
      const reason = this.#done.get(blocker)!;
      finished = { status: "skipped", skippedFor: reason.skippedFor ?? blocker, diagnostics: [] };
    } else {
      this.#options.onEvent?.({ kind: "start", node, index, total });
      finished = await this.#run(node, work);
    }
    const completedAt = this.#options.now();
    const result: NodeResult = {
      node,
      ms: completedAt.getTime() - startedAt.getTime(),
      startedAt,
      completedAt,
      ...finished,
    };
    this.#done.set(node.id, result);
    this.#results.push(result);
    if (this.#options.failFast === true && (result.status === "error" || result.status === "fail"))
      this.#failedFast ??= node.id;
    this.#options.onEvent?.({ kind: "finish", result, index, total });
  }

  async #run(node: ProjectNode, work: Work): Promise<Finished> {
    if (node.resourceType === "seed") {
      const built = await buildNode(work, node, undefined, undefined);
      return { status: hasErrors(built.diagnostics) ? "error" : "success", ...built };
    }
    const options = { incremental: buildsIncrementally(work, node) };
    const known = this.#project.compile(node, options);
    const asks = known.diagnostics.some((d) => d.code === "sql/needs-engine");
    const compiled = asks ? await this.#project.prepare(node, askSession(work.session, work.signal), options) : known;
    if (hasErrors(compiled.diagnostics)) return { status: "error", diagnostics: compiled.diagnostics };
    const compiledPath = this.#write(node, compiled.sql);
    if (node.resourceType === "test") {
      const sampleRows = Math.max(0, Math.floor(this.#options.sampleRows ?? 0));
      const tested = await testNode(this.#project, work.session, node, compiled, {
        sampleRows,
        signal: work.signal,
        compiledPath,
      });
      return { ...tested, compiledPath, diagnostics: [...compiled.diagnostics, ...tested.diagnostics] };
    }
    const built = await buildNode(work, node, compiled, compiledPath);
    const diagnostics = [...compiled.diagnostics, ...built.diagnostics];
    return {
      status: hasErrors(diagnostics) ? "error" : "success",
      rowsAffected: built.rowsAffected,
      compiledPath,
      diagnostics,
    };
  }

  #write(node: ProjectNode, sql: string): string | undefined {
    if (this.#options.write === undefined) return undefined;
    const path = compiledPath(this.#project, node);
    this.#options.write(path, `${sql.trim()}\n`);
    return path;
  }
}

const succeeded = (status: NodeStatus): boolean => status === "success" || status === "pass" || status === "warn";

/** Where a node's compiled SQL goes, below the project's root: dbt's places. */
export function compiledPath(project: Project, node: ProjectNode): string {
  const folder = `target/compiled/${project.name}/${node.path}`;
  // A test's name may come out of YAML: only what is harmless in a file's name is kept of it.
  return node.test?.kind === "generic"
    ? `${folder}/${node.relation.name.replaceAll(/[^\w.-]+/g, "_").replace(/^\.+/, "_")}.sql`
    : folder;
}
