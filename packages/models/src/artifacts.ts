import { createHash } from "node:crypto";
import type { ColumnProperties, ConfigValue, Dependency, Project, ProjectNode, SourceNode } from "./model.ts";
import { compiledPath } from "./run/run-nodes.ts";
import { resultId } from "./run/outcome.ts";
import type { NodeResult, RunOutcome } from "./run/outcome.ts";

/** A dbt artifact: plain data, to be written as JSON. */
export type Artifact = Readonly<Record<string, unknown>>;

export interface ArtifactOptions {
  readonly generatedAt: Date;
  readonly invocationId: string;
}

// The version of dbt whose schemas these are; tools decide by `dbt_schema_version`.
const dbtVersion = "1.10.0";

/** `target/manifest.json` in the main parts of dbt's schema v12. Ports of other domains stand among the sources, as plain dbt sees them. */
export function manifest(project: Project, options: ArtifactOptions): Artifact {
  const nodes = [...project.nodes.values()];
  const ports = new Map(
    nodes.flatMap((n) => n.dependencies.filter((d) => d.kind === "port").map((d) => [portId(project, d), d] as const)),
  );
  const parents = new Map<string, string[]>(nodes.map((n) => [n.id, dependsOn(project, n)]));
  for (const id of [...project.sources.keys(), ...ports.keys()]) parents.set(id, []);
  const children = new Map<string, string[]>([...parents.keys()].map((id) => [id, []]));
  for (const [id, above] of parents) for (const parent of above) children.get(parent)?.push(id);
  return {
    metadata: {
      dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json",
      dbt_version: dbtVersion,
      generated_at: options.generatedAt.toISOString(),
      invocation_id: options.invocationId,
      env: {},
      project_name: project.name,
      project_id: createHash("md5").update(project.name).digest("hex"),
      adapter_type: project.target.type,
    },
    nodes: sorted(nodes.map((n) => [n.id, nodeEntry(project, n, options.generatedAt)])),
    sources: sorted([
      ...[...project.sources.values()].map((s) => [s.id, sourceEntry(project, s)] as const),
      ...[...ports].map(([id, d]) => [id, portEntry(project, id, d)] as const),
    ]),
    macros: sorted(
      [...project.macros.values()].map((m) => [
        m.id,
        {
          unique_id: m.id,
          name: m.name,
          resource_type: "macro",
          package_name: m.package,
          path: m.path,
          original_file_path: m.path,
          description: m.description,
          arguments: [],
          depends_on: { macros: [] },
          macro_sql: "",
          meta: {},
          docs: { show: true },
          patch_path: null,
          supported_languages: null,
        },
      ]),
    ),
    docs: {},
    exposures: {},
    metrics: {},
    groups: {},
    selectors: {},
    disabled: {},
    parent_map: sorted([...parents].map(([id, above]) => [id, [...above].sort()])),
    child_map: sorted([...children].map(([id, below]) => [id, below.sort()])),
    group_map: {},
    saved_queries: {},
    semantic_models: {},
    unit_tests: {},
  };
}

/** `target/run_results.json`, dbt's schema v6. */
export function runResults(
  project: Project,
  outcome: RunOutcome,
  options: ArtifactOptions & {
    readonly elapsedMs: number;
    readonly command: string;
    readonly args?: Artifact | undefined;
  },
): Artifact {
  return {
    metadata: {
      dbt_schema_version: "https://schemas.getdbt.com/dbt/run-results/v6.json",
      dbt_version: dbtVersion,
      generated_at: options.generatedAt.toISOString(),
      invocation_id: options.invocationId,
      env: {},
    },
    results: outcome.results.map((r) => resultEntry(project, r)),
    elapsed_time: options.elapsedMs / 1000,
    args: { ...options.args, which: options.command },
  };
}

function resultEntry(project: Project, result: NodeResult): Artifact {
  const { node } = result;
  const times = { started_at: result.startedAt.toISOString(), completed_at: result.completedAt.toISOString() };
  const compiled = node.resourceType !== "seed" && result.status !== "skipped";
  return {
    status: result.status,
    timing: [{ name: "execute", ...times }],
    thread_id: "Thread-1",
    execution_time: result.ms / 1000,
    adapter_response: result.rowsAffected === undefined ? {} : { rows_affected: result.rowsAffected },
    message: result.diagnostics[0]?.message ?? null,
    failures: result.failures ?? null,
    unique_id: resultId(result),
    compiled,
    compiled_code: compiled ? project.compile(node).sql : null,
    relation_name: node.resourceType === "test" ? null : project.dialect.relation(node.relation),
    batch_results:
      result.batches === undefined
        ? null
        : {
            successful: result.batches.successful.map((w) => [w.start, w.end]),
            failed: result.batches.failed.map((w) => [w.start, w.end]),
          },
  };
}

