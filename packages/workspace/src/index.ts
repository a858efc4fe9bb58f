export { contractIn, discover, findRoot, readText } from "./places.ts";
export type { DomainPlace, Places, ProductPlace } from "./places.ts";
export type { ExitCode, OperationOptions, OperationResult, Progress } from "./operation.ts";
