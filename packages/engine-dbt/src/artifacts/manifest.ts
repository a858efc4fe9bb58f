import type { ConfigValue } from "@meshwork/models";
import type { JsonMap } from "./json.ts";
import { entriesOf, isMap, mapOf, parseArtifact, schemaVersion, textOf, textsOf } from "./json.ts";

/** A column as the project's YAML describes it. */
export interface ManifestColumn {
  readonly name: string;
  readonly description: string;
  readonly dataType?: string | undefined;
  readonly tags: readonly string[];
  readonly meta: ReadonlyMap<string, ConfigValue>;
  /** Kinds of constraints: `not_null`, `unique`, `primary_key`. */
  readonly constraints: readonly string[];
}

/** A model, seed, snapshot or data test. */
export interface ManifestNode {
  readonly id: string;
  readonly resourceType: "model" | "seed" | "snapshot" | "test";
  readonly name: string;
  readonly package: string;
  /** From the project's root, with `/`; of a package's node, from the package's root. */
  readonly file: string;
  readonly fqn: readonly string[];
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly alias: string;
  /** As it stands in compiled SQL; ephemeral models and tests have none. */
  readonly relationName?: string | undefined;
  readonly materialized: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly columns: ReadonlyMap<string, ManifestColumn>;
  readonly dependsOn: readonly string[];
  readonly macros: readonly string[];
  readonly rawCode: string;
  /** Absent where the project was parsed and not compiled. */
  readonly compiledCode?: string | undefined;
  /** SHA-256 of the file's text, where dbt wrote one. */
  readonly checksum?: string | undefined;
  readonly group?: string | undefined;
  readonly access?: string | undefined;
  readonly version?: string | undefined;
  readonly latestVersion?: string | undefined;
  readonly config: JsonMap;
  readonly test?: ManifestTest | undefined;
}

export interface ManifestTest {
  /** `not_null`, `dbt_utils.expression_is_true`; the test's own name where it is singular. */
  readonly name: string;
  readonly kind: "generic" | "singular";
  readonly column?: string | undefined;
  /** The node it is about. */
  readonly attachedTo?: string | undefined;
  readonly arguments: JsonMap;
}

export interface ManifestSource {
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly package: string;
  readonly file: string;
  readonly fqn: readonly string[];
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly identifier: string;
  readonly relationName?: string | undefined;
  readonly description: string;
  readonly tags: readonly string[];
  readonly columns: ReadonlyMap<string, ManifestColumn>;
}

/** Who outside the project reads it: a dashboard, a notebook. */
export interface ManifestExposure {
  readonly id: string;
  readonly name: string;
  readonly type?: string | undefined;
  readonly owner?: string | undefined;
  readonly url?: string | undefined;
  readonly dependsOn: readonly string[];
}

export interface ManifestGroup {
  readonly name: string;
  readonly owner?: string | undefined;
}

/** What Meshwork needs of dbt's `manifest.json`. */
export interface Manifest {
  readonly project: string;
  /** `snowflake`, `bigquery`, `duckdb` … */
  readonly adapter: string;
  readonly dbtVersion?: string | undefined;
  readonly generatedAt?: string | undefined;
  readonly nodes: ReadonlyMap<string, ManifestNode>;
  readonly sources: ReadonlyMap<string, ManifestSource>;
  readonly exposures: readonly ManifestExposure[];
  readonly groups: ReadonlyMap<string, ManifestGroup>;
}

/** Manifests older than this lack what the graph is made of (`depends_on`, `compiled_code`): dbt 1.3. */
const oldest = 7;

/** Reads a `manifest.json` of dbt 1.3 or newer, Core's or Fusion's. */
export function readManifest(text: string): { readonly value: Manifest } | { readonly problem: string } {
  const parsed = parseArtifact(text);
  if ("problem" in parsed) return parsed;
  const { root } = parsed;
  const version = schemaVersion(root);
  if (version !== undefined && version < oldest)
    return { problem: `it has version ${version} of the manifest's schema, and ${oldest} is the oldest that is read` };
  if (!isMap(root["nodes"])) return { problem: "it has no nodes" };
  const metadata = mapOf(root["metadata"]);
  const nodes = new Map<string, ManifestNode>();
  for (const [id, each] of entriesOf(root["nodes"]).toSorted(byKey)) {
    const node = readNode(id, each);
    if (node !== undefined) nodes.set(id, node);
  }
  return {
    value: {
      project: textOf(metadata["project_name"]) ?? [...nodes.values()][0]?.package ?? "",
      adapter: textOf(metadata["adapter_type"]) ?? "",
      dbtVersion: textOf(metadata["dbt_version"]),
      generatedAt: textOf(metadata["generated_at"]),
      nodes,
      sources: new Map(
        entriesOf(root["sources"])
          .toSorted(byKey)
          .map(([id, each]) => [id, readSource(id, each)]),
      ),
      exposures: entriesOf(root["exposures"])
        .toSorted(byKey)
        .map(([id, each]) => readExposure(id, each)),
      groups: new Map(
        entriesOf(root["groups"]).map(([id, each]) => {
          const name = textOf(each["name"]) ?? id;
          return [name, { name, owner: ownerOf(each["owner"]) }];
        }),
      ),
    },
  };
}

