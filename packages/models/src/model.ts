import type { Diagnostic, Span } from "@meshwork/diagnostics";
import type { Row } from "@meshwork/engine";
import type { Column, Dialect, Relation } from "@meshwork/sql";
import type { MacroEntry } from "./context/macro-registry.ts";
import type { Evaluated, Evaluation } from "./run/evaluate.ts";
import type { DocBlock } from "./docs-blocks.ts";
import type { NamedSelector } from "./selectors-file.ts";

/** A value out of YAML or a `config()` call: plain data, never code. */
export type ConfigValue =
  | string
  | number
  | boolean
  | null
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue };

export type ResourceType = "model" | "seed" | "snapshot" | "test" | "analysis";
/** The built-in ones, or the name of a `{% materialization %}` of the project or a package. */
export type Materialization =
  | "table"
  | "view"
  | "ephemeral"
  | "incremental"
  | "seed"
  | "snapshot"
  | "test"
  | (string & Record<never, never>);
/** The built-in ones, or the name of a `get_incremental_<name>_sql` macro. */
export type IncrementalStrategy =
  | "append"
  | "delete+insert"
  | "merge"
  | "microbatch"
  | "insert_overwrite"
  | (string & Record<never, never>);

/** Reads a project's files. Paths are absolute, with the platform's separator. */
export interface FileHost {
  /** The text of a file, or `undefined` when there is none. */
  read(path: string): string | undefined;
  /** What lies in a folder, or `undefined` when there is none. */
  list(path: string): readonly { readonly name: string; readonly directory: boolean }[] | undefined;
}

/**
 * Keeps what was parsed, by content hash. Values are immutable and in memory only:
 * a watch mode or a second project in the same process hands the same cache in again.
 */
