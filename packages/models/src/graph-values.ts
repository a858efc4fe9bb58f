import { dbtConfig, dbtDeclaredConfig, dbtSourceConfig } from "./dbt-config.ts";
import type { ColumnProperties, ConfigValue, Declared, Project, ProjectNode, SourceNode } from "./model.ts";
import type { Plain } from "./semantic.ts";

type ColumnsOf = Pick<ProjectNode, "columns">;

const columnsValue = ({ columns }: ColumnsOf): Plain =>
  Object.fromEntries(
    [...columns.values()].map((c: ColumnProperties): [string, ConfigValue] => [
      c.name,
      {
        name: c.name,
        description: c.description,
        data_type: c.dataType ?? null,
        meta: Object.fromEntries(c.meta),
        quote: c.quote ?? null,
        tags: c.tags,
        constraints: c.constraints.map((k) => ({
          type: k.type,
          name: k.name ?? null,
          expression: k.expression ?? null,
          warn_unenforced: k.warnUnenforced,
          warn_unsupported: k.warnUnsupported,
          to: k.to ?? null,
          to_columns: k.toColumns,
        })),
      },
    ]),
  );

const versionValue = (version: string | undefined): ConfigValue =>
  version === undefined ? null : /^\d+$/.test(version) ? Number(version) : version;

/** A node as templates see it: `model`, and the entries of `graph.nodes`. */
export function nodeValue(node: ProjectNode, relationName: string): Plain {
  const config = dbtConfig(node);
  const { test } = node;
  return {
    database: node.relation.database ?? null,
    schema: node.relation.schema ?? null,
    name: node.name,
    resource_type: node.resourceType,
    package_name: node.package,
    path: node.path,
    original_file_path: node.path,
    unique_id: node.id,
    fqn: node.fqn,
    alias: node.relation.name,
    config,
    tags: node.config.tags,
    description: node.description,
    columns: columnsValue(node),
    meta: config["meta"] ?? {},
    group: node.group ?? null,
    access: node.access,
    version: versionValue(node.version?.version),
    latest_version: versionValue(node.version?.latest),
    patch_path: node.patchPath ?? null,
    relation_name: node.config.materialized === "ephemeral" || node.resourceType === "test" ? null : relationName,
    raw_code: node.resourceType === "seed" ? "" : node.source,
    language: "sql",
    refs: node.dependencies.flatMap((d): Plain[] =>
      d.kind === "node"
        ? [{ name: d.id.split(".")[2]!, package: d.package ?? null, version: versionValue(d.version) }]
        : [],
    ),
    sources: node.dependencies.flatMap((d): string[][] => (d.kind === "source" ? [d.id.split(".").slice(2)] : [])),
    depends_on: {
      macros: node.macros,
      nodes: node.dependencies.flatMap((d) => (d.kind === "port" ? [] : [d.id])),
    },
    ...(test?.kind === "generic"
      ? {
          column_name: test.column ?? null,
          attached_node: test.attachedTo ?? null,
          test_metadata: {
            name: test.name.split(".").at(-1)!,
            namespace: test.name.includes(".") ? test.name.split(".")[0]! : null,
            kwargs: Object.fromEntries(test.kwargs ?? new Map<string, ConfigValue>()),
          },
        }
      : {}),
  };
}

const sourceValue = (source: SourceNode, relationName: string): Plain => ({
  database: source.relation.database ?? null,
  schema: source.relation.schema ?? null,
  name: source.name,
  source_name: source.source,
  source_description: source.sourceDescription,
  identifier: source.relation.name,
  loader: source.loader,
  resource_type: "source",
  package_name: source.package,
  path: source.path,
  original_file_path: source.path,
  unique_id: source.id,
  fqn: source.fqn,
  description: source.description,
  tags: source.tags,
  meta: Object.fromEntries(source.meta),
  source_meta: Object.fromEntries(source.sourceMeta),
  columns: columnsValue(source),
  config: dbtSourceConfig(source),
  loaded_at_field: source.freshness?.loadedAtField ?? null,
  relation_name: relationName,
});

const declaredValue = (item: Declared): Plain => ({
  ...item.details,
  name: item.name,
  resource_type: item.kind,
  package_name: item.package,
  path: item.path,
  original_file_path: item.path,
  unique_id: item.id,
  fqn: item.fqn,
  description: item.description,
  tags: item.tags,
  meta: item.config.get("meta") ?? {},
  config: dbtDeclaredConfig(item),
  depends_on: { macros: [], nodes: item.parents },
});

/** dbt's `graph`: everything enabled, by id. */
export function graphValue(project: Pick<Project, "nodes" | "analyses" | "sources" | "declared" | "dialect">): Plain {
  const named = (relation: ProjectNode["relation"]): string => project.dialect.relation(relation);
  const of = (kind: Declared["kind"]): Plain =>
    Object.fromEntries(
      [...project.declared.values()].filter((d) => d.kind === kind).map((d) => [d.id, declaredValue(d)]),
    );
  return {
    nodes: Object.fromEntries(
      [...project.nodes.values(), ...project.analyses.values()].map((n) => [n.id, nodeValue(n, named(n.relation))]),
    ),
    sources: Object.fromEntries(
      [...project.sources.values()].map((s) => [s.id, sourceValue(s, s.location ?? named(s.relation))]),
    ),
    exposures: of("exposure"),
    metrics: of("metric"),
    groups: of("group"),
    semantic_models: of("semantic_model"),
    saved_queries: of("saved_query"),
    unit_tests: {},
  };
}