function nodeEntry(project: Project, node: ProjectNode, generatedAt: Date): Artifact {
  const seed = node.resourceType === "seed";
  const ephemeral = node.config.materialized === "ephemeral";
  const generic = node.test?.kind === "generic";
  return {
    unique_id: node.id,
    name: node.name,
    resource_type: node.resourceType,
    package_name: node.package,
    path: pathBelow(node),
    original_file_path: node.path,
    fqn: node.fqn,
    alias: node.relation.name,
    database: node.relation.database ?? null,
    schema: node.relation.schema ?? null,
    relation_name: ephemeral || node.resourceType === "test" ? null : project.dialect.relation(node.relation),
    checksum: { name: "sha256", checksum: createHash("sha256").update(node.source).digest("hex") },
    config: {
      ...plainConfig(node.config.all),
      enabled: true,
      materialized: node.config.materialized,
      tags: node.config.tags,
    },
    tags: node.config.tags,
    description: node.description,
    columns: columnEntries(node.columns),
    meta: plain(node.config.all.get("meta") ?? {}),
    group: null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: {},
    created_at: generatedAt.getTime() / 1000,
    doc_blocks: [],
    language: "sql",
    raw_code: seed ? "" : node.source,
    ...(seed
      ? { root_path: project.root, depends_on: { macros: [] } }
      : {
          refs: refsOf(project, node),
          sources: node.dependencies.flatMap((d) => {
            const source = d.kind === "source" ? project.sources.get(d.id) : undefined;
            return source === undefined ? [] : [[source.source, source.name]];
          }),
          metrics: [],
          depends_on: { macros: node.macros, nodes: dependsOn(project, node) },
          compiled: true,
          compiled_path: compiledPath(project, node),
          compiled_code: project.compile(node).sql,
          extra_ctes_injected: true,
          extra_ctes: [],
          contract: { enforced: false, alias_types: true, checksum: null },
        }),
    ...(node.resourceType === "model"
      ? {
          access: "protected",
          constraints: [],
          version: null,
          latest_version: null,
          deprecation_date: null,
          primary_key: [],
          time_spine: null,
        }
      : {}),
    ...(generic
      ? {
          test_metadata: {
            name: node.test!.name.split(".").at(-1),
            kwargs: plainConfig(node.test!.arguments),
            namespace: node.test!.name.includes(".") ? node.test!.name.split(".")[0] : null,
          },
          column_name: node.test!.column ?? null,
          attached_node: node.test!.attachedTo ?? null,
        }
      : {}),
  };
}

/** The path below the resource path, as dbt has it. */
function pathBelow(node: ProjectNode): string {
  if (node.test?.kind === "generic") return `${node.relation.name}.sql`;
  return [...node.fqn.slice(1, -1), node.path.split("/").at(-1)].join("/");
}

function sourceEntry(project: Project, source: SourceNode): Artifact {
  return {
    unique_id: source.id,
    name: source.name,
    source_name: source.source,
    identifier: source.relation.name,
    resource_type: "source",
    package_name: source.package,
    path: source.path,
    original_file_path: source.path,
    fqn: source.fqn,
    database: source.relation.database ?? null,
    schema: source.relation.schema ?? null,
    relation_name: source.location ?? project.dialect.relation(source.relation),
    description: source.description,
    source_description: "",
    loader: "",
    tags: source.tags,
    columns: columnEntries(source.columns),
    meta: {},
    config: { enabled: true },
    external: null,
    freshness: null,
    loaded_at_field: null,
  };
}

type PortDependency = Extract<Dependency, { readonly kind: "port" }>;

const portId = (project: Project, port: PortDependency): string =>
  `source.${project.name}.${port.domain}.${port.relation.name}`;

function portEntry(project: Project, id: string, port: PortDependency): Artifact {
  return {
    unique_id: id,
    name: port.relation.name,
    source_name: port.domain,
    identifier: port.relation.name,
    resource_type: "source",
    package_name: project.name,
    path: "_mesh/models/sources.yml",
    original_file_path: "_mesh/models/sources.yml",
    fqn: [project.name, port.domain, port.relation.name],
    database: port.relation.database ?? null,
    schema: port.relation.schema ?? null,
    relation_name: project.dialect.relation(port.relation),
    description: "",
    source_description: "",
    loader: "",
    tags: [],
    columns: {},
    meta: { product: port.product, version: port.version ?? null },
    config: { enabled: true },
    external: null,
    freshness: null,
    loaded_at_field: null,
  };
}

function dependsOn(project: Project, node: ProjectNode): string[] {
  return [...new Set(node.dependencies.map((d) => (d.kind === "port" ? portId(project, d) : d.id)))].sort();
}

function refsOf(project: Project, node: ProjectNode): Artifact[] {
  return node.dependencies.flatMap((d): Artifact[] => {
    const upstream = d.kind === "node" ? project.nodes.get(d.id) : undefined;
    if (upstream !== undefined) return [{ name: upstream.name, package: null, version: null }];
    return d.kind === "port" ? [{ name: d.port, package: d.domain, version: d.version ?? null }] : [];
  });
}

const columnEntries = (columns: ReadonlyMap<string, ColumnProperties>): Artifact =>
  sorted(
    [...columns.values()].map((c) => [
      c.name,
      {
        name: c.name,
        description: c.description,
        data_type: c.dataType ?? null,
        meta: plainConfig(c.meta),
        tags: c.tags,
        constraints: [],
        quote: null,
      },
    ]),
  );

const plainConfig = (values: ReadonlyMap<string, ConfigValue>): Artifact =>
  sorted([...values].map(([key, value]) => [key, plain(value)]));

function plain(value: ConfigValue): unknown {
  if (Array.isArray(value)) return (value as readonly ConfigValue[]).map(plain);
  if (typeof value !== "object" || value === null) return value;
  return sorted(Object.entries(value).map(([k, v]) => [k, plain(v)]));
}

/** An object whose keys stand in order; it has no prototype, so that any name is a key. */
function sorted(entries: Iterable<readonly [string, unknown]>): Artifact {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) object[key] = value;
  return object;
}
