import { createHash } from "node:crypto";
import type { Artifact, ArtifactOptions } from "./artifacts.ts";
import {
  dbtDeclaredConfig,
  dbtFreshness,
  dbtOperationConfig,
  dbtSourceConfig,
  dbtUnitTestConfig,
} from "./dbt-config.ts";
import { dbtVersion } from "./dbt-version.ts";
import { nodeEntry } from "./manifest-nodes.ts";
import { columnEntries, fleeting, plain, plainConfig, portId, sorted, versionNumber } from "./manifest-values.ts";
import type { PortDependency } from "./manifest-values.ts";
import type { Declared, MacroInfo, ManifestParts, Project, RunHook, SourceNode, UnitTest } from "./model.ts";
import { unitTestChecksum } from "./unit-test-checksum.ts";

/**
 * `target/manifest.json`, dbt's schema v12. Ports of other domains stand among the sources, as plain dbt sees them.
 * Unless `compiled` is false, every node carries its compiled SQL.
 */
export function manifest(project: Project, options: ArtifactOptions): Artifact {
  const parts = project.parts();
  const nodes = [...project.nodes.values(), ...project.analyses.values()];
  const ports = new Map(
    nodes.flatMap((n) => n.dependencies.filter((d) => d.kind === "port").map((d) => [portId(project, d), d] as const)),
  );
  const hooks = (["start", "end"] as const).flatMap((when) =>
    project.runHooks[when].map((h) => hookEntry(project, h, when, parts, options)),
  );
  const groups = [...project.declared.values()].filter((d) => d.kind === "group");
  const of = (kind: Declared["kind"]): Declared[] => [...project.declared.values()].filter((d) => d.kind === kind);
  const entries = [
    ...nodes.map((n) => [n.id, () => nodeEntry(project, n, parts, options)] as const),
    ...hooks.map((h) => [String(h["unique_id"]), () => h] as const),
  ];
  const { parents, children } = edges(project, [...ports.keys()], hooks);
  return {
    metadata: {
      dbt_schema_version: "https://schemas.getdbt.com/dbt/manifest/v12.json",
      dbt_version: dbtVersion,
      generated_at: options.generatedAt.toISOString(),
      invocation_id: options.invocationId,
      invocation_started_at: options.generatedAt.toISOString(),
      env: {},
      project_name: project.name,
      project_id: createHash("md5").update(project.name).digest("hex"),
      user_id: null,
      send_anonymous_usage_stats: false,
      adapter_type: project.target.type,
      quoting: { database: true, schema: true, identifier: true, column: null },
      run_started_at: options.generatedAt.toISOString(),
    },
    nodes: options.fleeting === true ? fleeting(entries) : sorted(entries.map(([id, entry]) => [id, entry()])),
    sources: sorted([
      ...[...project.sources.values()].map((s) => [s.id, sourceEntry(project, s, options)] as const),
      ...[...ports].map(([id, d]) => [id, portEntry(project, id, d, options)] as const),
    ]),
    macros: sorted([...project.macros.values()].map((m) => [m.id, macroEntry(m, parts, options)])),
    docs: sorted(
      parts.docs.map((d) => [
        d.id,
        {
          name: d.name,
          resource_type: "doc",
          package_name: d.package,
          path: d.shortPath,
          original_file_path: d.path,
          unique_id: d.id,
          block_contents: d.text,
        },
      ]),
    ),
    exposures: sorted(of("exposure").map((d) => [d.id, declaredEntry(d, options)])),
    metrics: sorted(of("metric").map((d) => [d.id, declaredEntry(d, options)])),
    groups: sorted(groups.map((d) => [d.id, declaredEntry(d, options)])),
    selectors: sorted([...project.selectors.values()].map((s) => [s.name, plain(s.manifest)])),
    disabled: disabledEntries(project, parts, options),
    parent_map: parents,
    child_map: children,
    group_map: sorted(groups.map((g) => [g.name, nodes.flatMap((n) => (n.group === g.name ? [n.id] : [])).sort()])),
    saved_queries: sorted(of("saved_query").map((d) => [d.id, declaredEntry(d, options)])),
    semantic_models: sorted(of("semantic_model").map((d) => [d.id, declaredEntry(d, options)])),
    unit_tests: sorted([...project.unitTests.values()].map((t) => [t.id, unitTestEntry(project, t, options)])),
    functions: {},
  };
}

/** Who reads whom, both ways round. */
function edges(
  project: Project,
  ports: readonly string[],
  hooks: readonly Artifact[],
): { readonly parents: Artifact; readonly children: Artifact } {
  const parents = new Map<string, readonly string[]>();
  for (const node of [...project.nodes.values(), ...project.analyses.values()]) {
    const read = node.dependencies.map((d) => (d.kind === "port" ? portId(project, d) : d.id));
    const attached = node.test?.attachedTo;
    parents.set(node.id, [...new Set(attached === undefined ? read : [...read, attached])].sort());
  }
  for (const id of [...project.sources.keys(), ...ports, ...hooks.map((h) => String(h["unique_id"]))])
    parents.set(id, []);
  for (const item of project.declared.values())
    if (item.kind !== "group") parents.set(item.id, [...item.parents].sort());
  for (const test of project.unitTests.values()) parents.set(test.id, [test.model]);
  const children = new Map<string, string[]>([...parents.keys()].map((id) => [id, []]));
  for (const [id, above] of parents) for (const parent of above) children.get(parent)?.push(id);
  return {
    parents: sorted(parents),
    children: sorted([...children].map(([id, below]) => [id, below.sort()])),
  };
}

