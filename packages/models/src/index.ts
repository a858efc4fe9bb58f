export type {
  AskEngine,
  ColumnProperties,
  CompileOptions,
  Compiled,
  ConfigValue,
  Dependency,
  EngineAnswer,
  FileHost,
  Hooks,
  IncrementalStrategy,
  LoadOptions,
  MacroInfo,
  Materialization,
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
  SeedTable,
  Selected,
  Selection,
  SourceNode,
  SourceQuery,
  TargetInfo,
  TestInfo,
} from "./model.ts";
export { loadProject } from "./load.ts";
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
export { runNodes } from "./run/run-nodes.ts";
export type { NodeResult, NodeStatus, RowSample, RunEvent, RunOptions, RunOutcome } from "./run/outcome.ts";
export { manifest, runResults } from "./artifacts.ts";
export type { Artifact, ArtifactOptions } from "./artifacts.ts";
export { listing } from "./listing.ts";
export type { ListingOutput } from "./listing.ts";
export { readProfile } from "./profile.ts";
export type { Profile, ProfileChoice } from "./profile.ts";
