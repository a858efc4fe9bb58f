import { createHash } from "node:crypto";
import { snakeName } from "@meshwork/contract";
import type { Diagnostic, DiagnosticInit, Span } from "@meshwork/diagnostics";
import type {
  Compiled,
  CompileOptions,
  ConfigValue,
  Declared,
  Dependency,
  NodeConfig,
  Project,
  ProjectNode,
  ResolvePort,
  Selected,
  Selection,
  SourceNode,
} from "@meshwork/models";
import { Graph, selectNodes } from "@meshwork/models";
import type { Column, Dialect, Relation } from "@meshwork/sql";
import type { Catalog } from "./artifacts/catalog.ts";
import type { Manifest, ManifestColumn, ManifestExposure, ManifestNode, ManifestSource } from "./artifacts/manifest.ts";
import { dbtArea } from "./dbt-codes.ts";
import { SourceLines } from "./source-lines.ts";
import { warehouseType } from "./warehouse-type.ts";

export interface ArtifactProjectOptions {
  /** Absolute path of the folder with `dbt_project.yml`. */
  readonly root: string;
  /** The same, relative to the workspace, with `/`. */
  readonly displayPath: string;
  readonly manifest: Manifest;
  readonly catalog?: Catalog | undefined;
  readonly dialect: Dialect;
  readonly target: Project["target"];
  /** The product of a node's id. */
  readonly owners: ReadonlyMap<string, string>;
  /** Answers for a model that another product reads: the port that it builds, or why there is none. */
  readonly resolvePort: ResolvePort;
  /** The text of a file of the project, or of dbt's `target/`; `undefined` where there is none. */
  readonly read: (path: string) => string | undefined;
  /** Where dbt writes, from the project's root: `target`. */
  readonly artifacts: string;
  /** Where the workspace names the project. */
  readonly place?: DiagnosticInit["span"];
  /** What was found on the way here: stale files, a missing catalog. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * A dbt project as its artifacts tell it: nothing is rendered, dbt did that. What templates would need (hooks, other
 * branches of `is_incremental()`) is not there; whoever runs such a project runs dbt.
 */
export class ArtifactProject implements Project {
  readonly name: string;
  readonly version = "";
  readonly root: string;
  readonly displayPath: string;
  readonly target: Project["target"];
  readonly dialect: Dialect;
  readonly nodes: ReadonlyMap<string, ProjectNode>;
  readonly disabled: readonly string[] = [];
  readonly sources: ReadonlyMap<string, SourceNode>;
  readonly macros: Project["macros"] = new Map();
  readonly analyses: Project["analyses"] = new Map();
  readonly unitTests: Project["unitTests"] = new Map();
  readonly declared: Project["declared"];
  readonly runHooks: Project["runHooks"] = { start: [], end: [] };
  readonly selectors: Project["selectors"] = new Map();
  readonly diagnostics: readonly Diagnostic[];
  readonly manifest: Manifest;
  readonly catalog: Catalog | undefined;
  readonly #graph: Graph;
  readonly #lines = new Map<string, SourceLines>();
  readonly #options: ArtifactProjectOptions;

