import type { Project, ProjectNode, UnitTest } from "../model.ts";

/** One thing to do in a run: a node, or a unit test of one. */
export interface Job {
  readonly id: string;
  readonly node: ProjectNode;
  readonly unitTest?: UnitTest | undefined;
}

interface Planned extends Job {
  readonly waitsFor: ReadonlySet<string>;
}

/** What is to be done in a run, in which order, and who waits for whom. */
export class RunPlan {
  readonly jobs: readonly Job[];
  readonly #project: Project;
  readonly #waiting: Planned[] = [];
  readonly #upstream = new Map<string, readonly string[]>();
  /** Of finished jobs: whether what waits for them may go on, else why not. */
  readonly #done = new Map<string, { readonly good: boolean; readonly reason: string }>();
  #running = 0;

  constructor(project: Project, nodes: readonly ProjectNode[], unitTests: readonly UnitTest[]) {
    this.#project = project;
    const order = project.order(nodes.filter((n) => n.config.materialized !== "ephemeral"));
    const chosen = new Map(order.map((n) => [n.id, n]));
    const units = new Map<string, UnitTest[]>();
    for (const test of unitTests) {
      const list = units.get(test.model);
      if (list === undefined) units.set(test.model, [test]);
      else list.push(test);
    }
    for (const node of order) {
      const waitsFor = this.#blockers(node, chosen);
      const own = units.get(node.id) ?? [];
      for (const unitTest of own) this.#waiting.push({ id: unitTest.id, node, unitTest, waitsFor });
      units.delete(node.id);
      this.#waiting.push({ id: node.id, node, waitsFor: new Set([...waitsFor, ...own.map((t) => t.id)]) });
    }
    for (const unitTest of [...units.values()].flat()) {
      const node = project.nodes.get(unitTest.model);
      if (node !== undefined)
        this.#waiting.push({ id: unitTest.id, node, unitTest, waitsFor: this.#blockers(node, chosen) });
    }
    this.jobs = [...this.#waiting];
    for (const { id, waitsFor } of this.#waiting) this.#upstream.set(id, [...waitsFor]);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** What a job waits for, by id. */
  upstreamOf(id: string): readonly string[] {
    return this.#upstream.get(id) ?? [];
  }

  /** The next job that waits for nothing. */
  next(): Job | undefined {
    let at = this.#waiting.findIndex((job) => [...job.waitsFor].every((id) => this.#done.has(id)));
    // Nothing runs and nothing is ready: these read each other, and their diagnostics say so.
    if (at < 0 && this.#running === 0) at = 0;
    if (at < 0) return undefined;
    this.#running++;
    return this.#waiting.splice(at, 1)[0];
  }

  done(job: Job, good: boolean): void {
    this.#running--;
    this.#done.set(job.id, { good, reason: good ? job.id : (this.blockerOf(job) ?? job.id) });
  }

  /** The id of the failure that keeps a job from running: the first of the chain. */
  blockerOf(job: Job): string | undefined {
    for (const id of (job as Planned).waitsFor) {
      const before = this.#done.get(id);
      if (before !== undefined && !before.good) return before.reason;
    }
    return undefined;
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
}
