export { contractIn, discover, findRoot, readText } from "./places.ts";
export type { DomainPlace, Places, ProductPlace } from "./places.ts";
export { loadWorkspace, readProduct, chooseProducts, portRelation } from "./workspace.ts";
export type { Chosen, Product, Workspace, WorkspaceDomain } from "./workspace.ts";
export { namedUpstreams, producerOf, ProductGraph } from "./graph.ts";
export type { Edge, EdgeKind, NamedUpstream } from "./graph.ts";
export { consumerFolders, importedProducts, typeScriptConsumers } from "./typescript-consumers.ts";
export type { TypeScriptConsumer } from "./typescript-consumers.ts";
export type { ExitCode, OperationOptions, OperationResult, Progress } from "./operation.ts";
export {
  affectedProducts,
  allCodes,
  asksForNodes,
  build,
  buildNodes,
  check,
  checkFiles,
  clone,
  compat,
  impact,
  importUsage,
  compile,
  convert,
  diff,
  docsGenerate,
  doctor,
  explain,
  importContract,
  adopt,
  lineage,
  lint,
  lintFile,
  ls,
  metrics,
  openLint,
  parse,
  prune,
  queryMetrics,
  publish,
  readTime,
  readVars,
  render,
  retry,
  run,
  runOperation,
  seed,
  show,
  snapshot,
  sourceFreshness,
  status,
  sync,
  test,
  typecheck,
} from "./operations.ts";
export type { DbtOptions } from "./dbt/dbt-options.ts";
export type { RanNode } from "./operations/dbt-verbs.ts";
export { plainRoot } from "./dbt/plain-root.ts";
export type { Changes, LintSession } from "./lint/lint-session.ts";
export type { LintFindings } from "./lint/lint-run.ts";
export type { KnownCode } from "./areas.ts";
export type { BuiltPort } from "./build-ports.ts";
export type { BuiltProduct } from "./build-product.ts";
export type { ColumnFlow } from "./column-graph.ts";
export type { AffectedOptions, AffectedProduct, AffectedVerb } from "./operations/affected.ts";
export type { BuildOptions } from "./operations/build.ts";
export type { CheckedLine, CheckOptions } from "./operations/check.ts";
export type { CompatVerdict, ProductCompat } from "./operations/compat.ts";
export { sentenceAbout as outsideSentence } from "./outside-reader.ts";
export type { OutsideReader } from "./outside-reader.ts";
export type { ImportedUsage } from "./operations/import-usage.ts";
export type { Impact, ImpactedConsumer } from "./operations/impact.ts";
export type { AffectedConsumer } from "./consumers.ts";
export type { Coordination, DeploymentStep, MovedConsumer } from "./coordination.ts";
export type { Converted, ConvertOptions } from "./operations/convert.ts";
export type { DiffResult } from "./operations/diff.ts";
export type { Drift } from "./import/into.ts";
export type { Suggestion } from "./import/suggest.ts";
export type { ImportedContract, ImportOptions } from "./operations/import.ts";
export type { AdoptOptions, AdoptedProduct, Adoption } from "./operations/adopt.ts";
export type { LineageGraph } from "./operations/lineage.ts";
export type { PublishedStep, PublishOptions } from "./operations/publish.ts";
export type { LiveVersion, VersionReader } from "./live-version-readers.ts";
export type { ProductState } from "./operations/status.ts";
export type { Prunable, PruneOptions } from "./operations/prune.ts";
export type { SyncedFile } from "./operations/sync.ts";
export type { TypecheckedModel } from "./operations/typecheck.ts";
export type { OpenEmbedded } from "@meshwork/publishers";
