export type {
  Access,
  AskEngine,
  BatchSize,
  ColumnProperties,
  CompileOptions,
  Compiled,
  ConfigValue,
  Declared,
  DbtState,
  Dependency,
  EngineAnswer,
  FileHost,
  FreshnessLimit,
  Hooks,
  IncrementalStrategy,
  LoadOptions,
  MacroInfo,
  Materialization,
  MicrobatchConfig,
  ModelConstraint,
  ModelContract,
  ModelVersion,
  NodeConfig,
  PortProblem,
  PortQuery,
  PortResolution,
  Project,
  ProjectCache,
  ProjectNode,
  ResolvePort,
  ResolvedPort,
  ResolvedSource,
  ResolveSource,
  ResourceType,
  SelectableType,
  RunHook,
  SeedTable,
  Selected,
  Selection,
  SourceFreshness,
  SourceNode,
  SourceQuery,
  TargetInfo,
  TestInfo,
  UnitTest,
  UnitTestInput,
  UnitTestRows,
} from "./model.ts";
export { loadProject } from "./load.ts";
export { emptyProject } from "./empty-project.ts";
export { Graph } from "./graph.ts";
export { selectNodes } from "./select.ts";
export { diskFiles } from "./node-files.ts";
export { sqlCodes } from "./sql.codes.ts";
export { describeModels } from "./describe.ts";
export type {
  DescribedColumn,
  DescribedOrigin,
  DescribeOptions,
  Descriptions,
  ModelDescription,
  UpstreamRelation,
} from "./describe.ts";
export { compiledPath, runNodes } from "./run/run-nodes.ts";
export { askSession as sessionAsk } from "./run/ask-session.ts";
export { engineDiagnostic as queryFailed } from "./run/engine-diagnostics.ts";
export { macroArguments } from "./run/evaluate.ts";
export { checkFreshness, freshnessArtifact } from "./run/source-freshness.ts";
export type { FreshnessResult } from "./run/source-freshness.ts";
export { RelationCatalog } from "./run/relations.ts";
export { intervalKey, joined as joinedWindows } from "./run/interval-ledger.ts";
export type { FilledInterval, FilledModel, IntervalLedger } from "./run/interval-ledger.ts";
export { lastIntervalOver, timeOf } from "./run/microbatch.ts";
export type { Window } from "./run/microbatch.ts";
export { isMicrobatch } from "./run/fill-plan.ts";
export { markedRelations, withoutMark } from "./run/ownership.ts";
export type { MarkedRelation, OwnershipMark } from "./run/ownership.ts";
export { resultId } from "./run/outcome.ts";
export type { NodeResult, NodeStatus, RowSample, RunEvent, RunOptions, RunOutcome } from "./run/outcome.ts";
export { runResults } from "./artifacts.ts";
export { manifest } from "./manifest.ts";
export type { Artifact, ArtifactOptions } from "./artifacts.ts";
export { compileMetricQuery } from "./metrics/compile-metric-query.ts";
export { listMetrics } from "./metrics/list-metrics.ts";
export type { ListedMetric } from "./metrics/list-metrics.ts";
export type { CompiledMetricQuery, MetricQuery } from "./metrics/metric-query.ts";
export { parseCsv } from "./csv.ts";
export { listing } from "./listing.ts";
export type { ListingOutput } from "./listing.ts";
export { readProfile } from "./profile.ts";
export type { Profile, ProfileChoice } from "./profile.ts";
export { projectSettings, yamlVars } from "./project-settings.ts";
export type { ProjectSettings } from "./project-settings.ts";
