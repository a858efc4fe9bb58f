import { hash } from "node:crypto";
import { hasErrors } from "@meshwork/diagnostics";
import type { Artifact, ArtifactOptions } from "./artifacts.ts";
import { dbtConfig } from "./dbt-config.ts";
import { columnEntries, constraintEntry, plain, plainConfig, portId, versionNumber } from "./manifest-values.ts";
import type { ConfigValue, ManifestParts, ModelConstraint, Project, ProjectNode } from "./model.ts";
import { compiledPath } from "./run/run-nodes.ts";

const sha256 = (text: string): string => hash("sha256", text);

/** A model, seed, snapshot, test or analysis as dbt's manifest has it. */
export function nodeEntry(
  project: Project,
  node: ProjectNode,
  parts: ManifestParts,
  options: ArtifactOptions,
): Artifact {
  const config = dbtConfig(node);
  const { resourceType } = node;
  const noRelation =
    node.config.materialized === "ephemeral" ||
    resourceType === "analysis" ||
    (resourceType === "test" && config["store_failures"] !== true);
  return {
    database: node.relation.database ?? null,
    schema: node.relation.schema ?? null,
    name: node.name,
    resource_type: resourceType,
    package_name: node.package,
    path: pathBelow(node),
    original_file_path: node.path,
    unique_id: node.id,
    fqn: node.fqn,
    alias: node.relation.name,
    checksum: checksumOf(node),
    config: plain(config),
    tags: resourceType === "test" ? node.config.tags : config["tags"],
    description: node.description,
    columns: columnEntries(node.columns),
    meta: plain(config["meta"] ?? {}),
    group: node.group ?? null,
    docs: plain(config["docs"] ?? { show: true, node_color: null }),
    patch_path: node.patchPath ?? null,
    build_path: null,
    unrendered_config: plainConfig(node.unrendered ?? new Map()),
    created_at: options.generatedAt.getTime() / 1000,
    relation_name: noRelation ? null : project.dialect.relation(node.relation),
    raw_code: resourceType === "seed" ? "" : (node.block ?? node.source.trim()),
    doc_blocks: node.docBlocks ?? [],
    ...(resourceType === "seed"
      ? { root_path: folderOf(project, node), depends_on: { macros: [] } }
      : queryEntry(project, node, parts, options)),
    ...(resourceType === "model" ? modelEntry(project, node, parts) : {}),
    ...(node.test?.kind === "generic" ? genericTestEntry(project, node) : {}),
  };
}

const folderOf = (project: Project, node: ProjectNode): string =>
  node.packageRoot === "" ? project.root : `${project.root}/${node.packageRoot}`;

/** dbt hashes the text with each stretch of space as one; of seeds the data, of a generic test nothing. */
function checksumOf(node: ProjectNode): Artifact {
  if (node.test?.kind === "generic") return { name: "none", checksum: "" };
  const text = node.source.replaceAll("\r\n", "\n").trim();
  if (node.resourceType !== "seed") return { name: "sha256", checksum: sha256(text.split(/\s+/).join(" ")) };
  const large = Buffer.byteLength(node.source) > 1024 * 1024;
  return large ? { name: "path", checksum: node.path } : { name: "sha256", checksum: sha256(text) };
}

/** The path below the resource path, as dbt has it. */
function pathBelow(node: ProjectNode): string {
  if (node.test?.kind === "generic") return `${node.relation.name}.sql`;
  const file = node.path.split("/").at(-1)!;
  if (node.resourceType === "snapshot") {
    // A block stands in a file that its fqn names too; one that YAML defines has a file of its own in dbt's eyes.
    return file.endsWith(".sql")
      ? [...node.fqn.slice(1, -2), file].join("/")
      : [...node.fqn.slice(1, -1), `${node.name}.sql`].join("/");
  }
  return [...node.fqn.slice(1, node.version === undefined ? -1 : -2), file].join("/");
}

function queryEntry(project: Project, node: ProjectNode, parts: ManifestParts, options: ArtifactOptions): Artifact {
  const reads = node.dependencies.map((d) => (d.kind === "port" ? portId(project, d) : d.id));
  const contract = node.config.contract;
  return {
    language: "sql",
    refs: refsOf(project, node),
    sources: node.dependencies.flatMap((d) => {
      const source = d.kind === "source" ? project.sources.get(d.id) : undefined;
      return source === undefined ? [] : [[source.source, source.name]];
    }),
    metrics: [],
    functions: [],
    depends_on: { macros: parts.calls(node), nodes: [...new Set(reads)].sort() },
    ...compiledEntry(project, node, options),
    contract: {
      enforced: contract.enforced,
      alias_types: contract.aliasTypes,
      checksum: contract.enforced ? contractChecksum(node) : null,
    },
  };
}

/** What a compile adds; a node that is not compiled, or has errors, has dbt's form of a parsed one. */
function compiledEntry(project: Project, node: ProjectNode, options: ArtifactOptions): Artifact {
  if (options.compiled === false || !project.nodes.has(node.id)) return { compiled_path: null };
  const compiled = project.compile(node);
  if (hasErrors(compiled.diagnostics)) return { compiled_path: null };
  const ephemeral: string[] = [];
  const visit = (id: string): void => {
    for (const parent of project.parents(id)) {
      if (project.nodes.get(parent)?.config.materialized !== "ephemeral" || ephemeral.includes(parent)) continue;
      visit(parent);
      ephemeral.push(parent);
    }
  };
  visit(node.id);
  return {
    compiled_path: compiledPath(project, node),
    compiled: true,
    compiled_code: compiled.sql,
    extra_ctes_injected: true,
    extra_ctes: ephemeral.map((id) => {
      const inner = project.nodes.get(id)!;
      return { id, sql: ` __dbt__cte__${inner.relation.name} as (\n${project.compile(inner).sql}\n)` };
    }),
  };
}