const byKey = (a: readonly [string, unknown], b: readonly [string, unknown]): number =>
  a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;

const resourceTypes = new Set(["model", "seed", "snapshot", "test"]);

function readNode(id: string, node: JsonMap): ManifestNode | undefined {
  const resourceType = textOf(node["resource_type"]);
  if (resourceType === undefined || !resourceTypes.has(resourceType)) return undefined;
  const config = mapOf(node["config"]);
  if (config["enabled"] === false) return undefined;
  const name = textOf(node["name"]) ?? id;
  const depends = mapOf(node["depends_on"]);
  const checksum = mapOf(node["checksum"]);
  return {
    id,
    resourceType: resourceType as ManifestNode["resourceType"],
    name,
    package: textOf(node["package_name"]) ?? "",
    file: slashes(textOf(node["original_file_path"]) ?? textOf(node["path"]) ?? ""),
    fqn: textsOf(node["fqn"]),
    database: textOf(node["database"]),
    schema: textOf(node["schema"]),
    alias: textOf(node["alias"]) ?? name,
    relationName: textOf(node["relation_name"]),
    materialized: textOf(config["materialized"]) ?? resourceType,
    description: textOf(node["description"]) ?? "",
    tags: textsOf(node["tags"]),
    columns: readColumns(node["columns"]),
    dependsOn: textsOf(depends["nodes"]),
    macros: textsOf(depends["macros"]),
    rawCode: textOf(node["raw_code"]) ?? textOf(node["raw_sql"]) ?? "",
    compiledCode: textOf(node["compiled_code"]) ?? textOf(node["compiled_sql"]),
    checksum: textOf(checksum["name"]) === "sha256" ? textOf(checksum["checksum"]) : undefined,
    group: textOf(node["group"]) ?? textOf(config["group"]),
    access: textOf(node["access"]) ?? textOf(config["access"]),
    version: wordOf(node["version"]),
    latestVersion: wordOf(node["latest_version"]),
    config,
    test: resourceType === "test" ? readTest(node, name) : undefined,
  };
}

function readTest(node: JsonMap, name: string): ManifestTest {
  const metadata = mapOf(node["test_metadata"]);
  const generic = textOf(metadata["name"]);
  const namespace = textOf(metadata["namespace"]);
  const given = mapOf(metadata["kwargs"]);
  return {
    name: generic === undefined ? name : namespace === undefined ? generic : `${namespace}.${generic}`,
    kind: generic === undefined ? "singular" : "generic",
    column: textOf(node["column_name"]) ?? textOf(given["column_name"]),
    attachedTo: textOf(node["attached_node"]),
    // Newer versions keep what the author wrote below `arguments` there too.
    arguments: { ...given, ...mapOf(given["arguments"]) },
  };
}

const readSource = (id: string, source: JsonMap): ManifestSource => ({
  id,
  source: textOf(source["source_name"]) ?? "",
  name: textOf(source["name"]) ?? id,
  package: textOf(source["package_name"]) ?? "",
  file: slashes(textOf(source["original_file_path"]) ?? textOf(source["path"]) ?? ""),
  fqn: textsOf(source["fqn"]),
  database: textOf(source["database"]),
  schema: textOf(source["schema"]),
  identifier: textOf(source["identifier"]) ?? textOf(source["name"]) ?? id,
  relationName: textOf(source["relation_name"]),
  description: textOf(source["description"]) ?? "",
  tags: textsOf(source["tags"]),
  columns: readColumns(source["columns"]),
});

const readExposure = (id: string, exposure: JsonMap): ManifestExposure => ({
  id,
  name: textOf(exposure["name"]) ?? id,
  type: textOf(exposure["type"]),
  owner: ownerOf(exposure["owner"]),
  url: textOf(exposure["url"]),
  dependsOn: textsOf(mapOf(exposure["depends_on"])["nodes"]),
});

function ownerOf(value: unknown): string | undefined {
  const owner = mapOf(value);
  return textOf(owner["email"]) ?? textsOf(owner["email"])[0] ?? textOf(owner["name"]);
}

function readColumns(value: unknown): ReadonlyMap<string, ManifestColumn> {
  return new Map(
    entriesOf(value).map(([key, column]) => {
      const name = textOf(column["name"]) ?? key;
      const config = mapOf(column["config"]);
      const meta = { ...mapOf(column["meta"]), ...mapOf(config["meta"]) };
      return [
        name,
        {
          name,
          description: textOf(column["description"]) ?? "",
          dataType: textOf(column["data_type"]),
          tags: [...new Set([...textsOf(column["tags"]), ...textsOf(config["tags"])])],
          meta: new Map(Object.entries(meta)) as ReadonlyMap<string, ConfigValue>,
          constraints: entriesOfList(column["constraints"]).flatMap((c) => textOf(c["type"]) ?? []),
        },
      ];
    }),
  );
}

const entriesOfList = (value: unknown): readonly JsonMap[] => (Array.isArray(value) ? value.filter(isMap) : []);
const slashes = (path: string): string => path.replaceAll("\\", "/");
const wordOf = (value: unknown): string | undefined =>
  typeof value === "number" ? String(value) : value === "" ? undefined : textOf(value);