  constructor(options: ArtifactProjectOptions) {
    const { manifest } = options;
    this.#options = options;
    this.manifest = manifest;
    this.catalog = options.catalog;
    this.name = manifest.project;
    this.root = options.root;
    this.displayPath = options.displayPath;
    this.target = options.target;
    this.dialect = options.dialect;
    const diagnostics = [...options.diagnostics];
    this.sources = new Map([...manifest.sources.values()].map((s) => [s.id, this.#source(s)]));
    this.nodes = new Map([...manifest.nodes.values()].map((n) => [n.id, this.#node(n, diagnostics)]));
    this.declared = new Map(manifest.exposures.map((e) => [e.id, this.#exposure(e)]));
    const bare = [...manifest.nodes.values()].filter(
      (n) => n.resourceType === "model" && this.#compiled(n) === undefined,
    );
    if (bare.length > 0)
      diagnostics.push(
        dbtArea.create("not-compiled", { count: bare.length, first: bare[0]!.name }, { span: options.place }),
      );
    this.diagnostics = diagnostics;
    this.#graph = new Graph(
      [...manifest.nodes.values()].map((n) => [n.id, n.dependsOn.filter((id) => this.#knows(id))]),
    );
  }

  find(name: string): ProjectNode | undefined {
    return [...this.nodes.values()].find((n) => n.name === name && n.resourceType !== "test");
  }

  children = (id: string): readonly string[] => this.#graph.children(id);
  parents = (id: string): readonly string[] => this.#graph.parents(id);

  /** Nothing is rendered here that could ask for it. */
  noteSelection(): void {
    return undefined;
  }

  /** dbt has written the manifest; what is left out of it here is in dbt's own. */
  parts(): ReturnType<Project["parts"]> {
    return {
      docs: [],
      disabled: { nodes: [], sources: [], declared: [], unitTests: [] },
      macro: () => ({ sql: "", calls: [], arguments: [] }),
      calls: (node) => node.macros,
      hookCalls: () => [],
    };
  }

  select(selection: Selection): Selected {
    const { name: project, nodes, analyses, sources, unitTests, declared } = this;
    const catalogue = { project, nodes, analyses, sources, unitTests, declared, graph: this.#graph };
    return selectNodes({ catalogue }, selection);
  }

  order(nodes: Iterable<ProjectNode>): readonly ProjectNode[] {
    return this.#graph.order([...nodes].map((n) => n.id)).flatMap((id) => this.nodes.get(id) ?? []);
  }

  /** The SQL that dbt compiled, with relations by schema and name alone: a binder has one database. */
  compile(node: ProjectNode, _options?: CompileOptions): Compiled {
    const own = this.manifest.nodes.get(node.id)!;
    const sql = this.#compiled(own);
    const located = sql === undefined ? "" : this.#shortNames(own, sql);
    const lines = this.#linesOf(own);
    const place = { product: node.product, span: node.place };
    return {
      node,
      sql: located,
      dependencies: node.dependencies,
      diagnostics:
        sql === undefined
          ? [dbtArea.create("not-compiled", { count: 1, first: node.name }, { ...place, severity: "error" })]
          : [],
      locate: (offset, length = 1): Span | undefined => lines.ofCompiled(located, offset, length),
    };
  }

  prepare(node: ProjectNode): Promise<Compiled> {
    return Promise.resolve(this.compile(node));
  }

  hooks = (): ReturnType<Project["hooks"]> => ({ before: [], after: [], diagnostics: [] });
  askingHooks = (): ReturnType<Project["askingHooks"]> => Promise.resolve(this.hooks());

  // dbt rendered everything: there is no template here, and no macro that could be called.
  evaluate: Project["evaluate"] = () => Promise.reject(new Error("templates of this project are dbt's to render"));
  findMacro: Project["findMacro"] = () => undefined;
  ownMacro: Project["ownMacro"] = () => undefined;
  materialization: Project["materialization"] = () => undefined;

  fingerprint(node: ProjectNode): string {
    const own = this.manifest.nodes.get(node.id);
    const parts = [(own && this.#compiled(own)) ?? own?.rawCode ?? "", own?.checksum ?? "", own?.materialized ?? ""];
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  }

  seedTable(node: ProjectNode): ReturnType<Project["seedTable"]> {
    return { columns: this.columnsOf(node.id) ?? [], declaredTypes: node.config.columnTypes, rows: [] };
  }

  /** The columns of a relation as the warehouse has them; else as YAML declares them, where it types each. */
  columnsOf(id: string): readonly Column[] | undefined {
    const adapter = this.manifest.adapter;
    const built = this.catalog?.relations.get(id);
    if (built !== undefined && built.columns.length > 0) {
      return built.columns.map((c) => ({
        name: c.name,
        type: warehouseType(adapter, c.type) ?? { kind: "opaque", engine: adapter, name: c.type || "unknown" },
        nullable: true,
        ...(c.comment ? { description: c.comment } : {}),
      }));
    }
    const declared = [...((this.manifest.nodes.get(id) ?? this.manifest.sources.get(id))?.columns.values() ?? [])];
    if (declared.length === 0) return undefined;
    const columns = declared.flatMap((c) => {
      const type = c.dataType === undefined ? undefined : warehouseType(adapter, c.dataType);
      return type === undefined ? [] : [{ name: c.name, type, nullable: true, description: c.description }];
    });
    return columns.length === declared.length ? columns : undefined;
  }

  #knows = (id: string): boolean => this.manifest.nodes.has(id) || this.manifest.sources.has(id);

  /** A manifest holds the SQL of what its last command compiled; the rest may still lie in `target/compiled`. */
  #compiled(node: ManifestNode): string | undefined {
    if (node.compiledCode !== undefined && node.compiledCode.trim() !== "") return node.compiledCode;
    if (!node.file.endsWith(".sql")) return undefined;
    return this.#options.read(`${this.#options.artifacts}/compiled/${node.package}/${node.file}`);
  }

  #linesOf(node: ManifestNode): SourceLines {
    let lines = this.#lines.get(node.id);
    if (lines === undefined) {
      // dbt keeps a text without the space around it, and an editor counts lines of the file.
      const text = node.package === this.manifest.project ? this.#options.read(node.file) : undefined;
      lines = new SourceLines(this.#file(node), text?.includes(node.rawCode) ? text : node.rawCode);
      this.#lines.set(node.id, lines);
    }
    return lines;
  }

  #file(node: { readonly package: string; readonly file: string }): string {
    const below = node.package === this.manifest.project ? node.file : `dbt_packages/${node.package}/${node.file}`;
    return this.displayPath === "" ? below : `${this.displayPath}/${below}`;
  }

  #shortNames(node: ManifestNode, sql: string): string {
    let text = sql;
    const names = node.dependsOn.flatMap((id) => {
      const upstream = this.manifest.nodes.get(id) ?? this.manifest.sources.get(id);
      const relation = this.nodes.get(id)?.relation ?? this.sources.get(id)?.relation;
      return upstream?.relationName === undefined || relation === undefined
        ? []
        : [[upstream.relationName, this.dialect.relation({ schema: relation.schema, name: relation.name })] as const];
    });
    // The longest first: one relation's name may begin another's.
    for (const [long, short] of names.toSorted(([a], [b]) => b.length - a.length)) text = text.replaceAll(long, short);
    return text;
  }

  #source(source: ManifestSource): SourceNode {
    const file = this.#file(source);
    return {
      id: source.id,
      source: source.source,
      name: source.name,
      package: source.package,
      path: source.file,
      file,
      fqn: source.fqn,
      relation: { database: source.database, schema: source.schema, name: source.identifier },
      description: source.description,
      tags: source.tags,
      columns: this.#columns(source.columns, file),
      sourceDescription: "",
      loader: "",
      meta: new Map(),
      sourceMeta: new Map(),
      config: new Map(),
      quoting: {},
      place: new SourceLines(file, "").top(),
    };
  }

  #node(node: ManifestNode, diagnostics: Diagnostic[]): ProjectNode {
    const lines = this.#linesOf(node);
    const product = this.#options.owners.get(node.id);
    return {
      id: node.id,
      resourceType: node.resourceType,
      name: node.name,
      package: node.package,
      product,
      path: node.file,
      file: this.#file(node),
      fqn: node.fqn,
      config: configOf(node),
      relation: relationOf(node),
      description: node.description,
      columns: this.#columns(node.columns, this.#file(node)),
      dependencies: node.dependsOn.flatMap((id) => this.#dependency(node, id, product, lines, diagnostics)),
      macros: node.macros,
      access: node.access === "private" || node.access === "public" ? node.access : "protected",
      group: node.group,
      constraints: [],
      ...(node.version === undefined
        ? {}
        : {
            version: { version: node.version, latest: node.latestVersion ?? node.version, prerelease: false },
          }),
      packageRoot: node.package === this.manifest.project ? "" : `dbt_packages/${node.package}`,
      ...(node.test === undefined
        ? {}
        : {
            test: {
              ...node.test,
              arguments: new Map(Object.entries(node.test.arguments)) as ReadonlyMap<string, ConfigValue>,
            },
          }),
      source: node.rawCode,
      place: lines.top(),
    };
  }

  #dependency(
    node: ManifestNode,
    id: string,
    product: string | undefined,
    lines: SourceLines,
    diagnostics: Diagnostic[],
  ): Dependency[] {
    const source = this.manifest.sources.get(id);
    if (source !== undefined) {
      const place = lines.argument("source", source.name) ?? lines.argument("source", source.source) ?? lines.top();
      return [{ kind: "source", id, relation: this.sources.get(id)!.relation, place }];
    }
    const upstream = this.manifest.nodes.get(id);
    if (upstream === undefined) return [];
    const place = lines.argument("ref", upstream.name) ?? lines.top();
    const owner = this.#options.owners.get(id);
    // A test reads what it tests, wherever that is.
    if (node.resourceType === "test" || owner === undefined || product === undefined || owner === product)
      return [{ kind: "node", id, place }];
    const domain = owner.split(".")[0]!;
    // A port's name is a model's in the contract's letters: dbt allows more of them.
    const name = snakeName(upstream.name);
    const port = this.#options.resolvePort({ domain, port: name, from: product });
    if ("error" in port || port.product !== owner) {
      diagnostics.push(
        dbtArea.create("private-read", { model: node.name, upstream: upstream.name, owner }, { product, span: place }),
      );
      return [{ kind: "node", id, place }];
    }
    const relation = relationOf(upstream);
    return [{ kind: "port", domain, port: name, product: owner, version: port.version, relation, place }];
  }

  #exposure(exposure: ManifestExposure): Declared {
    const { id, name, dependsOn } = exposure;
    const details = { type: exposure.type ?? null, url: exposure.url ?? null, owner: exposure.owner ?? null };
    return {
      id,
      kind: "exposure",
      name,
      package: this.manifest.project,
      path: "",
      file: this.displayPath,
      fqn: [this.manifest.project, name],
      description: "",
      config: new Map(),
      tags: [],
      parents: dependsOn,
      details,
      place: new SourceLines(this.displayPath, "").top(),
    };
  }

  #columns(columns: ReadonlyMap<string, ManifestColumn>, file: string): ProjectNode["columns"] {
    const place = new SourceLines(file, "").top();
    return new Map(
      [...columns.values()].map(({ name, description, dataType, tags, meta }) => [
        name,
        { name, description, dataType, tags, meta, constraints: [], place },
      ]),
    );
  }
}

const relationOf = (node: ManifestNode): Relation => ({
  database: node.database,
  schema: node.schema,
  name: node.alias,
});

const materializations = new Set(["table", "view", "ephemeral", "incremental", "seed", "snapshot", "test"]);

/** What a reader of the graph asks of a configuration; the rest is in `all`, as dbt resolved it. */
function configOf(node: ManifestNode): NodeConfig {
  const { config } = node;
  const text = (key: string): string | undefined => (typeof config[key] === "string" ? config[key] : undefined);
  const key = config["unique_key"];
  const types = config["column_types"];
  return {
    enabled: true,
    materialized: (materializations.has(node.materialized) ? node.materialized : "table") as NodeConfig["materialized"],
    schema: text("schema"),
    database: text("database"),
    alias: text("alias"),
    tags: node.tags,
    uniqueKey:
      typeof key === "string" ? [key] : Array.isArray(key) ? key.filter((k) => typeof k === "string") : undefined,
    onSchemaChange: "ignore",
    preHooks: [],
    postHooks: [],
    columnTypes: new Map(
      typeof types === "object" && types !== null
        ? Object.entries(types).flatMap(([name, type]) => (typeof type === "string" ? [[name, type]] : []))
        : [],
    ),
    delimiter: ",",
    severity: text("severity")?.toLowerCase() === "warn" ? "warn" : "error",
    warnIf: text("warn_if") ?? "!= 0",
    errorIf: text("error_if") ?? "!= 0",
    where: text("where"),
    contract: { enforced: false, aliasTypes: true },
    microbatch: { lookback: 1 },
    incrementalPredicates: [],
    persistDocs: { relation: false, columns: false },
    group: node.group,
    all: new Map(Object.entries(config)) as ReadonlyMap<string, ConfigValue>,
  };
}
