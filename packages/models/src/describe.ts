import type { Diagnostic } from "@meshwork/diagnostics";
import { hasErrors } from "@meshwork/diagnostics";
import type { BindError, Binder, BoundColumn, ColumnOrigin, IndirectKind, IndirectOrigin } from "@meshwork/engine";
import type { Column, Relation } from "@meshwork/sql";
import type { Compiled, Dependency, Project, ProjectNode, SourceNode, UnitTest } from "./model.ts";
import { surelyBinds, unitTestColumns } from "./described-tests.ts";
import { missingColumns } from "./missing-columns.ts";
import { engineDiagnostic } from "./run/engine-diagnostics.ts";

export type UpstreamRelation =
  | Extract<Dependency, { readonly kind: "port" }>
  | { readonly kind: "source"; readonly source: SourceNode };

export interface DescribeOptions {
  /** Default: all models and seeds. What they read is bound too, and reported only if it is among them. */
  readonly nodes?: readonly ProjectNode[] | undefined;
  /** Tests whose queries are bound too, for what is to be said of them. Default: none. */
  readonly tests?: readonly ProjectNode[] | undefined;
  /** Unit tests whose rows are held against the columns that they name. Default: none. */
  readonly unitTests?: readonly UnitTest[] | undefined;
  /** Columns of what lies outside the project: ports and sources. `undefined`: not known. */
  readonly columnsOf: (upstream: UpstreamRelation) => readonly Column[] | undefined;
  /** Columns of a node as the warehouse has them. They stand in where its SQL does not bind, and give the types where it does. */
  readonly builtColumns?: ((node: ProjectNode) => readonly Column[] | undefined) | undefined;
  /** The SQL is another dialect's than the binder's: what the binder says of it may help, its complaints are none. */
  readonly foreign?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DescribedOrigin {
  /** The id of a node or source, or `port:<product>.<port>`. */
  readonly upstream: string;
  readonly product?: string | undefined;
  readonly column: string;
  readonly kind: ColumnOrigin["kind"];
}

/** A column that decides about rows or values and is no part of them. */
export interface DescribedDecider {
  readonly upstream: string;
  readonly product?: string | undefined;
  readonly column: string;
  readonly kind: IndirectKind;
}

/** A column, and where its values come from outside the model itself. */
export interface DescribedColumn extends Column {
  /** The query leaves out every row in which it would be NULL. Absent where that is not known. */
  readonly notNull?: true | undefined;
  /** `undefined` when the engine does not tell; empty for constants. */
  readonly origins: readonly DescribedOrigin[] | undefined;
  /** What decides about this column alone (CASE, FILTER, OVER); `undefined` when the engine does not tell. */
  readonly indirect: readonly DescribedDecider[] | undefined;
}

export interface ModelDescription {
  readonly node: ProjectNode;
  readonly columns: readonly DescribedColumn[];
  /** What decides which rows the model has; `undefined` when the engine does not tell. */
  readonly indirect: readonly DescribedDecider[] | undefined;
}

export interface Descriptions {
  /** By node id. A model that does not bind is absent, and so is one that reads something unknown. */
  readonly models: ReadonlyMap<string, ModelDescription>;
  /** Ids of models that could not be bound because what they read is not known; nothing is wrong with them. */
  readonly unknown: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Binds every model against the columns of what it reads, in building order and without data:
 * the columns it yields, their types, where they come from, and the engine's complaints at the author's lines.
 */
export async function describeModels(
  project: Project,
  binder: Binder,
  options: DescribeOptions,
): Promise<Descriptions> {
  const relational = [...project.nodes.values()].filter((n) => n.resourceType !== "test");
  const wanted = new Set((options.nodes ?? relational).map((n) => n.id));
  const tests = options.tests ?? [];
  const read = new Set([...wanted, ...tests.map((n) => n.id)]);
  const describer = new Describer(project, binder, options);
  for (const node of project.order(withUpstream(project, read))) {
    options.signal?.throwIfAborted();
    await describer.describe(node, wanted.has(node.id));
  }
  for (const test of tests) {
    options.signal?.throwIfAborted();
    await describer.bindTest(test);
  }
  for (const test of options.unitTests ?? []) describer.holdUnitTest(test);
  return describer.result();
}

function withUpstream(project: Project, wanted: ReadonlySet<string>): ProjectNode[] {
  const found = new Map<string, ProjectNode>();
  const seen = new Set<string>();
  const visit = (id: string): void => {
    const node = project.nodes.get(id);
    if (node === undefined || seen.has(id)) return;
    seen.add(id);
    if (node.resourceType !== "test") found.set(id, node);
    for (const parent of project.parents(id)) visit(parent);
  };
  for (const id of wanted) visit(id);
  return [...found.values()];
}

class Describer {
  readonly #project: Project;
  readonly #binder: Binder;
  readonly #options: DescribeOptions;
  readonly #models = new Map<string, ModelDescription>();
  readonly #unknown: string[] = [];
  readonly #diagnostics = new Set<Diagnostic>();
  readonly #owners = new Map<string, { readonly upstream: string; readonly product?: string | undefined }>();
  /** Outside relations by what is known of them. */
  readonly #outside = new Map<string, boolean>();
  readonly #outsideColumns = new Map<string, readonly Column[]>();
  /** Models that read missing columns, or models that do: their columns' names are known, their types are not. */
  readonly #repaired = new Set<string>();