const createdAt = (options: ArtifactOptions): number => options.generatedAt.getTime() / 1000;

/** The path below its resource path, as dbt's `path` has it. */
const shortPath = (fqn: readonly string[], path: string, drop = 1): string =>
  [...fqn.slice(1, -drop), path.split("/").at(-1)].join("/");

function macroEntry(macro: MacroInfo, parts: ManifestParts, options: ArtifactOptions): Artifact {
  const { sql, calls } = parts.macro(macro.id);
  const meta = plainConfig(macro.meta ?? new Map());
  const docs = { show: true, node_color: null };
  return {
    name: macro.name,
    resource_type: "macro",
    package_name: macro.package,
    path: macro.path,
    original_file_path: macro.path,
    unique_id: macro.id,
    macro_sql: sql,
    depends_on: { macros: calls },
    description: macro.description,
    meta,
    docs,
    config: { meta, docs },
    patch_path: macro.patchPath ?? null,
    arguments: (macro.arguments ?? parts.macro(macro.id).arguments).map((a) => ({
      name: a.name,
      type: a.type ?? null,
      description: a.description,
    })),
    created_at: createdAt(options),
    supported_languages: macro.name.startsWith("materialization_") ? ["sql"] : null,
  };
}

function sourceEntry(project: Project, source: SourceNode, options: ArtifactOptions): Artifact {
  const config = dbtSourceConfig(source);
  const { quoting, unrendered, freshness } = source;
  const unsaid = !source.noFreshness && freshness?.warnAfter === undefined && freshness?.errorAfter === undefined;
  return {
    database: source.relation.database ?? null,
    schema: source.relation.schema ?? null,
    name: source.name,
    resource_type: "source",
    package_name: source.package,
    path: source.path,
    original_file_path: source.path,
    unique_id: source.id,
    fqn: source.fqn,
    source_name: source.source,
    source_description: source.sourceDescription,
    loader: source.loader,
    identifier: source.relation.name,
    quoting: {
      database: quoting.database ?? null,
      schema: quoting.schema ?? null,
      identifier: quoting.identifier ?? null,
      column: quoting.column ?? null,
    },
    loaded_at_field: source.freshness?.loadedAtField ?? null,
    loaded_at_query: source.freshness?.loadedAtQuery ?? null,
    freshness: plain(dbtFreshness(source)),
    external: source.external === undefined ? null : plain(source.external),
    description: source.description,
    columns: columnEntries(source.columns),
    meta: plainConfig(source.meta),
    source_meta: plainConfig(source.sourceMeta),
    tags: source.tags,
    config: plain(config),
    patch_path: null,
    unrendered_config: {
      ...plainConfig(unrendered?.config ?? new Map()),
      meta: plainConfig(source.meta),
      tags: source.tags,
      ...(unsaid ? {} : { freshness: plain(dbtFreshness(source)) }),
      loaded_at_field: source.freshness?.loadedAtField ?? null,
      loaded_at_query: source.freshness?.loadedAtQuery ?? null,
    },
    relation_name: source.location ?? project.dialect.relation(source.relation),
    created_at: createdAt(options),
    unrendered_database: unrendered?.database ?? null,
    unrendered_schema: unrendered?.schema ?? null,
    doc_blocks: source.docBlocks ?? [],
  };
}

function portEntry(project: Project, id: string, port: PortDependency, options: ArtifactOptions): Artifact {
  const meta = { product: port.product, version: port.version ?? null };
  const path = "_mesh/models/sources.yml";
  const { database, schema, name } = port.relation;
  return {
    database: database ?? null,
    schema: schema ?? null,
    name,
    resource_type: "source",
    package_name: project.name,
    path,
    original_file_path: path,
    unique_id: id,
    fqn: [project.name, port.domain, name],
    source_name: port.domain,
    source_description: "",
    loader: "",
    identifier: name,
    quoting: { database: null, schema: null, identifier: null, column: null },
    loaded_at_field: null,
    loaded_at_query: null,
    freshness: null,
    external: null,
    description: "",
    columns: {},
    meta,
    source_meta: {},
    tags: [],
    config: {
      enabled: true,
      event_time: null,
      freshness: null,
      loaded_at_field: null,
      loaded_at_query: null,
      meta,
      tags: [],
    },
    patch_path: null,
    unrendered_config: {},
    relation_name: project.dialect.relation(port.relation),
    created_at: createdAt(options),
    unrendered_database: null,
    unrendered_schema: null,
    doc_blocks: [],
  };
}

