import { randomUUID } from "node:crypto";
import type { IgnoreEntry, Target } from "@meshwork/contract";
import { applyRuleSettings, optInCodes } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { nearest } from "@meshwork/diagnostics";
import type { Edge } from "./graph.ts";
import { namedUpstreams, ProductGraph, producerOf } from "./graph.ts";
import type { IgnoreComment } from "./ignore-comments.ts";
import { AcceptedFindings, ignoreComments } from "./ignore-comments.ts";
import type { OperationOptions } from "./operation.ts";
import { Refusal } from "./operation.ts";
import { unknownProduct } from "./operations/list-products.ts";
import { Projects } from "./projects.ts";
import { categoryOf } from "./rule-categories.ts";
import type { TypeScriptConsumer } from "./typescript-consumers.ts";
import { consumerEdges, typeScriptConsumers } from "./typescript-consumers.ts";
import type { ProjectMemory } from "./projects.ts";
import type { FormerTexts, Product, Workspace, WorkspaceReading } from "./workspace.ts";
import { chooseProducts, loadWorkspace } from "./workspace.ts";

/** Where a mesh is read from, and what is known of it already. */
export interface MeshReading extends WorkspaceReading {
  readonly projects?: ProjectMemory | undefined;
  /** What templates see as the time, where that is not the operation's own. */
  readonly clock?: Date | undefined;
}

/** The workspace as one operation sees it: what was asked for, on which target, at what time. */
export class LoadedMesh {
  readonly workspace: Workspace;
  /** The products asked for, by name. */
  readonly chosen: readonly Product[];
  readonly target: Target;
  readonly projects: Projects;
  readonly now: Date;
  /** One for the whole operation. */
  readonly runId = randomUUID();
  readonly env: Readonly<Record<string, string | undefined>>;
  #consumers: readonly TypeScriptConsumer[] | undefined;
  #graph: ProductGraph | undefined;
  #accepted: AcceptedFindings | undefined;
  readonly #usedEntries = new Set<IgnoreEntry>();

  /** `former.contracts` stand in for contracts and domain.yaml files, `former.code` for files of dbt projects. */
  constructor(
    options: OperationOptions,
    former: { readonly contracts?: FormerTexts; readonly code?: FormerTexts | undefined } = {},
    reading: MeshReading = {},
  ) {
    this.workspace = loadWorkspace(options.root, former.contracts, reading);
    const { products, unknown } = chooseProducts(this.workspace, options.products);
    const first = unknown[0];
    if (first) throw new Refusal(unknownProduct(first));
    this.chosen = products;
    this.target = targetOf(this.workspace, options.target);
    this.now = options.now ?? new Date();
    this.env = options.env ?? {};
    this.projects = new Projects(this.workspace, {
      target: this.target,
      vars: options.vars,
      env: this.env,
      now: reading.clock ?? this.now,
      texts: former.code,
      memory: reading.projects,
    });
  }

  /** The date, for rules that know deadlines. */
  get today(): string {
    return this.now.toISOString().slice(0, 10);
  }

  /** TypeScript packages that import contracts. */
  consumers(): readonly TypeScriptConsumer[] {
    return (this.#consumers ??= typeScriptConsumers(
      this.workspace.places,
      this.workspace.mesh.npmScope,
      this.workspace.files,
    ));
  }

  /** Who reads whom: contracts of all products, SQL of those chosen, TypeScript imports. */
  graph(): ProductGraph {
    return (this.#graph ??= new ProductGraph([
      ...contractEdges(this.workspace),
      ...this.projects.sqlEdges(this.chosen),
      ...consumerEdges(this.consumers()),
    ]));
  }

  /** The chosen products so that each comes after what it reads. */
  inOrder(): Product[] {
    return this.graph()
      .order(this.chosen.map((p) => p.name))
      .flatMap((name) => this.workspace.products.get(name) ?? []);
  }

  /** Leaves out what belongs to products that were not asked for, and applies mesh.yaml's rules and ignores. */
  settle(found: readonly Diagnostic[]): Diagnostic[] {
    const wanted = new Set(this.chosen.map((p) => p.name));
    const all = wanted.size === this.workspace.products.size;
    const mine = all ? found : found.filter((d) => (d.product === undefined ? true : wanted.has(d.product)));
    const used = this.#usedEntries;
    const graded = applyRuleSettings(mine, this.workspace.mesh, this.today, { categoryOf, used, optIn: optInCodes });
    return graded.length === 0 ? [] : [...this.accepted().rest(graded)];
  }

  /** What comments in contracts, domain.yaml, mesh.yaml and the SQL of the chosen products accept. */
  accepted(): AcceptedFindings {
    return (this.#accepted ??= new AcceptedFindings(this.#comments(), this.today));
  }

  /** Entries of mesh.yaml's `ignore` that have held nothing back so far. */
  unusedEntries(): IgnoreEntry[] {
    return this.workspace.mesh.ignore.filter((entry) => !this.#usedEntries.has(entry));
  }

  *#comments(): Generator<IgnoreComment> {
    const { meshRead, domains } = this.workspace;
    const sources = [
      ...(meshRead ? [meshRead.source] : []),
      ...[...domains.values()].map((d) => d.read.source),
      ...this.chosen.map((p) => p.read.source),
    ];
    for (const { file, text } of sources) yield* ignoreComments(file, text);
    yield* this.projects.ignores();
  }
}

/** Edges that contracts state. */
export const contractEdges = (workspace: Workspace): Edge[] =>
  namedUpstreams(workspace).flatMap(({ product, reference, path, kind }) => {
    const producer = producerOf(workspace, reference);
    return producer ? [{ from: product.name, to: producer.name, kind, path }] : [];
  });

function targetOf(workspace: Workspace, asked: string | undefined): Target {
  const name = asked ?? workspace.mesh.defaultTarget;
  const target = workspace.mesh.targets.find((t) => t.name === name);
  if (target) return target;
  const known = workspace.mesh.targets.map((t) => t.name);
  const near = nearest(name, known)[0];
  throw new Refusal(
    `mesh.yaml has no target "${name}".${near ? ` Did you mean ${near}?` : ""}\nKnown: ${known.join(", ") || "none"}.`,
  );
}
