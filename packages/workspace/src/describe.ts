import type { OutputPort, ContractColumn } from "@meshwork/contract";
import { snakeName } from "@meshwork/contract";
import type { Diagnostic } from "@meshwork/diagnostics";
import { ArtifactProject } from "@meshwork/engine-dbt";
import type { Binder } from "@meshwork/engine";
import type { ModelDescription, Project, ProjectNode, SourceNode, UpstreamRelation } from "@meshwork/models";
import { describeModels } from "@meshwork/models";
import type { Column } from "@meshwork/sql";
import { binderLoader } from "./binders.ts";
import { speaksForeignSql } from "./dbt-runner/artifact-projects.ts";
import { declaredSourceColumns, fileColumns } from "./external-sources.ts";
import type { LoadedMesh } from "./load-mesh.ts";
import type { Product, Workspace } from "./workspace.ts";

/** Binds the models of products without data; diagnostics are told to `report`. */
export async function describeProducts(
  mesh: LoadedMesh,
  products: readonly Product[],
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly report?: ((found: readonly Diagnostic[]) => void) | undefined;
    /** Told of models that read sources whose columns nobody knows, and of those sources. */
    readonly unknown?: ((model: ProjectNode, sources: readonly SourceNode[]) => void) | undefined;
    /** Told of models that cannot be bound: nothing here understands the SQL, or what they read is not known. */
    readonly unbound?: ((model: ProjectNode, why: "sql" | "upstream") => void) | undefined;
    /** Holds tests and unit tests against the columns that they name, too. */
    readonly tests?: boolean | undefined;
  } = {},
): Promise<ReadonlyMap<string, ModelDescription>> {
  const out = new Map<string, ModelDescription>();
  const binders = new Map<() => Promise<Binder>, Binder>();
  try {
    await describeAll();
  } finally {
    for (const binder of binders.values()) await binder.close();
  }
  return out;

  async function describeAll(): Promise<void> {
    for (const project of mesh.projects.all(products)) {
      const names = new Set(products.filter((p) => mesh.projects.of(p) === project).map((p) => p.name));
      const nodes = [...project.nodes.values()].filter(
        (n) => n.resourceType !== "test" && n.product !== undefined && names.has(n.product),
      );
      const load = binderOf(mesh, project);
      if (load === undefined) {
        for (const node of nodes) options.unbound?.(node, "sql");
        continue;
      }
      const sources = await fileColumns(mesh, undeclaredSources(project, names));
      const binder = await opened(load);
      const described = await describeModels(project, binder, {
        nodes,
        ...(options.tests === true ? testsOf(project, names) : {}),
        columnsOf: (upstream) =>
          builtColumns(project, upstream) ?? upstreamColumns(mesh.workspace, upstream, sources, project),
        ...(project instanceof ArtifactProject
          ? { builtColumns: (node) => project.columnsOf(node.id), foreign: speaksForeignSql(project) }
          : {}),
        signal: options.signal,
      });
      options.report?.(described.diagnostics);
      for (const [id, model] of described.models) out.set(id, model);
      for (const id of described.unknown) {
        const model = project.nodes.get(id)!;
        options.unbound?.(model, "upstream");
        const blank = sourcesOf(project, model).filter(
          (s) => !declaredSourceColumns(s, project.dialect) && !sources.has(s.id),
        );
        if (blank.length > 0) options.unknown?.(model, blank);
      }
    }
  }

  /** A binder that can forget serves one project after the other: to start PostgreSQL costs a second. */
  async function opened(load: () => Promise<Binder>): Promise<Binder> {
    const before = binders.get(load);
    if (before?.reset !== undefined) {
      await before.reset();
      return before;
    }
    await before?.close();
    const binder = await load();
    binders.set(load, binder);
    return binder;
  }
}

/** What binds a project's SQL. Of projects that dbt runs, in any engine's SQL, the embedded engine understands a good part. */
const binderOf = (mesh: LoadedMesh, project: Project) =>
  project instanceof ArtifactProject || mesh.target.engine === "dbt"
    ? (binderLoader(project instanceof ArtifactProject ? project.manifest.adapter : "duckdb") ?? binderLoader("duckdb"))
    : binderLoader(mesh.target.engine);

/** The tests of products; one without a product of its own goes with what it is attached to. */
const testsOf = (project: Project, names: ReadonlySet<string>) => {
  const owned = (product: string | undefined) => product !== undefined && names.has(product);
  return {
    tests: [...project.nodes.values()].filter(
      (n) => n.resourceType === "test" && owned(n.product ?? project.nodes.get(n.test?.attachedTo ?? "")?.product),
    ),
    unitTests: [...project.unitTests.values()].filter((t) => owned(t.product ?? project.nodes.get(t.model)?.product)),
  };
};

const sourcesOf = (project: Project, node: ProjectNode): SourceNode[] =>
  node.dependencies.flatMap((d) => (d.kind === "source" ? (project.sources.get(d.id) ?? []) : []));

/** Sources that the products read and whose entry does not give every type. */
function undeclaredSources(project: Project, products: ReadonlySet<string>): Map<string, string> {
  const out = new Map<string, string>();
  for (const node of project.nodes.values()) {
    if (node.product === undefined || !products.has(node.product)) continue;
    for (const source of sourcesOf(project, node))
      if (source.location && !declaredSourceColumns(source, project.dialect)) out.set(source.id, source.location);
  }
  return out;
}

/** Of a project that dbt runs, sources have the columns that the warehouse gave them. */
const builtColumns = (project: Project, upstream: UpstreamRelation): readonly Column[] | undefined =>
  project instanceof ArtifactProject && upstream.kind === "source" ? project.columnsOf(upstream.source.id) : undefined;

/** A port promises its columns; a source declares them, or its files show them. */
function upstreamColumns(
  workspace: Workspace,
  upstream: UpstreamRelation,
  fromFiles: ReadonlyMap<string, readonly Column[]>,
  project: Project,
): readonly Column[] | undefined {
  if (upstream.kind === "port") return portOf(workspace, upstream.product, upstream.port)?.columns.map(asColumn);
  return declaredSourceColumns(upstream.source, project.dialect) ?? fromFiles.get(upstream.source.id);
}

const portOf = (workspace: Workspace, product: string, port: string): OutputPort | undefined =>
  workspace.products.get(product)?.contract?.ports.find((p) => p.name === port || snakeName(p.name) === port);

export const asColumn = (c: ContractColumn): Column => ({
  name: c.name,
  type: c.type,
  nullable: c.nullable,
  description: c.description,
});