function declaredEntry(item: Declared, options: ArtifactOptions): Artifact {
  const head = {
    name: item.name,
    resource_type: item.kind,
    package_name: item.package,
    path: shortPath(item.fqn, item.path),
    original_file_path: item.path,
    unique_id: item.id,
    description: item.description,
    config: plain(dbtDeclaredConfig(item)),
  };
  const details = plain(item.details) as Artifact;
  if (item.kind === "group")
    return { ...head, ...details, owner: { email: null, name: null, ...(details["owner"] as object) } };
  const meta = plain(item.config.get("meta") ?? {});
  const group = item.config.get("group") ?? null;
  return {
    refs: [],
    ...head,
    ...details,
    ...(item.kind === "exposure"
      ? { owner: { email: null, name: null, ...(details["owner"] as object) }, meta, tags: item.tags }
      : { group }),
    ...(item.kind === "metric" ? { meta, tags: [], sources: [], metrics: [] } : {}),
    ...(item.kind === "saved_query" ? { tags: item.tags } : {}),
    fqn: item.fqn,
    unrendered_config: plainConfig(item.unrendered ?? new Map()),
    depends_on: { macros: [], nodes: item.parents },
    created_at: createdAt(options),
  };
}

const rowsEntry = (data: UnitTest["expect"]): Artifact =>
  data.format === "sql"
    ? { rows: data.sql, format: "sql", fixture: data.fixture ?? null }
    : { rows: data.rows.map((r) => ({ ...r })), format: data.csv ? "csv" : "dict", fixture: data.fixture ?? null };

function unitTestEntry(project: Project, test: UnitTest, options: ArtifactOptions): Artifact {
  const { macros, vars, env } = test.overrides;
  const version = (list: readonly string[] | undefined): unknown => list?.map(versionNumber) ?? null;
  const none = macros.size + vars.size + env.size === 0;
  return {
    model: test.modelName,
    given: test.given.map((g) => ({ input: g.input, ...rowsEntry(g.data) })),
    expect: rowsEntry(test.expect),
    name: test.name,
    resource_type: "unit_test",
    package_name: test.package,
    path: [...test.fqn.slice(1, -2), test.path.split("/").at(-1)].join("/"),
    original_file_path: test.path,
    unique_id: test.id,
    fqn: test.fqn,
    description: test.description,
    overrides: none ? null : { macros: plainConfig(macros), vars: plainConfig(vars), env_vars: sorted(env) },
    depends_on: { macros: [], nodes: [test.model] },
    config: plain(dbtUnitTestConfig(test.config)),
    checksum: unitTestChecksum(test),
    schema: project.nodes.get(test.model)?.relation.schema ?? null,
    created_at: createdAt(options),
    versions:
      test.versions === undefined
        ? null
        : { include: version(test.versions.include), exclude: version(test.versions.exclude) },
    version: test.version === undefined ? null : versionNumber(test.version),
  };
}

/** A hook of the run as the node that dbt makes of it. */
function hookEntry(
  project: Project,
  hook: RunHook,
  when: "start" | "end",
  parts: ManifestParts,
  options: ArtifactOptions,
): Artifact {
  const name = `${hook.package}-on-run-${when}-${hook.index}`;
  return {
    database: project.target.database ?? null,
    schema: project.target.schema,
    name,
    resource_type: "operation",
    package_name: hook.package,
    path: `hooks/${name}.sql`,
    original_file_path: "./dbt_project.yml",
    unique_id: `operation.${hook.package}.${name}`,
    fqn: [hook.package, "hooks", name],
    alias: name,
    checksum: { name: "sha256", checksum: createHash("sha256").update(hook.sql.trim()).digest("hex") },
    config: dbtOperationConfig,
    tags: [`on-run-${when}`],
    description: "",
    columns: {},
    meta: {},
    group: null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: null,
    unrendered_config: {},
    created_at: createdAt(options),
    relation_name: null,
    raw_code: hook.sql,
    doc_blocks: [],
    language: "sql",
    refs: [],
    sources: [],
    metrics: [],
    functions: [],
    depends_on: { macros: parts.hookCalls(hook), nodes: [] },
    compiled_path: null,
    contract: { enforced: false, alias_types: true, checksum: null },
    index: hook.index,
  };
}

function disabledEntries(project: Project, parts: ManifestParts, options: ArtifactOptions): Artifact {
  const { nodes, sources, declared, unitTests } = parts.disabled;
  const found: [string, unknown][] = [
    ...nodes.map((n): [string, unknown] => [n.id, [nodeEntry(project, n, parts, { ...options, compiled: false })]]),
    ...sources.map((s): [string, unknown] => [s.id, [sourceEntry(project, s, options)]]),
    ...declared.map((d): [string, unknown] => [d.id, [declaredEntry(d, options)]]),
    ...unitTests.map((t): [string, unknown] => [t.id, [unitTestEntry(project, t, options)]]),
  ];
  return sorted(found);
}