function refsOf(project: Project, node: ProjectNode): Artifact[] {
  return node.dependencies.flatMap((d): Artifact[] => {
    if (d.kind === "port") return [{ name: d.port, package: d.domain, version: d.version ?? null }];
    const upstream = d.kind === "node" ? project.nodes.get(d.id) : undefined;
    if (upstream === undefined || d.kind !== "node") return [];
    const version = d.version === undefined ? null : versionNumber(d.version);
    return [{ name: upstream.name, package: d.package ?? null, version }];
  });
}

function modelEntry(project: Project, node: ProjectNode, parts: ManifestParts): Artifact {
  const { version, timeSpine } = node;
  return {
    access: node.access,
    constraints: node.constraints.map((c) => constraintEntry(c, true)),
    version: version === undefined ? null : versionNumber(version.version),
    latest_version: version === undefined ? null : versionNumber(version.latest),
    deprecation_date: node.deprecationDate === undefined ? null : isoTime(node.deprecationDate),
    primary_key: primaryKey(project, node, parts),
    time_spine: timeSpine === undefined ? null : plain(timeSpine as ConfigValue),
  };
}

const isoTime = (written: string): string =>
  /^\d{4}-\d\d-\d\d$/.test(written) ? `${written}T00:00:00+00:00` : written;

function genericTestEntry(project: Project, node: ProjectNode): Artifact {
  const test = node.test!;
  const parts = test.name.split(".");
  const given = test.kwargs?.get("column_name");
  return {
    column_name: test.column === undefined ? null : (given ?? null),
    file_key_name: test.fileKey ?? null,
    attached_node: test.attachedTo !== undefined && project.nodes.has(test.attachedTo) ? test.attachedTo : null,
    test_metadata: {
      name: parts.at(-1),
      kwargs: plainConfig(test.kwargs ?? new Map()),
      namespace: parts.length > 1 ? parts[0] : null,
    },
  };
}

/** The columns that tell rows apart, by constraints first, then by tests. */
function primaryKey(project: Project, node: ProjectNode, parts: ManifestParts): readonly string[] {
  const whole = node.constraints.find((c) => c.type === "primary_key");
  if (whole !== undefined) return whole.columns;
  for (const column of node.columns.values()) {
    if (column.constraints.some((c) => c.type === "primary_key")) return [column.name];
  }
  const unique = new Set<string>();
  const notNull = new Set<string>();
  const disabled = new Set<string>();
  const tests = [
    ...project.children(node.id).flatMap((id) => project.nodes.get(id) ?? []),
    ...parts.disabled.nodes.filter((n) => n.test?.attachedTo === node.id),
  ];
  for (const { test, config } of tests) {
    if (test?.kind !== "generic" || test.attachedTo !== node.id) continue;
    const name = test.name.split(".").at(-1)!;
    const column = test.kwargs?.get("column_name");
    const several = test.kwargs?.get("combination_of_columns");
    const list =
      typeof column === "string" ? [column] : Array.isArray(several) ? (several as readonly ConfigValue[]) : [];
    for (const one of list) {
      if (typeof one !== "string") continue;
      if (name === "not_null") notNull.add(one);
      else if (name === "unique" || name === "unique_combination_of_columns")
        (config.enabled ? unique : disabled).add(one);
    }
  }
  const both = [...notNull].filter((c) => unique.has(c) || disabled.has(c));
  if (both.length > 0) return both.sort();
  return [...(unique.size > 0 ? unique : disabled)].sort();
}

/** The text that dbt hashes of an enforced contract: columns by name, their types and constraints as Python prints them. */
function contractChecksum(node: ProjectNode): string {
  const python = (value: string | undefined): string =>
    value === undefined
      ? "None"
      : value.includes("'") && !value.includes('"')
        ? `"${value}"`
        : `'${value.replaceAll("'", "\\'")}'`;
  const truth = (value: boolean): string => (value ? "True" : "False");
  const list = (values: readonly string[]): string => `[${values.map(python).join(", ")}]`;
  const constraint = (c: ModelConstraint, kind: "Column" | "Model"): string =>
    `${kind}LevelConstraint(type=<ConstraintType.${c.type}: '${c.type}'>, name=${python(c.name)}, ` +
    `expression=${python(c.expression)}, warn_unenforced=${truth(c.warnUnenforced)}, ` +
    `warn_unsupported=${truth(c.warnUnsupported)}, to=${python(c.to)}, to_columns=${list(c.toColumns)}` +
    `${kind === "Model" ? `, columns=${list(c.columns)}` : ""})`;
  const columns = [...node.columns.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  let state = columns
    .map((c) => `|${c.name}${c.dataType ?? "None"}[${c.constraints.map((k) => constraint(k, "Column")).join(", ")}]`)
    .join("");
  const { materialized } = node.config;
  if (materialized === "table" || materialized === "incremental")
    state += `${materialized}[${node.constraints.map((k) => constraint(k, "Model")).join(", ")}]`;
  return sha256(state);
}