export interface ProjectCache {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** Jinja's `target`: where the project's relations are built. */
export interface TargetInfo {
  readonly name: string;
  /** The schema of the domain's private relations, `orders_private`. */
  readonly schema: string;
  readonly database?: string | undefined;
  /** The engine's name as dbt knows it, `duckdb`; picks `adapter.dispatch` variants. */
  readonly type: string;
  readonly threads?: number | undefined;
  readonly profile?: string | undefined;
}

export interface PortQuery {
  /** The first part of a two-part ref, else the project's own name. */
  readonly domain: string;
  /** As written in the SQL: snake_case. */
  readonly port: string;
  /** `v=` of the ref. */
  readonly version?: string | undefined;
  /** The product whose file holds the ref, where `productOf` knows one. */
  readonly from?: string | undefined;
}

export interface ResolvedPort {
  readonly relation: Relation;
  /** `domain.product` that owns the port. */
  readonly product: string;
  /** The major version that was taken. */
  readonly version?: string | undefined;
  /** What is odd about this read though it works (no major named, a deprecated version). */
  readonly warning?: string | undefined;
  /** SQL that reads the port where it is no relation of the session, `read_parquet('…')`. Printed as it is. */
  readonly location?: string | undefined;
}

/** Why a ref names no port. */
export interface PortProblem {
  /** What is unknown, so that the message can say it. */
  readonly unknown: "domain" | "port" | "version" | "access";
  /** What would do in its place: domains, ports of the domain, or versions, as `unknown` says. */
  readonly candidates: readonly string[];
  /** One more sentence for the reader. */
  readonly detail?: string | undefined;
}

export type PortResolution = ResolvedPort | { readonly error: PortProblem };
export type ResolvePort = (query: PortQuery) => PortResolution;

export interface SourceQuery {
  readonly source: string;
  readonly table: string;
  readonly from?: string | undefined;
}

export interface ResolvedSource {
  readonly relation: Relation;
  /** SQL that reads the source where it is no relation, `read_parquet('…')`. Printed as it is. */
  readonly location?: string | undefined;
}

/** Asked before the project's own `sources:`; `undefined` leaves the source to them. */
export type ResolveSource = (query: SourceQuery) => ResolvedSource | undefined;

export interface LoadOptions {
  /** Absolute path of the folder that holds `dbt_project.yml`. */
  readonly root: string;
  /** `root` relative to the workspace, with `/` (`domains/growth`); the files of diagnostics begin with it. */
  readonly displayPath?: string | undefined;
  readonly files?: FileHost | undefined;
  /** Over the project's `vars:`. */
  readonly vars?: Readonly<Record<string, ConfigValue>> | undefined;
  /** What `env_var` sees; nothing else of the environment is read. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly target: TargetInfo;
  /** Quotes names and values in compiled SQL. */
  readonly dialect: Dialect;
  readonly resolvePort?: ResolvePort | undefined;
  readonly resolveSource?: ResolveSource | undefined;
  /**
   * Which product (`domain.product`) a file belongs to; the path is relative to `root`, with `/`.
   * Files of no product are shared by the domain: everybody may ref them.
   */
  readonly productOf?: ((relativePath: string) => string | undefined) | undefined;
  /** `run_started_at` and `modules.datetime`. It does not count for fingerprints. */
  readonly now: Date;
  readonly invocationId?: string | undefined;
  /** `flags` of templates, over dbt's defaults: `FULL_REFRESH`, `WHICH` … */
  readonly flags?: Readonly<Record<string, ConfigValue>> | undefined;
  readonly cache?: ProjectCache | undefined;
}

/** How a snapshot keeps versions of rows. */
export interface SnapshotConfig {
  readonly strategy: "timestamp" | "check";
  readonly uniqueKey: readonly string[];
  /** Of `timestamp`; `check` may have one too. */
  readonly updatedAt?: string | undefined;
  readonly checkColumns: readonly string[] | "all";
  readonly hardDeletes: "ignore" | "invalidate" | "new_record";
  /** SQL of `dbt_valid_to` in rows that are current; NULL where nothing is said. */
  readonly validToCurrent?: string | undefined;
  readonly columns: {
    readonly scdId: string;
    readonly updatedAt: string;
    readonly validFrom: string;
    readonly validTo: string;
    readonly isDeleted: string;
  };
}

/** dbt's model contract. */
export interface ModelContract {
  readonly enforced: boolean;
  /** Generic type names (`string`, `int`) stand for the engine's own. */
  readonly aliasTypes: boolean;
}

/** A constraint of a model or of a column, as dbt's properties declare it. */
export interface ModelConstraint {
  readonly type: "not_null" | "unique" | "primary_key" | "foreign_key" | "check" | "custom";
  readonly name?: string | undefined;
  /** SQL of a check; of a foreign key what follows REFERENCES. */
  readonly expression?: string | undefined;
  /** Of a model's constraint. */
  readonly columns: readonly string[];
  /** Of a foreign key, `ref('customers')` as written; `toColumns` are those it names. */
  readonly to?: string | undefined;
  readonly toColumns: readonly string[];
  readonly warnUnsupported: boolean;
  readonly warnUnenforced: boolean;
  readonly place: Span;
}

export type BatchSize = "hour" | "day" | "month" | "year";

/** `incremental_strategy: microbatch`. */
export interface MicrobatchConfig {
  /** The column of the model that a batch is cut by. */
  readonly eventTime?: string | undefined;
  readonly batchSize?: BatchSize | undefined;
  /** An ISO date or time: the first batch. */
  readonly begin?: string | undefined;
  /** Batches before the present one that are built again. Default: 1. */
  readonly lookback: number;
  /** `undefined`: as the engine allows. */
  readonly concurrentBatches?: boolean | undefined;
  /** `meta.late_data`: what happens to rows that come for batches which are filled already. */
  readonly lateData?: LateData | undefined;
}

export interface LateData {
  /** Milliseconds back from now: batches that end later are filled again when rows came for them. */
  readonly accept: number;
  /** Rows for older batches: told, or the model fails. */
  readonly beyond: "warn" | "error";
}

/** The configuration of a node after precedence: inline, properties YAML, `dbt_project.yml`, defaults. */
export interface NodeConfig {
  readonly enabled: boolean;
  readonly materialized: Materialization;
  readonly schema?: string | undefined;
  readonly database?: string | undefined;
  readonly alias?: string | undefined;
  readonly tags: readonly string[];
  readonly uniqueKey?: readonly string[] | undefined;
  readonly incrementalStrategy?: IncrementalStrategy | undefined;
  readonly onSchemaChange: "ignore" | "fail" | "append_new_columns" | "sync_all_columns";
  readonly preHooks: readonly string[];
  readonly postHooks: readonly string[];
  readonly fullRefresh?: boolean | undefined;
  /** Of snapshots. */
  readonly snapshot?: SnapshotConfig | undefined;
  /** Of seeds: types by column name, as the engine writes them. */
  readonly columnTypes: ReadonlyMap<string, string>;
  /** Of seeds. */
  readonly delimiter: string;
  /** Of tests. */
  readonly severity: "error" | "warn";
  readonly warnIf: string;
  readonly errorIf: string;
  readonly where?: string | undefined;
  /** Of tests: what is counted, `count(*)` where nothing is said. */
  readonly failCalc?: string | undefined;
  readonly limit?: number | undefined;
  /** Of tests: keep failing rows in a table or a view. */
  readonly storeFailures?: boolean | undefined;
  readonly storeFailuresAs?: "table" | "view" | "ephemeral" | undefined;
  /** Of models. */
  readonly contract: ModelContract;
  readonly microbatch: MicrobatchConfig;
  /** SQL conditions that the target's rows are cut by in a merge. */
  readonly incrementalPredicates: readonly string[];
  readonly mergeUpdateColumns?: readonly string[] | undefined;
  readonly mergeExcludeColumns?: readonly string[] | undefined;
  /** SQL before the statement that creates the relation. */
  readonly sqlHeader?: string | undefined;
  readonly persistDocs: { readonly relation: boolean; readonly columns: boolean };
  readonly group?: string | undefined;
  /** The column that tells when a row happened: what `--event-time-start` and microbatch filter by. */
  readonly eventTime?: string | undefined;
  /** Everything that was set, own keys of packages and users too. */
  readonly all: ReadonlyMap<string, ConfigValue>;
}

/** What a node reads, each with the place where it is named. */
export type Dependency =
  | {
      readonly kind: "node";
      readonly id: string;
      /** The package and version that the ref names. */
      readonly package?: string | undefined;
      readonly version?: string | undefined;
      readonly place: Span;
    }
  | {
      readonly kind: "port";
      readonly domain: string;
      readonly port: string;
      readonly product: string;
      readonly version?: string | undefined;
      readonly relation: Relation;
      readonly place: Span;
    }
  | { readonly kind: "source"; readonly id: string; readonly relation: Relation; readonly place: Span };

export interface ColumnProperties {
  readonly name: string;
  readonly description: string;
  readonly dataType?: string | undefined;
  readonly tags: readonly string[];
  readonly meta: ReadonlyMap<string, ConfigValue>;
  /** Ids of the docs blocks in the description. */
  readonly docBlocks?: readonly string[] | undefined;
  readonly granularity?: string | undefined;
  /** The name is written in quotes always. */
  readonly quote?: boolean | undefined;
  readonly constraints: readonly ModelConstraint[];
  readonly place: Span;
}

/** Who may ref a model: its group, its project, or everybody. */
export type Access = "private" | "protected" | "public";

/** Which of a model's versions a node is. */
export interface ModelVersion {
  /** As written, `1` or `"2024q1"`; `ref('orders', v=1)` names it. */
  readonly version: string;
  /** What `ref('orders')` without a version means. */
  readonly latest: string;
  readonly prerelease: boolean;
}

/** A resource that can be compiled: a model, a seed, a snapshot or a data test. */
export interface ProjectNode {
  /** `model.growth.daily_web_kpis`, `test.growth.not_null_daily_web_kpis_day.1f…`, as in dbt's manifest. */
  readonly id: string;
  readonly resourceType: ResourceType;
  readonly name: string;
  /** The project or package that holds it. */
  readonly package: string;
  /** `domain.product`, where `productOf` knows one. */
  readonly product?: string | undefined;
  /** The file that defines it, relative to the project's root, with `/`. */
  readonly path: string;
  /** The same, relative to the workspace. */
  readonly file: string;
  /** Folders below the resource path and the name, `["growth", "staging", "stg_orders"]`. */
  readonly fqn: readonly string[];
  readonly config: NodeConfig;
  /** Where it is built; of a test, where its failing rows would go. */
  readonly relation: Relation;
  readonly description: string;
  /** Ids of the docs blocks in the description. */
  readonly docBlocks?: readonly string[] | undefined;
  readonly columns: ReadonlyMap<string, ColumnProperties>;
  readonly dependencies: readonly Dependency[];
  /** Ids of macros that were called. */
  readonly macros: readonly string[];
  /** Of a test: the node or source it is attached to, and the column. */
  readonly test?: TestInfo | undefined;
  /** Of a model with `versions:`; its `id` ends in `.v1`, its `name` stays the model's. */
  readonly version?: ModelVersion | undefined;
  readonly access: Access;
  readonly group?: string | undefined;
  /** Of models: constraints on the table; those of columns stand with the columns. */
  readonly constraints: readonly ModelConstraint[];
  /** An ISO date: from then on reading it is odd. */
  readonly deprecationDate?: string | undefined;
  /** The properties file that describes it, as dbt writes it: `shop://models/schema.yml`. */
  readonly patchPath?: string | undefined;
  /** Of a model: the columns by which it tells points of time, dbt's `time_spine`. */
  readonly timeSpine?: { readonly [key: string]: ConfigValue } | undefined;
  /** Settings as they are written, before Jinja: what `state:modified` compares. */
  readonly unrendered?: ReadonlyMap<string, ConfigValue> | undefined;
  /** The folder of its package, relative to the project's root: `""`, `dbt_packages/dbt_utils`. */
  readonly packageRoot: string;
  /** Of a snapshot block: the text between its tags, out of `source`. */
  readonly block?: string | undefined;
  /** The source text: SQL with Jinja, or the CSV. Of a generic test, its call. */
  readonly source: string;
  /** The place of its name: the properties entry, or the start of the file. */
  readonly place: Span;
}

export interface TestInfo {
  readonly kind: "generic" | "singular";
  /** `not_null`, `dbt_utils.expression_is_true`; the file's name for singular tests. */
  readonly name: string;
  readonly attachedTo?: string | undefined;
  readonly column?: string | undefined;
  readonly arguments: ReadonlyMap<string, ConfigValue>;
  /** Of generic tests: what the macro is called with, as dbt writes it down, `model` and `column_name` among them. */
  readonly kwargs?: ReadonlyMap<string, ConfigValue> | undefined;
  /** Of generic tests: the entry it stands in, `models.orders`. */
  readonly fileKey?: string | undefined;
}

export interface SourceNode {
  /** `source.growth.raw_web.hits` */
  readonly id: string;
  readonly source: string;
  readonly name: string;
  readonly package: string;
  readonly product?: string | undefined;
  readonly path: string;
  readonly file: string;
  readonly fqn: readonly string[];
  readonly relation: Relation;
  /** SQL that stands in the compiled text in place of the relation. */
  readonly location?: string | undefined;
  readonly description: string;
  readonly tags: readonly string[];
  readonly columns: ReadonlyMap<string, ColumnProperties>;
  readonly freshness?: SourceFreshness | undefined;
  /** The description of the source, its tables' common one. */
  readonly sourceDescription: string;
  readonly loader: string;
  readonly meta: ReadonlyMap<string, ConfigValue>;
  readonly sourceMeta: ReadonlyMap<string, ConfigValue>;
  /** Settings after precedence. */
  readonly config: ReadonlyMap<string, ConfigValue>;
  readonly docBlocks?: readonly string[] | undefined;
  /** As written, before Jinja. */
  readonly unrendered?:
    | {
        readonly database?: string | undefined;
        readonly schema?: string | undefined;
        readonly config: ReadonlyMap<string, ConfigValue>;
      }
    | undefined;
  readonly external?: ConfigValue | undefined;
  /** `freshness: null` was written: nobody looks, which is more than that nothing was said. */
  readonly noFreshness?: boolean | undefined;
  readonly quoting: Readonly<Partial<Record<"database" | "schema" | "identifier" | "column", boolean>>>;
  readonly place: Span;
}

export interface FreshnessLimit {
  readonly count: number;
  readonly period: "minute" | "hour" | "day";
}

/** When a source's data is too old. Without any limit nobody looks. */
export interface SourceFreshness {
  readonly warnAfter?: FreshnessLimit | undefined;
  readonly errorAfter?: FreshnessLimit | undefined;
  /** SQL of the rows that count. */
  readonly filter?: string | undefined;
  /** SQL whose largest value is the time of the data; or a query that gives it. Neither: the engine's own notes. */
  readonly loadedAtField?: string | undefined;
  readonly loadedAtQuery?: string | undefined;
}

/** Rows of a unit test. */
export type UnitTestRows =
  | {
      readonly format: "rows";
      readonly rows: readonly Readonly<Record<string, ConfigValue>>[];
      /** They were written as CSV: every cell is a text or null. */
      readonly csv: boolean;
      readonly fixture?: string | undefined;
    }
  | { readonly format: "sql"; readonly sql: string; readonly fixture?: string | undefined };

export interface UnitTestInput {
  /** As written: `ref('orders')`, `source('raw', 'orders')`, `this`. */
  readonly input: string;
  /** The id of the node or source that the rows stand for; of `this` the model's own. */
  readonly id: string;
  /** It stands for the model's own table, as an incremental model reads it. */
  readonly itself: boolean;
  readonly data: UnitTestRows;
  readonly place: Span;
}

/** A unit test of a model: what it reads is replaced by rows, and what it yields is compared. */
export interface UnitTest {
  /** `unit_test.shop.orders.counts_each_day` */
  readonly id: string;
  readonly name: string;
  readonly package: string;
  readonly product?: string | undefined;
  /** The id of the model, of one version of it. */
  readonly model: string;
  /** Its name as written. */
  readonly modelName: string;
  readonly version?: string | undefined;
  readonly given: readonly UnitTestInput[];
  readonly expect: UnitTestRows;
  /** `versions:` as written. */
  readonly versions?: { readonly include?: readonly string[]; readonly exclude?: readonly string[] } | undefined;
  readonly overrides: {
    /** `is_incremental: true`, `dbt_utils.star: a,b`: what a call answers in place of the macro. */
    readonly macros: ReadonlyMap<string, ConfigValue>;
    readonly vars: ReadonlyMap<string, ConfigValue>;
    readonly env: ReadonlyMap<string, string>;
  };
  readonly description: string;
  readonly config: ReadonlyMap<string, ConfigValue>;
  readonly tags: readonly string[];
  readonly fqn: readonly string[];
  readonly path: string;
  readonly file: string;
  readonly place: Span;
}

/** What the project declares beside its nodes: it is listed, selected and written to the manifest. */
export interface Declared {
  /** `exposure.shop.weekly_report`, `metric.shop.revenue`, `group.shop.finance` … */
  readonly id: string;
  readonly kind: "exposure" | "metric" | "semantic_model" | "saved_query" | "group";
  readonly name: string;
  readonly package: string;
  readonly path: string;
  readonly file: string;
  readonly fqn: readonly string[];
  readonly description: string;
  readonly config: ReadonlyMap<string, ConfigValue>;
  readonly unrendered?: ReadonlyMap<string, ConfigValue> | undefined;
  readonly tags: readonly string[];
  /** Ids of what it reads: nodes, sources, metrics, semantic models. */
  readonly parents: readonly string[];
  /** The entry's own keys as dbt's manifest has them, below those common to all. */
  readonly details: Readonly<Record<string, ConfigValue>>;
  readonly place: Span;
}

/** SQL of `on-run-start` or `on-run-end`, as written. */
export interface RunHook {
  readonly sql: string;
  readonly package: string;
  /** Its place among the hooks of its package, from 0. */
  readonly index: number;
  readonly place: Span;
}

export interface MacroInfo {
  /** `macro.growth.cents_to_euros` */
  readonly id: string;
  readonly name: string;
  readonly package: string;
  readonly path: string;
  readonly file: string;
  readonly description: string;
  readonly arguments?: readonly MacroArgument[] | undefined;
  readonly meta?: ReadonlyMap<string, ConfigValue> | undefined;
  readonly patchPath?: string | undefined;
  readonly place: Span;
}

export interface MacroArgument {
  readonly name: string;
  readonly type?: string | undefined;
  readonly description: string;
}

export interface CompileOptions {
  /** What `is_incremental()` answers for an incremental model. Default: false. */
  readonly incremental?: boolean | undefined;
  /** `relation` names sources and ports by their relation even where a location is known: for a binder. */
  readonly upstream?: "location" | "relation" | undefined;
  /**
   * SQL that stands in the text in place of something it reads; `relation` is how it would be printed.
   * A text with such an option is rendered anew each time.
   */
  readonly reads?: ((read: Dependency, relation: string) => string | undefined) | undefined;
  /** SQL in place of `this`. */
  readonly itself?: string | undefined;
  /** What macros, variables and the environment answer, in a unit test. */
  readonly overrides?: UnitTest["overrides"] | undefined;
  /** Names on top of the project's own, as plain values: `model` of a batch. */
  readonly batch?: BatchContext | undefined;
}

/** What a model of `microbatch` sees of the batch it is rendered for: ISO times, the end left out. */
export interface BatchContext {
  readonly id: string;
  readonly start: string;
  readonly end: string;
}

export interface Compiled {
  readonly node: ProjectNode;
  /** One query, upstream ephemeral models in front as `with __dbt__cte__…`. Of a test: the rows that fail. */
  readonly sql: string;
  readonly dependencies: readonly Dependency[];
  /** Trouble of this node alone; with an error in it, `sql` must not be run. */
  readonly diagnostics: readonly Diagnostic[];
  /**
   * The place in the author's files that a stretch of `sql` came from.
   * Offsets count UTF-16 units; text a macro produced belongs to the macro's call.
   */
  locate(offset: number, length?: number): Span | undefined;
  /** The macros that wrote the text at an offset, the innermost first, each with the place in it. */
  writers?(offset: number): readonly { readonly macro: string; readonly place: Span }[];
}

export interface Selection {
  /** dbt's `--select`; several strings are a union. Nothing selects everything. */
  readonly select?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** A selector of `selectors.yml` in place of `select` and `exclude`. */
  readonly selector?: string | undefined;
  /** When tests of what is selected come along. Default: eager. */
  readonly indirectSelection?: "eager" | "cautious" | "buildable" | "empty" | undefined;
  /** `all` and dbt's `default`, which is all but analyses. */
  readonly resourceTypes?: readonly (SelectableType | "all" | "default")[] | undefined;
  readonly excludeResourceTypes?: readonly (SelectableType | "all" | "default")[] | undefined;
  /** What `state:`, `result:` and `source_status:` compare with. */
  readonly state?: DbtState | undefined;
}

export type SelectableType = ResourceType | "source" | "unit_test" | Exclude<Declared["kind"], "group">;

/** Artifacts of an earlier run, parsed JSON as dbt wrote it. */
export interface DbtState {
  readonly manifest?: unknown;
  readonly runResults?: unknown;
  readonly sources?: unknown;
  /** `sources.json` of this run, which `source_status:fresher` holds against the earlier one. */
  readonly currentSources?: unknown;
}

export interface Selected {
  /** Enabled nodes, in building order. */
  readonly nodes: readonly ProjectNode[];
  readonly sources: readonly SourceNode[];
  readonly analyses: readonly ProjectNode[];
  readonly unitTests: readonly UnitTest[];
  readonly declared: readonly Declared[];
  /** All of these, sorted. */
  readonly ids: readonly string[];
  /** A selector of an unknown method, or one that matches nothing (a warning). */
  readonly diagnostics: readonly Diagnostic[];
}

/** What only the manifest needs, gathered when somebody writes one. */
export interface ManifestParts {
  readonly docs: readonly DocBlock[];
  readonly disabled: {
    readonly nodes: readonly ProjectNode[];
    readonly sources: readonly SourceNode[];
    readonly declared: readonly Declared[];
    readonly unitTests: readonly UnitTest[];
  };
  /** The text of a macro's definition, and ids of the macros it calls. */
  macro(id: string): {
    readonly sql: string;
    readonly calls: readonly string[];
    /** As its definition has them. */
    readonly arguments: readonly MacroArgument[];
  };
  /** Ids of the macros that a node, or a hook of the run, calls itself. */
  calls(node: ProjectNode): readonly string[];
  hookCalls(hook: RunHook): readonly string[];
}

/** A dbt project, read, resolved and compiled. */
export interface Project {
  readonly name: string;
  readonly version: string;
  readonly root: string;
  readonly displayPath: string;
  readonly target: TargetInfo;
  readonly dialect: Dialect;
  /** Enabled nodes by id. */
  readonly nodes: ReadonlyMap<string, ProjectNode>;
  readonly disabled: readonly string[];
  readonly sources: ReadonlyMap<string, SourceNode>;
  readonly macros: ReadonlyMap<string, MacroInfo>;
  /** SQL that is compiled and never run, by id: the files of `analysis-paths`. */
  readonly analyses: ReadonlyMap<string, ProjectNode>;
  /** Enabled unit tests by id. */
  readonly unitTests: ReadonlyMap<string, UnitTest>;
  /** Exposures, metrics, semantic models, saved queries and groups by id. */
  readonly declared: ReadonlyMap<string, Declared>;
  /** Of `selectors.yml`, by name. */
  readonly selectors: ReadonlyMap<string, NamedSelector>;
  /** `on-run-start` and `on-run-end`, packages' first, in the order they run. */
  readonly runHooks: { readonly start: readonly RunHook[]; readonly end: readonly RunHook[] };
  /** Everything found, of all files and all nodes: a broken file does not hide the others. */
  readonly diagnostics: readonly Diagnostic[];
  /** A model or seed of the project itself by its name. */
  find(name: string): ProjectNode | undefined;
  /** Ids of nodes that read this node or source directly, tests among them. */
  children(id: string): readonly string[];
  /** Ids of nodes and sources that this node reads directly. */
  parents(id: string): readonly string[];
  select(selection: Selection): Selected;
  /** What `selected_resources` answers from now on: the ids a command is about to run. */
  noteSelection(ids: readonly string[]): void;
  /** Compiled once for each set of options, then remembered. */
  compile(node: ProjectNode, options?: CompileOptions): Compiled;
  /**
   * As `compile`, for templates that ask the engine while they are rendered (`run_query`, `adapter.get_relation`):
   * each statement is run once through `ask`, in order.
   */
  prepare(node: ProjectNode, ask: AskEngine, options?: CompileOptions): Promise<Compiled>;
  parts(): ManifestParts;
  /** The hooks of one kind that ask the engine while they are rendered; `hooks` leaves them out. */
  askingHooks(node: ProjectNode, when: "before" | "after", ask: AskEngine, options?: CompileOptions): Promise<Hooks>;
  /**
   * A hash of what the node means: its compiled SQL without comments and layout, both branches of `is_incremental()`,
   * the configuration that reaches the engine, hooks, seeds' data. Macros and variables count through what they render;
   * the clock and the run's id do not count. Equal meaning gives equal fingerprints in every process.
   * What upstream nodes contain is not in it: join their fingerprints where data counts.
   */
  fingerprint(node: ProjectNode): string;
  /** The same nodes so that each comes after what it reads; ties by id. */
  order(nodes: Iterable<ProjectNode>): readonly ProjectNode[];
  /** A seed's columns and rows: types by `column_types` first, else inferred from the values. */
  seedTable(node: ProjectNode): SeedTable;
  /** Runs a piece of template in the context of a node, or of none; statements of it go through `ask`, in order. */
  evaluate(node: ProjectNode | undefined, request: Evaluation, ask?: AskEngine): Promise<Evaluated>;
  /** A macro by its name as the project sees it, or as one package has it. */
  findMacro(name: string, packageName?: string): MacroEntry | undefined;
  /** The project's or a package's own macro in the place of one of dbt's, `create_table_as` or its adapter's variant. */
  ownMacro(name: string): MacroEntry | undefined;
  /** The project's or a package's own `{% materialization %}` for this engine. */
  materialization(name: string): MacroEntry | undefined;
  /** The node's hooks as SQL, rendered in its own context. */
  hooks(node: ProjectNode, options?: CompileOptions): Hooks;
}

/** Runs one statement of a template; an error is a value, which its place is added to. */
export type AskEngine = (sql: string) => Promise<EngineAnswer>;

export type EngineAnswer =
  | { readonly columns: readonly Column[]; readonly rows: readonly Row[]; readonly rowsChanged?: number | undefined }
  | { readonly error: string };

export interface SeedTable {
  readonly columns: readonly Column[];
  /** Types of `column_types`, as written; of the others nothing. */
  readonly declaredTypes: ReadonlyMap<string, string>;
  /** Texts as the file has them; `null` where it has nothing. */
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface Hooks {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}