  constructor(project: Project, binder: Binder, options: DescribeOptions) {
    this.#project = project;
    this.#binder = binder;
    this.#options = options;
  }

  result(): Descriptions {
    return { models: this.#models, unknown: this.#unknown.sort(), diagnostics: [...this.#diagnostics] };
  }

  async describe(node: ProjectNode, report: boolean): Promise<void> {
    if (node.resourceType === "seed") {
      const { columns } = this.#project.seedTable(node);
      if (columns.length === 0) return;
      await this.#declare(node, columns);
      const own = columns.map((c) => ({ ...c, origins: [], indirect: [] }));
      this.#models.set(node.id, { node, columns: own, indirect: [] });
      return;
    }
    let known = true;
    let repaired = false;
    for (const dependency of node.dependencies) {
      if (dependency.kind === "node") {
        if (this.#models.has(dependency.id)) continue;
        repaired ||= this.#repaired.has(dependency.id);
        if (this.#repaired.has(dependency.id)) continue;
        // Its own finding is enough; this model says nothing new.
        return this.#asBuilt(node, report);
      }
      if (!(await this.#declareOutside(dependency))) known = false;
    }
    const compiled = this.#project.compile(node, { upstream: known ? "relation" : "location" });
    if (hasErrors(compiled.diagnostics)) {
      const others = compiled.diagnostics.filter((d) => !knownInARun.has(d.code));
      if (report) for (const d of others) this.#diagnostics.add(d);
      return this.#asBuilt(node, report && !hasErrors(others));
    }
    const bound = await this.#binder.bind(compiled.sql, this.#options.signal);
    if (!bound.ok) {
      // Without the columns of what it reads the engine's complaint may be about our ignorance.
      const certain = !this.#options.foreign && (known || bound.code === "syntax");
      // Of a model over missing columns the types are not known, and complaints about them are about our ignorance.
      if (certain && repaired && bound.code !== "syntax" && bound.code !== "unknown-column")
        return this.#asBuilt(node, report);
      if (certain) await this.#complain(node, bound, compiled, report);
      return this.#asBuilt(node, report && !certain);
    }
    if (repaired) {
      await this.#declareRepaired(node, bound.columns);
      return this.#asBuilt(node, report);
    }
    this.#repeated(bound.columns, node, compiled, report);
    const built = new Map(this.#options.builtColumns?.(node)?.map((c) => [c.name.toLowerCase(), c]));
    const columns = bound.columns.map((c) => ({
      ...c,
      ...built.get(c.name.toLowerCase()),
      origins: this.#owned(c.origins),
      indirect: this.#owned(c.indirect),
    }));
    this.#models.set(node.id, { node, columns, indirect: this.#owned(bound.indirect) });
    await this.#declare(node, bound.columns);
  }

  /** Binds a test's query; nothing is said where what it reads is not known. */
  async bindTest(test: ProjectNode): Promise<void> {
    const attached = test.test?.attachedTo;
    if (attached !== undefined && surelyBinds(test, this.#models.get(attached)?.columns)) return;
    for (const dependency of test.dependencies) {
      const known =
        dependency.kind === "node"
          ? this.#models.has(dependency.id) || this.#repaired.has(dependency.id)
          : await this.#declareOutside(dependency);
      if (!known) return;
    }
    const compiled = this.#project.compile(test, { upstream: "relation" });
    if (hasErrors(compiled.diagnostics) || this.#options.foreign) return;
    const bound = await this.#binder.bind(compiled.sql, this.#options.signal);
    if (!bound.ok && bound.code === "unknown-column") await this.#complain(test, bound, compiled, true);
  }

  /** Holds the rows of a unit test against the columns of what they stand for. */
  holdUnitTest(test: UnitTest): void {
    const columnsOf = (id: string) => this.#models.get(id)?.columns ?? this.#outsideColumns.get(id);
    for (const found of unitTestColumns(test, columnsOf)) this.#diagnostics.add(found);
  }

  /** Says what is wrong with a query: of missing columns all, each in its place. */
  async #complain(node: ProjectNode, error: BindError, compiled: Compiled, report: boolean): Promise<void> {
    const repaired =
      error.code === "unknown-column"
        ? await missingColumns(this.#binder, compiled.sql, error, this.#options.signal)
        : { missing: [error], bound: undefined };
    // A loop or a macro writes one line of the author's several times.
    const said = new Set<string>();
    for (const missing of report ? repaired.missing : []) {
      const found = engineDiagnostic(this.#project, node, missing, compiled);
      const key = JSON.stringify([found.span?.file, found.span?.line, found.span?.column, missing.message]);
      if (!said.has(key)) this.#diagnostics.add(found);
      said.add(key);
    }
    if (repaired.bound !== undefined) await this.#declareRepaired(node, repaired.bound.columns);
  }

  async #declareRepaired(node: ProjectNode, columns: readonly BoundColumn[]): Promise<void> {
    if (node.resourceType === "test") return;
    this.#repaired.add(node.id);
    // An ephemeral model's text is in those that read it, with what is wrong with it.
    if (node.config.materialized === "ephemeral") this.#repaired.delete(node.id);
    else await this.#declare(node, columns);
  }

  /** What is known of a node whose SQL tells nothing: the columns that the warehouse has, without their origins. */
  async #asBuilt(node: ProjectNode, report: boolean): Promise<void> {
    if (report) this.#unknown.push(node.id);
    const columns = this.#options.builtColumns?.(node);
    if (columns === undefined || columns.length === 0) return;
    const own = columns.map((c) => ({ ...c, origins: undefined, indirect: undefined }));
    this.#models.set(node.id, { node, columns: own, indirect: undefined });
    await this.#declare(node, columns);
  }

  /** A table cannot hold two columns of one name; a query can yield them. */
  #repeated(columns: readonly BoundColumn[], node: ProjectNode, compiled: Compiled, report: boolean): void {
    const seen = new Set<string>();
    for (const { name } of columns) {
      if (seen.has(name.toLowerCase()) && report) {
        const message = `The query yields two columns named "${name}"; give one of them another name with "as"`;
        this.#diagnostics.add(
          engineDiagnostic(this.#project, node, { code: "other", message, candidates: [] }, compiled),
        );
      }
      seen.add(name.toLowerCase());
    }
  }

  async #declare(node: ProjectNode, columns: readonly Column[]): Promise<void> {
    if (node.config.materialized === "ephemeral") return;
    this.#own(node.relation, { upstream: node.id, product: node.product });
    await this.#binder.declare(node.relation, distinct(columns));
  }

  async #declareOutside(dependency: Exclude<Dependency, { kind: "node" }>): Promise<boolean> {
    const key = keyOf(dependency.relation);
    const before = this.#outside.get(key);
    if (before !== undefined) return before;
    const source = dependency.kind === "source" ? this.#project.sources.get(dependency.id) : undefined;
    const upstream: UpstreamRelation | undefined =
      dependency.kind === "port" ? dependency : source === undefined ? undefined : { kind: "source", source };
    const columns =
      (upstream === undefined ? undefined : this.#options.columnsOf(upstream)) ?? this.#declaredColumns(source);
    this.#outside.set(key, columns !== undefined);
    if (columns !== undefined && source !== undefined) this.#outsideColumns.set(source.id, columns);
    const owner =
      dependency.kind === "port"
        ? { upstream: `port:${dependency.product}.${dependency.port}`, product: dependency.product }
        : { upstream: dependency.id };
    this.#own(dependency.relation, owner);
    if (columns !== undefined) await this.#binder.declare(dependency.relation, distinct(columns));
    return columns !== undefined;
  }

  /** A binder has one database, and calls relations by schema and name where the project adds the warehouse's database. */
  #own(relation: Relation, owner: { readonly upstream: string; readonly product?: string | undefined }): void {
    this.#owners.set(keyOf(relation), owner);
    this.#owners.set(keyOf({ ...relation, database: undefined }), owner);
  }

  /** Columns of a source whose properties give a type for each. */
  #declaredColumns(source: SourceNode | undefined): Column[] | undefined {
    const columns = [...(source?.columns.values() ?? [])];
    if (columns.length === 0 || columns.some((c) => c.dataType === undefined)) return undefined;
    return columns.map((c) => ({ name: c.name, type: this.#project.dialect.parseType(c.dataType!), nullable: true }));
  }

  /** Relations by what the project calls them. One that nobody declared is not known. */
  #owned<T extends ColumnOrigin | IndirectOrigin>(origins: readonly T[] | undefined) {
    if (origins === undefined) return undefined;
    const out: { upstream: string; product?: string | undefined; column: string; kind: T["kind"] }[] = [];
    for (const { relation, column, kind } of origins) {
      const owner = this.#owners.get(keyOf(relation)) ?? this.#owners.get(keyOf({ ...relation, database: undefined }));
      if (owner === undefined) return undefined;
      out.push({ ...owner, column, kind });
    }
    return out;
  }
}

/** SQL that depends on data or was not compiled: nothing is wrong with it, and nobody knows its columns before a run. */
const knownInARun = new Set(["sql/needs-engine", "dbt/not-compiled"]);

const keyOf = (r: Relation): string => JSON.stringify([r.database ?? "", r.schema ?? "", r.name]).toLowerCase();

const distinct = (columns: readonly Column[]): Column[] => {
  const seen = new Set<string>();
  return columns.filter((c) => !seen.has(c.name.toLowerCase()) && seen.add(c.name.toLowerCase()));
};
