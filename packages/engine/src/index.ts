export { EngineError } from "./engine.ts";
export type {
  BindError,
  Binder,
  BoundColumn,
  BoundQuery,
  Capabilities,
  Cell,
  ColumnOrigin,
  IndirectKind,
  IndirectOrigin,
  Engine,
  EngineErrorCode,
  QueryOptions,
  QueryResult,
  QueryStats,
  Row,
  RowBatch,
  Session,
} from "./engine.ts";
export { conformanceCases, hostileName, nestedConformanceCases } from "./conformance.ts";
export type { ConformanceCase } from "./conformance.ts";
