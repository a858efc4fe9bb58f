export { contractIn, discover, findRoot, readText } from "./places.ts";
export type { DomainPlace, Places, ProductPlace } from "./places.ts";
export { loadWorkspace, readProduct, chooseProducts, portRelation } from "./workspace.ts";
export type { Chosen, Product, Workspace, WorkspaceDomain } from "./workspace.ts";
export { namedUpstreams, producerOf, ProductGraph } from "./graph.ts";
export type { Edge, EdgeKind, NamedUpstream } from "./graph.ts";
export { consumerFolders, importedProducts, typeScriptConsumers } from "./typescript-consumers.ts";
export type { TypeScriptConsumer } from "./typescript-consumers.ts";
export type { ExitCode, OperationOptions, OperationResult, Progress } from "./operation.ts";
